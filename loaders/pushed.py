"""What we pushed to an org last, by the hash of each row: a delta sends what differs from it."""

from __future__ import annotations

from pathlib import Path

import duckdb

from loaders.bench import Bench
from loaders.canonical import literal, quoted
from loaders.contract import Mart
from loaders.deletion_decisions import STANDING
from loaders.existing import keys_table
from loaders.gone_states import gone_rows
from loaders.ledger import Ledger
from loaders.ledger_acts import Run
from loaders.ledger_outcomes import view_outcomes
from loaders.plan_rows import PUSHED, rows_table
from loaders.plan_store import KEEP, MARK, plan_folder, planned_rows, read_plan


def load_pushed(bench: Bench, ledger: Ledger, plans: Path, *, org_id: str) -> None:
    """
    Put on the bench what each row was when it was last pushed to this org, and what was decided.

    A row that failed or was held since keeps its older hash, and so differs; one that a rollback
    touched has none, nor has one that was marked or deleted when the source had it no longer.

    Raises:
        PlanNotFound: the plan of a push is gone; only a plan of all rows can tell what differs.

    """
    db = bench.db
    db.execute(
        """
        create or replace temp table pushes
            (number integer, sobject varchar, key varchar, hash varchar);
        create or replace temp table decisions
            (number integer, sobject varchar, key varchar, decision varchar, is_done boolean)
        """
    )
    runs = [run for run in ledger.runs() if run.org_id == org_id]
    for number, run in enumerate(runs):
        view_outcomes(db, ledger.outcome_files(run.run))
        (_of_push if run.kind == "push" else _of_rollback)(db, run, plans, number=number)
    for table, source, cells in (
        (PUSHED, "pushes", ("hash",)),
        (STANDING, "decisions", ("decision", "is_done")),
    ):
        db.execute(
            f"""
            create or replace temp table {table} as
            -- Numbers alone are gathered by key: hashes of millions of keys would not fit.
            with last as (
                select sobject, key, max(number) as number from {source} group by sobject, key
            )
            select sobject, key, {", ".join(cells)} from {source}
            inner join last using (sobject, key, number)
            where {cells[0]} is not null
            """  # noqa: S608 - constants
        )
    db.execute("drop table pushes; drop table decisions")


def _of_rollback(db: duckdb.DuckDBPyConnection, _run: Run, _plans: Path, *, number: int) -> None:
    undone = (
        f"select distinct {number}, sobject, key, null{{}} from outcomes "  # noqa: S608 - a number
        "where state in ('deleted', 'restored', 'updated', 'retired')"
    )
    db.execute(f"insert into pushes {undone.format('')}")
    db.execute(f"insert into decisions {undone.format(', false')}")


def _of_push(db: duckdb.DuckDBPyConnection, run: Run, plans: Path, *, number: int) -> None:
    folder, plan = plan_folder(plans, run.plan), read_plan(plans, run.plan)
    rows, gone = planned_rows(plan, folder, "_key, _row_hash, _op"), gone_rows(plan, folder)
    db.execute(
        f"""
        insert into pushes
        select {number}, planned.sobject, planned._key, planned._row_hash
        from ({rows}) as planned
        left join finals on finals.sobject = planned.sobject and finals.key = planned._key
        where planned._op = 'unchanged' or finals.state in ('created', 'updated')
        union all
        -- Whoever comes back to the source finds a mark to be cleared, or nothing.
        select {number}, gone.sobject, gone.key, null from ({gone}) as gone
        semi join finals on finals.sobject = gone.sobject and finals.key = gone.key
            and finals.state in ('deleted', 'updated')
        """  # noqa: S608 - ours
    )
    db.execute(
        f"""
        insert into decisions
        select {number}, gone.sobject, gone.key, gone.act,
            gone.is_done or coalesce(finals.state = 'updated', false)
        from ({gone}) as gone
        left join finals on finals.sobject = gone.sobject and finals.key = gone.key
        where gone.act in ('{KEEP}', '{MARK}')
        """  # noqa: S608 - ours
    )


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
