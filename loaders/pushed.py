"""What we pushed to an org last, by the hash of each row: a delta sends what differs from it."""

from __future__ import annotations

from pathlib import Path

from loaders.bench import Bench, copy_privately
from loaders.canonical import literal, quoted
from loaders.contract import Mart
from loaders.existing import keys_table
from loaders.ledger import Ledger
from loaders.ledger_acts import Run
from loaders.ledger_outcomes import view_outcomes
from loaders.plan_rows import PUSHED, rows_table
from loaders.plan_store import Finding, plan_folder, planned_rows, read_plan

# (sobject, key, id): what the org has of us and the source has no longer.
_GONE = "gone_rows"
GONE_FILE = "deletions.csv"
SOURCE_DELETED = "deleted_in_source"


def load_pushed(bench: Bench, ledger: Ledger, plans: Path, *, org_id: str) -> None:
    """
    Put on the bench what each row was when it was last pushed to this org.

    A row that failed or was held since keeps its older hash, and so differs; one that a rollback
    touched has none.

    Raises:
        PlanNotFound: the plan of a push is gone; only a plan of all rows can tell what differs.

    """
    db = bench.db
    db.execute(
        "create or replace temp table pushes "
        "(number integer, sobject varchar, key varchar, hash varchar)"
    )
    runs = [run for run in ledger.runs() if run.org_id == org_id]
    for number, run in enumerate(runs):
        view_outcomes(db, ledger.outcome_files(run.run))
        db.execute(f"insert into pushes {_of_run(run, plans, number=number)}")
    db.execute(
        f"""
        create or replace temp table {PUSHED} as
        select sobject, key, last.hash as hash from (
            select sobject, key, arg_max({{'hash': hash}}, number) as last from pushes
            group by sobject, key
        ) where last.hash is not null
        """  # noqa: S608 - a constant
    )
    db.execute(f"create or replace temp table {_GONE} (sobject varchar, key varchar, id varchar)")


def _of_run(run: Run, plans: Path, *, number: int) -> str:
    if run.kind != "push":
        return (
            f"select distinct {number}, sobject, key, null from outcomes "  # noqa: S608 - a number
            "where state in ('deleted', 'restored', 'updated', 'retired')"
        )
    folder, plan = plan_folder(plans, run.plan), read_plan(plans, run.plan)
    rows = planned_rows(plan, folder, "_key, _row_hash, _op")
    return f"""
        select {number}, planned.sobject, planned._key, planned._row_hash from ({rows}) as planned
        left join finals on finals.sobject = planned.sobject and finals.key = planned._key
        where planned._op = 'unchanged' or finals.state in ('created', 'updated')
        """  # noqa: S608 - ours


def changed_ids(bench: Bench, mart: Mart) -> list[str]:
    """List the records whose row is not what was pushed last."""
    found = bench.db.execute(
        f"""
        select distinct keys._id from {quoted(rows_table(mart.sobject))} as mart
        inner join {quoted(keys_table(mart.sobject))} as keys on keys._key = mart._key
        anti join {PUSHED} as pushed
            on pushed.sobject = {literal(mart.sobject)} and pushed.key = mart._key
            and pushed.hash = mart._row_hash
        order by keys._id
        """  # noqa: S608 - names of the mapping
    )
    return [str(row[0]) for row in found.fetchall()]


def note_gone(bench: Bench, mart: Mart) -> None:
    """Note which rows were pushed, are still in the org, and are no longer in the mart."""
    bench.db.execute(
        f"""
        insert into {_GONE}
        select pushed.sobject, pushed.key, keys._id from {PUSHED} as pushed
        inner join {quoted(keys_table(mart.sobject))} as keys on keys._key = pushed.key
        anti join {quoted(rows_table(mart.sobject))} as mart on mart._key = pushed.key
        where pushed.sobject = {literal(mart.sobject)}
        """  # noqa: S608 - names of the mapping
    )


def write_gone(bench: Bench, *, to: Path) -> tuple[Finding, ...]:
    """Write the rows that the source deleted as open decisions, and count them by object."""
    counted = bench.db.execute(
        f"select sobject, count(*) from {_GONE} group by sobject order by sobject"  # noqa: S608
    ).fetchall()
    if counted:
        copy_privately(bench.db, f"select *, '' as decision from {_GONE} order by all", to)  # noqa: S608
    return tuple(
        Finding(
            code=SOURCE_DELETED,
            severity="warn",
            sobject=str(sobject),
            field="",
            count=int(rows),
            message=f"{sobject}: {rows:,} rows are no longer in the source, and stay in the org",
            hint=f"see {GONE_FILE} of the plan; nothing is deleted by itself",
        )
        for sobject, rows in counted
    )
