"""A landing of patients whose own fields a test chooses, and a small map to propose for."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from extract.raw_tables import init
from tests.conftest import BIN, ROOT, Ran

VENDOR = "https://vendor.example/"
Extension = dict[str, Any]


def extension(name: str, kind: str, value: object) -> Extension:
    return {"url": VENDOR + name, kind: value}


@dataclass(frozen=True, slots=True)
class Practice:
    """A folder with a copy of the map, and one with what was landed."""

    project: Path
    data: Path

    def land(
        self,
        records: Sequence[Sequence[Extension]],
        *,
        table: str = "patient",
        system: str = "north",
    ) -> None:
        """Land one record for each list of extensions."""
        with duckdb.connect(str(self.data / "raw.duckdb")) as raw:
            raw.executemany(
                f"insert into raw_fhir.{table} values"
                " (?, ?, timestamptz '2026-01-02 03:04:05Z', ?, 'sha', 'load')",
                [
                    [system, f"{table}-{number}", json.dumps({"extension": extensions})]
                    for number, extensions in enumerate(records)
                ],
            )

    def propose(self, *options: str) -> Ran:
        done = subprocess.run(
            [str(BIN / "clinic-extract"), "propose", "--custom-fields", *options],
            cwd=self.project,
            env=os.environ | {"CLINIC_DATA_DIR": str(self.data)},
            capture_output=True,
            text=True,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def told(self, *options: str) -> dict[str, Any]:
        found: dict[str, Any] = self.propose("--json", *options).json()
        return found

    def path(self, name: str) -> Path:
        return next(self.project.rglob(name))


def practice(folder: Path) -> Practice:
    """Copy the map beside empty raw tables."""
    for name in ("models/marts/salesforce", "seeds"):
        shutil.copytree(ROOT / name, folder / "project" / name)
    (folder / "data").mkdir()
    init(folder / "data" / "raw.duckdb")
    return Practice(folder / "project", folder / "data")
