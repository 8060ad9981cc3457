"""Rollback in an org that people work in: what they touched stays theirs, the rest is as before."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from loaders.errors import DONE, INCOMPLETE, LimitReached
from tests.loaders.clinic_in_use import HOUSEHOLD, PATIENTS, THERE, clinic, held_rows, ids, undo
from tests.loaders.loading import Loading, loading
from tests.loaders.planning import ALIAS

WORKED_ON = ("Account", "Contact", "Insurance_Coverage__c", "Task", "ContentVersion")


@pytest.fixture
def desk(in_use_template: Path, tmp_path: Path) -> Iterator[Loading]:
    """Serve an org beside a clinic of two households."""
    made = clinic(tmp_path / "clinic", patients=2 * HOUSEHOLD)
    with loading(in_use_template, tmp_path / "org", made) as found:
        yield found


def lines(desk: Loading) -> set[str]:
    """Every live record as a line of text, ids replaced by keys; who works there left out."""
    return {
        json.dumps(record, sort_keys=True)
        for record in desk.objects()
        if record["sobject"] in WORKED_ON
    }


def of_object(records: set[str], sobject: str) -> list[dict[str, Any]]:
    return [each for each in map(json.loads, records) if each["sobject"] == sobject]


def held_contacts(document: dict[str, Any]) -> dict[str, str]:
    """Read which contacts are listed as held, and why."""
    return {key: row["code"] for key, row in held_rows(document, "Contact").items()}


@pytest.mark.soak
def test_a_thousand_records_of_the_org_are_stamped_changed_and_given_back(
    in_use_template: Path, tmp_path: Path
) -> None:
    with loading(in_use_template, tmp_path / "org", clinic(tmp_path / "clinic")) as desk:
        theirs = [{"LastName": f"Old {n}", "MRN__c": f"MRN-{n}"} for n in range(THERE)]
        for start in range(0, THERE, 200):
            desk.admin("act", do="add", object="Contact", records=theirs[start : start + 200])
        before = lines(desk)
        plan = desk.plan()
        contacts = plan.object("Contact")
        assert (contacts.creates, contacts.updates) == (PATIENTS - THERE, THERE)
        assert desk.push(plan) == DONE
        assert desk.verify(plan).differences == 0
        assert len(desk.soql("SELECT Id FROM Contact")) == PATIENTS

        code, document = undo(desk)
        assert code == DONE
        assert lines(desk) == before
        assert document["proof"] | {"objects": None} == {
            "alive": 0, "restored": THERE, "fields": THERE * len(contacts.columns),
            "different": 0, "holds": True, "objects": None,
        }  # fmt: skip
        kept = Path(document["certificate"])
        assert json.loads(kept.read_text("utf-8"))["proof"] == document["proof"]
        assert kept.stat().st_mode & 0o777 == 0o600

        # Once more; then 50 are edited, 25 of them ours alone, and 20 of ours get a call.
        assert desk.push(desk.plan()) == DONE
        edited = [*range(25), *range(THERE, THERE + 25)]
        called = range(THERE + 100, THERE + 120)
        edit = {"do": "edit", "object": "Contact", "fields": {"Department": "Theirs"}}
        desk.admin("act", **edit, ids=ids(desk, *edited))
        calls = [{"Subject": "Call back", "WhoId": each} for each in ids(desk, *called)]
        desk.admin("act", do="add", object="Task", records=calls)
        worked_on = lines(desk)
        listed = {f"demo:patient:{number}": "changed_since" for number in edited}
        listed |= {f"demo:patient:{number}": "foreign_children" for number in called}

        _, ahead = undo(desk, "--plan")
        assert held_contacts(ahead) == listed
        assert lines(desk) == worked_on

        code, document = undo(desk)
        assert code == INCOMPLETE
        assert held_contacts(document) == listed
        after = lines(desk)
        # What is not as before is as they left it; and nothing of theirs is gone.
        assert after - before <= worked_on
        assert {each["MRN__c"] for each in of_object(before - after, "Contact")} == {
            f"MRN-{number}" for number in edited[:25]
        }
        assert before - after <= {json.dumps(each, sort_keys=True)
                                  for each in of_object(before, "Contact")}  # fmt: skip
        assert len(of_object(after - before, "Contact")) == len(listed)
        assert len(of_object(after, "Task")) == len(called)
        counted = {each["sobject"]: each for each in document["proof"]["objects"]}["Contact"]
        assert (counted["before"], counted["ours"], counted["others"]) == (THERE, 45, 0)


def test_a_push_that_was_cut_off_is_undone_but_for_what_somebody_changed(desk: Loading) -> None:
    before = lines(desk)
    plan = desk.plan()
    path = "Insurance_Coverage__c/Clinic_Id__c"
    limit = {"do": "refuse", "status": 403, "code": "REQUEST_LIMIT_EXCEEDED"}
    desk.fault(request={**limit, "path": path})
    with pytest.raises(LimitReached):
        desk.push(plan)
    (theirs,) = ids(desk, 3)
    desk.admin("act", do="edit", object="Contact", ids=[theirs], fields={"Department": "Theirs"})
    code, undone = desk.rollback(plan)
    assert (code, undone["Contact"].held, undone["Contact"].deleted) == (INCOMPLETE, 1, 23)
    (kept,) = desk.soql("SELECT Id, Department FROM Contact")
    assert (kept["Id"], kept["Department"]) == (theirs, "Theirs")
    assert desk.rollback(plan, forced=frozenset({"Contact"}))[0] == DONE
    assert lines(desk) == before


def test_what_is_changed_while_a_rollback_is_at_work_is_seen(desk: Loading) -> None:
    plan = desk.plan()
    assert desk.push(plan) == DONE
    (theirs,) = ids(desk, 3)
    act = {"do": "edit", "object": "Contact", "ids": [theirs], "fields": {"Department": "Theirs"}}
    # Coverages are deleted first: contacts are read after that, just before their own turn.
    desk.fault(request={"do": "act", "method": "DELETE", "path": "composite/sobjects", "act": act})
    code, undone = desk.rollback(plan)
    assert (code, undone["Contact"].held) == (INCOMPLETE, 1)
    assert desk.soql("SELECT Id FROM Contact WHERE Department = 'Theirs'")


def test_merges_files_and_new_parents_of_other_users_hold_a_record(desk: Loading) -> None:
    assert desk.push(desk.plan()) == DONE
    survivor, filed, moved, back, gone = ids(desk, 1, 2, 3, 4, 5)
    loser = desk.create("Contact", LastName="Somebody's patient")
    desk.admin("act", do="merge", object="Contact", master=survivor, losers=[loser])
    letter = {"PathOnClient": "a.txt", "VersionData": "SGk=", "FirstPublishLocationId": filed}
    desk.admin("act", do="add", object="ContentVersion", records=[letter])
    other = desk.record_id("Account", "demo:household:1")
    desk.admin("act", do="edit", object="Contact", ids=[moved], fields={"AccountId": other})
    desk.admin("act", do="delete", object="Contact", ids=[back, gone])
    desk.admin("act", do="undelete", object="Contact", ids=[back])

    code, document = undo(desk)
    assert code == INCOMPLETE
    assert held_contacts(document) == {
        "demo:patient:1": "foreign_children",
        "demo:patient:2": "foreign_children",
        "demo:patient:3": "changed_since",
    }
    assert {each["Id"] for each in desk.soql("SELECT Id FROM Contact")} == {survivor, filed, moved}
    assert document["bin_until"]


def test_a_rollback_that_is_undone_behind_its_back_is_not_called_proved(desk: Loading) -> None:
    assert desk.push(desk.plan()) == DONE
    desk.clinic.sql("update main_salesforce.sf_contact set FirstName = 'Anew'")
    plan = desk.plan()
    assert desk.push(plan) == DONE
    (theirs,) = ids(desk, 3)
    act = {"do": "edit", "object": "Contact", "ids": [theirs], "fields": {"FirstName": "Theirs"}}
    after = {"do": "act", "when": "after", "path": "composite/sobjects"}
    desk.fault(request={**after, "method": "PATCH", "act": act})
    code, undone = desk.rollback(plan)
    assert (code, undone["Contact"].restored) == (INCOMPLETE, 2 * HOUSEHOLD)
    assert desk.acts("rollback_proved")[-1]["proof"]["different"] == 1

    coverage = desk.record_id("Insurance_Coverage__c", "demo:coverage:0")
    act = {"do": "undelete", "object": "Insurance_Coverage__c", "ids": [coverage]}
    desk.fault(request={**after, "method": "DELETE", "act": act})
    first = desk.acts("run_started")[0]["run"]
    done = desk.load("rollback", first, "--org", ALIAS, "--json")
    assert (done.code, done.json()["proof"]["alive"]) == (INCOMPLETE, 1)
    assert not done.json()["proof"]["holds"]
