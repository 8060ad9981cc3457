"""Holds what was read until it is landed: on disk, in Arrow batches, with bounded memory."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from extract.quarantine import Broken
from extract.raw_tables import RawTables
from extract.sources.fhir_resources import Columns, Cut

NO_CLINIC_ENTITY = "no_clinic_entity"
REFUSED_BY_SERVER = "refused_by_server"
NOT_LISTED = "not_listed"

# All that was read except the documents themselves, for set-wise comparison with what is landed.
TABLES_OF_FACTS = """
    create table facts (
        type_name varchar,
        position bigint,
        id varchar,
        last_updated timestamp with time zone,
        doc_sha256 varchar
    );
    create table broken (
        origin varchar,
        position bigint,
        resource_type varchar,
        reason varchar,
        detail varchar,
        doc varchar,
        doc_sha256 varchar
    );
"""
DIGEST = """
    select
        position,
        id,
        try_cast(stamp as timestamp with time zone) as last_updated,
        doc,
        sha256(doc) as doc_sha256
    from batch
    order by position
"""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How large a batch may grow: documents may be megabytes each, so bytes count as well."""

    rows: int = 20_000
    size: int = 64 * 1024 * 1024


@dataclass(slots=True)
class Incoming:
    """
    One checkpoint's worth of what was read.

    `whole_origins` were read from their start to their end, `fresh_origins` from their start:
    what was put aside of a fresh origin before is out of date.
    """

    folder: Path
    tables: RawTables
    database: duckdb.DuckDBPyConnection
    bounds: Bounds
    pending: dict[str, Columns] = field(default_factory=dict)
    pending_broken: list[Broken] = field(default_factory=list, repr=False)
    pending_rows: int = 0
    pending_bytes: int = 0
    read: Counter[str] = field(default_factory=Counter)
    written: Counter[str] = field(default_factory=Counter)
    quarantined: Counter[tuple[str, str]] = field(default_factory=Counter)
    not_taken: dict[tuple[str, str, str], int | None] = field(default_factory=dict)
    fresh_origins: set[str] = field(default_factory=set)
    writers: dict[str, pq.ParquetWriter] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Return how many resources wait to be landed."""
        return self.read.total() + self.quarantined.total()

    def take(self, cut: Cut, *, origin: str) -> None:
        """Keep what has a raw table, count what has none, put aside what is broken."""
        for resource_type, columns in cut.by_type.items():
            if resource_type in self.tables:
                self.keep(resource_type, columns)
            else:
                self.leave(origin, resource_type=resource_type, count=len(columns.ids))
        for broken in cut.broken:
            self.quarantined[broken.resource_type or "", broken.reason] += 1
            self.pending_bytes += len(broken.payload)
        self.pending_broken += cut.broken
        self.pending_rows += len(cut.broken)
        if self.pending_rows >= self.bounds.rows or self.pending_bytes >= self.bounds.size:
            self.write()

    def keep(self, resource_type: str, columns: Columns) -> None:
        """Add resources of one type to what is pending."""
        held = self.pending.setdefault(resource_type, Columns())
        held.ids += columns.ids
        held.stamps += columns.stamps
        held.docs += columns.docs
        self.read[resource_type] += len(columns.ids)
        self.pending_rows += len(columns.ids)
        self.pending_bytes += sum(map(len, columns.docs))

    def leave(
        self, origin: str, *, resource_type: str, count: int, reason: str = NO_CLINIC_ENTITY
    ) -> None:
        """Count what is not taken; resources of a type that no clinic entity is made of, mostly."""
        key = (origin, resource_type, reason)
        self.not_taken[key] = (self.not_taken.get(key) or 0) + count

    def refuse(self, origin: str, *, resource_type: str, count: int | None) -> None:
        """Note resources that the server declares and does not show."""
        self.not_taken[origin, resource_type, REFUSED_BY_SERVER] = count

    def write(self) -> None:
        """Write what is pending to disk."""
        for resource_type, columns in self.pending.items():
            self.write_type(resource_type, columns)
        if self.pending_broken:
            self.write_broken()
        self.pending = {}
        self.pending_broken = []
        self.pending_rows = self.pending_bytes = 0

    def write_type(self, resource_type: str, columns: Columns) -> None:
        """Digest one type's batch and append it to the type's file."""
        first = self.written[resource_type]
        self.written[resource_type] += len(columns.ids)
        batch = pa.table(
            {
                "position": pa.array(range(first, self.written[resource_type]), pa.int64()),
                "id": pa.array(columns.ids, pa.string()),
                "stamp": pa.array(columns.stamps, pa.string()),
                "doc": pa.array(columns.docs, pa.binary()).cast(pa.string()),
            }
        )
        self.database.register("batch", batch)
        digested = self.database.execute(DIGEST).to_arrow_table()
        self.database.unregister("batch")
        self.append(resource_type, digested)

    def append(self, resource_type: str, digested: pa.Table) -> None:
        """Append digested rows to their type's file, and note what is to be compared of them."""
        self.database.register("digested", digested)
        self.database.execute(
            "insert into facts select ?, position, id, last_updated, doc_sha256 from digested",
            [resource_type],
        )
        self.database.unregister("digested")
        if resource_type not in self.writers:
            self.writers[resource_type] = pq.ParquetWriter(
                self.file_of(resource_type), digested.schema, compression="lz4"
            )
        self.writers[resource_type].write_table(digested)

    def write_broken(self) -> None:
        """Put the pending broken payloads where they may spill to disk."""
        columns = ("origin", "position", "resource_type", "reason", "detail", "doc", "doc_sha256")
        batch = pa.table(
            {name: [getattr(broken, name) for broken in self.pending_broken] for name in columns}
        )
        self.database.register("batch", batch)
        self.database.execute("insert into broken select * from batch")
        self.database.unregister("batch")

    def put_aside(self, resource_type: str, batch: pa.Table) -> None:
        """Put what is broken aside by the thousand; its columns are those of the table."""
        for counted in batch["reason"].value_counts():
            self.quarantined[resource_type, counted["values"].as_py()] += counted["counts"].as_py()
        self.database.register("batch", batch)
        self.database.execute("insert into broken by name select * from batch")
        self.database.unregister("batch")

    def file_of(self, resource_type: str) -> Path:
        """Return the file that holds a type's documents."""
        return self.folder / f"{self.tables.names[resource_type]}.parquet"

    def seal(self) -> None:
        """Write the rest, so that everything can be read back."""
        self.write()
        for writer in self.writers.values():
            writer.close()

    def close(self) -> None:
        """Let go of every file and delete them: they are landed, or will be read again."""
        for writer in self.writers.values():
            writer.close()
        self.database.close()
        shutil.rmtree(self.folder)


def open_incoming(
    folder: Path,
    *,
    tables: RawTables,
    limits: Mapping[str, str],
    bounds: Bounds | None = None,
) -> Incoming:
    """Open an empty store in a folder of its own."""
    folder.mkdir(parents=True)
    database = open_memory(limits)
    database.execute(TABLES_OF_FACTS)
    return Incoming(folder, tables, database, bounds or Bounds())


def open_memory(limits: Mapping[str, str]) -> duckdb.DuckDBPyConnection:
    """Open a database in memory, which may spill to disk."""
    database = duckdb.connect(config=dict(limits))
    database.execute("set TimeZone = 'UTC'")
    return database


def quoted(path: Path) -> str:
    """Return a path as a SQL text, for statements that take no parameters."""
    return "'" + str(path).replace("'", "''") + "'"
