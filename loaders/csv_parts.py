"""Cut rows into CSV files that Bulk API 2.0 takes: the same rows give the same bytes, always."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from loaders.paths import open_private
from loaders.sorted_rows import Unsorted, sorted_batches

# A job takes 150 MB after base64, so 100 MB as sent (contract 2.5); the rest is a margin.
PART_BYTES = 90_000_000
# The column of our key; it is not sent where the object has no field for it.
KEY = "_key"
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
    # The first and the last parent that the rows lock; None: they lock none.
    locks: tuple[str, str] | None

    def may_meet(self, other: Part) -> bool:
        """Tell whether rows of both parts may lock the same parent: whether their spans touch."""
        if self.locks is None or other.locks is None:
            return False
        (first, last), (other_first, other_last) = self.locks, other.locks
        return first <= other_last and other_first <= last


@dataclass(frozen=True, slots=True)
class Cut:
    """What to cut: a table with `_key` and a column per header."""

    table: str
    headers: tuple[str, ...]
    join: tuple[str, ...]
    # The column that names the parent which a row locks; rows go in its order, then in their own.
    lock: str


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

    UTF-8 without a byte order mark, LF, borders only between records, and between the rows of two
    parents where a part is not too small for it; else as full as `part_bytes` allows. The same
    rows in the same order give the same bytes.
    """
    head = (",".join(cut.headers) + "\n").encode("utf-8")
    pending = _Pending(cut=cut, head=head, folder=folder, stem=stem)
    wanted = tuple(dict.fromkeys((KEY, cut.lock, *cut.headers)))
    rows = Unsorted(cut.table, wanted, parent=cut.lock, key=KEY)
    for batch in sorted_batches(bench, rows, scratch=folder / f"{stem}.rows.parquet"):
        rest = batch.slice(pending.take(batch, part_bytes))
        while rest.num_rows:
            yield pending.finish()
            rest = rest.slice(pending.take(rest, part_bytes))
    if pending.rows:
        yield pending.finish()


class _Pending:
    """The part being filled, on disk."""

    def __init__(self, *, cut: Cut, head: bytes, folder: Path, stem: str) -> None:
        self._cut = cut
        self._head = head
        self._folder = folder
        self._stem = stem
        self._number = 0
        # The first and the last parent of each batch; rows come in the order of their parents.
        self._locks: list[str] = []
        self.rows = 0

    def _begin(self, keys: pa.Schema) -> None:
        self._number += 1
        name = f"{self._stem}.{self._number:04d}"
        self._csv = self._folder / f"{name}.csv"
        self._keys = self._folder / f"{name}.keys.parquet"
        self._body, self._key_file = open_private(self._csv), open_private(self._keys)
        self._key_rows = pyarrow.parquet.ParquetWriter(self._key_file, keys)
        self._sha256 = hashlib.sha256()
        self._bytes = 0
        self._write(self._head)

    def _write(self, content: bytes) -> None:
        self._body.write(content)
        self._sha256.update(content)
        self._bytes += len(content)

    def take(self, batch: pa.RecordBatch, limit: int) -> int:
        """Add the rows that still fit, and tell how many; a part has at least one."""
        room = limit - (self._bytes if self.rows else len(self._head))
        content = self._render(batch)
        if len(content) > room:
            # One record that is larger than a part: the org says what it thinks.
            fits = self._fitting(batch, room) or (0 if self.rows else 1)
            batch = batch.slice(0, self._border(batch[self._cut.lock], fits))
            content = self._render(batch)
        if batch.num_rows:
            keys = batch.select(list(dict.fromkeys((KEY, *self._cut.join))))
            if not self.rows:
                self._begin(keys.schema)
            self._write(content)
            self._key_rows.write_batch(keys)
            locks = pc.min_max(batch[self._cut.lock]).as_py().values()
            self._locks += [lock for lock in locks if lock is not None]
            self.rows += batch.num_rows
        return int(batch.num_rows)

    def _fitting(self, batch: pa.RecordBatch, room: int) -> int:
        low, high = 0, batch.num_rows
        while low + 1 < high:
            middle = (low + high) // 2
            if len(self._render(batch.slice(0, middle))) <= room:
                low = middle
            else:
                high = middle
        return low

    def _border(self, locks: pa.Array, fits: int) -> int:
        """Step back to where the rows of another parent begin, if these are not all of one."""
        after = locks[1 : fits + 1]
        others = pc.fill_null(pc.not_equal(locks[: len(after)], after), True)
        borders = pc.indices_nonzero(others)
        if len(borders):
            return int(borders[-1].as_py()) + 1
        is_border = self._locks[-1:] != [locks[0].as_py()]
        return 0 if self.rows and is_border else fits

    def _render(self, batch: pa.RecordBatch) -> bytes:
        sink = io.BytesIO()
        pyarrow.csv.write_csv(batch.select(list(self._cut.headers)), sink, _BODY)
        return sink.getvalue()

    def finish(self) -> Part:
        """Bring the part to disk, whatever happens from now on."""
        self._key_rows.close()
        for file in (self._body, self._key_file):
            _close_synced(file)
        part = Part(
            number=self._number,
            csv=self._csv,
            keys=self._keys,
            rows=self.rows,
            bytes=self._bytes,
            sha256=self._sha256.hexdigest(),
            locks=(min(self._locks), max(self._locks)) if self._locks else None,
        )
        self.rows = 0
        self._locks = []
        return part


def _close_synced(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())
    file.close()


def stem_of(names: Sequence[str | int]) -> str:
    """Make the name of a part's files."""
    return "-".join(str(name) for name in names)
