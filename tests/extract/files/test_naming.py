"""A file's table, and its encoding, are told by what the file is called and what is in it."""

from __future__ import annotations

import io

import pytest

from extract.sources.files_encoding import look_at
from extract.sources.files_tables import table_name, tables_of

ONE = ("id", "a", "b")


@pytest.mark.parametrize(
    ("origin", "table"),
    [
        ("Patient List.csv", "patient_list"),
        ("Überweisungen.csv.gz", "uberweisungen"),
        ("claims-part-0003.csv", "claims"),
        ("claims_2026-01-31.csv", "claims"),
        ("claims.2of5.ndjson", "claims"),
        ("icd10.csv", "icd10"),
        ("visits/part-00001.parquet", "visits"),
        ("some.zip/0001.csv", "some"),
        ("2026.csv", "table_2026"),
        ("quarantined.csv", "table_quarantined"),
        ("file_catalogue.csv", "table_file_catalogue"),
    ],
)
def test_a_table_is_called_like_its_file(origin: str, table: str) -> None:
    assert tables_of({origin: ONE}) == {origin: table}


def test_names_in_other_letters_and_long_ones_stay_apart() -> None:
    names = [table_name(stem, is_part=True) for stem in ("患者", "予約", "x" * 70, "x" * 71)]
    assert len(set(names)) == len(names)
    assert all(name.isascii() and name[0].isalpha() and len(name) <= 60 for name in names)


def test_parts_share_half_of_their_columns_and_other_tables_do_not() -> None:
    parts = {"a_1.csv": ONE, "a_2.csv": (*ONE, "c"), "b_1.csv": ONE, "b_2.csv": ("id", "x", "y")}
    assert tables_of(parts) == {"a_1.csv": "a", "a_2.csv": "a", "b_1.csv": "b_1", "b_2.csv": "b_2"}


TEXT = "id,name\n1,Müller\n2,Bäcker\n3,José\n"


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8"),
        (TEXT.encode("utf-16"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
        (TEXT.encode("cp1252"), "windows-1252"),
        # A few damaged lines make no other encoding of a file that is UTF-8.
        (TEXT.encode() + b"4,Ma\xf1ana\n5,\xff\xfe\n", "utf-8"),
        (b"id,name\n1,Smith\n2,\xff\xfe\x81\n", "utf-8"),
        (b"", "utf-8"),
    ],
)
def test_an_encoding_is_found_out_and_said_why(body: bytes, encoding: str) -> None:
    look = look_at(io.BytesIO(body))
    assert (look.encoding.name, look.size) == (encoding, len(body))
    assert look.encoding.evidence
