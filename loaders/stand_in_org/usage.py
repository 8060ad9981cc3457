"""Count what is rationed per day: requests, batches and query jobs."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime

DAILY_API_REQUESTS = "DailyApiRequests"
DAILY_BATCHES = "DailyBulkApiBatches"
DAILY_QUERY_JOBS = "DailyBulkV2QueryJobs"

DAILY_MAXIMA = {DAILY_API_REQUESTS: 1_000_000, DAILY_BATCHES: 15_000, DAILY_QUERY_JOBS: 10_000}


class Usage:
    """The day's counters; they start anew with each day and with each start of the server."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._day: date = clock().date()
        self._used: Counter[str] = Counter()

    def count(self, name: str, *, by: int = 1) -> None:
        """Use up some of an allowance."""
        with self._lock:
            today = self._clock().date()
            if today != self._day:
                self._day = today
                self._used.clear()
            self._used[name] += by

    def used(self, name: str) -> int:
        """Tell how much of an allowance is gone today."""
        with self._lock:
            return self._used[name]

    def limit_info(self) -> str:
        """Give the value of the header `Sforce-Limit-Info`."""
        return f"api-usage={self.used(DAILY_API_REQUESTS)}/{DAILY_MAXIMA[DAILY_API_REQUESTS]}"
