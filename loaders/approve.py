"""Who confirmed what: an approval is bound to the hash of each part of the map, never to less."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from collections.abc import Mapping as Named
from dataclasses import dataclass, replace
from datetime import datetime

from loaders.approve_counts import counts_of
from loaders.errors import NotApproved, WrongUsage
from loaders.ledger import Ledger
from loaders.ledger_acts import Approval
from loaders.map_changes import keep_parts, parts_file
from loaders.map_parts import CORE, Parts, map_parts, part_hashes
from loaders.mapping import Mapping
from loaders.plan_store import Plan


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Who confirms which parts, and what else is allowed; no scope means the four of a push."""

    by: str
    scopes: tuple[str, ...] = ()
    auto_rollback: bool = False
    allow_duplicates: bool = False


def approve(
    ledger: Ledger,
    plan: Plan,
    confirmation: Confirmation,
    *,
    parts: Parts,
    clock: Callable[[], datetime],
) -> Approval:
    """
    Write down that a person confirmed parts of the map of this plan.

    A plan that is stopped can be approved as well: what it says of the map is complete. The parts
    of the map, as the plan holds them, are kept beside the ledger; with the approval, what the
    plan writes.

    Raises:
        WrongUsage: nobody is named, the map was changed within the plan, or it has no such part.
        LedgerBusy: another command is writing the ledger.

    """
    by = confirmation.by.strip()
    if not by:
        raise WrongUsage("an approval needs a name", hint='clinic-load approve PLAN --by "A. Name"')
    if any(plan.parts[scope] != of_part for scope, of_part in part_hashes(parts).items()):
        raise WrongUsage(
            f"the map in plan {plan.plan} is not the one that it was made by",
            hint=f"clinic-load plan --org {plan.alias}",
        )
    scopes = confirmation.scopes or CORE
    if missing := [scope for scope in scopes if scope not in plan.parts]:
        raise WrongUsage(
            f"plan {plan.plan} has no {', '.join(missing)} to confirm",
            hint=f"clinic-load push {plan.plan} --org {plan.alias}",
        )
    approval = Approval(
        plan=plan.plan,
        map_hash=plan.map_hash,
        parts={scope: plan.parts[scope] for scope in scopes},
        approved_by=by,
        auto_rollback=confirmation.auto_rollback,
        allow_duplicates=confirmation.allow_duplicates,
        at=clock().isoformat(),
        counts=counts_of(plan),
    )
    with ledger.writing():
        keep_parts(parts_file(ledger, plan.map_hash), parts)
        ledger.record_approval(approval)
    return approval


def unapproved(ledger: Ledger, parts: Named[str, str], scopes: Iterable[str]) -> tuple[str, ...]:
    """Name the scopes whose part, as it is now, nobody has confirmed."""
    confirmed = {pair for each in ledger.approvals() for pair in each.parts.items()}
    return tuple(scope for scope in scopes if (scope, parts[scope]) not in confirmed)


def standing(ledger: Ledger, plan: Plan) -> tuple[Approval, ...]:
    """List the approvals that this plan stands on, each with the parts for which it is the last."""
    last = {
        scope: number
        for number, each in enumerate(ledger.approvals())
        for scope, hashed in each.parts.items()
        if plan.parts.get(scope) == hashed
    }
    return tuple(
        replace(each, parts=own)
        for number, each in enumerate(ledger.approvals())
        if (own := {name: each.parts[name] for name in each.parts if last.get(name) == number})
    )


def is_approved(ledger: Ledger, mapping: Mapping, scope: str) -> bool:
    """Tell whether somebody confirmed this part of the map as it is now."""
    return not unapproved(ledger, part_hashes(map_parts(mapping)), (scope,))


def require_approved(ledger: Ledger, mapping: Mapping, scope: str, *, org: str) -> None:
    """
    Let a command through that does what only this approval allows.

    Raises:
        NotApproved: nobody confirmed this part of the map as it is now.

    """
    if not is_approved(ledger, mapping, scope):
        words = scope.replace("_", " ")
        raise NotApproved(
            f"the {words} of the map, as it is now, are not approved",
            hint=f"clinic-load plan --org {org}, then"
            f' clinic-load approve latest --by "A. Name" {flag_of(scope)}',
        )


def flag_of(scope: str) -> str:
    """Give the flag of `clinic-load approve` that confirms a scope."""
    return f"--{scope.replace('_', '-')}"


def duplicates_allowed(ledger: Ledger, map_hash: str) -> bool:
    """Tell whether an approval of this map allows saving in spite of duplicate alerts."""
    return any(each.allow_duplicates and each.map_hash == map_hash for each in ledger.approvals())
