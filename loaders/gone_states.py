"""What became of each record that the source has no longer, from the plan and the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from loaders.canonical import literal
from loaders.plan_store import DELETE, KEEP, MARK, Plan
from loaders.taken_back import TAKEN_BACK

GONE_STATES = "gone_states"
GONE_FATES = ("deleted", "marked", "kept", "held", "failed", "waiting", TAKEN_BACK)


@dataclass(frozen=True, slots=True)
class GoneStatus:
    """The records of one object that the source has no longer: rows = the sum of the others."""

    sobject: str
    rows: int
    deleted: int
    marked: int
    kept: int
    # Nobody decided, or somebody works on the record.
    held: int
    failed: int
    waiting: int
    # By a rollback: there again, or without the mark.
    taken_back: int


def gone_file(folder: Path, sobject: str) -> Path:
    """Name the parquet of an object's records that the source has no longer."""
    return folder / sobject / "gone.parquet"


def gone_rows(plan: Plan, folder: Path) -> str:
    """Give the query of what the source has no longer: position, sobject, key, id, act, is_done."""
    none = (
        "select 0 as position, '' as sobject, '' as key, '' as id, '' as act, false as is_done"
        " where false"
    )
    return " union all ".join(
        [
            none,
            *(
                f"select {plan.object(each.sobject).order}, {literal(each.sobject)}, "  # noqa: S608
                "_key, _id, _act, _is_done "
                f"from read_parquet({literal(str(gone_file(folder, each.sobject)))})"
                for each in plan.gone
            ),
        ]
    )


def view_gone(db: duckdb.DuckDBPyConnection, plan: Plan, folder: Path) -> None:
    """Make the table of these records, with the one state of each, beside `finals`."""
    db.execute(
        f"""
        create or replace temp table {GONE_STATES} as
        select gone.position, gone.sobject, gone.key, gone.id, gone.act,
            case
                when gone.act = '{KEEP}' then 'kept'
                when gone.is_done then 'marked'
                when finals.state in ('failed', 'held') then finals.state
                when gone.act = '{DELETE}' and finals.state = 'deleted' then 'deleted'
                when gone.act = '{MARK}' and finals.state = 'updated' then 'marked'
                else 'waiting'
            end as state, finals.code, finals.field
        from ({gone_rows(plan, folder)}) as gone
        left join finals on finals.sobject = gone.sobject and finals.key = gone.key
        """  # noqa: S608 - names of the plan
    )


def gone_status(db: duckdb.DuckDBPyConnection) -> tuple[GoneStatus, ...]:
    """Count these records by object."""
    counts = ", ".join(f"count(*) filter (state = '{state}')" for state in GONE_FATES)
    rows = db.execute(
        f"select sobject, count(*), {counts} from {GONE_STATES} group by position, sobject "  # noqa: S608
        "order by position"
    ).fetchall()
    return tuple(GoneStatus(*row) for row in rows)
