"""Where working files live, and who may read them: nobody but their owner."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from loaders.errors import NothingToRead

PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600
# Of purges; beside what is left of the working files.
CERTIFICATES = "certificates"


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The folder of all working files (`CLINIC_DATA_DIR`)."""

    root: Path

    @property
    def warehouse(self) -> Path:
        """Name the database that dbt writes and the loader only reads."""
        return self.root / "warehouse.duckdb"

    @property
    def raw(self) -> Path:
        """Name the database of what was landed, which a freeze compares."""
        return self.root / "raw.duckdb"

    @property
    def plans(self) -> Path:
        """Name the folder of all plans."""
        return self.root / "plans"

    @property
    def ledger(self) -> Path:
        """Name the folder of the ledger."""
        return self.root / "ledger"

    @property
    def reports(self) -> Path:
        """Name the folder of reports."""
        return self.root / "reports"

    @property
    def outbox(self) -> Path:
        """Name the folder of CSV parts that wait to be sent."""
        return self.root / "outbox"

    @property
    def mask_secret(self) -> Path:
        """Name the file of the secret that masks are made with."""
        return self.root / "mask.secret"

    @property
    def spill(self) -> Path:
        """Name the folder where DuckDB puts what does not fit into memory."""
        return self.root / "spill"


def data_folder(environ: Mapping[str, str]) -> DataFolder:
    """Find the working folder: `CLINIC_DATA_DIR`, else `data`."""
    return DataFolder(Path(environ.get("CLINIC_DATA_DIR") or "data").resolve())


def manifest_path(environ: Mapping[str, str]) -> Path:
    """
    Find dbt's manifest: `DBT_TARGET_PATH`, else `target`.

    Raises:
        NothingToRead: there is none.

    """
    path = Path(environ.get("DBT_TARGET_PATH") or "target").resolve() / "manifest.json"
    if not path.is_file():
        raise NothingToRead(f"there is no manifest at {path}", hint="dbt build")
    return path


def make_private_folder(path: Path) -> Path:
    """Create a folder that only its owner can enter, and give it back."""
    path.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
    path.chmod(PRIVATE_FOLDER)
    return path


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    with writing_private(path) as file:
        file.write(content)


def open_private(path: Path) -> BinaryIO:
    """Open a file that only its owner can read, for writing it anew."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE_FILE), "wb")


@contextmanager
def writing_private(path: Path) -> Iterator[BinaryIO]:
    """Give a file to write into, piece by piece; it has its name once all of it is on disk."""
    partial = path.with_name(path.name + ".partial")
    with open_private(partial) as file:
        yield file
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
