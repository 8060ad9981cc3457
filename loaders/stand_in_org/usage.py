"""Count what is rationed over 24 hours: requests, batches, rows, query jobs and their results."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable
from datetime import datetime, timedelta

DAILY_API_REQUESTS = "DailyApiRequests"
DAILY_BATCHES = "DailyBulkApiBatches"
DAILY_QUERY_JOBS = "DailyBulkV2QueryJobs"
DAILY_QUERY_MB = "DailyBulkV2QueryFileStorageMB"
# Rationed like the others, but `/limits` does not show it (contract 2.5).
DAILY_BULK_ROWS = "DailyBulkRows"

DAILY_MAXIMA = {
    DAILY_API_REQUESTS: 1_000_000,
    DAILY_BATCHES: 15_000,
    DAILY_QUERY_JOBS: 10_000,
    DAILY_QUERY_MB: 976_562,
}
_MAXIMA = {**DAILY_MAXIMA, DAILY_BULK_ROWS: 150_000_000}
_WINDOW = timedelta(hours=24)


class Usage:
    """What the last 24 hours used; it starts anew with each start of the server."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._used: Counter[str] = Counter()
        # What each minute used: the window moves on by the minute.
        self._minutes: deque[tuple[datetime, Counter[str]]] = deque()

    def count(self, name: str, *, by: int = 1) -> None:
        """Use up some of an allowance."""
        with self._lock:
            minute = self._forget_old().replace(second=0, microsecond=0)
            if not self._minutes or self._minutes[-1][0] != minute:
                self._minutes.append((minute, Counter()))
            self._minutes[-1][1][name] += by
            self._used[name] += by

    def _forget_old(self) -> datetime:
        now = self._clock()
        while self._minutes and now - self._minutes[0][0] >= _WINDOW:
            self._used.subtract(self._minutes.popleft()[1])
        return now

    def used(self, name: str) -> int:
        """Tell how much of an allowance the last 24 hours used."""
        with self._lock:
            self._forget_old()
            return self._used[name]

    def has_room(self, name: str, *, by: int = 1) -> bool:
        """Tell whether so much of an allowance is left."""
        return self.used(name) + by <= _MAXIMA[name]

    def limit_info(self) -> str:
        """Give the value of the header `Sforce-Limit-Info`."""
        return f"api-usage={self.used(DAILY_API_REQUESTS)}/{DAILY_MAXIMA[DAILY_API_REQUESTS]}"
