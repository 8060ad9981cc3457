"""A landing of patients whose own fields a test chooses, and a small map to propose for."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console

from extract.data_folder import DataFolder
from extract.narration import PlainNarrator
from extract.propose.command import as_json, propose_custom_fields
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

    def told(self, *, write: bool = False, shield: bool = False) -> dict[str, Any]:
        """Propose in this process what the command prints with `--json`."""
        edits = propose_custom_fields(
            DataFolder(self.data, memory_limit="1GB"),
            project=self.project,
            with_shield=shield,
            narrator=PlainNarrator(Console(file=io.StringIO())),
        )
        if write:
            edits.write(self.project)
        found: dict[str, Any] = json.loads(json.dumps(as_json(edits)))
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
