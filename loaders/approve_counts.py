"""How much a delta may write before somebody has to confirm it: the caps of its approvals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from loaders.ledger import Ledger
from loaders.ledger_acts import Approval
from loaders.map_parts import CORE
from loaders.plan_scope import DELTA
from loaders.plan_store import Plan

CREATES, UPDATES, DELETIONS = "creates", "updates", "deletions"
# What every delta may write of an object though only its map was confirmed.
_PERCENT, _ROWS = 10, 10


@dataclass(frozen=True, slots=True)
class Excess:
    """What a delta would write of one object, and the most that was confirmed."""

    sobject: str
    kind: str
    rows: int
    cap: int


def counts_of(plan: Plan) -> dict[str, dict[str, int]]:
    """Count what a plan writes, by object: whoever approves the plan confirms that much."""
    gone = {each.sobject: each.delete + each.mark for each in plan.gone}
    return {
        each.sobject: {
            CREATES: each.creates,
            UPDATES: each.updates,
            DELETIONS: gone.get(each.sobject, 0),
        }
        for each in plan.objects
    }


def above_caps(ledger: Ledger, plan: Plan) -> tuple[Excess, ...]:
    """
    List what a delta writes above its caps; other plans have none.

    A cap is the most that an approval of this map confirmed of the object, and a tenth of its rows
    (or ten) in any case. Deletions have no cap: each is decided and confirmed by name.
    """
    if plan.settings.scope != DELTA:
        return ()
    confirmed = [each for each in ledger.approvals() if _is_of_map(each, plan)]
    return tuple(_above(plan, confirmed))


def _above(plan: Plan, confirmed: list[Approval]) -> Iterator[Excess]:
    planned = counts_of(plan)
    for each in plan.objects:
        free = max(_ROWS, each.rows * _PERCENT // 100)
        for kind in (CREATES, UPDATES):
            known = (one.counts.get(each.sobject, {}).get(kind, 0) for one in confirmed)
            rows, cap = planned[each.sobject][kind], max(free, *known, 0)
            if rows > cap:
                yield Excess(each.sobject, kind, rows, cap)


def _is_of_map(approval: Approval, plan: Plan) -> bool:
    """Tell whether an approval confirmed a part that every push needs, as the plan has it."""
    return any(approval.parts.get(scope) == plan.parts[scope] for scope in CORE)
