"""Which requests the org was asked: method, path and status, never a body or a query."""

from __future__ import annotations

import threading
from collections import deque

_KEPT = 10_000


class RequestLog:
    """Counts all requests since the start, and remembers the latest ones."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count = 0
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
            return entry

    def answered(self, entry: dict[str, object], status: int) -> None:
        """Note the status that a request was answered with; none when it was cut off."""
        with self._lock:
            entry["status"] = status or None

    def show(self, *, since: int) -> dict[str, object]:
        """Give the count and what came after the request of this number."""
        with self._lock:
            latest = [dict(entry) for entry in self._latest if int(str(entry["n"])) > since]
            return {"count": self._count, "log": latest}
