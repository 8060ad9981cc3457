"""From OpenEMR's database to the org: all fifteen rows arrive, and verify finds no difference."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from tests.conftest import BIN, Clinic, Ran, run, serving
from tests.e2e.conftest import Walk, pushed
from tests.extract.archive.conftest import Archived, archive
from tests.extract.openemr.maria import PASSWORD, Maria

# One document's file is encrypted, and one is not there: that is said with exit 4.
SOMETHING_IS_PUT_ASIDE = 4
LINES_OF_THE_CONTRACT = 15

# A whole build and a whole load; the reading is tested in every run.
pytestmark = pytest.mark.soak


@dataclass(frozen=True, slots=True)
class Road:
    """A clinic that was landed, built and pushed, and the database that it came from."""

    walk: Walk
    environment: dict[str, str]
    landing: tuple[str, ...]

    def extract(self, *command: str) -> Ran:
        return run([str(BIN / "clinic-extract"), *command], env=self.environment)


@pytest.fixture(scope="module")
def road(maria: Maria, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Road]:
    """The database, landed, built, and pushed into a fresh sandbox."""
    folder = tmp_path_factory.mktemp("road")
    scan = folder / "documents" / "101" / "scan.txt"
    scan.parent.mkdir(parents=True)
    scan.write_text("An invented scan")
    clinic = Clinic(data=folder / "data", target=folder / "target")
    environment = clinic.environment | {"SOURCES__OPENEMR__PASSWORD": PASSWORD}
    landing = ("run", "openemr", "--system", "hill", "--url", maria.url)
    landing = (*landing, "--documents", str(folder / "documents"))
    landed = run([str(BIN / "clinic-extract"), *landing], env=environment)
    assert landed.code == SOMETHING_IS_PUT_ASIDE, landed.stdout + landed.stderr
    built = run([str(BIN / "dbt"), "build", "--quiet"], env=environment)
    assert built.code == 0, built.stdout
    with serving(folder / "org", "--sandbox") as org:
        yield Road(pushed(clinic, org), environment, landing)


def test_each_of_the_fifteen_rows_is_in_the_org_and_closes(road: Road) -> None:
    seen = road.walk.on_org("verify", "latest", "--json")
    assert (seen.code, seen.json()["differences"]) == (0, 0), seen.stdout + seen.stderr
    entities = road.walk.load("status", "latest", "--json").json()["entities"]
    assert all(each["closes"] for each in entities)
    counts = road.walk.ask("select line, mart_rows from audit.audit_row_counts")
    filled = {line for line, rows in counts if rows}
    assert set(range(1, LINES_OF_THE_CONTRACT + 1)) <= filled


def test_a_refusal_a_payment_and_a_claim_never_billed_are_told_apart(road: Road) -> None:
    fields = "Clinic_Id__c, StageName, Total_Charge__c, Paid_Amount__c, Denial_Reason__c"
    claims = {
        row.pop("Clinic_Id__c"): tuple(row.values())
        for row in road.walk.records(fields, "Opportunity", "Clinic_Id__c LIKE 'hill:claim:%'")
    }
    assert claims == {
        "hill:claim:101/5001": ("Closed Won", 140.5, 120.5, None),
        "hill:claim:101/5002": ("Closed Lost", 60.0, 0.0, "CO-197"),
        "hill:claim:102/5003": ("Prospecting", 15.25, None, None),
        "hill:claim:103/5004": ("Negotiation/Review", 75.0, 30.0, None),
    }


def test_three_insurances_keep_their_order_and_their_subscriber(road: Road) -> None:
    coverages = road.walk.ask(
        "select source_id, coverage_type, coverage_order, payer_key, subscriber_name"
        " from intermediate.int_clinic__coverages where patient_key = 'hill:patient:101' order by 3"
    )
    assert coverages == [
        ("1", "primary", 1, "hill:payer:1", "Marigold Thistlewood"),
        ("2", "secondary", 2, "hill:payer:2", "Marigold Thistlewood"),
        ("3", "tertiary", 3, "hill:payer:3", "Ulric Stranger"),
    ]
    child = "select household_key from intermediate.int_patients_grouped_into_households"
    assert road.walk.ask(f"{child} where patient_key = 'hill:patient:102'") == [
        ("hill:household:101",)
    ]


def test_times_of_the_clinic_are_utc_in_the_org(road: Road) -> None:
    events = road.walk.records(
        "Clinic_Id__c, StartDateTime, Appointment_Status__c", "Event", "Clinic_Id__c != null"
    )
    told = {
        row["Clinic_Id__c"]: (row["StartDateTime"], row["Appointment_Status__c"]) for row in events
    }
    assert told["hill:appointment:101"] == ("2025-01-10T17:00:00.000+0000", "Completed")
    assert told["hill:appointment:102"] == ("2025-07-10T23:15:00.000+0000", "Booked")
    assert told["hill:appointment:103"][1] == "No Show"
    born = "select birth_date from intermediate.int_clinic__patients where source_id = '103'"
    assert road.walk.ask(born) == [(None,)]


def test_fields_of_the_clinics_own_form_are_on_the_contact(road: Road) -> None:
    [(custom_fields,)] = road.walk.ask(
        "select custom_fields from intermediate.int_clinic__patients where source_id = '101'"
    )
    assert '"adjustment_code":"C3-L4"' in custom_fields
    assert '"favourite_song":"An invented tune"' in custom_fields
    left = "select count(*) from audit.audit_excluded_records where detail = 'favourite_song'"
    assert road.walk.ask(left) == [(1,)]


def test_money_is_counted_once(road: Road) -> None:
    entries = road.walk.ask(
        "select source_id, amount, status_code from intermediate.int_clinic__ledger_entries"
        " where patient_key = 'hill:patient:101' order by source_id"
    )
    told = {source: (float(amount), status) for source, amount, status in entries}
    assert told["ar_activity/101/5001/5"] == (20.0, "entered-in-error")
    assert told["ar_session/3"] == (200.0, "active")
    assert "payments/1" not in told
    assert "ar_session/2" not in told
    # 60 + 80.50 + 60 charged and 102 sold, less 100.50 and 20 paid, 20 written off, 200 ahead.
    assert told["patient_data/101"] == (-38.0, "active")


def test_documents_come_from_the_disk_and_from_the_database(road: Road) -> None:
    files = road.walk.records(
        "Clinic_Id__c, ContentSize, Title", "ContentVersion", "Clinic_Id__c LIKE 'hill:document:%'"
    )
    assert {row["Clinic_Id__c"]: row["ContentSize"] for row in files} == {
        "hill:document:1": len("An invented scan"),
        "hill:document:4": len("Words within"),
    }


def test_every_landed_row_is_told_of(road: Road) -> None:
    reasons = dict(
        road.walk.ask(
            "select detail, count(*) from audit.audit_excluded_records"
            " where entity = 'unused' group by detail"
        )
    )
    assert reasons["no company, plan or number"] == 1
    assert reasons["taken off the fee sheet"] == 1
    assert reasons["hours and days off do not migrate"] == 1
    assert reasons["OpenEMR keeps the file encrypted"] == 1


def test_the_audit_looks_at_it_too(road: Road) -> None:
    audited = road.extract("audit", "--json")
    assert audited.code in {0, SOMETHING_IS_PUT_ASIDE}, audited.stderr
    assert audited.json()
    page = Path(road.walk.clinic.data) / "reports" / "audit" / "audit.html"
    assert "Thistlewood" not in page.read_text(encoding="utf-8")


def test_the_archive_keeps_every_row_of_it_with_its_patient(road: Road, tmp_path: Path) -> None:
    """Byte for byte; the row that says what a visit was lies with the patient who came."""
    clinic = road.walk.clinic
    ran = archive(clinic, "--into", str(tmp_path / "archive"), "--json")
    assert ran.code == 0, ran.stdout + ran.stderr
    assert ran.json()["closes"] is True
    with duckdb.connect(clinic.data / "raw.duckdb", read_only=True) as raw:
        tables = raw.execute(
            "select table_name from duckdb_columns()"
            " where schema_name = 'raw_openemr' and column_name = 'last_updated'"
        ).fetchall()
        expected = {
            ("hill", table, ident): {doc.encode()}
            for (table,) in tables
            for ident, doc in raw.execute(f"select id, doc from raw_openemr.{table}").fetchall()
        }
    archived = Archived(clinic, ran, tmp_path / "archive")
    kept = archived.documents()
    assert {key: docs for key, docs in kept.items() if "." not in key[1]} == expected
    whose = {
        (row["table_name"], row["id"]): row["patient_key"] for row in archived.rows("records.csv")
    }
    assert whose["patient_data", "101"] == "hill:patient:101"
    for table in ("form_encounter", "prescriptions", "insurance_data", "billing", "documents"):
        keys = {key for (name, _), key in whose.items() if name == table}
        assert "hill:patient:101" in keys, table
    checked = road.extract("archive", "--check", str(archived.folder))
    assert checked.code == 0, checked.stderr
