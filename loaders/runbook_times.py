"""How long the steps of a go-live took, as the ledger and the readings of the source have it."""

from __future__ import annotations

from datetime import datetime

from loaders.estimate_rates import run_seconds
from loaders.estimate_requests import COUNTED
from loaders.estimate_source import read_readings
from loaders.ledger import Ledger
from loaders.ledger_acts import Run
from loaders.paths import DataFolder
from loaders.plan_scope import DELTA
from loaders.plan_store import read_plan
from loaders.run_scope import runs_of
from loaders.schema_acts import DEPLOYED, DEPLOYING

READ, DEPLOY, PLAN, PUSH, VERIFY = "read", "deploy", "plan", "push", "verify"
DELTA_PLAN, DELTA_PUSH = "delta plan", "delta push"


def step_seconds(ledger: Ledger, data: DataFolder, run: Run) -> dict[str, float]:
    """
    Time the steps that led to a push, and those of the last delta to its org.

    What nobody timed is left out: a runbook does not guess.
    """
    of_delta = runs_of(ledger, DELTA)
    found: dict[str, float | None] = {}
    deltas = [each for each in ledger.runs(kind="push") if each.org_id == run.org_id]
    deltas = [each for each in deltas if each.run in of_delta][-1:]
    if run.run not in of_delta:
        found |= {PLAN: _planned_in(ledger, data, run), PUSH: run_seconds(run)}
    for each in deltas:
        found |= {DELTA_PLAN: _planned_in(ledger, data, each), DELTA_PUSH: run_seconds(each)}
    found |= {
        READ: sum(each.seconds for each in read_readings(data.reports)) or None,
        DEPLOY: _deployed_in(ledger, run),
        VERIFY: _verified_in(ledger, run),
    }
    return {name: seconds for name, seconds in found.items() if seconds is not None}


def _deployed_in(ledger: Ledger, run: Run) -> float | None:
    """Take the longest deploy to the org: a later one of a few fields says nothing of it."""
    begun, took = "", []
    for kind, at, body in ledger.chain.timed((DEPLOYING, DEPLOYED)):
        if body["org_id"] != run.org_id:
            continue
        if kind == DEPLOYING:
            begun = at
        elif begun:
            took.append(_between(begun, at))
            begun = ""
    return max(took, default=None)


def _planned_in(ledger: Ledger, data: DataFolder, run: Run) -> float | None:
    """Take the time from a plan's beginning until its command counted its requests."""
    ended = [at for _, at, body in ledger.chain.timed((COUNTED,)) if body["of"] == run.plan]
    return _between(read_plan(data.plans, run.plan).created_at, ended[0]) if ended else None


def _verified_in(ledger: Ledger, run: Run) -> float | None:
    took = [act.get("seconds") for act in ledger.chain.acts("verified") if act["run"] == run.run]
    return took[-1] if took else None


def _between(begun: str, ended: str) -> float:
    return (datetime.fromisoformat(ended) - datetime.fromisoformat(begun)).total_seconds()
