"""A thousand rows by Bulk, a tenth refused, results shuffled and some lost: none is mixed up."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from loaders.errors import INCOMPLETE
from loaders.ledger import Ledger
from loaders.ledger_outcomes import view_outcomes
from loaders.plan_store import Plan
from tests.loaders.clinic_in_use import HOUSEHOLD, clinic
from tests.loaders.loading import BULK, Loading, loading
from tests.loaders.planning import ALIAS

ROWS, REFUSED = 1_000, 100
TENTH = {"object": "Contact", "name": "Tenth", "formula": 'FirstName = "No"', "message": "Invented",
         "field": "FirstName"}  # fmt: skip


@pytest.fixture(scope="module")
def pushed(
    in_use_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Loading, Plan]]:
    folder = tmp_path_factory.mktemp("thousand")
    with loading(in_use_template, folder / "org", clinic(folder / "clinic", patients=ROWS)) as desk:
        desk.clinic.sql(
            "update main_salesforce.sf_contact set FirstName = 'No' where Clinic_Id__c like '%7'"
        )
        desk.clinic.sql(
            "update main_salesforce.sf_account set Name = 'Aetna'"
            " where Clinic_Id__c in ('demo:household:1', 'demo:household:2')"
        )
        desk.admin("settings", validation_rules=[TENTH])
        desk.fault(drop_results={"rows": 3})
        plan = desk.plan()
        desk.approve(plan)
        assert desk.push(plan, sending=BULK) == INCOMPLETE
        yield desk, plan


def finals(desk: Loading, sobject: str) -> list[tuple[str, str | None, str]]:
    ledger = Ledger.open(desk.data.ledger)
    files = ledger.outcome_files(ledger.run("latest", kind="push").run)
    ledger.close()
    with duckdb.connect() as db:
        view_outcomes(db, files)
        return db.execute(
            "select key, id, state from finals where sobject = ? order by key", [sobject]
        ).fetchall()


def test_every_row_has_one_state_and_the_id_of_its_own_record(
    pushed: tuple[Loading, Plan],
) -> None:
    desk, _ = pushed
    there = {
        row["Clinic_Id__c"]: row["Id"] for row in desk.soql("SELECT Id, Clinic_Id__c FROM Contact")
    }
    rows = finals(desk, "Contact")
    assert len({key for key, _, _ in rows}) == len(rows) == ROWS
    assert Counter(state for *_, state in rows) == {"created": ROWS - REFUSED, "failed": REFUSED}
    assert {key: record for key, record, state in rows if state == "created"} == there
    # Of the households three results were lost: looked up by key, each is there once.
    households = {key: record for key, record, _ in finals(desk, "Account")}
    assert households == {
        row["Clinic_Id__c"]: row["Id"] for row in desk.soql("SELECT Id, Clinic_Id__c FROM Account")
    }


def test_children_of_parents_of_one_name_keep_their_own(pushed: tuple[Loading, Plan]) -> None:
    desk, _ = pushed
    found = desk.soql(
        "SELECT Clinic_Id__c, Account.Clinic_Id__c FROM Contact WHERE Account.Name = 'Aetna'"
    )
    parents = {row["Clinic_Id__c"]: row["Account"]["Clinic_Id__c"] for row in found}
    assert len(set(parents.values())) == 2
    assert parents == {
        key: f"demo:household:{int(key.rpartition(':')[2]) // HOUSEHOLD}" for key in parents
    }


def test_every_failed_row_is_listed_with_all_that_a_person_needs(
    pushed: tuple[Loading, Plan],
) -> None:
    desk, plan = pushed
    again = desk.load("push", plan.plan, "--org", ALIAS)
    assert again.code == INCOMPLETE, again.stderr
    path = desk.data.reports / desk.run().run / "failures.csv"
    assert str(path) in again.stderr
    assert "FIELD_CUSTOM_VALIDATION_EXCEPTION" in again.stdout
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["sobject"] == "Contact"]
    assert {row["key"] for row in rows} == {
        f"demo:patient:{number}" for number in range(ROWS) if number % 10 == 7
    }
    assert {(row["field"], row["code"]) for row in rows} == {
        ("FirstName", "FIELD_CUSTOM_VALIDATION_EXCEPTION")
    }
    assert all(row["message"] and row["hint"] for row in rows)
    # The org's own text may quote a patient: it is nowhere.
    assert "Invented" not in path.read_text("utf-8")
