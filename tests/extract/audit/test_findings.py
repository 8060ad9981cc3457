"""The audit names every defect of the truth file, in records and in people, and no other."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import duckdb
import pytest

import extract.audit
from extract.demo_clinic.catalogue import MEANINGS
from tests.conftest import Clinic
from tests.extract.audit.conftest import Audited, audit, raw_name


@pytest.mark.parametrize("defect", sorted(MEANINGS))
def test_finding_has_the_planted_records(
    defect: str, audited: Audited, truth: dict[str, Any]
) -> None:
    planted = truth["defects"][defect]
    assert audited.finding(defect)["records"] == planted["records"] > 0
    assert audited.records()[defect] == {raw_name(record) for record in planted["ids"]}


@pytest.mark.parametrize("defect", sorted(MEANINGS))
def test_finding_has_the_planted_people(
    defect: str, audited: Audited, truth: dict[str, Any]
) -> None:
    """A record that names nobody, or nobody who exists, may have been about anybody."""
    found = audited.finding(defect)
    at_most = found["people"] + found["records_about_nobody"]
    assert found["people"] <= truth["defects"][defect]["people"] <= at_most


def test_people_of_findings_are_exact_where_every_record_names_its_patient(
    audited: Audited, truth: dict[str, Any]
) -> None:
    told = {
        one["name"]: one["people"]
        for one in audited.json()["findings"]
        if one["records"] and not one["records_about_nobody"]
    }
    assert len(told) > 80
    assert told == {name: truth["defects"][name]["people"] for name in told}


def test_nothing_is_found_that_was_not_planted(audited: Audited, truth: dict[str, Any]) -> None:
    looked_for_in_vain = {one["name"] for one in audited.json()["findings"] if not one["records"]}
    assert set(audited.records()) == set(truth["defects"])
    assert looked_for_in_vain.isdisjoint(truth["defects"])
    assert {"encoding_damage", "text_over_long", "date_impossible"} <= looked_for_in_vain


def test_every_finding_that_is_looked_for_is_listed() -> None:
    """A finding without a line in the list would be counted and never told."""
    folder = Path(extract.audit.__file__).parent
    with (folder / "findings.csv").open(encoding="utf-8", newline="") as file:
        listed = {row["finding"] for row in csv.DictReader(file)}
    asked = "".join(path.read_text("utf-8") for path in folder.glob("findings_*.sql"))
    asked += (folder / "marks.sql").read_text("utf-8")
    found = re.findall(r"(?:then|else) '(\w+?)_?'|'(\w+)' as finding|, '(\w+)'\s+from", asked)
    assert {name for names in found for name in names if name} == listed


def test_people_are_fewer_than_charts_by_merged_and_duplicate_ones(
    audited: Audited, truth: dict[str, Any]
) -> None:
    assert audited.json()["people"] == truth["people"]


def test_repaired_and_damaged_records_change_the_counts(landing: Clinic) -> None:
    with duckdb.connect(str(landing.data / "raw.duckdb")) as raw:
        raw.execute(
            'update raw_fhir.patient set doc = replace(doc, \'"gender":"X"\', \'"gender":"other"\')'
        )
        raw.execute(
            "update raw_fhir.communication set doc = replace(doc, 'Billing question',"
            " 'Billing quÃ©stion') where id in (select min(id) from raw_fhir.communication"
            " where contains(doc, 'Billing question'))"
        )
        raw.execute(
            'update raw_fhir.invoice set doc = regexp_replace(doc, \'"date":"[0-9-]+"\','
            ' \'"date":"2026-02-30"\') where id = (select min(id) from raw_fhir.invoice)'
        )
        raw.execute(
            'update raw_fhir.patient set doc = regexp_replace(doc, \'"birthDate":"[0-9-]+"\','
            ' \'"birthDate":"2190-01-01"\') where id = (select min(id) from raw_fhir.patient'
            " where length(json_extract_string(doc, '$.birthDate')) = 10)"
        )
        raw.execute(
            "update raw_fhir.communication set doc = replace(doc, '\"status\"',"
            f' \'"note":[{{"text":"{"x" * 40_000}"}}],"status"\')'
            " where id = (select max(id) from raw_fhir.communication)"
        )
    found = audit(landing)
    assert found.finding("gender_unknown_code")["records"] == 0
    names = ("encoding_damage", "date_impossible", "birth_date_unlikely", "text_over_long")
    assert {name: found.finding(name)["records"] for name in names} == dict.fromkeys(names, 1)


def test_references_by_bare_id_lead_to_the_same_people(landing: Clinic, audited: Audited) -> None:
    """Bundles name each other's resources `urn:uuid:x`, without a type."""
    with duckdb.connect(str(landing.data / "raw.duckdb")) as raw:
        raw.execute(
            "update raw_fhir.claim set doc ="
            " replace(doc, '\"Patient/', '\"urn:uuid:') where not contains(doc, 'Patient/gone-')"
        )
    found = audit(landing)
    for name in ("claim_void", "claim_paid", "claim_total_differs_from_lines"):
        assert found.finding(name) == audited.finding(name)


def test_duplicates_are_told_with_score_and_evidence(
    audited: Audited, truth: dict[str, Any]
) -> None:
    scores = audited.json()["duplicate_scores"]
    assert sum(row["pairs"] for row in scores) == len(truth["defects"]["duplicate_chart"]["groups"])
    for row in scores:
        assert 60 <= row["score"] <= 100
        assert max(row["same_given_name"], row["same_email"], row["same_phone"]) == row["pairs"]
