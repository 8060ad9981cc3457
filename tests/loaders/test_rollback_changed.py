"""Rollback of records that a push changed but did not make, and of a rollback that was cut off."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from loaders import rollback_checks
from loaders.describe import ChildRelationship
from loaders.errors import DONE, INCOMPLETE, OrgRefused, OrgUnavailable
from loaders.rollback_checks import Checks, held_by_children
from loaders.rollback_targets import make_targets
from tests.loaders.loading import BULK, Loading, loading
from tests.loaders.wide_clinic import wide_clinic

HOUSEHOLD = "demo:household:1"
COVERAGES = "Insurance_Coverage__c"
DELETES = {"method": "DELETE", "path": "composite/sobjects"}


def account(desk: Loading, key: str = HOUSEHOLD) -> tuple[str, str | None, str | None]:
    (found,) = desk.soql(
        f"SELECT Name, Phone, Description FROM Account WHERE Clinic_Id__c = '{key}'"
    )
    return found["Name"], found["Phone"], found["Description"]


def test_a_record_that_somebody_made_under_our_key_at_the_last_moment_is_not_deleted(
    desk: Loading,
) -> None:
    """The push looked for the key and found none; its upsert then met somebody's record."""
    theirs = {"Name": "Somebody's", "Clinic_Id__c": HOUSEHOLD, "Description": "theirs"}
    act = {"do": "add", "object": "Account", "records": [theirs]}
    plan = desk.plan()
    desk.fault(request={"do": "act", "method": "PATCH", "path": "sobjects/Account/", "act": act})
    assert desk.push(plan) == DONE
    assert {each.sobject: each.updated for each in desk.status(plan).objects}["Account"] == 1
    code, undone = desk.rollback(plan)
    # Nobody knows what it held before: it stays, and is listed.
    assert (code, undone["Account"].held, undone["Account"].deleted) == (INCOMPLETE, 1, 2)
    assert account(desk) == ("Testfall family", None, "theirs")
    assert len(desk.soql("SELECT Id FROM Account")) == 1


def test_children_of_more_records_than_one_query_names_are_found_all_the_same(
    desk: Loading, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = desk.plan()
    assert desk.push(plan) == DONE
    for key in (HOUSEHOLD, "demo:payer:1"):
        desk.create("Contact", LastName="Theirs", AccountId=desk.record_id("Account", key))
    monkeypatch.setattr(rollback_checks, "IDS_PER_QUERY", 1)
    code, undone = desk.rollback(plan)
    assert (code, undone["Account"].held, undone["Account"].deleted) == (INCOMPLETE, 2, 1)
    assert len(desk.soql("SELECT Id FROM Contact")) == 2


def test_what_a_user_edited_after_our_change_is_restored_only_when_forced(desk: Loading) -> None:
    assert desk.push(desk.plan()) == DONE
    desk.clinic.sql(
        "update main_salesforce.sf_account set Phone = '555 0199' "
        f"where Clinic_Id__c = '{HOUSEHOLD}'"
    )
    plan = desk.plan()
    assert desk.push(plan) == DONE
    desk.change("Account", HOUSEHOLD, Description="theirs")
    code, undone = desk.rollback(plan)
    assert (code, undone["Account"].held, undone["Account"].restored) == (INCOMPLETE, 1, 0)
    assert account(desk) == ("Testfall family", "555 0199", "theirs")
    code, undone = desk.rollback(plan, forced=frozenset({"Account"}))
    assert (code, undone["Account"].restored) == (DONE, 1)
    # What we never wrote is theirs for all that.
    assert account(desk) == ("Testfall family", None, "theirs")


def test_a_rollback_that_was_cut_off_goes_on_in_the_same_run(desk: Loading) -> None:
    before = desk.objects()
    plan = desk.plan()
    assert desk.push(plan) == DONE
    desk.fault(request={"do": "refuse", "status": 503, "times": 5, "nth": 3, **DELETES})
    with pytest.raises(OrgUnavailable):
        desk.rollback(plan)
    first = desk.run(kind="rollback")
    assert (first.state, len(desk.objects()) > len(before)) == ("running", True)
    assert desk.rollback(plan)[0] == DONE
    assert (desk.run(kind="rollback").run, desk.objects()) == (first.run, before)


@pytest.mark.parametrize("by_bulk", [False, True], ids=["collections", "bulk"])
def test_what_somebody_deletes_between_our_look_and_our_delete_is_undone(
    desk: Loading, *, by_bulk: bool
) -> None:
    plan = desk.plan()
    assert desk.push(plan) == DONE
    act = {"do": "delete", "object": COVERAGES, "where": "Clinic_Id__c = 'demo:coverage:1'"}
    if by_bulk:
        desk.fault(job_act={"act": act, "object": COVERAGES})
        code, undone = desk.rollback(plan, sending=BULK)
    else:
        desk.fault(request={"do": "act", "act": act, **DELETES})
        code, undone = desk.rollback(plan)
    assert (code, undone[COVERAGES].deleted, undone[COVERAGES].failed) == (DONE, 2, 0)


def test_a_child_object_that_cannot_be_asked_holds_nothing_and_any_other_refusal_stops(
    desk: Loading,
) -> None:
    plan = desk.plan()
    assert desk.push(plan) == DONE
    with desk.open() as opened:
        pushed = desk.run()
        session = opened.session(pushed)
        make_targets(session, pushed, plan, desk.folder(plan))
        session.bench.db.execute("create temp table rows_now (key varchar, id varchar)")
        session.bench.db.execute("insert into rows_now values ('k', '003Hs0000000001IAA')")

        def held_below(child: str, field: str) -> int:
            relationship = ChildRelationship(child, field, None, False, False)
            checks = Checks("Opportunity", (), (relationship,))
            return held_by_children(session, checks, "rows_now").num_rows

        assert held_below("No_Such_Object__c", "Parent__c") == 0
        assert held_below("Contact", "No_Such_Field__c") == 0
        with pytest.raises(OrgRefused, match="MALFORMED_QUERY"):
            held_below("Contact", "not a field")


@pytest.fixture
def wide_desk(wide_template: Path, tmp_path: Path) -> Iterator[Loading]:
    with loading(wide_template, tmp_path / "org", wide_clinic(tmp_path / "clinic")) as found:
        yield found


@pytest.mark.soak
def test_a_user_whom_somebody_changed_stays_as_she_is(wide_desk: Loading) -> None:
    desk = wide_desk
    plan = desk.plan()
    assert desk.push(plan) == DONE
    desk.change("User", "demo:user:1", Title="Head of the front desk")
    code, undone = desk.rollback(plan)
    assert (code, undone["User"].held, undone["User"].retired) == (INCOMPLETE, 1, 0)
    (user,) = desk.soql("SELECT IsActive, Username FROM User WHERE Clinic_Id__c = 'demo:user:1'")
    assert (user["IsActive"], "retired" in user["Username"]) == (True, False)


@pytest.mark.soak
def test_a_user_whom_we_had_retired_before_we_were_cut_off_is_retired_and_not_held(
    wide_desk: Loading,
) -> None:
    desk = wide_desk
    plan = desk.plan()
    assert desk.push(plan) == DONE
    # The answer to the one change that a rollback makes here is lost, and we with it.
    desk.fault(request={"do": "cut", "when": "after", "method": "PATCH", "path": "composite"})
    with pytest.raises(OrgUnavailable):
        desk.rollback(plan, attempts=1)
    (user,) = desk.soql("SELECT Username FROM User WHERE IsActive = false")
    assert ".retired-" in user["Username"]
    code, undone = desk.rollback(plan)
    assert (code, undone["User"].held, undone["User"].retired) == (DONE, 0, 1)
