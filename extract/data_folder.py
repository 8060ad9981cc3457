"""Where working data lives, who may read it, and who is writing to it now."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from extract.errors import RawDatabaseBusy

OWNER_ONLY = 0o700
NOBODY_ELSE = 0o077


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The folder of one installation; everything in it may be patient data."""

    root: Path
    memory_limit: str

    @property
    def duckdb_limits(self) -> dict[str, str]:
        """Return the settings that keep DuckDB from taking the whole machine."""
        return {"memory_limit": self.memory_limit, "temp_directory": str(self.spill)}

    @property
    def landing_limits(self) -> dict[str, str]:
        """Return the settings of each of the two databases that are open while rows land."""
        half = re.sub(r"^[\d.]+", lambda found: str(float(found[0]) / 2), self.memory_limit)
        return self.duckdb_limits | {"memory_limit": half}

    @property
    def raw_database(self) -> Path:
        """Return the database that dlt writes and dbt reads."""
        return self.root / "raw.duckdb"

    @property
    def warehouse(self) -> Path:
        """Return the database that dbt writes."""
        return self.root / "warehouse.duckdb"

    @property
    def audit_reports(self) -> Path:
        """Return the folder of the source audit."""
        return self.root / "reports" / "audit"

    @property
    def readings(self) -> Path:
        """Return the folder of how fast each system was read."""
        return self.root / "reports" / "extract"

    @property
    def pipelines(self) -> Path:
        """Return dlt's working folder."""
        return self.root / "dlt"

    @property
    def incoming(self) -> Path:
        """Return the folder of what was read and is not landed yet."""
        return self.root / "incoming"

    @property
    def exports(self) -> Path:
        """Return the folder of the exports that servers are making for us."""
        return self.root / "exports"

    @property
    def spill(self) -> Path:
        """Return the folder where DuckDB may put what does not fit into memory."""
        return self.root / "spill"


def manifest() -> Path:
    """Return where dbt writes its manifest: `DBT_TARGET_PATH`, or `target` where we are."""
    return Path(os.environ.get("DBT_TARGET_PATH") or "target") / "manifest.json"


def data_folder() -> DataFolder:
    """Return the folder of working data: `CLINIC_DATA_DIR`, or `data` where we are."""
    return DataFolder(
        Path(os.environ.get("CLINIC_DATA_DIR") or "data").resolve(),
        memory_limit=os.environ.get("CLINIC_MEMORY_LIMIT") or "4GB",
    )


@contextmanager
def private_files(folder: DataFolder) -> Iterator[None]:
    """Make every file written meanwhile readable for its owner alone, whoever writes it."""
    before = os.umask(NOBODY_ELSE)
    try:
        folder.root.mkdir(parents=True, exist_ok=True)
        folder.root.chmod(OWNER_ONLY)
        yield
    finally:
        os.umask(before)


@contextmanager
def only_writer(folder: DataFolder) -> Iterator[None]:
    """
    Keep a second extract out, and clear away what a killed one left behind.

    Raises:
        RawDatabaseBusy: another extract is running.

    """
    with (folder.root / "extract.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RawDatabaseBusy(
                "another clinic-extract is writing to this data folder",
                hint="wait until it is done, then run the same command again",
            ) from None
        remove_incoming(folder)
        try:
            yield
        finally:
            remove_incoming(folder)


def remove_incoming(folder: DataFolder) -> None:
    """Delete what was read but not landed: the next run reads it again."""
    if folder.incoming.exists():
        shutil.rmtree(folder.incoming)
