"""The one thread in which jobs run, one after another."""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial


class Worker:
    """Runs jobs in the background; a job that breaks the worker's code is reported, not lost."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="jobs")
        self.stopping = threading.Event()

    def submit(self, run: Callable[[], None], *, broken: Callable[[], None]) -> None:
        """Run when its turn comes; `broken` is called when the run raises."""
        future = self._pool.submit(run)
        future.add_done_callback(partial(_report, broken=broken))

    def stop(self) -> None:
        """Let the current job finish its chunk; drop what waits (a restart takes it up again)."""
        self.stopping.set()
        self._pool.shutdown(wait=True, cancel_futures=True)


def _report(future: Future[None], *, broken: Callable[[], None]) -> None:
    if future.cancelled():
        return
    problem = future.exception()
    if problem is not None:
        # Frames only: the message may quote a row.
        frames = "".join(traceback.format_tb(problem.__traceback__))
        print(f"stand-in: job broke: {type(problem).__name__}\n{frames}", file=sys.stderr)  # noqa: T201 the server's log
        broken()
