"""Events and tasks: who and what they concern, when they are, and how they are archived."""

# ruff: noqa: S608 - names come from the catalogue and are quoted, so are the values
from __future__ import annotations

from loaders.stand_in_org.change import World


def archive(world: World) -> int:
    """Archive events, and closed tasks, of more than 365 days ago (contract 11)."""
    limit = f"DATE '{world.now.date().isoformat()}' - INTERVAL 365 DAY"
    moved = 0
    for table, old in (
        ("Event", f"coalesce(EndDateTime, CAST(ActivityDate AS TIMESTAMP)) < {limit}"),
        ("Task", f"IsClosed AND coalesce(ActivityDate, CAST(CreatedDate AS DATE)) < {limit}"),
    ):
        rows = world.run(
            f'UPDATE "{table}" SET IsArchived = true'
            f" WHERE NOT coalesce(IsArchived, false) AND NOT IsDeleted AND {old}"
        ).fetchone()
        moved += 0 if rows is None else int(rows[0])
    return moved
