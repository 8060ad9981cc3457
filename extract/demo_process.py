"""Starts the demo clinic as a process of its own, for as long as it is read."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import msgspec

from extract.errors import DemoClinicDied

STOP_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Clinic:
    """Where a clinic is, and what opens its door."""

    url: str
    token: str | None = field(repr=False)


class Ready(msgspec.Struct):
    """The line that the demo clinic prints when it is ready."""

    url: str
    token: str


@contextmanager
def demo_clinic(*, patients: int | None, seed: int | None) -> Iterator[Clinic]:
    """
    Run the demo clinic on a free port, and stop it at the end, whatever happens.

    Raises:
        DemoClinicDied: it did not start.

    """
    command = [sys.executable, "-m", "extract.demo_clinic", "serve", "--port", "0"]
    for option, value in (("--patients", patients), ("--seed", seed)):
        if value is not None:
            command += [option, str(value)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL) as process:  # noqa: S603 - our own module and two numbers
        try:
            yield first_line(process)
        finally:
            stop(process)


def first_line(process: subprocess.Popen[bytes]) -> Clinic:
    """Wait until the clinic says where it is."""
    line = process.stdout.readline() if process.stdout else b""
    try:
        ready = msgspec.json.decode(line, type=Ready)
    except msgspec.DecodeError:
        raise DemoClinicDied(
            "the demo clinic did not start",
            hint=f"{sys.executable} -m extract.demo_clinic serve",
        ) from None
    return Clinic(ready.url, ready.token)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ask the process to end, and end it if it does not listen."""
    process.terminate()
    try:
        process.wait(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
