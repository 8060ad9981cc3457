"""A running demo clinic: its store, its truth, the faults it was told to show."""

from __future__ import annotations

import sqlite3
from collections import deque
from dataclasses import dataclass, field

from extract.demo_clinic.defects import Truth
from extract.demo_clinic.exports import Exports
from extract.demo_clinic.kinds import TYPES
from extract.demo_clinic.token_desk import TokenDesk

LOG_LENGTH = 5000


@dataclass(slots=True)
class Fault:
    """
    What goes wrong, so many times, after so many requests whose path begins like this went well.

    Mostly an answer is given instead of the right one; `cut` gives half of the right one and hangs
    up, `revoke` lets every lent token die before the request is looked at.
    """

    status: int = 503
    times: int = 0
    after: int = 0
    retry_after: int | None = None
    path: str = ""
    cut: bool = False
    revoke: bool = False


@dataclass(slots=True)
class Clinic:
    """What the request handlers share; all of them run on one thread."""

    store: sqlite3.Connection
    truth: Truth
    token: str
    base: str
    fault: Fault = field(default_factory=Fault)
    # Of which types it lets others know; no server in the field shows all.
    kinds: tuple[str, ...] = TYPES
    changes: int = 0
    added: int = 0
    requests: deque[str] = field(default_factory=lambda: deque(maxlen=LOG_LENGTH))
    desk: TokenDesk = field(default_factory=TokenDesk)
    exports: Exports = field(default_factory=Exports)

    def due_fault(self, path: str) -> Fault | None:
        """Use up one of the faults that were asked for, if it is time for it."""
        if not self.fault.times or not path.startswith(self.fault.path):
            return None
        if self.fault.after:
            self.fault.after -= 1
            return None
        self.fault.times -= 1
        return self.fault
