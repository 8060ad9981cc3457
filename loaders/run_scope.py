"""What a push was of, as the ledger keeps it: which rows, and whether patient data was replaced."""

from __future__ import annotations

from loaders.errors import PushRefused
from loaders.ledger import Ledger
from loaders.ledger_acts import Run
from loaders.plan_store import Plan

_SCOPED = "run_scoped"


def keep_scope(ledger: Ledger, run: Run, plan: Plan) -> None:
    """Write down, once per push, what it is of, before anything is sent."""
    if any(act["run"] == run.run for act in ledger.chain.acts(_SCOPED)):
        return
    said = plan.settings
    ledger.chain.record(
        _SCOPED,
        {"run": run.run, "scope": said.scope, "of": said.scope_of, "masked": said.masked},
    )


def runs_of(ledger: Ledger, scope: str) -> frozenset[str]:
    """Name the pushes that were of such rows."""
    return frozenset(act["run"] for act in ledger.chain.acts(_SCOPED) if act["scope"] == scope)


def require_same_masks(ledger: Ledger, plan: Plan) -> None:
    """
    Let a push through whose rows carry the same keys as what this org got from us before.

    Raises:
        PushRefused: masked rows would be made beside the same rows unmasked, or the reverse.

    """
    masked = {act["run"]: act["masked"] for act in ledger.chain.acts(_SCOPED)}
    for run in ledger.runs(kind="push"):
        if run.org_id != plan.org_id or run.state == "rolled_back" or run.run not in masked:
            continue
        if masked[run.run] != plan.settings.masked:
            words = ("unmasked", "masked") if masked[run.run] else ("masked", "unmasked")
            raise PushRefused(
                f"plan {plan.plan} is {words[0]}, and run {run.run} in this org is {words[1]}:"
                " every row would be there twice",
                hint=f"clinic-load rollback {run.run} --org {plan.alias}, or plan as it was",
            )
