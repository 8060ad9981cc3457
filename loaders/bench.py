"""The workbench: a DuckDB of its own in memory, and a private folder for files on their way."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from loaders.canonical import load_canonical
from loaders.paths import DataFolder, make_private_folder

_MEMORY = "2GB"


@dataclass(frozen=True, slots=True)
class Bench:
    """Where rows are joined and files pass through; nothing on it outlives the command."""

    db: duckdb.DuckDBPyConnection
    folder: Path


@contextmanager
def open_bench(data: DataFolder, *, memory: str = _MEMORY) -> Iterator[Bench]:
    """Open a workbench, and clear it away whatever happens."""
    folder = make_private_folder(make_private_folder(data.spill) / f"bench-{uuid.uuid4().hex}")
    db = duckdb.connect(
        config={
            "memory_limit": memory,
            "temp_directory": str(folder / "spill"),
            # The order of rows is always written into the query.
            "preserve_insertion_order": False,
        }
    )
    try:
        load_canonical(db)
        yield Bench(db=db, folder=folder)
    finally:
        db.close()
        shutil.rmtree(folder)


def scratch_name(prefix: str) -> str:
    """Make a table name that nothing else uses."""
    return f"{prefix}_{uuid.uuid4().hex[:12]}"
