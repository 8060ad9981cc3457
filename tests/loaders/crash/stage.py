"""Where commands are killed: an org and a ledger copied from templates."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from loaders.stand_in_org.dump import running_dump
from tests.conftest import ROOT, Ran, StandIn
from tests.loaders.planning import ALIAS

PATIENCE_SECONDS = 60.0
KILLED = -9
CLINIC, ORG_FOLDER = "clinic", "org"


class Launcher:
    """The warm process that every command is forked from."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.loaders.crash.launcher"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def order(self, **order: object) -> int:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def close(self) -> None:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


@contextmanager
def launching() -> Iterator[Launcher]:
    launcher = Launcher()
    try:
        yield launcher
    finally:
        launcher.close()


@dataclass(slots=True)
class Stage:
    """An org and a clinic's working folder that something will happen to."""

    folder: Path
    launcher: Launcher
    process: int = 0
    org: StandIn | None = None
    # The newest command's own account of what it did.
    trace: Path = field(init=False)
    started: int = 0

    def __post_init__(self) -> None:
        self.trace = self.folder / "trace-0"

    @property
    def ledger(self) -> Path:
        return self.folder / CLINIC / "data" / "ledger"

    def serve(self) -> StandIn:
        """Serve the org; after a kill on the same data and the same port."""
        port = self.org.http.rpartition(":")[2] if self.org else "0"
        said = self.folder / "ready"
        said.unlink(missing_ok=True)
        data = self.folder / ORG_FOLDER
        self.process = self.launcher.order(
            start="org",
            arguments=["serve", "--data", str(data), "--sandbox", "--port", port],
            environ=dict(os.environ),
            stdout=str(said),
            stderr=str(self.folder / "org-errors"),
        )
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (said.is_file() and said.read_text(encoding="utf-8").endswith("\n")):
            assert time.monotonic() < deadline, (self.folder / "org-errors").read_text()
            time.sleep(0.01)
        self.org = StandIn(**json.loads(said.read_text(encoding="utf-8")), data=data)
        return self.org

    def stop(self) -> None:
        """Kill the org: it is whole after a kill, and a kill is quick."""
        if self.process:
            os.kill(self.process, 9)
            self.launcher.order(wait=self.process)
            self.process = 0

    def bury_org(self) -> None:
        """Wait for an org that was dealt the blow."""
        assert self.launcher.order(wait=self.process) == KILLED
        self.process = 0

    def revive(self) -> None:
        """Serve an org again that has died in the meantime."""
        assert self.org
        try:
            httpx.get(self.org.http)
        except httpx.TransportError:
            self.bury_org()
            self.serve()

    def load(
        self,
        *arguments: str,
        strike: dict[str, Any] | None = None,
        line: dict[str, Any] | None = None,
        org: bool = True,
    ) -> Ran:
        """Run `clinic-load` to its end, which may be a violent one."""
        assert self.org
        self.started += 1
        self.trace = self.folder / f"trace-{self.started}"
        served = {"process": self.process, "http": self.org.http, "token": self.org.token}
        out, errors = (self.folder / f"{name}-{self.started}" for name in ("out", "err"))
        clinic = self.folder / CLINIC
        process = self.launcher.order(
            start="load",
            arguments=[*arguments, "--org", ALIAS] if org else arguments,
            environ={
                **os.environ,
                "CLINIC_DATA_DIR": str(clinic / "data"),
                "DBT_TARGET_PATH": str(clinic / "target"),
                **self.org.environment(ALIAS),
            },
            stdout=str(out),
            stderr=str(errors),
            strike={**strike, "org": served} if strike else {},
            trace=str(self.trace),
            line=line or {},
        )
        code = self.launcher.order(wait=process)
        return Ran(code, out.read_text(encoding="utf-8"), errors.read_text(encoding="utf-8"))

    def events(self) -> list[list[Any]]:
        """Give what the newest command did, event by event."""
        return [json.loads(line) for line in self.trace.read_text(encoding="utf-8").splitlines()]

    def steer(self, what: str, wanted: dict[str, Any]) -> None:
        """Change a setting of the org, or let a fault wait in it."""
        assert self.org
        answer = httpx.post(
            f"{self.org.http}/_stand_in/{what}",
            json=wanted,
            headers={"Authorization": f"Bearer {self.org.token}"},
        )
        assert answer.is_success, answer.text

    def dump(self, *, portable: bool) -> list[dict[str, Any]]:
        """Every live record."""
        assert self.org
        lines = running_dump(self.org.data, portable=portable)
        assert lines is not None, "the org does not answer"
        return [json.loads(line) for line in lines]


@contextmanager
def staged(template: Path, folder: Path, launcher: Launcher) -> Iterator[Stage]:
    """Serve a copy of a template."""
    for name in (CLINIC, ORG_FOLDER):
        shutil.copytree(template / name, folder / name)
    stage = Stage(folder, launcher)
    stage.serve()
    try:
        yield stage
    finally:
        stage.stop()
        shutil.rmtree(folder)
