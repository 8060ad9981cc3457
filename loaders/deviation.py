"""How much of a push did not arrive, and whether that is too much to leave it standing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from loaders.errors import WrongUsage
from loaders.images import NO_IMAGE, imaged
from loaders.ledger import Ledger
from loaders.map_parts import CORE
from loaders.session import Session
from loaders.status import RunStatus

_LIMIT_PERCENT, _ALL = 2.0, 100


@dataclass(frozen=True, slots=True)
class Arrival:
    """One object: what the plan holds of it, and what is in the org of that."""

    sobject: str
    expected: int
    arrived: int
    # The org said that it had them, and has them no longer.
    lost: int

    @property
    def percent(self) -> float:
        """Say how much of it is not there."""
        return 100 * abs(self.expected - self.arrived) / self.expected if self.expected else 0.0


def deviation_limit(environ: Mapping[str, str]) -> float:
    """
    Read from how many percent on a rollback is offered: `CLINIC_DEVIATION_PERCENT`, else 2.

    Raises:
        WrongUsage: it is no number of percent.

    """
    stated = environ.get("CLINIC_DEVIATION_PERCENT") or str(_LIMIT_PERCENT)
    try:
        limit = float(stated)
    except ValueError:
        limit = math.nan
    if not 0 <= limit <= _ALL:
        raise WrongUsage(
            f"CLINIC_DEVIATION_PERCENT is {stated!r}, and should be a number from 0 to {_ALL}",
            hint=f"unset CLINIC_DEVIATION_PERCENT, which means {_LIMIT_PERCENT:g}",
        )
    return limit


def arrivals(session: Session, status: RunStatus) -> tuple[Arrival, ...]:
    """
    Say of each object what arrived: by the ledger, less what the org no longer had at the end.

    The outcomes of the run must be on the bench, and its after-images on the ledger.
    """
    return tuple(
        Arrival(
            sobject=each.sobject,
            expected=each.rows,
            # What was taken back had arrived, and is lost where the org was read after that.
            arrived=each.created + each.updated + each.unchanged + each.taken_back - lost,
            lost=lost,
        )
        for each in status.objects
        for lost in (count_lost(session, each.sobject),)
    )


def count_lost(session: Session, sobject: str) -> int:
    """Count the records that the run wrote and that were gone when it read them back."""
    if sobject in NO_IMAGE:
        return 0
    seen = imaged(session, sobject)
    found = session.bench.db.execute(
        f"select count(distinct id) from touched where sobject = ? and id not in ({seen})",  # noqa: S608
        [sobject],
    ).fetchone()
    return int(found[0]) if found else 0


def worst(found: tuple[Arrival, ...]) -> Arrival | None:
    """Give the object of which most is missing: the worst decides."""
    return max(found, key=lambda arrival: arrival.percent, default=None)


def auto_rollback_allowed(ledger: Ledger, map_hash: str) -> bool:
    """
    Tell whether an approval of this map allows taking a push back without asking.

    The last one that speaks of it counts: one with the permission, or one of the whole map without.
    """
    said = [
        each.auto_rollback
        for each in ledger.approvals()
        if each.map_hash == map_hash and (each.auto_rollback or set(CORE) <= set(each.parts))
    ]
    return bool(said) and said[-1]
