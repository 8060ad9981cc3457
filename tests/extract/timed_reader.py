"""A data folder that is filled from a server; the time is real, and only waiting is not."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from rich.console import Console

from extract.checkpoint import Tally
from extract.data_folder import DataFolder
from extract.narration import PlainNarrator
from extract.raw_tables import raw_database
from extract.request import Request
from extract.run import run
from extract.sources.patience import Clock
from tests.conftest import ROOT


@dataclass(frozen=True, slots=True)
class TimedReader:
    """Reads a source as `clinic-extract run` does, and waits for nothing."""

    folder: DataFolder
    said: io.StringIO
    slept: list[float]

    def now(self) -> datetime:
        """Return the time, as if all that was to be waited had been waited."""
        return datetime.now(UTC) + timedelta(seconds=sum(self.slept))

    def narrator(self) -> PlainNarrator:
        """Return who writes down what is narrated."""
        return PlainNarrator(Console(file=self.said, width=200))

    def clock(self) -> Clock:
        """Return a clock that only writes down how long somebody wants to sleep."""
        return Clock(now=self.now, sleep=self.slept.append)

    def read_source(self, source: str, *, system: str, url: str, options: dict[str, Any]) -> Tally:
        """Read a server's records into the folder."""
        request: dict[str, Any] = {
            "source": source,
            "system": system,
            "url": url,
            "files": None,
            "is_full": False,
            "patients": None,
            "seed": None,
            "checkpoint": 100_000,
        } | options
        return run(
            Request(**request), folder=self.folder, narrator=self.narrator(), clock=self.clock()
        )

    def kill_while_it_waits(self, *command: str) -> None:
        """Run `clinic-extract run` as a person does, and kill it when it waits for the server."""
        with subprocess.Popen(
            [sys.executable, "-m", "extract.cli", "run", *command],
            env=os.environ | {"CLINIC_DATA_DIR": str(self.folder.root)},
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        ) as process:
            assert process.stderr is not None
            assert any(b"trying again" in line for line in process.stderr)
            process.send_signal(signal.SIGKILL)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Read raw.duckdb."""
        with raw_database(self.folder.raw_database, read_only=True) as database:
            return database.execute(sql).fetchall()
