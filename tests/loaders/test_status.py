"""Status: every source record is loaded, merged, excluded or failed, and a gap is seen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from loaders.errors import DONE, INCOMPLETE
from loaders.status import EntityStatus
from tests.loaders.loading import Loading, loading
from tests.loaders.mini_clinic import MiniClinic, mini_clinic


def audited(clinic: MiniClinic, *, patients: int) -> MiniClinic:
    """Give the clinic its audit tables: five charts, one merged, one excluded."""
    clinic.sql(
        "insert into main_audit.audit_row_counts "
        f"values (1, 'patients', 'Contact', {patients}, 1, 1, 3)"
    )
    clinic.sql(
        "insert into main_audit.audit_record_targets "
        "select 'patients', Clinic_Id__c, 'Contact', Clinic_Id__c from main_salesforce.sf_contact"
    )
    return clinic


@pytest.fixture
def desk(template: Path, tmp_path: Path) -> Iterator[Loading]:
    clinic = audited(mini_clinic(tmp_path / "clinic"), patients=5)
    with loading(template, tmp_path / "org", clinic) as found:
        yield found


def test_the_equation_closes_and_a_failed_record_is_counted_with_its_reason(desk: Loading) -> None:
    desk.clinic.sql(
        "update main_salesforce.sf_contact set LastName = repeat('x', 81) "
        "where Clinic_Id__c = 'demo:patient:2'"
    )
    plan = desk.plan()
    assert desk.push(plan) == INCOMPLETE
    status = desk.status(plan)
    assert status.entities == (EntityStatus(1, "patients", 5, 2, 1, 1, 1, 0),)
    assert status.entities[0].closes
    assert [(each.sobject, each.code, each.rows) for each in status.reasons] == [
        ("Contact", "too_long", 1)
    ]
    done = desk.load("status", "latest", "--json")
    assert done.code == INCOMPLETE
    document = json.loads(done.stdout)
    assert set(document) == {
        "run", "kind", "plan", "state", "exit_code", "objects", "entities", "gone", "reasons",
        "complete", "live",
    }  # fmt: skip
    assert document["entities"] == [{**asdict(status.entities[0]), "closes": True}]


def test_a_source_record_that_went_missing_keeps_the_equation_open(desk: Loading) -> None:
    desk.clinic.sql("update main_audit.audit_row_counts set source_rows = 6")
    plan = desk.plan()
    assert desk.push(plan) == INCOMPLETE
    (patients,) = desk.status(plan).entities
    assert not patients.closes
    assert "NO" in desk.load("status", "latest").stdout


def test_a_lost_outcome_file_keeps_the_equation_open(desk: Loading) -> None:
    plan = desk.plan()
    assert desk.push(plan) == DONE
    assert desk.status(plan).is_complete
    lost = next(act for act in desk.acts("job_settled") if act["counts"] == [3, 0, 0])
    contacts = [act["job"] for act in desk.acts("job_planned") if act["sobject"] == "Contact"]
    assert lost
    desk.forget(contacts[0])
    status = desk.status(plan)
    assert [each.waiting for each in status.objects if each.sobject == "Contact"] == [3]
    assert not status.entities[0].closes
