"""A delimited file is cut into its records, and into damaged lines, wherever a block ends."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extract.errors import RowsWentMissing
from extract.sources.files_encoding import Encoding
from extract.sources.files_lines import (
    Dialect,
    NoTable,
    Piece,
    Records,
    Way,
    damaged_lines,
    pieces,
)
from extract.sources.files_rows import rows_of_records

COLUMNS = ("id", "name", "note")
UTF_8 = Encoding("utf-8", "")


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        yield opened


def cut_up(
    text: bytes,
    database: duckdb.DuckDBPyConnection,
    *,
    columns: tuple[str, ...] = COLUMNS,
    encoding: Encoding = UTF_8,
    block_bytes: int = 1 << 20,
) -> tuple[dict[int, list[str]], list[tuple[int, str, str]]]:
    """Return the fields of each record by its line, and the damaged lines."""
    dialect = Dialect(",", '"', columns, ",".join(columns), 1)
    way = Way(dialect, encoding, database)
    whole = ",".join(columns).encode() + b"\n" + text
    records: dict[int, list[str]] = {}
    damaged: list[tuple[int, str, str]] = []
    for piece in pieces(io.BytesIO(whole), way, block_bytes=block_bytes):
        rows = rows_of_records(piece, dialect, database=database)
        database.register("made", rows)
        query = "select number, json_extract_string(doc, ?) from made"
        paths = [f"/{name}" for name in columns]
        records.update(database.execute(query, [paths]).fetchall())
        database.unregister("made")
        damaged += [tuple(line.values()) for line in piece.damaged.to_pylist()]
    return records, sorted(damaged)


def test_text_stays_as_it_is(database: duckdb.DuckDBPyConnection) -> None:
    records, damaged = cut_up(
        b'007,NULL,""\n , x ,1.00\n1,"a ""b"", c",5" pipe\n'
        b'2,\\N,"two\r\nlines\n"\r\n\n3,\xc3\xa4,\xef\xbf\xbd\n',
        database,
    )
    assert records == {
        2: ["007", "NULL", ""],
        3: [" ", " x ", "1.00"],
        4: ["1", 'a "b", c', '5" pipe'],
        5: ["2", "\\N", "two\r\nlines\n"],
        9: ["3", "ä", "\N{REPLACEMENT CHARACTER}"],
    }
    assert damaged == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"5,f", "too_few_fields"),
        (b"6,g,h,i", "too_many_fields"),
        (b"6,g,h,", "too_many_fields"),
        (b'3,"open,x', "unclosed_quote"),
        (b'9,"x"y,z', "misplaced_quote"),
        (b'9,"x" ,z', "misplaced_quote"),
        (b"10,\xff,z", "undecodable_bytes"),
        (b"11,\0,z", "nul_byte"),
        (b"12,a\rb,c", "stray_carriage_return"),
        (b"id,name,note", "repeated_header"),
    ],
)
@pytest.mark.parametrize("is_last", [False, True])
def test_a_damaged_line_costs_no_neighbour(
    database: duckdb.DuckDBPyConnection, line: bytes, reason: str, is_last: bool
) -> None:
    rest = b"" if is_last else b'\n"8","b","c\nd"\n9,e,f'
    records, damaged = cut_up(b"1,a,b\n" + line + rest, database)
    good = {2: ["1", "a", "b"]} | ({} if is_last else {4: ["8", "b", "c\nd"], 6: ["9", "e", "f"]})
    assert records == good
    ((number, why, text),) = damaged
    assert (number, why) == (3, reason)
    assert text == line.decode("utf-8", "backslashreplace")


def test_lost_quotes_of_two_lines_do_not_make_one_value_of_the_rows_between(
    database: duckdb.DuckDBPyConnection,
) -> None:
    between = [b"%d,b,c" % number for number in range(2, 8)]
    lines = [b'1,x,"a', *between, b'8,a"', b"9,y,z"]
    records, damaged = cut_up(b"\n".join([*lines, b""]), database)
    assert [fields[0] for fields in records.values()] == ["9"]
    assert damaged == [(2, "ambiguous_quotes", b"\n".join(lines[:-1]).decode())]


def test_a_line_that_may_end_one_value_and_begin_another_is_taken_once(
    database: duckdb.DuckDBPyConnection,
) -> None:
    records, damaged = cut_up(b'1,a,"x\n"\n",b,c\n2,d,e\n', database)
    assert records == {2: ["1", "a", "x\n"], 5: ["2", "d", "e"]}
    assert damaged == [(4, "unclosed_quote", '",b,c')]


FIELD = st.text(
    st.sampled_from(['"', ",", "\n", "\r", " ", "a", "ä", "😀", "0", ";", "\\", "'", "\t"]),
    max_size=8,
)


def test_a_value_is_open_from_its_first_line_on_wherever_a_block_ends(
    database: duckdb.DuckDBPyConnection,
) -> None:
    text = b'"k0","00\n0","0\n"\r\n'
    for block_bytes in range(1, len(text), 3):
        records, damaged = cut_up(text, database, block_bytes=block_bytes)
        assert records == {2: ["k0", "00\n0", "0\n"]}
        assert damaged == []


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    rows=st.lists(st.tuples(FIELD, FIELD, FIELD), min_size=1, max_size=8),
    block_bytes=st.integers(5, 60),
)
def test_whatever_a_csv_writer_writes_is_read_back_however_it_is_cut(
    database: duckdb.DuckDBPyConnection, rows: list[tuple[str, str, str]], block_bytes: int
) -> None:
    kept = [(f"k{place}", *row[1:]) for place, row in enumerate(rows)]
    written = io.StringIO()
    csv.writer(written, quoting=csv.QUOTE_ALL).writerows(kept)
    text = written.getvalue().encode()
    records, damaged = cut_up(text, database, block_bytes=block_bytes)
    ambiguous = sum(reason == "ambiguous_quotes" for _, reason, _ in damaged)
    assert len(damaged) == ambiguous
    if not damaged:
        assert [tuple(fields) for fields in records.values()] == kept


def test_windows_1252_is_read_as_it_was_written(database: duckdb.DuckDBPyConnection) -> None:
    records, damaged = cut_up(
        "1,Müller,5 €\n".encode("cp1252") + b"2,\x81,x\n",
        database,
        encoding=Encoding("windows-1252", ""),
    )
    assert records == {2: ["1", "Müller", "5 €"]}
    assert damaged == [(3, "undecodable_bytes", "2,\\x81,x")]


def test_a_line_without_an_end_is_refused(
    database: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("extract.sources.files_lines.LONGEST_LINE", 1000)
    with pytest.raises(NoTable, match="has no end"):
        cut_up(b"x" * 5000, database, block_bytes=100)


@pytest.mark.parametrize("text", [b"1,a,b\n", b"1,Okafor\n2,c,d\n"])
def test_records_that_are_not_split_as_they_were_counted_stop_the_run(
    database: duckdb.DuckDBPyConnection, text: bytes
) -> None:
    piece = Piece(Records(text, pa.array([2, 3], pa.int64())), damaged_lines([]))
    dialect = Dialect(",", '"', COLUMNS, ",".join(COLUMNS), 1)
    with pytest.raises(RowsWentMissing) as failure:
        rows_of_records(piece, dialect, database=database)
    assert "Okafor" not in str(failure.value)
    assert failure.value.__context__ is None
