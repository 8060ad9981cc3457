"""Which moment of which command is struck: point n of a seed."""

from __future__ import annotations

import os
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.loaders.crash.strike import AFTER, BEFORE, COMMIT, LOADER, MIDDLE, ORG, REQUEST
from tests.loaders.crash.templates import PHASES, Undisturbed

SEED = int(os.environ.get("CLINIC_CRASH_SEED", "1"))


@dataclass(frozen=True, slots=True)
class Point:
    """Who is killed, and when."""

    seed: int
    number: int
    phase: str
    whom: str
    event: str
    nth: int
    moment: str

    @property
    def strike(self) -> dict[str, Any]:
        """Say it as the striker understands it."""
        return {"event": self.event, "nth": self.nth, "moment": self.moment, "whom": self.whom}

    def __str__(self) -> str:
        """Say what happened, and how it is made to happen again."""
        return (
            f"seed {self.seed}, point {self.number}: {self.phase}, {self.whom} killed "
            f"{self.moment} {self.event} {self.nth}. Again, alone: "
            f"CLINIC_CRASH_SEED={self.seed} .venv/bin/python -m pytest "
            f"-m '' tests/loaders/crash -k 'killed and [{self.number}]'"
        )


def point(seed: int, number: int, recorded: dict[str, Undisturbed]) -> Point:
    """Choose point n of a seed; neighbours take turns, so that a few points cover all kinds."""
    chance = Random(f"{seed}:{number}")  # noqa: S311 - a seed is wanted
    phase = PHASES[number % 2]
    whom = ORG if number % 3 == 2 else LOADER
    event = COMMIT if chance.random() < 0.4 else REQUEST
    total = sum(each[0] == event for each in recorded[phase].events)
    moments = (BEFORE, AFTER, MIDDLE) if (whom, event) == (ORG, REQUEST) else (BEFORE, AFTER)
    return Point(seed, number, phase, whom, event, chance.randint(1, total), chance.choice(moments))
