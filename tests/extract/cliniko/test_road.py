"""From Cliniko to the org: what the API has arrives, and verify finds no difference."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import BIN, Clinic, run, serving
from tests.e2e.conftest import Walk, pushed
from tests.extract.cliniko.account import willow
from tests.extract.cliniko.account_visits import SCAN
from tests.extract.cliniko.vendor import CONTACT, KEY, served

# Prescriptions, lab results and recalls: Cliniko has none.
LINES_OF_THE_CONTRACT = set(range(1, 17)) - {8, 9, 11}

# A whole build and a whole load; the reading is tested in every run.
pytestmark = pytest.mark.soak


@pytest.fixture(scope="module")
def road(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """The account, landed, built, and pushed into a fresh sandbox."""
    folder = tmp_path_factory.mktemp("road")
    clinic = Clinic(data=folder / "data", target=folder / "target")
    settings = {"SOURCES__CLINIKO__KEY": KEY, "SOURCES__CLINIKO__CONTACT": CONTACT}
    with served(willow()) as vendor:
        command = [str(BIN / "clinic-extract"), "run", "cliniko", "--system", "willow"]
        landed = run([*command, "--url", vendor.url], env=clinic.environment | settings)
    assert landed.code == 0, landed.stdout + landed.stderr
    built = run([str(BIN / "dbt"), "build", "--quiet"], env=clinic.environment)
    assert built.code == 0, built.stdout
    with serving(folder / "org", "--sandbox") as org:
        yield pushed(clinic, org)


def test_each_row_that_cliniko_has_is_in_the_org_and_closes(road: Walk) -> None:
    seen = road.on_org("verify", "latest", "--json")
    assert (seen.code, seen.json()["differences"]) == (0, 0), seen.stdout + seen.stderr
    entities = road.load("status", "latest", "--json").json()["entities"]
    assert all(each["closes"] for each in entities)
    counts = road.ask("select line, mart_rows from audit.audit_row_counts")
    assert {line for line, rows in counts if rows} == LINES_OF_THE_CONTRACT


def test_visits_alone_and_in_a_group_have_their_own_outcome(road: Walk) -> None:
    fields = "Clinic_Id__c, StartDateTime, Appointment_Status__c"
    events = road.records(fields, "Event", "Clinic_Id__c != null")
    told = {row["Clinic_Id__c"]: row["Appointment_Status__c"] for row in events}
    assert told == {
        "willow:appointment:201": "Arrived",
        "willow:appointment:202": "No Show",
        "willow:appointment:203": "Booked",
        "willow:appointment:204": "Cancelled",
        "willow:appointment:attendee/222": "Arrived",
        "willow:appointment:attendee/223": "Cancelled",
    }
    starts = {row["Clinic_Id__c"]: row["StartDateTime"] for row in events}
    assert starts["willow:appointment:201"] == "2025-03-03T09:00:00.000+0000"


def test_a_merged_chart_is_no_person_and_an_archived_one_is(road: Walk) -> None:
    contacts = road.records("Clinic_Id__c", "Contact", "Clinic_Id__c LIKE 'willow:patient:%'")
    told = {row["Clinic_Id__c"] for row in contacts}
    assert told == {f"willow:patient:{number}" for number in (101, 102, 103, 105)}


def test_invoices_keep_their_total_and_say_when_they_are_paid(road: Walk) -> None:
    fields = "Clinic_Id__c, StageName, Total_Charge__c, Amount, Paid_Amount__c"
    claims = {
        row.pop("Clinic_Id__c"): tuple(row.values())
        for row in road.records(fields, "Opportunity", "Clinic_Id__c LIKE 'willow:claim:%'")
    }
    assert claims == {
        "willow:claim:401": ("Closed Won", 120.5, 120.5, 120.5),
        "willow:claim:402": ("Value Proposition", 95.0, 95.0, None),
    }


def test_each_type_of_custom_field_keeps_what_was_chosen(road: Walk) -> None:
    values = dict(
        road.ask(
            "select field_name, field_value from intermediate.int_cliniko__custom_field_values"
        )
    )
    assert values == {
        "Shoe size": "7.50",
        "Arch": "flat",
        "Sports": "hill running; judo",
        "Last cast": "2025-01-31",
        "adjustment_code": "C3-L4",
        "concession_type": "Pensioner",
        "old_reference_id": "C-0101",
    }
    left = (
        "select count(*) from audit.audit_excluded_records where reason = 'custom_field_not_mapped'"
    )
    assert road.ask(left) == [(len(values) - 1,)]


def test_what_was_written_is_a_note_and_its_file_has_all_of_its_bytes(road: Walk) -> None:
    notes = dict(road.ask("select source_id, body from intermediate.int_cliniko__clinical_notes"))
    assert notes == {
        "treatment/301": "Assessment\nGait: Overpronates & limps\nPain: heel",
        "treatment/302": None,
        "alert/111": "Allergic to tape",
        "chart/101": "Prefers mornings",
        "appointments/102": "Afraid of needles",
    }
    files = road.records(
        "Clinic_Id__c, ContentSize", "ContentVersion", "Clinic_Id__c LIKE 'willow:document:%'"
    )
    assert files == [{"Clinic_Id__c": "willow:document:341", "ContentSize": len(SCAN)}]


def test_every_landed_row_is_told_of(road: Walk) -> None:
    told = road.ask(
        "select detail, count(*) from audit.audit_excluded_records"
        " where entity = 'unused' group by detail"
    )
    assert dict(told) == {
        "prices do not migrate; what was charged has its own": 1,
        "a contact who sends no patients": 1,
        "cases do not migrate": 1,
        "a way that stands for patients or contacts": 2,
        "an account of the software": 1,
    }


def test_the_audit_shows_nobody(road: Walk) -> None:
    audited = run([str(BIN / "clinic-extract"), "audit", "--json"], env=road.clinic.environment)
    assert audited.code == 0, audited.stderr
    page = Path(road.clinic.data) / "reports" / "audit" / "audit.html"
    assert "Thistlewood" not in page.read_text(encoding="utf-8")
