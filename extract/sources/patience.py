"""Asks a server again and again while its trouble may pass, and waits as long as it asks for."""

from __future__ import annotations

import email.utils
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from extract.errors import ClinicTooBusy, SourceUnavailable
from extract.narration import Narrator

TRANSIENT = frozenset({429, 500, 502, 503, 504})
ATTEMPTS = 6
FIRST_PAUSE_SECONDS = 0.25
# A limit by the minute does not pass in seconds: 1, 2, 4, 8 and 16 of them make half a minute.
FIRST_PAUSE_AT_A_LIMIT_SECONDS = 1.0
TOO_MANY_REQUESTS = 429
# A server may ask for an hour; a run that sleeps for days helps nobody.
LONGEST_WAIT_SECONDS = 3600.0

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Clock:
    """The time, and how to let it pass."""

    now: Callable[[], datetime]
    sleep: Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why an attempt failed, and how long the server wants to be left alone."""

    error: SourceUnavailable
    wait: float | None = None


def patiently(
    attempt: Callable[[], Answer | Trouble],
    *,
    clock: Clock,
    narrator: Narrator,
    attempts: int = ATTEMPTS,
) -> Answer:
    """
    Attempt something until it goes well, at most so many times.

    Raises:
        SourceUnavailable: the trouble of the last attempt, or one that is to last too long.

    """
    number = 0
    while True:
        answer = attempt()
        if not isinstance(answer, Trouble):
            return answer
        pause = pause_after(answer, number=number)
        number += 1
        if number >= attempts or pause > LONGEST_WAIT_SECONDS:
            raise answer.error
        if pause >= 1:
            narrator.say(f"{answer.error}; trying again in {pause:.0f} s")
        clock.sleep(pause)


def pause_after(trouble: Trouble, *, number: int) -> float:
    """Return how long to wait after so many troubles: what the server asks for, or ever longer."""
    if trouble.wait is not None:
        return trouble.wait
    error = trouble.error
    is_limit = isinstance(error, ClinicTooBusy) and error.status == TOO_MANY_REQUESTS
    first = FIRST_PAUSE_AT_A_LIMIT_SECONDS if is_limit else FIRST_PAUSE_SECONDS
    return first * 2.0**number


def retry_after(header: str | None, *, now: datetime) -> float | None:
    """Read a Retry-After header: seconds, or a date; None when it says neither."""
    if header is None:
        return None
    if header.strip().isdigit():
        return float(header)
    try:
        until = email.utils.parsedate_to_datetime(header)
    except ValueError:
        return None
    return max(0.0, (until.astimezone(UTC) - now).total_seconds())
