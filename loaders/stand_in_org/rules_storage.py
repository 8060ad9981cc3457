"""Data storage: a fixed size per record of the objects that count (contract 6)."""

# ruff: noqa: S608 - names come from the catalogue and are quoted, so are the values
from __future__ import annotations

from loaders.stand_in_org.change import Change, World
from loaders.stand_in_org.model import SObject
from loaders.stand_in_org.store import literal, quoted

_COUNTED = frozenset({"Account", "Contact", "Event", "Lead", "Opportunity", "Task"})
RECORDS_PER_MB = 512  # 2 KB each


def counts(sobject: SObject) -> bool:
    """Tell whether records of the object take data storage."""
    return sobject.custom or sobject.name in _COUNTED


def records(world: World) -> int:
    """Count the living records that take data storage."""
    counted = " UNION ALL ".join(
        f"SELECT count(*) AS n FROM {quoted(sobject.table)} WHERE NOT IsDeleted"
        for sobject in world.catalogue.values()
        if counts(sobject)
    )
    return int(world.one(f"SELECT sum(n) FROM ({counted})") or 0)


def check(change: Change) -> None:
    """Refuse the new records that no longer fit."""
    if not counts(change.sobject):
        return
    settings = change.world.settings
    most = settings.data_storage_mb * RECORDS_PER_MB * (100 + settings.storage_overdraft_percent)
    room = most // 100 - records(change.world)
    if change.good("_new") <= room:
        return
    new = "SELECT _n, row_number() OVER (ORDER BY _n) AS place FROM _image"
    change.fail(
        f"_n IN (SELECT _n FROM ({new} WHERE _e IS NULL AND _new) WHERE place > {room})",
        code="STORAGE_LIMIT_EXCEEDED",
        message=literal("storage limit exceeded"),
        fields=(),
    )
