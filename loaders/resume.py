"""Finish what was cut off: ask what became of the open jobs, then go on."""

from __future__ import annotations

from dataclasses import dataclass

from loaders.errors import RunNotFound
from loaders.ledger import LATEST, Ledger
from loaders.ledger_acts import Run

_ASKED = "run_asked"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a command line allowed beyond the ordinary; a resumed run is allowed the same."""

    forced: frozenset[str] = frozenset()
    # Objects whose first record may arrive otherwise than it was sent.
    as_it_arrives: frozenset[str] = frozenset()
    hard: bool = False


def keep_asked(ledger: Ledger, run: Run, asked: Asked) -> Asked:
    """Write down what a run is allowed, before it does anything."""
    body = {
        "run": run.run,
        "forced": sorted(asked.forced),
        "as_it_arrives": sorted(asked.as_it_arrives),
        "hard": asked.hard,
    }
    ledger.chain.record(_ASKED, body)
    return asked


def asked_for(ledger: Ledger, run: Run) -> Asked:
    """Give what a run was allowed last; one that was cut off before has done nothing yet."""
    found = [act for act in ledger.chain.acts(_ASKED) if act["run"] == run.run]
    if not found:
        return Asked()
    last = found[-1]
    return Asked(frozenset(last["forced"]), frozenset(last["as_it_arrives"]), last["hard"])


def unfinished_run(ledger: Ledger, name: str) -> Run:
    """
    Find the run to go on with; `latest` is the newest one that has not ended.

    An older one that has is never taken for it: a push that was cut off before it was on the ledger
    would look finished.

    Raises:
        RunNotFound: there is none.

    """
    if name != LATEST:
        return ledger.run(name)
    unfinished = [run for run in ledger.runs() if run.finished_at is None]
    if not unfinished:
        raise RunNotFound(
            "no run is unfinished: what was cut off had not begun, or had ended",
            hint="clinic-load status latest shows the newest run;"
            " what it does not show has to be begun again",
        )
    return unfinished[-1]


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
