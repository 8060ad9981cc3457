"""Trouble on demand: what `/_stand_in/fault` switched on, until it has happened."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass

from loaders.stand_in_org.errors import ApiError


@dataclass(slots=True)
class _Unavailable:
    times: int
    path: str


@dataclass(frozen=True, slots=True)
class JobFailure:
    """The next matching job fails after this many rows (nothing given: after half of them)."""

    after_rows: int | None
    message: str


class Faults:
    """
    The switched-on faults; each is consumed by the act that it spoils.

    `drop_results` {rows}: that many rows vanish from the next job's successfulResults;
    `unavailable` {times, path}: that many requests whose path holds the text get a 503;
    `fail_job` {after_rows, message}: the next job fails half-way, what it wrote stays;
    `hold_jobs` true/false: jobs stay InProgress until it is switched off.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._drop_results = 0
        self._unavailable: _Unavailable | None = None
        self._fail_job: JobFailure | None = None
        self.running = threading.Event()
        self.running.set()

    def switch(self, wanted: Mapping[str, object]) -> None:
        """
        Switch faults on or off.

        Raises:
            ApiError: 400 for a fault that does not exist.

        """
        setters = {
            "drop_results": self._set_drop_results,
            "unavailable": self._set_unavailable,
            "fail_job": self._set_fail_job,
            "hold_jobs": self._set_hold_jobs,
        }
        unknown = sorted(set(wanted) - set(setters))
        if unknown:
            raise ApiError(400, "INVALID_FAULT", f"no such fault: {', '.join(unknown)}")
        with self._lock:
            for name, value in wanted.items():
                setters[name](value)

    def _set_drop_results(self, value: object) -> None:
        self._drop_results = _number(_mapping(value).get("rows", 1))

    def _set_unavailable(self, value: object) -> None:
        given = _mapping(value)
        self._unavailable = _Unavailable(
            times=_number(given.get("times", 1)), path=str(given.get("path", ""))
        )

    def _set_fail_job(self, value: object) -> None:
        given = _mapping(value)
        after = given.get("after_rows")
        self._fail_job = JobFailure(
            after_rows=None if after is None else _number(after),
            message=str(given.get("message", "InternalServerError : stopped half-way")),
        )

    def _set_hold_jobs(self, value: object) -> None:
        if value is True:
            self.running.clear()
        else:
            self.running.set()

    def rows_to_drop(self) -> int:
        """Take the number of rows that the job finishing now is to lose."""
        with self._lock:
            taken, self._drop_results = self._drop_results, 0
            return taken

    def job_failure(self) -> JobFailure | None:
        """Take the failure that awaits the job starting now."""
        with self._lock:
            taken, self._fail_job = self._fail_job, None
            return taken

    def check_available(self, path: str) -> None:
        """
        Refuse the request if it is to find the server busy.

        Raises:
            ApiError: 503 SERVER_UNAVAILABLE (contract 1.4).

        """
        with self._lock:
            fault = self._unavailable
            if fault is None or fault.times <= 0 or fault.path not in path:
                return
            fault.times -= 1
        raise ApiError(503, "SERVER_UNAVAILABLE", "Server is too busy; try again")


def _mapping(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise ApiError(400, "INVALID_FAULT", "a fault is described by a JSON object")
    return value


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ApiError(400, "INVALID_FAULT", "a count must be a whole number")
    return value
