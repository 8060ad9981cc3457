"""No value of a patient reaches the report: what is not listed as open counts as patient data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.conftest import BIN, Clinic, run
from tests.extract.audit.conftest import Audited, audit

PLANTED = {
    "resourceType": "Patient",
    "id": "Zarquonid77",
    "text": {"status": "generated", "div": "<div>Zarquondiv</div>"},
    "identifier": [{"system": "urn:mrn", "value": "ZARQUONMRN991"}],
    "name": [{"family": "Zarquonfamily", "given": ["Zarquongiven"], "use": "official"}],
    "telecom": [
        {"system": "email", "value": "zarquon@zarquonmail"},
        {"system": "phone", "value": "917-555-0177 zarquon"},
    ],
    "birthDate": "1903-07-09",
    "address": [
        {
            "line": ["9 Zarquonstreet"],
            "city": "Zarquoncity",
            "state": "care of Zarquon",
            "postalCode": "99177",
        }
    ],
    "contact": [{"name": {"text": "Zarquoncontact"}}],
    "zarquonUnknown": None,
    "novel": {"element": "Zarquonnovel", "number": 991773},
    "extension": [
        {"url": "https://vendor.example/secret", "valueString": "Zarquonstring"},
        {"url": "https://vendor.example/code", "valueCode": "Zarquoncode"},
        {"url": "https://vendor.example/flag", "valueBoolean": True},
    ],
}
HOME = {"resourceType": "Location", "id": "home", "name": "Home of Zarquon"}
VISIT = {
    "resourceType": "Appointment",
    "id": "visit",
    "start": "2026-01-02T09:00:00Z",
    "participant": [
        {"actor": {"reference": "Patient/Zarquonid77"}},
        {"actor": {"reference": "Location/home"}},
    ],
}
SECRETS = ("arquon", "1903-07-09", "99177", "991773", "555-0177")


@pytest.fixture(scope="module")
def peculiar(tmp_path_factory: pytest.TempPathFactory) -> Audited:
    """A landing of ten patients, one of whom could be told by every value that he has."""
    data = tmp_path_factory.mktemp("peculiar")
    clinic = Clinic(data=data, target=data / "target")
    assert audit(clinic).ran.code == 5
    init(clinic)
    with duckdb.connect(str(data / "raw.duckdb")) as raw:
        for number in range(9):
            land(raw, ordinary(number))
        land(raw, PLANTED)
        land(raw, HOME, table="location")
        land(raw, VISIT, table="appointment")
    done = audit(clinic)
    assert done.ran.code == 0, done.ran.stderr
    return done


def init(clinic: Clinic) -> None:
    assert run([str(BIN / "clinic-extract"), "init"], env=clinic.environment).code == 0


def ordinary(number: int) -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "id": f"p{number}",
        "name": [{"family": f"Family{number}", "use": "official"}],
        "birthDate": "1980-01-01",
        "extension": [{"url": "https://vendor.example/code", "valueCode": "plain"}],
    }


def land(
    raw: duckdb.DuckDBPyConnection, resource: dict[str, Any], *, table: str = "patient"
) -> None:
    raw.execute(
        f"insert into raw_fhir.{table} values"
        " ('north', ?, timestamptz '2026-01-02 03:04:05Z', ?, 'sha', 'load')",
        [resource["id"], json.dumps(resource)],
    )


def outputs(done: Audited) -> dict[str, str]:
    """Everything that leaves, but the list by record: that one has ids, and nothing else."""
    files = [path for path in done.folder.iterdir() if path.is_file()]
    told = {path.name: path.read_text(encoding="utf-8") for path in files}
    del told["findings.csv"]
    return told | {"stdout": done.ran.stdout, "stderr": done.ran.stderr}


def test_no_planted_value_is_told(peculiar: Audited) -> None:
    told = outputs(peculiar)
    assert {"audit.json", "audit.html", "stdout", "stderr"} <= set(told)
    for name, text in told.items():
        for secret in SECRETS:
            assert secret.lower() not in text.lower().replace("zarquonunknown", ""), (name, secret)


def test_what_was_hidden_was_looked_at(peculiar: Audited) -> None:
    patients = next(one for one in peculiar.json()["tables"] if one["table"] == "patient")
    fields = {field["path"]: field for field in patients["fields"]}
    assert patients["records"] == 10
    assert fields["novel.element"]["holds_patient_data"] is True
    assert fields["novel.element"]["records"] == 1
    assert [shape["shown"] for shape in fields["novel.element"]["shapes"]] == ["(rare)"]
    assert {"shown": "Aa+9", "occurrences": 9} in fields["name[].family"]["shapes"]
    assert fields["birthDate"]["kind"] == "date"
    assert peculiar.finding("email_invalid")["records"] == 1
    assert peculiar.finding("phone_invalid")["records"] == 1


def test_a_code_is_told_only_where_several_records_share_it(peculiar: Audited) -> None:
    codes = {one["name"]: one for one in peculiar.json()["custom_fields"]}
    assert codes["code"]["picklist_values"] == ["plain"]
    assert codes["code"]["distinct_values"] == 2
    assert codes["flag"]["picklist_values"] is None
    assert codes["secret"]["picklist_values"] is None


def test_no_name_contact_or_birth_date_of_the_demo_clinic_is_told(audited: Audited) -> None:
    with duckdb.connect(str(audited.clinic.data / "raw.duckdb"), read_only=True) as raw:
        rows = raw.execute(
            """
            select distinct value from (
                select unnest(
                    json_extract_string(doc, '$.name[*].family')
                    || json_extract_string(doc, '$.name[*].given[*]')
                    || json_extract_string(doc, '$.telecom[*].value')
                    || json_extract_string(doc, '$.address[*].line[*]')
                    || json_extract_string(doc, '$.identifier[*].value')
                    || [json_extract_string(doc, '$.birthDate')]
                ) as value
                from raw_fhir.patient
            )
            where length(value) >= 6
            """
        ).fetchall()
    values = {value for (value,) in rows}
    assert len(values) > 1000
    for name, text in outputs(audited).items():
        assert [value for value in values if value in text] == [], name


def test_list_by_record_has_ids_and_nothing_else(peculiar: Audited) -> None:
    text = (Path(peculiar.folder) / "findings.csv").read_text(encoding="utf-8")
    assert text.splitlines()[0] == "finding,system,record_type,id"
    assert "email_invalid,north,patient,Zarquonid77" in text
    assert "Zarquonfamily" not in text
