"""A table is known by its name and its columns, a column by its name and its values, or not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extract.propose.candidates import MOST_CANDIDATES
from extract.propose.column_profile import ColumnProfile, ExportProfile, Overlap
from extract.propose.concepts import readings, tokens_of, without_prefix
from extract.propose.matcher import TableMatch
from tests.extract.propose.accuracy import accuracy, names_only, profiled, proposed
from tests.extract.propose.invented import hand_made
from tests.extract.propose.invented_values import FAMILY, GIVEN


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("apptmnt_dt", {"appointment", "date"}),
        ("Rechnungsnummer", {"claim", "number"}),
        ("Geändert_am", {"modified", "date"}),
        ("Standorte", {"location"}),
        ("PTMSTR", {"patient"}),
        ("flurbelag", {"flurbelag"}),
    ],
)
def test_a_name_is_read_in_german_and_abbreviated(name: str, meaning: set[str]) -> None:
    assert meaning in readings(tokens_of(name))


def test_a_word_before_most_names_of_a_table_says_nothing_of_each() -> None:
    short = without_prefix(["qx_id", "qx_name", "qx_birth_date", "qx_sex", "created"])
    assert short["qx_birth_date"] == ("birth", "date")
    assert short["created"] == ("created",)


@pytest.fixture(scope="module")
def german() -> ExportProfile:
    return profiled("german")


@pytest.fixture(scope="module")
def matches(german: ExportProfile) -> dict[str, TableMatch]:
    return proposed(german)


def test_a_german_export_is_mapped_as_a_person_did(matches: dict[str, TableMatch]) -> None:
    got = accuracy(matches, hand_made("german"))
    assert min(got.tables, got.top_1, got.top_5, got.no_target) >= 0.95


def test_every_answer_has_a_score_and_a_reason_and_no_target_is_one_of_them(
    matches: dict[str, TableMatch],
) -> None:
    answers = [
        candidates for table in matches.values() for candidates in table.columns.values()
    ] + [table.candidates for table in matches.values()]
    assert all(0 < len(each) <= MOST_CANDIDATES for each in answers)
    assert all(0 <= one.score <= 1 for each in answers for one in each)
    assert all(one.reason for each in answers for one in each)
    assert matches["Systemprotokoll"].entity == ""
    assert {each[0].target for each in matches["Systemprotokoll"].columns.values()} == {""}


def test_no_answer_tells_a_value(matches: dict[str, TableMatch]) -> None:
    told = repr(matches)
    assert not [name for name in (*GIVEN, *FAMILY) if name in told]


def test_the_same_export_gets_the_same_answer_whatever_the_order_of_its_tables(
    german: ExportProfile,
) -> None:
    some = dict(list(german.tables.items())[:4])
    turned = dict(reversed(some.items()))
    assert proposed(replace(german, tables=some)) == proposed(replace(german, tables=turned))


def column(name: str, **looks: float) -> ColumnProfile:
    (seen,) = names_only({"any": (name,)}).tables["any"]
    return replace(
        seen, rows=90, filled=90, distinct_values=80, shortest=5, longest=11, looks_like=looks
    )


def test_values_speak_where_a_name_says_nothing_and_against_one_that_misleads() -> None:
    export = ExportProfile(
        {"patients": (column("id"), column("x7", email=1.0), column("mrn", ssn=1.0))}
    )
    columns = proposed(export)["patients"].columns
    assert columns["x7"][0].target == "patients.email"
    assert columns["mrn"][0].target == ""


def test_words_of_a_status_speak_for_the_field_that_holds_them() -> None:
    said = replace(column("zz"), distinct_values=3, words=("Booked", "Cancelled", "No Show"))
    export = ExportProfile({"appointments": (column("id"), said)})
    first = proposed(export)["appointments"].columns["zz"][0]
    assert first.target == ""
    told = {each.target: each for each in proposed(export)["appointments"].columns["zz"]}
    assert "100% of its words are of appointment_status" in told["appointments.status_code"].reason
    unknown = ExportProfile(
        {"appointments": (column("id"), replace(said, words=("Anna", "Booked", "Otto")))}
    )
    assert "appointments.status_code" not in {
        each.target for each in proposed(unknown)["appointments"].columns["zz"]
    }


def test_what_a_table_carries_of_another_entity_is_shown_and_left_to_a_person() -> None:
    names = ("encounter_id", "patient_id", "provider_id", "date", "reason")
    answers = proposed(names_only({"encounters": names}))["encounters"].columns["date"]
    assert answers[0].target == "appointments.start_at"
    assert "claims.service_start_date" in {each.target for each in answers}


def test_a_key_is_known_by_the_table_that_it_points_at() -> None:
    export = ExportProfile(
        {"patients": (column("id"), column("mrn")), "appointments": (column("id"), column("zz"))},
        (Overlap("appointments", "zz", "patients", "id", 1.0),),
    )
    first = proposed(export)["appointments"].columns["zz"]
    assert "appointments.patient_key" in [each.target for each in first]
    assert [each.reason for each in first if each.target == "appointments.patient_key"] == [
        "points at patients.id"
    ]
