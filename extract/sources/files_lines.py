"""Cuts a block of delimited text into whole records and damaged lines, set-wise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from extract.quarantine import Reason
from extract.sources.files_encoding import BLOCK_BYTES, Encoding, codec_of, text_blocks

# A value may span lines, but not so many: the quote that opened it was never closed.
LONGEST_RECORD = 4 * 1024 * 1024
CUT = (Path(__file__).parent / "files_lines.sql").read_text("utf-8")
# No line of text is longer; what is, would have to be in memory as a whole.
LONGEST_LINE = 64 * 1024 * 1024
RECORDS = """
    select number from settled
    where verdict = 'taken' and number < ? and (first_line is null or first_line = number)
    order by number
"""
TEXT = """
    select string_agg(text, chr(10) order by number) from settled
    where verdict = 'taken' and number < ?
"""
DAMAGED = """
    select
        min(number) as number,
        verdict as reason,
        string_agg(text, chr(10) order by number) as text
    from settled
    where verdict not in ('taken', 'blank', 'unreadable') and number < ?
    group by verdict, coalesce(first_line, number)
    order by 1
"""
UNDECIDED = "select number from undecided"


# What Python reads instead of a byte that is none of the encoding's.
BAD_BYTE = "\N{REPLACEMENT CHARACTER}"
DAMAGED_LINES = pa.schema({"number": pa.int64(), "reason": pa.string(), "text": pa.string()})


class NoTable(ValueError):
    """The file is no table with a header; what to do about it is in the text, and no value is."""

    def __init__(self, reason: Reason, what_to_do: str) -> None:
        super().__init__(what_to_do)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a file is written, and which columns it names."""

    delimiter: str
    quote: str
    columns: tuple[str, ...]
    header: str
    header_lines: int


@dataclass(frozen=True, slots=True)
class Way:
    """The way in which a file's lines are judged: as what they are written, and where."""

    dialect: Dialect
    encoding: Encoding
    database: duckdb.DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class Records:
    """Whole records: their text, one after another, and the line at which each begins."""

    text: bytes
    numbers: pa.Array


@dataclass(frozen=True, slots=True)
class Piece:
    """What a block gave: whole records, and lines that are none, with their reason."""

    records: Records
    damaged: pa.Table


@dataclass(frozen=True, slots=True)
class Decoded:
    """The lines of a block as text, null where they are none, and those bytes with the reason."""

    texts: pa.Array
    broken: list[tuple[int, Reason, str]]


def pieces(stream: IO[bytes], way: Way, *, block_bytes: int = BLOCK_BYTES) -> Iterator[Piece]:
    """
    Cut a file into records, block by block, so that memory does not grow with the file.

    A line's number is where an editor shows it: the file's first line is number 1.

    Raises:
        NoTable: a line of it has no end.

    """
    rest = b""
    number = 1
    for block in text_blocks(stream, way.encoding, size=block_bytes):
        lines, newline, tail = (rest + block).rpartition(b"\n")
        if not newline:
            rest = tail
            check_length(rest)
            continue
        found = lines.split(b"\n")
        piece, settled = cut(found, way, number=number, is_last=False)
        yield piece
        number += settled
        rest = b"\n".join([*found[settled:], tail])
    if rest:
        piece, _ = cut(rest.split(b"\n"), way, number=number, is_last=True)
        yield piece


def check_length(line: bytes) -> None:
    """
    Refuse a line without an end.

    Raises:
        NoTable: it is longer than any line of text.

    """
    if len(line) > LONGEST_LINE:
        raise NoTable(Reason.NO_TABLE, "a line of it has no end: save it with LF or CRLF")


def cut(lines: list[bytes], way: Way, *, number: int, is_last: bool) -> tuple[Piece, int]:
    """
    Tell whole records from damaged lines; return how many lines are settled as well.

    A quoted value that is open at the end of a block is settled with the next one.
    """
    header = max(0, way.dialect.header_lines + 1 - number)
    decoded = decode(lines, codec=codec_of(way.encoding))
    batch = pa.table(
        {
            "number": pa.array(range(number, number + len(lines)), pa.int64()),
            "text": decoded.texts,
        }
    ).slice(header)
    way.database.register("lines", batch)
    for statement in statements(way.dialect):
        way.database.execute(statement)
    way.database.unregister("lines")
    settled = len(lines)
    undecided = None if is_last else way.database.execute(UNDECIDED).fetchall()[0][0]
    if undecided is not None:
        open_lines = lines[undecided - number :]
        if sum(map(len, open_lines)) <= LONGEST_RECORD:
            settled -= len(open_lines)
    return piece_of(way.database, decoded, first=number, below=number + settled), settled


def decode(lines: list[bytes], *, codec: str) -> Decoded:
    """
    Read lines as text; a single bad one does not cost its neighbours.

    All are read at once, and only those are looked at again that hold the mark of a bad byte.
    """
    text = b"\n".join(lines).decode(codec, "replace")
    texts = pa.array(text.split("\n") if lines else [], pa.string())
    marked = pc.or_(pc.match_substring(texts, BAD_BYTE), pc.match_substring(texts, "\0"))
    suspects = pc.indices_nonzero(marked).to_pylist()
    broken = [found for place in suspects for found in defects_of(place, lines[place], codec=codec)]
    if broken:
        places = pa.array([place for place, _, _ in broken], pa.int64())
        is_broken = pc.is_in(pa.array(range(len(lines)), pa.int64()), places)
        texts = pc.if_else(is_broken, None, texts)
    return Decoded(texts, broken)


def defects_of(place: int, line: bytes, *, codec: str) -> list[tuple[int, Reason, str]]:
    """Say what keeps a line from being text, if anything does: the mark may be a letter of it."""
    try:
        text = line.decode(codec)
    except UnicodeDecodeError:
        return [(place, Reason.UNDECODABLE_BYTES, line.decode(codec, "backslashreplace"))]
    return [(place, Reason.NUL_BYTE, text)] if "\0" in text else []


def statements(dialect: Dialect) -> list[str]:
    """
    Return the statements that judge a block, for one dialect.

    A field is quoted from end to end, or does not begin with a quote; between delimiters, it may
    then hold quotes as letters (5" pipe). That is all a line can be made of.
    """
    delimiter, quote = re.escape(dialect.delimiter), re.escape(dialect.quote)
    inner = f"(?:[^{quote}]|{quote}{quote})*"
    field = f"(?:{quote}{inner}{quote}|[^{quote}{delimiter}\\r][^{delimiter}\\r]*|)"
    patterns = {
        "whole": f"{field}(?:{delimiter}{field})*",
        "quoted_field": f"(^|{delimiter}){quote}{inner}{quote}",
        "opens": f"^((?:{field}{delimiter})*){quote}{inner}$",
        "goes_on": f"^{inner}$",
        "reopens": f"^{inner}{quote}((?:{delimiter}{field})*{delimiter}){quote}{inner}$",
        "closes": f"^{inner}{quote}((?:{delimiter}{field})*)$",
        "delimiter": dialect.delimiter,
        "quote": dialect.quote,
        "header": dialect.header,
    }
    text = CUT.replace(":fields:", str(len(dialect.columns)))
    for name, pattern in patterns.items():
        text = text.replace(f":{name}:", literal(pattern))
    return [each for each in text.split(";\n") if each.strip()]


def literal(text: str) -> str:
    """Return a text as SQL says it, for statements that take no parameters."""
    return "'" + text.replace("'", "''") + "'"


def piece_of(
    database: duckdb.DuckDBPyConnection, decoded: Decoded, *, first: int, below: int
) -> Piece:
    """Return what the judged block gave before a line: records, damaged lines, what is no text."""
    text = database.execute(TEXT, [below]).fetchall()[0][0]
    numbers = database.execute(RECORDS, [below]).to_arrow_table()["number"].combine_chunks()
    judged = database.execute(DAMAGED, [below]).to_arrow_table().cast(DAMAGED_LINES)
    broken = [
        (first + place, str(reason), spelled)
        for place, reason, spelled in decoded.broken
        if first + place < below
    ]
    return Piece(
        Records(b"" if text is None else text.encode() + b"\n", numbers),
        pa.concat_tables([judged, damaged_lines(broken)]),
    )


def damaged_lines(lines: list[tuple[int, str, str]]) -> pa.Table:
    """Return lines that are put aside: number, reason, text."""
    columns = {
        name: [line[place] for line in lines] for place, name in enumerate(DAMAGED_LINES.names)
    }
    return pa.table(columns, schema=DAMAGED_LINES)
