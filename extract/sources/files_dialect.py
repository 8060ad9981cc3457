"""Finds out how a delimited file is written: delimiter, quotes, and the names in its first line."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import IO

import duckdb

from extract.quarantine import Reason
from extract.sources.files_encoding import Encoding, codec_of, text_blocks
from extract.sources.files_found import Kind
from extract.sources.files_lines import BAD_BYTE, Dialect, NoTable, Way, cut

SAMPLE_BYTES = 256 * 1024
# No field of a sample is longer; by default a note or a document of half its size is an error.
csv.field_size_limit(SAMPLE_BYTES)
DELIMITERS = {Kind.CSV: ",;\t|", Kind.TSV: "\t"}
QUOTE = '"'
OTHER_QUOTE = "'"
# What no column is called: a number, a date, an address of e-mail, true.
VALUE = re.compile(
    r"\s*([-+(]?[\d.,\s'/:()-]*\d[\d.,\s'/:()%-]*|[^@\s]+@[^@\s]+\.\w+|true|false|null|\d.*T\d.*)\s*",
    re.IGNORECASE,
)
# Fewer lines prove nothing; of more, so large a share has to have as many fields as the first.
FEW_LINES = 10
LEAST_ALIKE = 0.2


def dialect_of(
    stream: IO[bytes], kind: Kind, *, encoding: Encoding, database: duckdb.DuckDBPyConnection
) -> Dialect:
    """
    Try each delimiter and each quote on a sample, and take what makes most lines alike.

    Raises:
        NoTable: it has no header, or no delimiter makes a table of it.

    """
    sample = next(text_blocks(stream, encoding, size=SAMPLE_BYTES), b"")
    whole, newline, _ = sample.rpartition(b"\n")
    lines = (whole if newline and len(sample) >= SAMPLE_BYTES else sample.rstrip(b"\n")).split(
        b"\n"
    )
    # `text_blocks` gives UTF-16 as UTF-8.
    codec = codec_of(encoding)
    if b"\r" in sample and not newline:
        raise NoTable(Reason.NO_TABLE, "its lines end with CR alone: save it with LF or CRLF")
    tried = [
        (share, len(dialect.columns), dialect)
        for delimiter in DELIMITERS[kind]
        for dialect in [first_line(lines, delimiter, quote_of(lines, delimiter), codec=codec)]
        for share in [alike(lines, Way(dialect, encoding, database))]
    ]
    # On a tie the delimiter stands that is named first.
    share, _, best = max(tried, key=lambda each: (each[1] > 1, round(each[0], 2), each[1]))
    check_header(best, lines, codec=codec)
    if len(lines) > FEW_LINES and (share < LEAST_ALIKE or hides_fields(best, lines, kind)):
        raise NoTable(
            Reason.NO_TABLE,
            "most lines have other numbers of fields than the first: take out what stands above"
            " the line with the columns' names",
        )
    return replace(best, columns=named_apart(best.columns))


def hides_fields(dialect: Dialect, lines: Sequence[bytes], kind: Kind) -> bool:
    """Tell whether a single column is a title above a table that has several."""
    plain = [line for line in lines[1:] if QUOTE.encode() not in line]
    return len(dialect.columns) == 1 and any(
        2 * sum(delimiter.encode() in line for line in plain) > len(lines)
        for delimiter in DELIMITERS[kind]
    )


def quote_of(lines: Sequence[bytes], delimiter: str) -> str:
    """Return the quote: the double one, unless there is none and most lines have the other."""
    other = OTHER_QUOTE.encode()
    begins = delimiter.encode() + other
    quoted = sum(line.startswith(other) or begins in line for line in lines)
    has_double = any(QUOTE.encode() in line for line in lines)
    return OTHER_QUOTE if 2 * quoted > len(lines) and not has_double else QUOTE


def first_line(lines: Sequence[bytes], delimiter: str, quote: str, *, codec: str) -> Dialect:
    """Read the names of the columns, which may span lines when they are quoted."""
    text = b"\n".join(lines[:50]).decode(codec, "replace")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quotechar=quote)
    try:
        columns = next(reader, [])
    except csv.Error:
        columns = []
    header = text.split("\n", 1)[0].removesuffix("\r")
    return Dialect(delimiter, quote, tuple(columns), header, reader.line_num)


def alike(lines: list[bytes], way: Way) -> float:
    """Return the share of a sample's records that have as many fields as its first line."""
    if not way.dialect.columns:
        return 0.0
    piece, _ = cut(lines, way, number=1, is_last=True)
    records = len(piece.records.numbers)
    judged = records + piece.damaged.num_rows
    return records / judged if judged else 1.0


def check_header(dialect: Dialect, lines: Sequence[bytes], *, codec: str) -> None:
    """
    Refuse a file whose first line is data: its first record would be lost as names of columns.

    Raises:
        NoTable: the first line holds what no column is called, or what comes again below it.

    """
    names = [name for name in dialect.columns if name.strip()]
    if any(BAD_BYTE in name for name in names):
        raise NoTable(
            Reason.UNDECODABLE_BYTES,
            "the columns' names cannot be read: save it as UTF-8",
        )
    if not names:
        raise NoTable(Reason.NO_HEADER, "it is empty, or its first line is: write names there")
    text = b"\n".join(lines[dialect.header_lines :]).decode(codec, "replace")
    rows = csv.reader(
        io.StringIO(text, newline=""), delimiter=dialect.delimiter, quotechar=dialect.quote
    )
    below = [row for row in rows if tuple(row) != dialect.columns]
    comes_again = any(
        name.strip() and place < len(row) and row[place] == name
        for row in below
        for place, name in enumerate(dialect.columns)
    )
    if comes_again or any(VALUE.fullmatch(name) for name in names):
        raise NoTable(
            Reason.NO_HEADER,
            "its first line holds values: write a line with the columns' names above it",
        )


def named_apart(names: Sequence[str]) -> tuple[str, ...]:
    """Give each column a name of its own: a second `phone` is `phone (2)`, none is `column 3`."""
    given = [name if name.strip() else f"column {place}" for place, name in enumerate(names, 1)]
    taken: Counter[str] = Counter()
    apart: list[str] = []
    for name in given:
        taken[name] += 1
        own = name if taken[name] == 1 else f"{name} ({taken[name]})"
        while own in apart:
            taken[name] += 1
            own = f"{name} ({taken[name]})"
        apart.append(own)
    return tuple(apart)
