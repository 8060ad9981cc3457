"""Makes a row of JSON text of each record, whatever its file was: all text stays as it was."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

import duckdb
import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import csv

from extract.errors import RowsWentMissing
from extract.quarantine import Reason
from extract.sources.files_dialect import named_apart
from extract.sources.files_encoding import Encoding, codec_of, text_blocks
from extract.sources.files_lines import (
    Dialect,
    NoTable,
    Piece,
    Way,
    check_length,
    damaged_lines,
    decode,
    literal,
    pieces,
)

# One JSON value has to be in memory as a whole; a file of lines has not.
LARGEST_DOCUMENT = 256 * 1024 * 1024
PARQUET_ROWS = 20_000
ROWS = pa.schema({"number": pa.int64(), "doc": pa.string()})
OBJECTS = """
    select
        number,
        trim(text, ' ' || chr(9) || chr(13)) as doc,
        coalesce(json_valid(text) and json_type(try_cast(text as json)) = 'OBJECT', false) as is_row
    from texts
    where text is not null and trim(text, ' ' || chr(9) || chr(13)) != ''
"""
COLUMNS = """
    with members as (
        select
            unnest(json_keys(doc)) as name,
            generate_subscripts(json_keys(doc), 1) as place
        from (from docs limit 1000)
    )
    select name from members group by name order by min(place), name
"""


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows with the number of their line, and lines that are none."""

    rows: pa.Table
    damaged: pa.Table


def rows_of_text(stream: IO[bytes], way: Way) -> Iterator[Batch]:
    """Yield the rows of a delimited file."""
    for piece in pieces(stream, way):
        rows = rows_of_records(piece, way.dialect, database=way.database)
        yield Batch(rows, piece.damaged)


def rows_of_records(
    piece: Piece, dialect: Dialect, *, database: duckdb.DuckDBPyConnection
) -> pa.Table:
    """
    Split whole records into fields, and make each row JSON.

    Raises:
        RowsWentMissing: the splitting saw other records than were cut.

    """
    if not piece.records.text:
        return ROWS.empty_table()
    fields = [f"c{place}" for place in range(len(dialect.columns))]
    table = split(piece.records.text, dialect, fields)
    if table is None or table.num_rows != len(piece.records.numbers):
        raise RowsWentMissing(
            f"{len(piece.records.numbers)} whole records were not split into as many rows",
            hint="nothing was landed; report the file's delimiter and quotes, not its content",
        )
    pairs = ", ".join(
        f"{literal(name)}, {field}" for name, field in zip(dialect.columns, fields, strict=True)
    )
    database.register("fields", table.append_column("number", piece.records.numbers))
    rows = database.execute(f"select number, json_object({pairs}) as doc from fields")  # noqa: S608 - names quoted
    made = rows.to_arrow_table().cast(ROWS)
    database.unregister("fields")
    return made


def split(text: bytes, dialect: Dialect, fields: list[str]) -> pa.Table | None:
    """Split records into fields; None where one has another number of them than columns."""
    try:
        return csv.read_csv(
            pa.BufferReader(text),
            read_options=csv.ReadOptions(
                column_names=fields, block_size=len(text) + 1, use_threads=False
            ),
            parse_options=csv.ParseOptions(
                delimiter=dialect.delimiter, quote_char=dialect.quote, newlines_in_values=True
            ),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(fields, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        # Its text quotes the record.
        return None


def rows_of_lines(
    stream: IO[bytes],
    *,
    encoding: Encoding,
    database: duckdb.DuckDBPyConnection,
) -> Iterator[Batch]:
    """Yield the rows of a file of one JSON object a line, each in its own bytes."""
    number = 1
    rest = b""
    for block in text_blocks(stream, encoding):
        lines, newline, tail = (rest + block).rpartition(b"\n")
        rest = tail
        check_length(rest)
        if newline:
            found = lines.split(b"\n")
            yield objects(found, number=number, encoding=encoding, database=database)
            number += len(found)
    if rest:
        yield objects([rest], number=number, encoding=encoding, database=database)


def objects(
    payloads: list[bytes],
    *,
    number: int,
    encoding: Encoding,
    database: duckdb.DuckDBPyConnection,
) -> Batch:
    """Tell JSON objects from what is none."""
    decoded = decode(payloads, codec=codec_of(encoding))
    numbers = pa.array(range(number, number + len(payloads)), pa.int64())
    database.register("texts", pa.table({"number": numbers, "text": decoded.texts}))
    judged = database.execute(OBJECTS).to_arrow_table()
    database.unregister("texts")
    rows = judged.filter(judged["is_row"]).select(["number", "doc"])
    others = judged.filter(pc.invert(judged["is_row"]))
    broken = [(number + place, str(reason), text) for place, reason, text in decoded.broken]
    broken += [
        (line, str(Reason.UNREADABLE_JSON), text)
        for line, text in zip(others["number"].to_pylist(), others["doc"].to_pylist(), strict=True)
    ]
    return Batch(rows.cast(ROWS), damaged_lines(broken))


def rows_of_document(
    stream: IO[bytes], *, encoding: Encoding, database: duckdb.DuckDBPyConnection
) -> Iterator[Batch]:
    """
    Yield the rows of a file that is one JSON value; a row's number is its place in the list.

    Raises:
        NoTable: it is no JSON, too large to be read at once, or not one list of objects.

    """
    body = bytearray()
    for block in text_blocks(stream, encoding):
        body += block
        if len(body) > LARGEST_DOCUMENT:
            raise NoTable(Reason.NO_TABLE, "it is too large for one JSON value: save it as NDJSON")
    payloads = listed(bytes(body).strip())
    for first in range(0, len(payloads), PARQUET_ROWS):
        yield objects(
            payloads[first : first + PARQUET_ROWS],
            number=first + 1,
            encoding=encoding,
            database=database,
        )


def listed(body: bytes) -> list[bytes]:
    """
    Return the objects of a JSON value: of a list, of the one list in an object, or the object.

    Raises:
        NoTable: it is no JSON, or holds several lists.

    """
    try:
        if body.startswith(b"["):
            return [bytes(each) for each in msgspec.json.decode(body, type=list[msgspec.Raw])]
        members = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, RecursionError):
        raise NoTable(Reason.UNREADABLE_JSON, "it is no list of JSON objects") from None
    values = [bytes(each) for each in members.values()]
    lists = [value for value in values if re.match(rb"\[\s*\{", value)]
    if len(lists) > 1:
        raise NoTable(Reason.NO_TABLE, "it holds several lists: save each as a file of its own")
    return listed(lists[0]) if lists else [body]


def rows_of_parquet(stream: IO[bytes], *, database: duckdb.DuckDBPyConnection) -> Iterator[Batch]:
    """Yield the rows of a Parquet file, each value as text; a row's number is its place."""
    number = 1
    for batch in pq.ParquetFile(stream).iter_batches(batch_size=PARQUET_ROWS):
        names = named_apart(batch.schema.names)
        fields = [f"c{place}" for place in range(len(names))]
        table = pa.Table.from_batches([batch]).rename_columns(fields)
        pairs = ", ".join(
            f"{literal(name)}, {as_text(field, kind)}"
            for name, field, kind in zip(names, fields, table.schema.types, strict=True)
        )
        numbers = pa.array(range(number, number + table.num_rows), pa.int64())
        number += table.num_rows
        database.register("fields", table.append_column("number", numbers))
        rows = database.execute(f"select number, json_object({pairs}) as doc from fields")  # noqa: S608 - names quoted
        yield Batch(rows.to_arrow_table().cast(ROWS), damaged_lines([]))
        database.unregister("fields")


def as_text(field: str, kind: pa.DataType) -> str:
    """Return how a Parquet value becomes text: lists and structures as JSON, bytes as base64."""
    if pa.types.is_nested(kind):
        return f"to_json({field})"
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return f"to_base64({field})"
    return f"cast({field} as varchar)"


def columns_of(rows: pa.Table, *, database: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """Return the members that the first rows have."""
    database.register("docs", rows)
    names = database.execute(COLUMNS).fetchall()
    database.unregister("docs")
    return tuple(str(name) for (name,) in names)
