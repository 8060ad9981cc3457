"""A running demo clinic: its store, its truth, the faults it was told to show."""

from __future__ import annotations

import sqlite3
from collections import deque
from dataclasses import dataclass, field

from extract.demo_clinic.defects import Truth

LOG_LENGTH = 5000


@dataclass(slots=True)
class Fault:
    """An answer to give instead of the right one, so many times, after so many right ones."""

    status: int = 503
    times: int = 0
    after: int = 0
    retry_after: int | None = None


@dataclass(slots=True)
class Clinic:
    """What the request handlers share; all of them run on one thread."""

    store: sqlite3.Connection
    truth: Truth
    token: str
    base: str
    fault: Fault = field(default_factory=Fault)
    changes: int = 0
    added: int = 0
    requests: deque[str] = field(default_factory=lambda: deque(maxlen=LOG_LENGTH))

    def due_fault(self) -> Fault | None:
        """Use up one of the faults that were asked for, if it is time for it."""
        if not self.fault.times:
            return None
        if self.fault.after:
            self.fault.after -= 1
            return None
        self.fault.times -= 1
        return self.fault
