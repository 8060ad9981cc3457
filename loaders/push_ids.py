"""Which record every key stands for, while a push goes on."""

from __future__ import annotations

from pathlib import Path

from loaders.canonical import literal, quoted
from loaders.csv_parts import KEY
from loaders.lost_keys import WRITTEN, load_written
from loaders.plan_scope import DELTA, GOES, NARROWED
from loaders.plan_store import Plan, planned_rows, rows_file
from loaders.resolve import IDS, KEYED
from loaders.session import Session


def load_ids(session: Session, plan: Plan, folder: Path) -> None:
    """
    Put on the bench which record every key stands for: those planned, and those made before.

    A plan of some rows points to others, which earlier pushes made.
    """
    planned = planned_rows(plan, folder, "_key as key, _id as id")
    pointed_at = "true"
    if plan.settings.scope == DELTA:
        # Of most rows nothing is sent, and nothing points to them.
        pointed_at = f"key in ({_keys_needed(plan, folder)})"
    earlier = ""
    if plan.settings.scope in NARROWED:
        load_written(session.bench, session.ledger, org_id=session.run.org_id)
        earlier = (
            f" union all select distinct sobject, key, id from {WRITTEN} as written"  # noqa: S608 - our own
            " where id is not null and not exists (select 1 from planned"
            " where planned.sobject = written.sobject and planned.key = written.key)"
        )
    # No gathering by key, of which a plan has one row each: ids of millions would not fit.
    session.bench.db.execute(
        f"""
        create or replace temp table {IDS} as
        with planned as (select sobject, key, id from ({planned}) where id is not null)
        select sobject, key, id from (select * from planned {earlier}) as known
        where {pointed_at}
        """  # noqa: S608 - names of the plan
    )


def _keys_needed(plan: Plan, folder: Path) -> str:
    """Give the query of the keys of all rows that go, and of all that they point to."""
    selects = []
    for each in plan.objects:
        pointers = [quoted(column.name) for column in each.columns if column.match in KEYED]
        selects.append(
            f"select unnest([{', '.join([quoted(KEY), *pointers])}]) as key "  # noqa: S608 - plan
            f"from read_parquet({literal(str(rows_file(folder, each)))}) where {GOES}"
        )
    return " union ".join(selects)


def add_ids(session: Session) -> None:
    """Add what this run has made since: as many rows as were sent, however many there are."""
    session.bench.db.execute(
        f"""
        create or replace temp table ids_made as
        select sobject, key, id from finals
        where first_state in ('created', 'updated') and id is not null;
        delete from {IDS} using ids_made as made
        where {IDS}.sobject = made.sobject and {IDS}.key = made.key;
        insert into {IDS} select sobject, key, id from ids_made;
        drop table ids_made
        """  # noqa: S608 - names of our own
    )
