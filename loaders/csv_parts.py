"""Cut rows into CSV files that Bulk API 2.0 takes: the same rows give the same bytes, always."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from loaders.bench import scratch_name
from loaders.canonical import quoted
from loaders.paths import PRIVATE_FILE

# A job takes 150 MB after base64, so 100 MB as sent (contract 2.5); the rest is a margin.
PART_BYTES = 90_000_000
# The column of our key; it is not sent where the object has no field for it.
KEY = "_key"
_ROWS_PER_BATCH = 10_000
_BODY = pyarrow.csv.WriteOptions(include_header=False)


@dataclass(frozen=True, slots=True)
class Part:
    """One CSV file to send, and beside it which row it holds under which key."""

    number: int
    csv: Path
    # Parquet: `_key`, then the cells by which the org's results name a row.
    keys: Path
    rows: int
    bytes: int
    sha256: str

    def remove(self) -> None:
        """Delete both files; the part is settled."""
        self.csv.unlink(missing_ok=True)
        self.keys.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Cut:
    """What to cut: a table with `_key` and a column per header, in the order given."""

    table: str
    headers: tuple[str, ...]
    join: tuple[str, ...]
    order: str


def cut_parts(
    bench: duckdb.DuckDBPyConnection,
    cut: Cut,
    *,
    folder: Path,
    stem: str,
    part_bytes: int = PART_BYTES,
) -> Generator[Part, None, None]:
    """
    Write the parts one after another, each when it is asked for.

    UTF-8 without a byte order mark, LF, borders only between records, every part as full as
    `part_bytes` allows; so the cut depends on the rows alone, not on how they were read.
    """
    head = (",".join(cut.headers) + "\n").encode("utf-8")
    pending = _Pending(cut=cut, head=head, folder=folder, stem=stem)
    for batch in _batches(bench, cut):
        rest = batch
        while rest.num_rows:
            fits = pending.fits(rest, part_bytes)
            if fits == 0 and pending.rows == 0:
                fits = 1  # One record that is larger than a part: the org says what it thinks.
            pending.take(rest.slice(0, fits))
            rest = rest.slice(fits)
            if rest.num_rows:
                yield pending.finish()
    if pending.rows:
        yield pending.finish()


def _batches(bench: duckdb.DuckDBPyConnection, cut: Cut) -> Iterator[pa.RecordBatch]:
    wanted = list(dict.fromkeys((KEY, *cut.headers)))
    columns = ", ".join(quoted(name) for name in wanted)
    # The caller goes on using the connection between two parts: the rows are read through a
    # cursor of their own, which sees no temporary table.
    copy = quoted(scratch_name("cut"))
    bench.execute(f"create table {copy} as select * from {quoted(cut.table)}")  # noqa: S608 - ours
    try:
        yield from (
            bench.cursor()
            .execute(f"select {columns} from {copy} order by {cut.order}")  # noqa: S608 - ours
            .to_arrow_reader(_ROWS_PER_BATCH)
        )
    finally:
        bench.execute(f"drop table {copy}")


class _Pending:
    """The part being filled."""

    def __init__(self, *, cut: Cut, head: bytes, folder: Path, stem: str) -> None:
        self._cut = cut
        self._head = head
        self._folder = folder
        self._stem = stem
        self._number = 0
        self._begin()

    def _begin(self) -> None:
        self._number += 1
        self._body = io.BytesIO()
        self._keys: list[pa.RecordBatch] = []
        self.rows = 0

    def fits(self, batch: pa.RecordBatch, limit: int) -> int:
        """Tell how many of the batch's rows still fit."""
        room = limit - len(self._head) - self._body.tell()
        if len(self._render(batch)) <= room:
            return int(batch.num_rows)
        low, high = 0, batch.num_rows
        while low + 1 < high:
            middle = (low + high) // 2
            if len(self._render(batch.slice(0, middle))) <= room:
                low = middle
            else:
                high = middle
        return low

    def _render(self, batch: pa.RecordBatch) -> bytes:
        sink = io.BytesIO()
        pyarrow.csv.write_csv(batch.select(list(self._cut.headers)), sink, _BODY)
        return sink.getvalue()

    def take(self, batch: pa.RecordBatch) -> None:
        """Add rows."""
        if batch.num_rows == 0:
            return
        self._body.write(self._render(batch))
        self._keys.append(batch.select(list(dict.fromkeys((KEY, *self._cut.join)))))
        self.rows += batch.num_rows

    def finish(self) -> Part:
        """Write the part to disk, synced, and begin the next."""
        content = self._head + self._body.getvalue()
        name = f"{self._stem}.{self._number:04d}"
        part = Part(
            number=self._number,
            csv=self._folder / f"{name}.csv",
            keys=self._folder / f"{name}.keys.parquet",
            rows=self.rows,
            bytes=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
        )
        _write_synced(part.csv, content)
        sink = io.BytesIO()
        pyarrow.parquet.write_table(pa.Table.from_batches(self._keys), sink)
        _write_synced(part.keys, sink.getvalue())
        self._begin()
        return part


def _write_synced(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE_FILE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def stem_of(names: Sequence[str | int]) -> str:
    """Make the name of a part's files."""
    return "-".join(str(name) for name in names)
