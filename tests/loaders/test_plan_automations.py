"""What a plan tells of an org in use: what acts on rows, owners, and what is not granted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from loaders.contract import read_mapping
from loaders.errors import OrgRefused
from loaders.estimate_org import read_org
from loaders.org_line import OrgLine
from loaders.org_metadata import read_metadata
from loaders.plan_rows import Counts
from loaders.plan_store import Finding
from loaders.preflight_rules import rule_findings
from loaders.soap import METADATA, soap_results
from tests.conftest import StandIn, serving
from tests.loaders.mini_clinic import mini_clinic
from tests.loaders.planning import Desk, change_settings, set_up
from tests.loaders.test_plan_preflight import found

RULE = {"object": "Contact", "name": "Born", "formula": "ISBLANK(LastName)", "message": "No"}
ELSEWHERE = {"object": "Lead", "name": "Else", "formula": "ISBLANK(LastName)", "message": "No"}
FLOW = {"object": "Account", "on": "create", "fields": {"Site": "new"}}
SET_UP: dict[str, object] = {
    "validation_rules": [RULE, ELSEWHERE],
    "automations": [FLOW],
    "apex_triggers": {"CountContacts": "Contact"},
    "email_alerts": {"Welcome": "Contact"},
    "workflow_rules": [
        {"object": "Contact", "name": "Greet", "alerts": ["Welcome"], "notice": True},
        {"object": "Contact", "name": "Asleep", "active": False, "alerts": ["Welcome"]},
        {"object": "Lead", "name": "Elsewhere", "alerts": ["Welcome"]},
    ],
}


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    """Serve an org that others have set up; planning leaves it as it is."""
    folder = tmp_path_factory.mktemp("in-use")
    with serving(folder / "org", "--sandbox") as served:
        first = Desk(mini_clinic(folder / "clinic"), served)
        first.deploy()
        change_settings(first, SET_UP)
        yield served


@pytest.fixture
def desk(org: StandIn, tmp_path: Path) -> Desk:
    return Desk(mini_clinic(tmp_path), org)


def stand_in(desk: Desk, way: str, **body: object) -> None:
    answer = httpx.post(
        f"{desk.org.http}/_stand_in/{way}",
        json=body,
        headers={"Authorization": f"Bearer {desk.org.token}"},
    )
    assert answer.is_success, answer.text


def named(findings: list[Finding]) -> list[tuple[str, int]]:
    """Give what a finding says before its names, left out, and how many rows it is about."""
    assert all(each.hint for each in findings)
    return [(f"{each.sobject} {each.message.rpartition(': ')[2]}", each.count) for each in findings]


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("validation_rule_active", [("Contact Born", 3)]),
        ("apex_trigger_active", [("Contact CountContacts", 3)]),
        ("flow_active", [("Account Account_on_create_1", 3)]),
        ("email_alert_present", [("Contact Welcome", 3)]),
    ],
)
def test_what_the_org_does_by_itself_is_named_where_rows_go(
    desk: Desk, code: str, told: list[tuple[str, int]]
) -> None:
    plan = desk.plan()
    assert named(found(plan, code)) == told
    assert plan.stops == ()


def test_a_workflow_rule_is_named_with_what_it_sends(desk: Desk) -> None:
    (told,) = found(desk.plan(), "workflow_rule_active")
    assert (told.sobject, told.severity, told.count) == ("Contact", "warn", 3)
    assert "Greet" in told.message
    assert "e-mail alerts Welcome" in told.message
    assert "notices of Greet_task" in told.message
    assert told.hint


def test_a_rule_that_blocks_stops_the_plan_and_names_what_it_matches_by(desk: Desk) -> None:
    with set_up(desk, duplicate_rules_block=["Contact"]):
        plan = desk.plan()
    (blocks,) = found(plan, "duplicate_rule_blocks")
    assert plan.stops == (blocks,)
    assert (blocks.sobject, blocks.count) == ("Contact", 3)
    assert "Standard_Contact_Duplicate_Rule" in blocks.message
    assert "Standard_Contact_Match_Rule" in blocks.message
    assert "set its action to Allow" in blocks.hint
    # The other object's rule only warns, and an approval lets its rows in.
    assert [each.sobject for each in found(plan, "duplicate_rule_active")] == ["Account"]


def test_an_active_assignment_rule_is_told_for_the_objects_that_have_such_rules(desk: Desk) -> None:
    rows = Counts(rows=2, creates=2, updates=0, unchanged=0, failed=0, held=0, aliases=0)
    org = desk.connected()
    line = OrgLine(org.http, org.api_version)
    with set_up(desk, active_assignment_rules={"By region": "Lead"}):
        told = [
            each
            for each in rule_findings(org, line, {"Lead": rows, "Contact": rows})
            if each.code == "assignment_rule_active"
        ]
        others = list(rule_findings(org, line, {"Contact": rows}))
    org.close()
    assert [(each.sobject, each.count, each.severity) for each in told] == [("Lead", 2, "note")]
    assert "By region" in told[0].message
    assert not any(each.code == "assignment_rule_active" for each in others)


def test_metadata_that_this_user_may_not_read_is_said_to_be_unknown(desk: Desk) -> None:
    fault = {
        "do": "refuse", "status": 403, "code": "INSUFFICIENT_ACCESS", "path": "Soap/m", "times": 2
    }  # fmt: skip
    stand_in(desk, "fault", request=fault)
    plan = desk.plan()
    (unknown,) = found(plan, "automations_unknown")
    assert "workflow rules" in unknown.message
    rules = found(plan, "duplicate_rule_active")
    assert [each.sobject for each in rules] == ["Account", "Contact"]
    assert all("not told whether it blocks" in each.message for each in rules)


def test_a_fault_of_the_soap_service_is_an_answer_and_is_not_asked_again(desk: Desk) -> None:
    org = desk.connected()
    # Any pause would be seen: the line has no time for one.
    line = OrgLine(org.http, org.api_version, sleep=lambda _seconds: pytest.fail("asked again"))
    assert read_metadata(org, line, "Nonsense", ["Contact"]) is None
    with pytest.raises(OrgRefused) as refusal:
        soap_results(org, line, METADATA, "nonsense", "")
    assert refusal.value.code == "Client"
    org.close()


@pytest.mark.parametrize(("status", "code"), [(400, "INVALID_TYPE"), (403, "INSUFFICIENT_ACCESS")])
def test_what_an_org_does_not_tell_is_said_to_be_unknown(
    desk: Desk, status: int, code: str
) -> None:
    fault = {"do": "refuse", "status": status, "code": code, "path": "tooling/query", "times": 3}
    stand_in(desk, "fault", request=fault)
    unknown = found(desk.plan(), "automations_unknown")
    assert [each.message.split(" this user which ")[1] for each in unknown] == [
        "validation rules are active",
        "Apex triggers are active",
        "e-mail alerts are active",
    ]
    assert all("View Setup" in each.hint for each in unknown)


def test_person_accounts_are_told_where_they_are_on(desk: Desk) -> None:
    assert found(desk.plan(), "person_accounts_on") == []
    with set_up(desk, person_accounts=True):
        (told,) = found(desk.plan(), "person_accounts_on")
    assert (told.severity, told.sobject) == ("note", "Account")
    assert told.hint


def test_an_estimate_counts_what_acts_on_our_objects(desk: Desk) -> None:
    org = desk.connected()
    mapping = read_mapping(desk.clinic.manifest)
    assert {
        name: read_org(org, mapping).active[name]
        for name in ("validation rules", "Apex triggers", "flows", "e-mail alerts")
    } == {"validation rules": 1, "Apex triggers": 1, "flows": 1, "e-mail alerts": 1}
    org.close()


def test_the_data_api_does_not_know_what_only_tooling_does(desk: Desk) -> None:
    org = desk.connected()
    path, soql = f"services/data/v{org.api_version}", "SELECT ValidationName FROM ValidationRule"
    refused = org.http.get(f"/{path}/query", params={"q": soql})
    assert (refused.status_code, refused.json()[0]["errorCode"]) == (400, "INVALID_TYPE")
    told = org.http.get(f"/{path}/tooling/query", params={"q": soql}).json()["records"]
    assert sorted(each["ValidationName"] for each in told) == ["Born", "Else"]
    org.close()


def test_an_owner_who_is_no_owner_is_told_apart_with_what_to_do(desk: Desk) -> None:
    """Nobody has the one address, the other two users are there and of no use."""
    stand_in(desk, "act", do="deactivate", user="left@clinic.example")
    desk.clinic.sql(
        "update main_salesforce.sf_account set OwnerId = 'left@clinic.example'"
        " where Clinic_Id__c = 'demo:household:1'"
    )
    told = {
        each.code: (each.sobject, each.field, each.count)
        for each in desk.plan().findings
        if each.code.startswith("user_")
    }
    assert told == {
        "user_inactive": ("Account", "OwnerId", 1),
        "user_unknown": ("Account", "OwnerId", 1),
    }


def test_a_field_that_is_there_and_not_granted_is_told_from_one_that_is_missing(
    org: StandIn, tmp_path: Path
) -> None:
    desk = Desk(mini_clinic(tmp_path), org)
    desk.take_back_the_grant()
    hidden = found(desk.plan(), "schema_differs")
    assert {each.message for each in hidden if each.field == "Clinic_Id__c"} == {
        "is there, and not granted to this user by field-level security:"
        " the permission set Clinic_Migration does"
    }
    desk.deploy()
