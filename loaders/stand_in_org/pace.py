"""How long jobs and deploys take: so many polls, or so many seconds, from their start."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable

from loaders.stand_in_org.settings import Settings

_GLANCE_SECONDS = 0.05
# A job that takes a time is seen to move on in so many steps.
_STEPS = 4


class Pace:
    """Holds jobs back to the pace of the settings; counts how often each was asked about."""

    def __init__(self, settings: Callable[[], Settings]) -> None:
        self._settings = settings
        self._changed = threading.Condition()
        self._asked: Counter[str] = Counter()
        self._begun: dict[str, float] = {}

    def begin(self, job_id: str) -> None:
        """Start the clock of a job that was handed in: the org has hands enough for many."""
        with self._changed:
            self._begun.setdefault(job_id, time.monotonic())

    def asked(self, job_id: str) -> bool:
        """Note that a client asked how far a job is; tell whether it is still held back."""
        with self._changed:
            self._asked[job_id] += 1
            self._changed.notify_all()
            return self._asked[job_id] <= self._settings().job_polls or not self._late(job_id, 1.0)

    def piece(self, total: int) -> int:
        """Say how many rows a job writes before it looks at its pace again."""
        settings = self._settings()
        pieces = max(settings.job_polls, _STEPS if settings.job_seconds else 1)
        return max(1, -(-total // pieces))

    def wait(self, job_id: str, *, share: float, stop: Callable[[], bool]) -> None:
        """Wait until so much of a job may be done, or it is to stop."""
        with self._changed:
            self._begun.setdefault(job_id, time.monotonic())
            while not stop() and not self._due(job_id, share):
                self._changed.wait(_GLANCE_SECONDS)

    def _due(self, job_id: str, share: float) -> bool:
        return self._asked[job_id] >= share * self._settings().job_polls and self._late(
            job_id, share
        )

    def _late(self, job_id: str, share: float) -> bool:
        """Tell whether the time for so much of a job is over."""
        seconds = self._settings().job_seconds
        begun = self._begun.get(job_id)
        return seconds == 0 or (begun is not None and time.monotonic() - begun >= share * seconds)
