"""Which requests the org was asked: method, path and status, never a body or a query."""

from __future__ import annotations

import threading
import time
from collections import deque

_KEPT = 10_000


class RequestLog:
    """Counts all requests since the start, and remembers the latest ones."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count = 0
        self._under_way: dict[int, float] = {}
        self._latest: deque[dict[str, object]] = deque(maxlen=_KEPT)

    def note(self, method: str, path: str) -> dict[str, object]:
        """Count a request that came in; it has no status until it is answered."""
        with self._lock:
            self._count += 1
            entry: dict[str, object] = {
                "n": self._count,
                "method": method,
                "path": path,
                "status": None,
            }
            self._latest.append(entry)
            self._under_way[self._count] = time.monotonic()
            return entry

    def answered(self, entry: dict[str, object], status: int) -> None:
        """Note the status that a request was answered with; none when it was cut off."""
        with self._lock:
            entry["status"] = status or None
            self._under_way.pop(int(str(entry["n"])), None)

    def long(self, seconds: float) -> int:
        """Count the requests that have been under way for so long."""
        before = time.monotonic() - seconds
        with self._lock:
            return sum(begun <= before for begun in self._under_way.values())

    def show(self, *, since: int) -> dict[str, object]:
        """Give the count and what came after the request of this number."""
        with self._lock:
            latest = [dict(entry) for entry in self._latest if int(str(entry["n"])) > since]
            return {"count": self._count, "log": latest}
