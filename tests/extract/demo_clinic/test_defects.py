"""Each planted defect is found by reading what is served, and nothing else is found."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from extract.demo_clinic.catalogue import MEANINGS
from extract.demo_clinic.defects import Truth
from extract.demo_clinic.generator import generate
from tests.extract.demo_clinic.detectors import DETECTORS
from tests.extract.demo_clinic.reading import Reading, read_in_memory, references
from tests.extract.demo_clinic.running import Running


@pytest.fixture(scope="module")
def truth(clinic: Running) -> dict[str, Any]:
    return clinic.get("/_demo/truth")


def test_every_class_of_the_catalogue_has_a_detector_and_no_other() -> None:
    assert set(DETECTORS) == set(MEANINGS)


@pytest.mark.parametrize("defect", sorted(MEANINGS))
def test_defect_is_planted_and_found_where_truth_says(
    defect: str, reading: Reading, truth: dict[str, Any]
) -> None:
    told = truth["defects"][defect]
    found = DETECTORS[defect](reading)
    assert told["records"] > 0
    assert told["records"] == len(told["ids"])
    assert found == set(told["ids"])


@pytest.mark.parametrize("defect", sorted(MEANINGS))
def test_people_of_a_defect_are_the_people_its_records_are_about(
    defect: str, reading: Reading, truth: dict[str, Any]
) -> None:
    told = truth["defects"][defect]
    named = [_patient(name, reading) for name in told["ids"]]
    people = {reading.person_of[patient] for patient in named if patient}
    # A record that names nobody, or nobody that exists, may have been about anybody.
    assert len(people) <= told["people"] <= len(people) + named.count("")


def _patient(name: str, reading: Reading) -> str:
    kind, _, ident = name.partition("/")
    patient = ident if kind == "Patient" else _subject(reading.by_type[kind][ident])
    return patient if patient in reading.person_of else ""


def _subject(record: dict[str, Any]) -> str:
    about = [record[name] for name in ("patient", "subject", "beneficiary") if name in record]
    return next((r[8:] for r in references(about or record) if r.startswith("Patient/")), "")


@pytest.mark.parametrize("seed", [1, 5, 2026])
def test_every_class_is_planted_from_120_charts_on_whatever_the_seed(seed: int) -> None:
    written = Truth(patients=120, seed=seed)
    reading = read_in_memory(generate(patients=120, seed=seed, truth=written))
    told = written.as_json()["defects"]
    found = {defect: detect(reading) for defect, detect in DETECTORS.items()}
    assert found == {defect: set(planted["ids"]) for defect, planted in told.items()}
    assert all(found.values())


def test_people_are_fewer_than_charts_by_the_copies(
    reading: Reading, truth: dict[str, Any]
) -> None:
    assert truth["counts"]["Patient"] == truth["patients"] == 300
    assert truth["people"] == len(set(reading.person_of.values())) == 290


def test_counts_of_truth_are_the_served_resources(reading: Reading, truth: dict[str, Any]) -> None:
    served = {kind: len(found) for kind, found in reading.by_type.items()}
    assert served == truth["counts"]


def test_a_repaired_record_is_noticed(reading: Reading, truth: dict[str, Any]) -> None:
    """The comparison above can fail: repair one record of each of three classes and see it."""
    broken = Reading(deepcopy(reading.by_type))
    by_type = broken.by_type
    first = {name: told["ids"][0].partition("/")[2] for name, told in truth["defects"].items()}
    by_type["Patient"][first["gender_unknown_code"]]["gender"] = "other"
    by_type["Appointment"][first["appointment_without_start"]]["start"] = "2026-01-05T09:00:00Z"
    del by_type["Claim"][first["claim_void"]]
    for defect in ("gender_unknown_code", "appointment_without_start", "claim_void"):
        assert DETECTORS[defect](broken) != set(truth["defects"][defect]["ids"])
