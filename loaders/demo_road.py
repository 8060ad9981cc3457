"""What every step of the demo needs: a folder, a running org, and a person's own commands."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from rich.console import Console

BIN = Path(sys.executable).parent
ORG = [sys.executable, "-m", "loaders.stand_in_org"]
# The stand-in's first user; it also owns what no provider's e-mail claims.
OWNER = "admin@stand-in.invalid"


class StepFailed(Exception):
    """A command of the road ended in a way that the demo did not expect."""

    def __init__(self, command: Sequence[str], code: int, output: str) -> None:
        super().__init__(f"{' '.join(command)} ended with exit code {code}\n{output}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Road:
    """Where the demo works, the org it fills, and the environment that its commands share."""

    folder: Path
    environment: dict[str, str]
    alias: str
    org_id: str
    number: Iterator[int]
    owner: str = OWNER

    @property
    def org(self) -> tuple[str, str]:
        """Name the org, as every command asks for it."""
        return ("--org", self.alias)

    @property
    def production(self) -> tuple[str, str]:
        """Type out the org's id, as writing to production asks for it."""
        return ("--production", self.org_id)

    def run(self, *command: str, code: int = 0) -> str:
        """
        Run one command of the road and return what it printed on stdout.

        Raises:
            StepFailed: it ended with another exit code.
        """
        argv = [str(BIN / command[0]), *command[1:]]
        return _run(argv, self.environment, code=code)

    def ask(self, *command: str) -> Any:  # noqa: ANN401 - each command has its own JSON
        """Run one command with `--json` and return what it answered."""
        return json.loads(self.run(*command, "--json"))

    def dump(self) -> list[str]:
        """Give every live record of the org, ids replaced by keys."""
        argv = [*ORG, "dump", "--data", str(self.folder / "org"), "--portable"]
        return _run(argv, self.environment).splitlines()

    @contextmanager
    def step(self, title: str) -> Iterator[list[str]]:
        """Time a step, then print its findings."""
        started = time.monotonic()
        findings: list[str] = []
        # Shows nothing where stderr is no terminal.
        with Console(stderr=True).status(f"{title} ..."):
            yield findings
        took = f"{time.monotonic() - started:.1f} s"
        first, *others = findings or [""]
        say(f"{next(self.number):>2}  {title:<20}{took:>8}   {first}")
        for line in others:
            say(f"{'':35}{line}")


def say(text: str = "") -> None:
    """Print one line at once, so that a person sees the road being walked."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


@contextmanager
def serving(folder: Path, alias: str) -> Iterator[Road]:
    """Serve a production stand-in, and name it in the environment of every command."""
    command = [*ORG, "serve", "--data", str(folder / "org"), "--port", "0", "--production"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603
        try:
            ready = json.loads(server.stdout.readline()) if server.stdout else {}
            name = alias.upper()
            environment = os.environ | {
                "CLINIC_DATA_DIR": str(folder),
                # A small clinic would hardly need Bulk API 2.0; the demo is to show it.
                "CLINIC_BULK_FROM": "500",
                "CLINIC_USER_PROFILE": "Standard User",
                "CLINIC_USERNAME_SUFFIX": ".demo",
                "DBT_TARGET_PATH": str(folder / "target"),
                "DBT_LOG_PATH": str(folder / "logs"),
                f"SF_{name}_INSTANCE_URL": ready["https"],
                f"SF_{name}_ACCESS_TOKEN": ready["token"],
                f"SF_{name}_CA_BUNDLE": ready["ca"],
            }
            yield Road(
                folder=folder,
                environment=environment,
                alias=alias,
                org_id=ready["org_id"],
                number=count(1),
            )
        finally:
            server.terminate()


def _run(argv: list[str], environment: dict[str, str], *, code: int = 0) -> str:
    done = subprocess.run(  # noqa: S603 - the project's own commands
        argv, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != code:
        command = [Path(argv[0]).name, *argv[1:]]
        raise StepFailed(command, done.returncode, done.stdout + done.stderr)
    return done.stdout
