"""What every step of a demo needs: a folder, running orgs, and a person's own commands."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console

from loaders.errors import DONE, INTERRUPTED

BIN = Path(sys.executable).parent
ORG = [sys.executable, "-m", "loaders.stand_in_org"]
# The stand-in's first user; it also owns what no provider's e-mail claims.
OWNER = "admin@stand-in.invalid"
PRODUCTION, SANDBOX = "production", "sandbox"
# Findings stand at this column, and a terminal has eighty.
INDENT = 35
WIDTH = 80 - INDENT


class StepFailed(Exception):
    """A command of the road ended in a way that the demo did not expect."""

    def __init__(self, command: Sequence[str], code: int, output: str) -> None:
        super().__init__(f"{' '.join(command)} ended with exit code {code}\n{output}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Org:
    """A stand-in that is being served, and what the commands call it."""

    data: Path
    alias: str
    kind: str
    org_id: str
    http: str
    https: str
    ca: str
    token: str = field(repr=False)

    @property
    def environment(self) -> dict[str, str]:
        """Name the org to the commands."""
        name = self.alias.upper()
        return {
            f"SF_{name}_INSTANCE_URL": self.https,
            f"SF_{name}_ACCESS_TOKEN": self.token,
            f"SF_{name}_CA_BUNDLE": self.ca,
        }


@dataclass(frozen=True, slots=True)
class Said:
    """What a command printed: for the next program, and for the person."""

    stdout: str
    stderr: str


@dataclass(frozen=True, slots=True)
class Road:
    """Where a demo works, the org it fills, and the environment that its commands share."""

    folder: Path
    environment: dict[str, str]
    at: Org
    number: Iterator[int]
    owner: str = OWNER

    @property
    def org(self) -> tuple[str, str]:
        """Name the org, as every command asks for it."""
        return ("--org", self.at.alias)

    @property
    def production(self) -> tuple[str, ...]:
        """Type out the org's id, as writing to production asks for it."""
        return ("--production", self.at.org_id) if self.at.kind == PRODUCTION else ()

    def hear(self, *command: str, code: int = 0) -> Said:
        """
        Run one command of the road and return what it printed.

        Raises:
            StepFailed: it ended with another exit code.
        """
        argv = [str(BIN / command[0]), *command[1:]]
        return _run(argv, self.environment, code=code)

    def run(self, *command: str, code: int = 0) -> str:
        """Run one command of the road and return what it printed on stdout."""
        return self.hear(*command, code=code).stdout

    def ask(self, *command: str, code: int = 0) -> Any:  # noqa: ANN401 - each has its own JSON
        """Run one command with `--json` and return what it answered."""
        return json.loads(self.run(*command, "--json", code=code))

    def dump(self) -> list[str]:
        """Give every live record of the org, ids replaced by keys."""
        argv = [*ORG, "dump", "--data", str(self.at.data), "--portable"]
        return _run(argv, self.environment).stdout.splitlines()

    @contextmanager
    def step(self, title: str) -> Iterator[list[str]]:
        """Time a step, then print its findings."""
        started = time.monotonic()
        findings: list[str] = []
        # Shows nothing where stderr is no terminal.
        with Console(stderr=True).status(f"{title} ..."):
            yield findings
        took = f"{time.monotonic() - started:.1f} s"
        first, *others = [line for each in findings or [""] for line in folded(each)]
        say(f"{next(self.number):>2}  {title:<20}{took:>8}   {first}")
        for line in others:
            say(f"{'':{INDENT}}{line}")


def say(text: str = "") -> None:
    """Print one line at once, so that a person sees the road being walked."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def folded(text: str) -> list[str]:
    """Fold a finding to what is left of a terminal's width; a word is never broken."""
    whole = textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)
    return whole or [""]


@contextmanager
def serving(data: Path, *, alias: str, kind: str = PRODUCTION) -> Iterator[Org]:
    """Serve a stand-in org from this folder, on any port, until the block ends."""
    command = [*ORG, "serve", "--data", str(data), "--port", "0", f"--{kind}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603
        try:
            ready = json.loads(server.stdout.readline()) if server.stdout else {}
            yield Org(data=data, alias=alias, kind=kind, **ready)
        finally:
            server.terminate()


def environment(folder: Path, *orgs: Org, bulk_from: int) -> dict[str, str]:
    """Give what the commands need to know of a folder and of orgs."""
    named = {name: value for org in orgs for name, value in org.environment.items()}
    return {
        **os.environ,
        "CLINIC_DATA_DIR": str(folder),
        # A small clinic would hardly need Bulk API 2.0; a demo is to show it.
        "CLINIC_BULK_FROM": str(bulk_from),
        "CLINIC_USER_PROFILE": "Standard User",
        "CLINIC_USERNAME_SUFFIX": ".demo",
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
        **named,
    }


def _run(argv: list[str], environment: dict[str, str], *, code: int = 0) -> Said:
    done = subprocess.run(  # noqa: S603 - the project's own commands
        argv, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != code:
        command = [Path(argv[0]).name, *argv[1:]]
        raise StepFailed(command, done.returncode, done.stdout + done.stderr)
    return Said(done.stdout, done.stderr)


def walk_afresh(name: str, walk: Callable[[Path], None]) -> int:
    """
    Walk a road in a fresh folder of its own, and give the exit code of the command.

    A step that fails is told in two lines, with where its ledger can be looked into.
    """
    folder = Path(os.environ.get("CLINIC_DATA_DIR", "data")) / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    try:
        walk(folder)
    except StepFailed as failed:
        sys.stderr.write(f"Error: {failed}\nTry: CLINIC_DATA_DIR={folder} clinic-load status\n")
        return failed.code or 1
    except KeyboardInterrupt:
        again = f"make {name}, which starts afresh"
        sys.stderr.write(f"Error: the {name} was interrupted\nTry: {again}\n")
        return INTERRUPTED
    return DONE


def tell_how_to_look(data: Path) -> None:
    """Name the command that serves an org which is left."""
    say(f".venv/bin/python -m loaders.stand_in_org serve --data {data} --port 8080")
