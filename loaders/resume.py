"""Finish what was cut off: ask what became of the open jobs, then go on."""

from __future__ import annotations

from loaders.errors import RunNotFound
from loaders.ledger import Ledger
from loaders.ledger_acts import Run


def unfinished_run(ledger: Ledger, name: str) -> Run:
    """
    Find the run to go on with; `latest` is the newest one that has not ended.

    Raises:
        RunNotFound: there is none.

    """
    if name == "latest":
        open_runs = [run for run in ledger.runs() if run.finished_at is None]
        if open_runs:
            return open_runs[-1]
    return ledger.run(name)


def require_resumable(run: Run) -> Run:
    """
    Let a run through that can still be worked on.

    Raises:
        RunNotFound: it was rolled back.

    """
    if run.state == "rolled_back":
        raise RunNotFound(
            f"run {run.run} was rolled back: there is nothing to finish",
            hint=f"clinic-load push {run.plan} --org {run.alias}",
        )
    return run
