"""Which records of a push point to which: what goes with a record, and what loses a child."""

from __future__ import annotations

from pathlib import Path

from loaders.canonical import literal, quoted
from loaders.contract import KEYED_MATCHES
from loaders.existing import DOCUMENT
from loaders.plan_store import Plan, PlanColumn, PlanObject, rows_file
from loaders.rollback_checks import LINK
from loaders.rollback_targets import REST, TARGETS
from loaders.rollback_users import USER
from loaders.session import Session
from loaders.taken_back import UNDONE

LOOKUPS = "lookups"
# A household goes with its last member, a file with its last link: nobody would find them.
_GOES_WITH_LAST = frozenset({("Contact", "AccountId"), (LINK, DOCUMENT)})


def make_lookups(session: Session, plan: Plan, folder: Path) -> None:
    """Make the table of the lookups among the records that the push made or changed."""
    db = session.bench.db
    db.execute(
        f"""
        create or replace temp table {LOOKUPS} (
            sobject varchar, key varchar, is_undone boolean, is_link boolean,
            goes_with_last boolean, parent varchar, parent_key varchar, parent_is_deleted boolean
        )
        """
    )
    db.execute(
        f"""
        create or replace temp view pushed_records as
        select *, coalesce(state in {UNDONE}, false) as is_undone
        from (from {TARGETS} union all from {REST})
        """  # noqa: S608 - constants
    )
    for each in plan.objects:
        for column in each.columns:
            if column.match in KEYED_MATCHES:
                db.execute(_of_column(each, column, folder))
    db.execute("drop view pushed_records")


def _of_column(each: PlanObject, column: PlanColumn, folder: Path) -> str:
    sobject, objects = literal(each.sobject), ", ".join(literal(name) for name in column.objects)
    return f"""
        insert into {LOOKUPS}
        select ours.sobject, ours.key, ours.is_undone, {column.name in each.key},
            {(each.sobject, column.name) in _GOES_WITH_LAST}, parents.sobject, parents.key,
            -- A user is never deleted, and what was changed is put back.
            parents.was = 'created' and parents.sobject != '{USER}'
        from read_parquet({literal(str(rows_file(folder, each)))}) as rows
        inner join pushed_records as ours on ours.sobject = {sobject} and ours.key = rows._key
        inner join pushed_records as parents
            on parents.sobject in ({objects}) and parents.key = rows.{quoted(column.name)}
        """  # noqa: S608 - names of the plan


def drop_disturbed(session: Session, sobject: str, rows: str) -> None:
    """Take the records out of a table (key, id) whose children an earlier rollback deleted."""
    session.bench.db.execute(
        f"""
        delete from {rows} where key in (
            select parent_key from {LOOKUPS} where parent = {literal(sobject)} and is_undone
        )
        """  # noqa: S608 - names of the plan
    )
