"""One record of an object goes first: what the org makes of it decides about the rest."""

from __future__ import annotations

import pytest

from loaders.errors import DONE, INCOMPLETE, CanaryDiffers
from loaders.session import Sending
from tests.loaders.loading import Loading

CANARY = Sending(first_pause=0.0)
FLOW = {"object": "Contact", "on": "create", "fields": {"FirstName": "Changed"}}


def contacts(desk: Loading) -> int:
    return len(desk.soql("SELECT Id FROM Contact"))


def test_a_record_goes_first_and_the_rest_follows_when_it_arrived_as_it_was_sent(
    desk: Loading,
) -> None:
    plan = desk.plan()
    assert desk.push(plan, sending=CANARY) == DONE
    sent = [(act["sobject"], act["rows"]) for act in desk.acts("job_planned")]
    assert sent == [
        ("Account", 1), ("Account", 2), ("ContentVersion", 1), ("Contact", 1), ("Contact", 2),
        ("Insurance_Coverage__c", 1), ("ContentDocumentLink", 1), ("Event", 1),
        ("Insurance_Coverage__c", 1),
    ]  # fmt: skip
    assert desk.verify(plan).differences == 0


def test_a_record_that_the_org_changes_stops_its_object_until_it_is_resumed(desk: Loading) -> None:
    plan = desk.plan()
    desk.admin("settings", automations=[FLOW])
    with pytest.raises(CanaryDiffers) as stop:
        desk.push(plan, sending=CANARY)
    assert (stop.value.exit_code, stop.value.fields) == (INCOMPLETE, ["FirstName"])
    assert contacts(desk) == 1
    assert desk.run().state == "running"
    desk.admin("settings", automations=None)
    assert desk.push(plan, sending=CANARY) == DONE
    assert contacts(desk) == 3
    # The first one is as the flow left it; nothing else differs and nothing came twice.
    assert desk.verify(plan).differences == 1


def test_a_person_can_let_an_object_arrive_as_the_org_changes_it(desk: Loading) -> None:
    plan = desk.plan()
    desk.admin("settings", automations=[FLOW])
    assert desk.push(plan, sending=CANARY, arriving=frozenset({"Contact"})) == DONE
    assert contacts(desk) == 3


def test_a_first_record_that_is_refused_is_a_failed_row_and_stops_nothing(desk: Loading) -> None:
    plan = desk.plan()
    rule = {
        "object": "Contact", "name": "Born", "formula": "Birthdate = DATE(1980, 2, 29)",
        "message": "no", "field": "Birthdate",
    }  # fmt: skip
    desk.admin("settings", validation_rules=[rule])
    assert desk.push(plan, sending=CANARY) == INCOMPLETE
    assert contacts(desk) == 2


def test_a_change_goes_first_too_and_the_rest_waits_where_the_org_makes_another_of_it(
    desk: Loading,
) -> None:
    assert desk.push(desk.plan()) == DONE
    desk.clinic.sql("update main_salesforce.sf_contact set FirstName = 'Anew'")
    desk.admin("settings", automations=[{**FLOW, "on": "update"}])
    changed = desk.plan()
    with pytest.raises(CanaryDiffers) as stop:
        desk.push(changed, sending=CANARY)
    assert stop.value.fields == ["FirstName"]
    assert len(desk.soql("SELECT Id FROM Contact WHERE FirstName = 'Changed'")) == 1
    assert desk.soql("SELECT Id FROM Contact WHERE FirstName = 'Anew'") == []
    desk.admin("settings", automations=None)
    assert desk.push(changed, sending=CANARY) == DONE
    assert len(desk.soql("SELECT Id FROM Contact WHERE FirstName = 'Anew'")) == 2
