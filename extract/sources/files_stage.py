"""Reads the files of an export into one staged file for each table, on disk and in order."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from extract.incoming import Incoming
from extract.quarantine import Reason
from extract.sources.files_dialect import dialect_of
from extract.sources.files_encoding import Look, look_at
from extract.sources.files_found import Found, Kind
from extract.sources.files_lines import Dialect, NoTable, Way
from extract.sources.files_rows import (
    Batch,
    columns_of,
    rows_of_document,
    rows_of_lines,
    rows_of_parquet,
    rows_of_text,
)

CANNOT_BE_UNPACKED = (
    gzip.BadGzipFile,
    zipfile.BadZipFile,
    EOFError,
    zlib.error,
    NotImplementedError,
    pa.ArrowInvalid,
    OSError,
)
DIGEST = """
    select
        $first + row_number() over (order by number) - 1 as position,
        $origin as origin,
        number,
        doc,
        sha256(doc) as doc_sha256
    from rows
    order by number
"""


@dataclass(frozen=True, slots=True)
class Described:
    """A file that can be read: what it is written in, and the columns that it has."""

    found: Found
    look: Look
    columns: tuple[str, ...]
    dialect: Dialect | None = None

    @property
    def encoding(self) -> tuple[str, str] | tuple[None, None]:
        """Return the name of the encoding and the evidence for it; Parquet has none."""
        if self.found.kind is Kind.PARQUET:
            return None, None
        return self.look.encoding.name, self.look.encoding.evidence


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that cannot be read at all, or not on, and what to do about it."""

    origin: str
    reason: Reason
    what_to_do: str
    sha256: str = ""


@dataclass(slots=True)
class Staged:
    """One table's rows as they came, and how many of each file."""

    name: str
    path: Path
    writer: pq.ParquetWriter | None = None
    rows: dict[str, int] = field(default_factory=dict)
    damaged: dict[str, int] = field(default_factory=dict)
    cut_off: list[Refused] = field(default_factory=list)
    unidentified: int = 0

    @property
    def total(self) -> int:
        """Return how many rows are staged."""
        return sum(self.rows.values())

    @property
    def is_whole(self) -> bool:
        """Tell whether every line of the table's files is a row that has an id."""
        return not (any(self.damaged.values()) or self.cut_off or self.unidentified)


def describe(found: Found, *, database: duckdb.DuckDBPyConnection) -> Described | Refused:
    """Look at a file before it is read: all of it for its encoding, its start for its columns."""
    sha256 = ""
    try:
        with found.open() as stream:
            look = look_at(stream)
        sha256 = look.sha256
        if found.kind in (Kind.CSV, Kind.TSV):
            with found.open() as stream:
                dialect = dialect_of(stream, found.kind, encoding=look.encoding, database=database)
            return Described(found, look, dialect.columns, dialect)
        first = next(batches(Described(found, look, ()), database=database), None)
        columns = columns_of(first.rows, database=database) if first else ()
    except NoTable as problem:
        return Refused(found.origin, problem.reason, str(problem), sha256)
    except CANNOT_BE_UNPACKED as problem:
        return unreadable(found.origin, problem, sha256=sha256)
    return Described(found, look, columns)


def unreadable(origin: str, problem: Exception, *, sha256: str = "") -> Refused:
    """Return why a file cannot be read on; the name of the error, as its text may quote a value."""
    what_to_do = f"it cannot be unpacked ({type(problem).__name__}): export it again"
    return Refused(origin, Reason.UNREADABLE_FILE, what_to_do, sha256)


def batches(described: Described, *, database: duckdb.DuckDBPyConnection) -> Iterator[Batch]:
    """Yield what a file holds, as its kind is read."""
    encoding = described.look.encoding
    with described.found.open() as stream:
        if described.dialect:
            yield from rows_of_text(stream, Way(described.dialect, encoding, database))
        elif described.found.kind is Kind.NDJSON:
            yield from rows_of_lines(stream, encoding=encoding, database=database)
        elif described.found.kind is Kind.JSON:
            yield from rows_of_document(stream, encoding=encoding, database=database)
        else:
            yield from rows_of_parquet(stream, database=database)


def stage(described: Described, staged: Staged, *, incoming: Incoming) -> None:
    """
    Read one file to its end; what cannot be unpacked further is noted, what came before stays.

    A damaged line goes to quarantine with its number, its file, and all of its text.
    """
    origin = described.found.origin
    staged.rows[origin] = staged.damaged[origin] = 0
    for batch in readable(described, staged, database=incoming.database):
        write(batch.rows, staged, origin=origin, database=incoming.database)
        put_aside(batch.damaged, staged, origin=origin, incoming=incoming)


def readable(
    described: Described, staged: Staged, *, database: duckdb.DuckDBPyConnection
) -> Iterator[Batch]:
    """Yield what can be read of a file; what is done with it is not tried here."""
    origin, sha256 = described.found.origin, described.look.sha256
    found = batches(described, database=database)
    while True:
        try:
            batch = next(found, None)
        except NoTable as problem:
            staged.cut_off.append(Refused(origin, problem.reason, str(problem), sha256))
            return
        except CANNOT_BE_UNPACKED as problem:
            staged.cut_off.append(unreadable(origin, problem, sha256=sha256))
            return
        if batch is None:
            return
        yield batch


def write(
    rows: pa.Table, staged: Staged, *, origin: str, database: duckdb.DuckDBPyConnection
) -> None:
    """Digest rows and append them to their table's file."""
    if not rows.num_rows:
        return
    database.register("rows", rows)
    digested = database.execute(DIGEST, {"first": staged.total, "origin": origin}).to_arrow_table()
    database.unregister("rows")
    if staged.writer is None:
        staged.writer = pq.ParquetWriter(staged.path, digested.schema, compression="lz4")
    staged.writer.write_table(digested)
    staged.rows[origin] += rows.num_rows


def put_aside(damaged: pa.Table, staged: Staged, *, origin: str, incoming: Incoming) -> None:
    """Put damaged lines into quarantine: where they stood, why, and their text."""
    if not damaged.num_rows:
        return
    incoming.database.register("lines", damaged)
    kept = incoming.database.execute(
        "select $origin as origin, number as position, $name as resource_type, reason,"
        " 'line ' || number as detail, text as doc, sha256(text) as doc_sha256 from lines",
        {"origin": origin, "name": staged.name},
    ).to_arrow_table()
    incoming.database.unregister("lines")
    incoming.put_aside(staged.name, kept)
    staged.damaged[origin] += damaged.num_rows
