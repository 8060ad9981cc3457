"""Each row ends in one of eight states, and each of them is really reached and written down."""

from __future__ import annotations

from pathlib import Path

import pytest

from loaders.errors import INCOMPLETE
from loaders.row_errors import row_error
from tests.loaders.loading import Loading, loading
from tests.loaders.wide_clinic import wide_clinic


def recorded(desk: Loading, kind: str) -> set[str]:
    return {state for _, _, state, *_ in desk.outcomes(kind)}


@pytest.mark.soak
def test_all_eight_final_states_are_reached_and_recorded(
    wide_template: Path, tmp_path: Path
) -> None:
    clinic = wide_clinic(tmp_path / "clinic")
    with loading(wide_template, tmp_path / "org", clinic) as desk:
        desk.clinic.sql(
            "update main_salesforce.sf_contact set LastName = repeat('x', 81) "
            "where Clinic_Id__c = 'demo:patient:2'"
        )
        first = desk.plan()
        assert desk.push(first) == INCOMPLETE
        assert recorded(desk, "push") >= {"created", "failed"}
        (failed,) = [each for each in desk.status(first).reasons if each.code == "too_long"]
        assert (failed.field, failed.template, failed.hint) == (
            "LastName",
            row_error("too_long").template,
            row_error("too_long").hint,
        )
        _, undone = desk.rollback(first)
        assert undone["User"].retired == 1
        assert undone["Contact"].deleted == 2
        assert recorded(desk, "rollback") >= {"deleted", "updated"}

        assert desk.push(first) == INCOMPLETE
        desk.change("Contact", "demo:patient:1", FirstName="Theirs")
        desk.clinic.sql("update main_salesforce.sf_contact set FirstName = 'Ours'")
        second = desk.plan()
        assert desk.push(second) == INCOMPLETE
        (contacts,) = [each for each in desk.status(second).objects if each.sobject == "Contact"]
        assert (contacts.updated, contacts.held, contacts.failed) == (1, 1, 1)
        (accounts,) = [each for each in desk.status(second).objects if each.sobject == "Account"]
        assert accounts.unchanged == accounts.rows
        _, undone = desk.rollback(second)
        assert undone["Contact"].restored == 1


def test_a_link_that_somebody_took_away_is_not_made_again(desk: Loading) -> None:
    assert desk.push(desk.plan()) == 0
    (file,) = desk.soql("SELECT ContentDocumentId FROM ContentVersion")
    document = f"ContentDocumentId = '{file['ContentDocumentId']}'"
    links = desk.soql(f"SELECT Id, LinkedEntityId FROM ContentDocumentLink WHERE {document}")
    ours = [row["Id"] for row in links if not row["LinkedEntityId"].startswith("005")]
    assert len(ours) == 1
    desk.admin("act", do="delete", object="ContentDocumentLink", ids=ours)
    again = desk.plan()
    assert again.object("ContentDocumentLink").held == 1
    assert desk.failures(again, "ContentDocumentLink")[0][1] == "deleted_in_org"
    assert desk.push(again) == INCOMPLETE
    links = desk.soql(f"SELECT LinkedEntityId FROM ContentDocumentLink WHERE {document}")
    assert [row for row in links if not row["LinkedEntityId"].startswith("005")] == []
