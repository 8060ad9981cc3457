"""Sort the rows of a table stretch by stretch of their order, beyond memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet

from loaders.canonical import literal, quoted
from loaders.paths import PRIVATE_FILE, writing_private

ROWS_PER_BATCH = 10_000
# DuckDB sorts beyond its memory, but not on and on: 140 MB of notes did not fit beside all else
# in 384 MB. So much is sorted at a time.
_STRETCH_BYTES = 64_000_000
# So many rows of each stretch are looked at to find out where the next begins.
_MARKS = 50
# What a cell takes besides its text.
_CELL_BYTES = 16


@dataclass(frozen=True, slots=True)
class Unsorted:
    """A table of text, sorted by a parent, those without one first, and then by key."""

    table: str
    columns: tuple[str, ...]
    parent: str
    key: str

    @property
    def order(self) -> tuple[str, str]:
        """Give the SQL of the two that decide; nothing comes before everything, as '' does."""
        return f"coalesce({quoted(self.parent)}::varchar, '')", quoted(self.key)


def write_sorted(db: duckdb.DuckDBPyConnection, rows: Unsorted, *, to: Path) -> None:
    """Write the rows in their order into one parquet file."""
    columns = ", ".join(quoted(name) for name in rows.columns)
    none = db.execute(f"select {columns} from {quoted(rows.table)} limit 0")  # noqa: S608 - ours
    schema = none.to_arrow_table().schema
    with (
        writing_private(to) as file,
        pyarrow.parquet.ParquetWriter(file, schema, compression="zstd") as writer,
    ):
        for batch in sorted_batches(db, rows, scratch=to.with_suffix(".stretch")):
            writer.write_batch(batch.cast(schema))


def sorted_batches(
    db: duckdb.DuckDBPyConnection, rows: Unsorted, *, scratch: Path
) -> Iterator[pa.RecordBatch]:
    """
    Give the rows in their order, a batch at a time; each stretch of them passes through a file.

    The caller goes on using the connection between two batches, and memory holds neither the
    sorted rows nor those that are sent already.
    """
    columns = ", ".join(quoted(name) for name in rows.columns)
    for stretch in _stretches(db, rows):
        scratch.touch(PRIVATE_FILE)
        try:
            db.execute(
                f"copy (select {columns} from {quoted(rows.table)} where {stretch} "  # noqa: S608
                f"order by {', '.join(rows.order)}) to {literal(str(scratch))} "
                f"(format parquet, row_group_size {ROWS_PER_BATCH}, use_tmp_file false)"
            )
            with pyarrow.parquet.ParquetFile(scratch, pre_buffer=False) as file:
                yield from file.iter_batches(batch_size=ROWS_PER_BATCH)
        finally:
            # DuckDB takes the file away itself when it cannot write it to its end.
            scratch.unlink(missing_ok=True)


def _stretches(db: duckdb.DuckDBPyConnection, rows: Unsorted) -> Iterator[str]:
    """Give conditions that cut the rows into stretches of their order, each of them small."""
    cells = " + ".join(
        f"coalesce(strlen({quoted(name)}::varchar), 0) + {_CELL_BYTES}" for name in rows.columns
    )
    number, size = db.execute(
        f"select count(*), coalesce(sum({cells}), 0) from {quoted(rows.table)}"  # noqa: S608 - ours
    ).fetchall()[0]
    wanted = -(-int(size) // _STRETCH_BYTES)
    if wanted <= 1:
        yield "true"
        return
    every = max(1, int(number) // (wanted * _MARKS))
    parent, key = rows.order
    marks = db.execute(
        f"select {parent}, {key} from {quoted(rows.table)} "  # noqa: S608 - ours
        f"where hash({key}) % {every} = 0 order by all"
    ).fetchall()
    borders = sorted({marks[len(marks) * place // wanted] for place in range(1, wanted)})
    for first, after in pairwise([None, *borders, None]):
        yield f"{_from(rows, first)} and not {_from(rows, after) if after else 'false'}"


def _from(rows: Unsorted, border: Sequence[str] | None) -> str:
    """Give the condition of all that comes at a border or after it."""
    if border is None:
        return "true"
    parent, key = rows.order
    at, last = (literal(each) for each in border)
    return f"({parent} > {at} or ({parent} = {at} and {key} >= {last}))"
