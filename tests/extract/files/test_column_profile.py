"""A table's columns are told apart by what they hold, and no value of a patient is told."""

from __future__ import annotations

import json
from collections.abc import Iterator

import duckdb
import pytest

from extract.propose.column_profile import (
    ColumnProfile,
    ExportProfile,
    Overlap,
    define_detectors,
    profile_export,
)

# Yes and no, from the codes' own publications and from numbers that are invalid by one digit.
KNOWN = {
    "npi": (["1234567893", "1245319599"], ["1234567890", "3234567893", "123456789"]),
    "loinc": (["2345-7", "4548-4", "718-7", "2093-3"], ["2345-6", "718-8", "2345"]),
    "cpt": (["99213", "0001F"], ["9921", "D0120"]),
    "cdt": (["D0120"], ["J1100", "D012"]),
    "hcpcs": (["J1100", "G0008"], ["D0120", "99213"]),
    "icd_10": (["E11.9", "J45", "Z00.00", "S72.001A", "U07.1", "E119"], ["A", "250.00", "99213"]),
    "ndc": (["0002-3227-30", "00002322730"], ["0002-3227", "123"]),
    "zip": (["01234", "02139-4307"], ["1234", "2139 4307"]),
    "phone": (["617-555-0123", "(617) 555-0123", "+1 617 555 0123"], ["117-555-0123", "555-0123"]),
    "email": (["a.b@example.org"], ["a.b@example", "a b@example.org"]),
    "ssn": (["123-45-6789"], ["000-45-6789", "123-00-6789", "123456789"]),
    "money": (["1.00", "$1,234.50", "(5.00)", "-3.20"], ["12", "1.000"]),
    "number": (["12", "-3.5", "1,5"], ["1.2.3", "12a", ""]),
    "date": (
        ["2026-02-28", "12/31/1999", "31.12.1999", "19991231", "2026-01-02T03:04:05Z"],
        ["2026-02-30", "13/32/2020", "99213", "soon"],
    ),
}


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute("attach ':memory:' as raw")
        opened.execute("create schema raw.raw_files")
        define_detectors(opened)
        yield opened


@pytest.mark.parametrize("name", KNOWN)
def test_a_code_is_known_by_its_form_and_its_check_digit(
    database: duckdb.DuckDBPyConnection, name: str
) -> None:
    good, bad = KNOWN[name]
    asked = f"select list_transform(?::varchar[], lambda value: is_{name}(value))"
    assert database.execute(asked, [good]).fetchall()[0][0] == [True] * len(good)
    assert database.execute(asked, [bad]).fetchall()[0][0] == [False] * len(bad)


def landed(database: duckdb.DuckDBPyConnection, table: str, rows: list[dict[str, str]]) -> None:
    database.execute(f"create or replace table raw.raw_files.{table} (system varchar, doc varchar)")
    for system, row in [("south", row) for row in rows] + [("west", {"other": "x"})]:
        database.execute(
            f"insert into raw.raw_files.{table} values (?, ?)", [system, json.dumps(row)]
        )


@pytest.fixture(scope="module")
def profile(database: duckdb.DuckDBPyConnection) -> ExportProfile:
    numbers = range(10)
    patients = [
        {"PatNr": f"{n:03}", "Nachname": f"Okafor{n}", "PLZ": f"0{n}139", "Sex": "fm"[n % 2]}
        for n in numbers
    ]
    visits = [{"Pat": f"{n % 7:03}", "Am": f"2026-01-{n + 10}", "Note": ""} for n in numbers]
    landed(database, "patients", patients)
    landed(database, "visits", visits)
    return profile_export(database, system="south", tables=("patients", "visits"))


def column(profile: ExportProfile, table: str, name: str) -> ColumnProfile:
    (found,) = (each for each in profile.tables[table] if each.name == name)
    return found


def test_columns_are_counted_and_recognised(profile: ExportProfile) -> None:
    number = column(profile, "patients", "PatNr")
    assert (number.rows, number.filled, number.distinct_values, number.is_unique) == (
        10, 10, 10, True,
    )  # fmt: skip
    assert column(profile, "patients", "PLZ").looks_like["zip"] == 1.0
    assert column(profile, "visits", "Am").looks_like == {"date": 1.0}


def test_an_empty_column_is_a_column_at_its_place(profile: ExportProfile) -> None:
    assert [each.name for each in profile.tables["visits"]] == ["Pat", "Am", "Note"]
    empty = column(profile, "visits", "Note")
    assert (empty.rows, empty.filled, empty.is_unique, empty.words) == (10, 0, False, ())


def test_words_are_shown_where_many_rows_share_them_and_names_never(profile: ExportProfile) -> None:
    assert column(profile, "patients", "Sex").words == ("f", "m")
    assert column(profile, "patients", "Nachname").words == ()
    assert "Okafor" not in repr(profile)


def test_a_column_that_points_at_another_table_is_found(profile: ExportProfile) -> None:
    assert profile.overlaps == (Overlap("visits", "Pat", "patients", "PatNr", 1.0),)
