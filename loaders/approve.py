"""Who confirmed what: an approval is bound to the hash of the map, and to nothing less."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from loaders.errors import WrongUsage
from loaders.ledger import Ledger
from loaders.ledger_acts import Approval
from loaders.plan_store import Plan

SCOPES = ("objects", "fields", "values", "rules")


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Who confirms which parts; no scope means all four."""

    by: str
    scopes: tuple[str, ...]
    auto_rollback: bool


def approve(
    ledger: Ledger, plan: Plan, confirmation: Confirmation, *, clock: Callable[[], datetime]
) -> Approval:
    """
    Write down that a person confirmed the map of this plan.

    Raises:
        WrongUsage: nobody is named.
        LedgerBusy: another command is writing the ledger.

    """
    by = confirmation.by.strip()
    if not by:
        raise WrongUsage("an approval needs a name", hint='clinic-load approve PLAN --by "A. Name"')
    approval = Approval(
        plan=plan.plan,
        map_hash=plan.map_hash,
        scopes=confirmation.scopes or SCOPES,
        approved_by=by,
        auto_rollback=confirmation.auto_rollback,
        at=clock().isoformat(),
    )
    with ledger.writing():
        ledger.record_approval(approval)
    return approval
