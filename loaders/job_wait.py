"""Wait for a job that the org works on: looked after ever more slowly, and never for ever."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from loaders.errors import JobStillRunning
from loaders.org_line import OrgLine

Seen = TypeVar("Seen")


def wait_until(
    line: OrgLine,
    job_id: str,
    look: Callable[[], Seen],
    *,
    ended: Callable[[Seen], bool],
    state: Callable[[Seen], str],
) -> Seen:
    """
    Look after a job until it has ended, and give what was seen last.

    Raises:
        JobStillRunning: it did not end in the time that `line.patience` gives it.

    """
    deadline = line.monotonic() + line.patience
    pauses = line.pauses()
    while True:
        seen = look()
        if ended(seen):
            return seen
        if line.monotonic() >= deadline:
            raise JobStillRunning(job_id, state=state(seen))
        line.sleep(next(pauses))
