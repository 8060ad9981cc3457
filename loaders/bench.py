"""The workbench: a DuckDB of its own in memory, and a private folder for files on their way."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from loaders.canonical import literal, load_canonical, quoted
from loaders.paths import PRIVATE_FILE, DataFolder, make_private_folder

# Well above it Python, Arrow and the org's answers take their part; rows beyond it go to disk.
MEMORY = "384MB"


@dataclass(frozen=True, slots=True)
class Bench:
    """Where rows are joined and files pass through; nothing on it outlives the command."""

    db: duckdb.DuckDBPyConnection
    folder: Path


@contextmanager
def open_bench(data: DataFolder, *, memory: str = MEMORY) -> Iterator[Bench]:
    """Open a workbench, and clear it away whatever happens."""
    # Arrow's own pool would keep what a step gave back, beside what DuckDB takes for the next.
    pa.set_memory_pool(pa.system_memory_pool())
    folder = make_private_folder(make_private_folder(data.spill) / f"bench-{uuid.uuid4().hex}")
    try:
        with bounded(folder / "spill", memory=memory) as db:
            load_canonical(db)
            yield Bench(db=db, folder=folder)
    finally:
        shutil.rmtree(folder)


@contextmanager
def bounded(spill: Path, *, memory: str = MEMORY) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a DuckDB in memory that puts what is too much for it into a folder, for as long."""
    db = duckdb.connect(
        config={
            "memory_limit": memory,
            # Each thread has buffers of its own, and the org is what a push waits for.
            "threads": 1,
            "temp_directory": str(spill),
            # The order of rows is always written into the query.
            "preserve_insertion_order": False,
            # What one step gave back is not kept beside what the next one takes.
            "allocator_flush_threshold": "1MB",
            "allocator_bulk_deallocation_flush_threshold": "1MB",
        }
    )
    try:
        yield db
    finally:
        db.close()


@contextmanager
def clearing(bench: Bench) -> Iterator[None]:
    """Drop the scratch tables that are made in the block; after trouble all goes with the bench."""
    before = _scratch_tables(bench)
    yield
    for table in _scratch_tables(bench) - before:
        bench.db.execute(f"drop table {table}")


def _scratch_tables(bench: Bench) -> set[str]:
    found = bench.db.execute(
        "select table_name from duckdb_tables() where regexp_matches(table_name, '_[0-9a-f]{12}$')"
    ).fetchall()
    return {str(row[0]) for row in found}


def scratch_name(prefix: str) -> str:
    """Make a table name that nothing else uses."""
    return f"{prefix}_{uuid.uuid4().hex[:12]}"


def lay_out(bench: Bench, rows: pa.Table) -> str:
    """Put rows on the bench as a table that nothing else uses, and give its name."""
    table = scratch_name("rows")
    bench.db.register("laid_out_now", rows)
    bench.db.execute(f"create temp table {table} as select * from laid_out_now")  # noqa: S608 - ours
    bench.db.unregister("laid_out_now")
    return table


def take_out(bench: Bench, table: str, settled: pa.Table, *, column: str) -> None:
    """Take the rows out of a table whose key, in this column, is among those that are settled."""
    bench.db.register("settled_now", settled)
    bench.db.execute(
        f"delete from {table} where {quoted(column)} in (select key from settled_now)"  # noqa: S608 - ours
    )
    bench.db.unregister("settled_now")


def copy_privately(
    db: duckdb.DuckDBPyConnection, query: str, path: Path, *, options: str = "header true"
) -> Path:
    """Write the rows of a query into a file that only its owner can read."""
    path.unlink(missing_ok=True)
    # DuckDB would make it readable for all; it is to be private from its first byte.
    path.touch(mode=PRIVATE_FILE)
    db.execute(f"copy ({query}) to {literal(str(path))} ({options}, use_tmp_file false)")
    return path
