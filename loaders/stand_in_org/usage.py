"""Count what is rationed over 24 hours: requests, batches, rows, query jobs and their results."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable
from datetime import datetime, timedelta

from loaders.stand_in_org.settings import Settings

DAILY_API_REQUESTS = "DailyApiRequests"
DAILY_BATCHES = "DailyBulkApiBatches"
DAILY_QUERY_JOBS = "DailyBulkV2QueryJobs"
DAILY_QUERY_MB = "DailyBulkV2QueryFileStorageMB"
# Rationed like the others, but `/limits` does not show it (contract 2.5).
DAILY_BULK_ROWS = "DailyBulkRows"

# What `/limits` shows, and the setting that says how much of it there is.
SHOWN = {
    DAILY_API_REQUESTS: "daily_api_requests",
    DAILY_BATCHES: "daily_bulk_batches",
    DAILY_QUERY_JOBS: "daily_query_jobs",
    DAILY_QUERY_MB: "daily_query_mb",
}
_SETTINGS = {**SHOWN, DAILY_BULK_ROWS: "daily_bulk_rows"}
_WINDOW = timedelta(hours=24)


class Usage:
    """What the last 24 hours used; it starts anew with each start of the server."""

    def __init__(self, clock: Callable[[], datetime], settings: Callable[[], Settings]) -> None:
        self._clock = clock
        self._settings = settings
        self._lock = threading.Lock()
        self._used: Counter[str] = Counter()
        # What each minute used: the window moves on by the minute.
        self._minutes: deque[tuple[datetime, Counter[str]]] = deque()
        self._figures: dict[str, tuple[datetime, int]] = {}

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
        return self.used(name) + by <= self.most(name)

    def most(self, name: str) -> int:
        """Tell how much of an allowance there is in 24 hours."""
        return int(getattr(self._settings(), _SETTINGS[name]))

    def figure(self, name: str, work_out: Callable[[], int]) -> int:
        """Give a figure that the org works out from time to time only (contract 6)."""
        now, lag = self._clock(), timedelta(seconds=self._settings().storage_lag_seconds)
        with self._lock:
            kept = self._figures.get(name)
        if kept is not None and now - kept[0] < lag:
            return kept[1]
        value = work_out()
        with self._lock:
            self._figures[name] = (now, value)
        return value

    def limit_info(self) -> str:
        """Give the value of the header `Sforce-Limit-Info`."""
        return f"api-usage={self.used(DAILY_API_REQUESTS)}/{self.most(DAILY_API_REQUESTS)}"
