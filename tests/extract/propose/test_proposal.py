"""What is proposed for the fields of a landing, what is left to a person, and what is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.extract.propose.landing import Practice, extension, practice

SEVEN = range(7)


@pytest.fixture
def north(tmp_path: Path) -> Practice:
    return practice(tmp_path)


def by_source(found: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {one["source"]: one for one in found}


TYPES: dict[str, tuple[str, list[Any], str, str]] = {
    "checkbox": ("valueBoolean", [True, False], "boolean", "Checkbox"),
    "date": ("valueDate", ["2024-02-29", "1999-01-01"], "date", "Date"),
    "moment": ("valueDateTime", ["2024-02-29T10:00:00+01:00"], "timestamp", "DateTime"),
    "day told as a moment": ("valueDateTime", ["2024-02-29"], "date", "Date"),
    "whole number": ("valueInteger", [3, 40], "bigint", "Number"),
    "number": ("valueDecimal", [-1.125, 22.5], "decimal(7,3)", "Number"),
    "money": ("valueMoney", [{"value": 1.5, "currency": "USD"}], "decimal(18,2)", "Currency"),
    "code": ("valueCode", ["b", "a"], "string", "Picklist"),
    "text": ("valueString", ["left", "right"], "string", "Text"),
    "digits that begin with 0": ("valueString", ["007", "12"], "string", "Text"),
    "dates in texts": ("valueString", ["2024-02-29"], "date", "Date"),
    "yes or no in texts": ("valueString", ["yes", "No"], "boolean", "Checkbox"),
    "two lines": ("valueString", ["a\nb"], "string", "LongTextArea"),
    "256 letters": ("valueString", ["x" * 256], "string", "LongTextArea"),
    "255 letters": ("valueString", ["x" * 255], "string", "Text"),
    "128 emoji": ("valueString", ["😀" * 128], "string", "LongTextArea"),
    "concept": ("valueCodeableConcept", [{"text": "sore"}], "string", "Text"),
}


def test_types_hold_every_value_that_was_seen(north: Practice) -> None:
    north.land(
        [
            [
                extension(name, kind, values[number % len(values)])
                for name, (kind, values, _, _) in TYPES.items()
            ]
            for number in range(14)
        ]
    )
    told = north.told()
    assert told["undecided"] == []
    made = {
        one["source"]: (one["type"]["data_type"], one["type"]["sf_type"])
        for one in told["proposed"]
    }
    assert made == {name: (data, kind) for name, (_, _, data, kind) in TYPES.items()}


def test_fields_of_patients_are_patient_data_and_encrypted_where_it_can_be(north: Practice) -> None:
    fields = [
        extension("remark", "valueString", "x"),
        extension("size", "valueInteger", 4),
        extension("color", "valueCode", "red"),
    ]
    north.land([fields for _ in SEVEN])
    north.land([fields for _ in SEVEN], table="location")
    with_shield, without = north.told(shield=True), north.told()
    patient = {one["source"]: one for one in with_shield["proposed"] if one["object"] == "Contact"}
    place = {one["source"]: one for one in with_shield["proposed"] if one["object"] == "Account"}
    assert [one["is_phi"] for one in patient.values()] == [True] * 3
    assert [one["is_phi"] for one in place.values()] == [False] * 3
    schemes = {source: one["encryption"] for source, one in patient.items()}
    assert schemes == {"remark": "ProbabilisticEncryption", "size": None, "color": None}
    assert {one["encryption"] for one in place.values()} == {None}
    assert {one["encryption"] for one in without["proposed"]} == {None}


UNDECIDED = {
    "structure": [{"valuePeriod": {"start": "2024-01-01"}}] * 7,
    "nested": [{"extension": [{"url": "sphere", "valueDecimal": 1.5}]}] * 7,
    "mixed": [{"valueInteger": 1}] * 4 + [{"valueString": "many"}] * 3,
    "half dates": [{"valueDate": "2024"}] * 3 + [{"valueDate": "2024-01-01"}] * 4,
    "units": [{"valueQuantity": {"value": 1, "unit": unit}} for unit in ("cm", "in") * 3],
    "many digits": [{"valueDecimal": 12345678901234567.125}] * 7,
}


def test_what_is_in_doubt_is_left_to_a_person(north: Practice) -> None:
    for name, values in UNDECIDED.items():
        north.land(
            [[{"url": f"https://vendor.example/{name}"} | value] for value in values],
            system=name,
        )
    ran = north.propose()
    assert ran.code == 4
    assert ran.stdout == ""
    for name in UNDECIDED:
        assert f"patients.{name}: nothing proposed" in ran.stderr
    assert ran.stderr.count("  Try: ") == len(UNDECIDED)


def test_two_systems_that_mean_different_things_by_a_name_are_a_conflict(north: Practice) -> None:
    north.land([[extension("size", "valueInteger", 4)]] * 30)
    north.land([[extension("size", "valueString", "large")]] * 2, system="south")
    told = north.told()
    assert told["proposed"] == []
    (conflict,) = told["undecided"]
    assert "systems send it with different types" in conflict["why"]


def test_two_extensions_that_end_alike_are_a_conflict(north: Practice) -> None:
    north.land(
        [
            [
                extension("shoe/size", "valueInteger", 4),
                extension("hat/size", "valueInteger", 5),
            ]
            for _ in SEVEN
        ]
    )
    (conflict,) = north.told()["undecided"]
    assert "several extensions end in this name" in conflict["why"]


def test_a_field_without_a_mart_is_told_and_can_be_declined(north: Practice) -> None:
    north.land([[extension("kept_at", "valueString", "x")]], table="observation")
    north.land([[extension("locker", "valueString", "7")]])
    assert "Observation.kept_at: nothing proposed" in north.propose().stderr
    with north.path("declined_custom_fields.csv").open("a") as declined:
        declined.write("Observation,kept_at,paper files\npatients,locker,keys are handed back\n")
    ran = north.propose()
    assert (ran.code, ran.stdout) == (0, "")
    assert [one["source"] for one in north.told()["declined"]] == ["kept_at", "locker"]


def test_an_event_takes_no_long_text_and_shares_its_names_with_tasks(north: Practice) -> None:
    north.land(
        [
            [
                extension("story", "valueString", "x" * 300),
                extension("lines", "valueString", "a\nb"),
                extension("recall_type", "valueString", "x"),
            ]
        ],
        table="appointment",
    )
    told = north.told()
    assert [one["source"] for one in told["undecided"]] == ["story"]
    made = by_source(told["proposed"])
    assert made["lines"]["type"]["sf_type"] == "TextArea"
    task = north.path("sf_task.yml").read_text(encoding="utf-8")
    assert "name: " + made["recall_type"]["name"] + "\n" not in task


def test_codes_of_few_records_and_texts_of_anybody_are_never_shown(north: Practice) -> None:
    north.land(
        [
            [
                extension("color", "valueCode", "red" if number else "secretcode"),
                extension("remark", "valueString", f"secrettext {number % 2}"),
            ]
            for number in SEVEN
        ]
    )
    ran, as_json = north.propose(), north.propose("--json")
    for shown in (ran.stdout, ran.stderr, as_json.stdout, as_json.stderr):
        assert "secret" not in shown
    assert by_source(as_json.json()["proposed"])["color"]["values"] == ["red"]
    assert "1 values that fewer than 5 records have are not told" in ran.stderr


def test_choices_with_a_semicolon_are_no_choices_of_several(north: Practice) -> None:
    both = [extension("aim", "valueCode", "walk;run"), extension("aim", "valueCode", "rest")]
    north.land([both for _ in SEVEN])
    (made,) = north.told()["proposed"]
    assert made["type"]["sf_type"] == "MultiselectPicklist"
    assert made["values"] == ["rest"]
    assert any("`;`" in remark for remark in made["remarks"])


def test_mapped_fields_are_watched(north: Practice) -> None:
    north.land(
        [
            [
                extension("sessions_per_week", "valueString", "often" if number else "3"),
                extension("preferred_table", "valueCode", "swing"),
            ]
            for number in SEVEN
        ]
    )
    told = north.told(write=True)
    assert told["proposed"] == []
    why = {one["source"]: one["why"] for one in told["changed"]}
    assert why["sessions_per_week"] == "6 of 7 values do not fit bigint"
    assert why["preferred_table"] == "1 values that PreferredTable does not list"
    seed = north.path("salesforce_picklists.csv").read_text(encoding="utf-8")
    assert "PreferredTable,tilt,Tilt,4,false\nPreferredTable,swing,Swing,5,false\n" in seed


def test_same_landing_gives_the_same_proposal_in_whatever_order(north: Practice) -> None:
    fields = [
        extension("shoe-size", "valueInteger", 4),
        extension("shoe_size", "valueString", "x"),
    ]
    north.land([fields, fields[::-1]])
    first = north.propose("--json").stdout
    south = practice(north.project.parent / "again")
    south.land([fields[::-1], fields])
    assert south.propose("--json").stdout == first


def test_outside_of_the_project_is_a_wrong_use(tmp_path: Path) -> None:
    there = practice(tmp_path)
    empty = tmp_path / "empty"
    empty.mkdir()
    ran = Practice(empty, there.data).propose()
    assert ran.code == 2
    assert "Try: run it in the project's folder" in ran.stderr
