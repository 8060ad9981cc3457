"""Between the last look at a record and its delete somebody works on it: it is taken back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from loaders.errors import DONE, INCOMPLETE, OrgUnavailable
from tests.loaders.clinic_in_use import HOUSEHOLD, clinic, held_rows, ids, undo
from tests.loaders.loading import BULK, Loading, loading
from tests.loaders.mini_clinic import mini_clinic

NTH_DELETE = {"do": "act", "method": "DELETE", "path": "composite/sobjects"}


@pytest.fixture
def desk(in_use_template: Path, tmp_path: Path) -> Iterator[Loading]:
    """Serve an org beside a clinic of two households, loaded already."""
    made = clinic(tmp_path / "clinic", patients=2 * HOUSEHOLD)
    with loading(in_use_template, tmp_path / "org", made) as found:
        assert found.push(found.plan()) == DONE
        yield found


def noted(record_id: str) -> dict[str, Any]:
    return {"do": "edit", "object": "Contact", "ids": [record_id],
            "fields": {"Department": "Theirs"}}  # fmt: skip


def test_an_edit_and_a_child_between_the_last_look_and_the_delete_are_taken_out_of_the_bin(
    desk: Loading,
) -> None:
    edited, called, binned = ids(desk, 3, 4, 15)
    # What somebody threw away before is no reason to keep its parent.
    desk.create("Task", Subject="Thrown away", WhoId=binned)
    desk.admin("act", do="delete", object="Task", where="Subject = 'Thrown away'")
    # An org's clock counts seconds, and one delete may take two of them: what is thrown away in the
    # second of our delete, or in the one before, counts as later.
    thrown_away = int(time.time())
    while int(time.time()) <= thrown_away + 1:
        time.sleep(0.05)
    call = {"do": "add", "object": "Task", "records": [{"Subject": "Call", "WhoId": called}]}
    # The coverages go first, then the contacts.
    contacts = {**NTH_DELETE, "nth": 2}
    desk.fault(request=[{**contacts, "act": noted(edited)}, {**contacts, "act": call}])
    code, document = undo(desk)
    assert code == INCOMPLETE
    held = held_rows(document, "Contact")
    assert {key: (row["code"], row["field"]) for key, row in held.items()} == {
        "demo:patient:3": ("changed_since", "Department"),
        "demo:patient:4": ("foreign_children", "Task.WhoId"),
    }
    kept = {
        each["Id"]: each["Department"] for each in desk.soql("SELECT Id, Department FROM Contact")
    }
    assert kept == {edited: "Theirs", called: None}
    assert [each["WhoId"] for each in desk.soql("SELECT WhoId FROM Task")] == [called]
    assert desk.acts("rollback_taking_back")[0]["records"] == 2
    # It was looked at who did it, and when; what nobody changed has nobody.
    (edit,) = desk.soql(f"SELECT LastModifiedById FROM Contact WHERE Id = '{edited}'")
    assert held["demo:patient:3"]["changed_by"] == edit["LastModifiedById"]
    assert held["demo:patient:3"]["changed_at"].endswith("Z")
    assert held["demo:patient:4"]["changed_by"] == ""
    # Their household is kept for them.
    assert len(desk.soql("SELECT Id FROM Account")) == 1
    assert document["proof"]["holds"]


def test_a_bulk_delete_is_looked_back_at_as_well(desk: Loading) -> None:
    (edited,) = ids(desk, 3)
    upload_complete = {"do": "act", "method": "PATCH", "path": "jobs/ingest", "nth": 2}
    desk.fault(request={**upload_complete, "act": noted(edited)})
    code, undone = desk.rollback(desk.plan_pushed(), sending=BULK)
    assert (code, undone["Contact"].held, undone["Contact"].deleted) == (INCOMPLETE, 1, 23)
    (kept,) = desk.soql("SELECT Id, Department FROM Contact")
    assert (kept["Id"], kept["Department"]) == (edited, "Theirs")


def test_a_rollback_that_is_cut_off_while_it_takes_back_goes_on_with_it(desk: Loading) -> None:
    (edited,) = ids(desk, 3)
    desk.fault(
        request=[
            {**NTH_DELETE, "nth": 2, "act": noted(edited)},
            {"do": "cut", "when": "after", "method": "POST", "path": "Soap/u"},
        ]
    )
    with pytest.raises(OrgUnavailable):
        desk.rollback(desk.plan_pushed(), attempts=1)
    code, undone = desk.rollback(desk.plan_pushed())
    assert (code, undone["Contact"].held, undone["Contact"].deleted) == (INCOMPLETE, 1, 23)
    assert len(desk.soql("SELECT Id FROM Contact")) == 1
    assert desk.acts("rollback_proved")[-1]["proof"]["alive"] == 0


def test_what_the_org_does_not_give_back_is_failed_and_said(desk: Loading) -> None:
    (edited,) = ids(desk, 3)
    # A record that somebody made meanwhile has its key.
    rival = {"do": "add", "object": "Contact",
             "records": [{"LastName": "Rival", "Clinic_Id__c": "demo:patient:3"}]}  # fmt: skip
    desk.fault(
        request=[
            {**NTH_DELETE, "nth": 2, "act": noted(edited)},
            {"do": "act", "method": "POST", "path": "Soap/u", "act": rival},
        ]
    )
    code, document = undo(desk)
    assert code == INCOMPLETE
    (row,) = held_rows(document, "Contact").values()
    assert (row["state"], row["code"], row["field"]) == ("failed", "not_taken_back", "Department")
    (reason,) = [each for each in document["held"] if each["sobject"] == "Contact"]
    assert "recycle bin" in reason["hint"]


def test_a_version_and_a_link_that_came_while_files_were_deleted_bring_them_back(
    template: Path, tmp_path: Path
) -> None:
    with loading(template, tmp_path / "org", mini_clinic(tmp_path / "clinic")) as desk:
        assert desk.push(desk.plan()) == DONE
        (file,) = desk.soql("SELECT Id, ContentDocumentId FROM ContentVersion")
        newer = {"PathOnClient": "b.txt", "VersionData": "Tg==",
                 "ContentDocumentId": file["ContentDocumentId"]}  # fmt: skip
        act = {"do": "add", "object": "ContentVersion", "records": [newer]}
        desk.fault(request={**NTH_DELETE, "nth": 1, "act": act})
        code, document = undo(desk)
        assert code == INCOMPLETE
        assert len(held_rows(document, "ContentVersion")) == 1
        assert len(held_rows(document, "ContentDocumentLink")) == 1
        assert len(desk.soql("SELECT Id FROM ContentVersion")) == 2
