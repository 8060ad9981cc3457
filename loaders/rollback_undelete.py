"""Give back what a push deleted, since the source had it no longer."""

from __future__ import annotations

import pyarrow as pa

from loaders.bench import lay_out, scratch_name
from loaders.bulk_query import count
from loaders.canonical import literal
from loaders.existing import FILE
from loaders.images import read_records
from loaders.ledger_acts import Run
from loaders.plan_store import Plan, PlanObject
from loaders.rollback_checks import LINK
from loaders.rollback_documents import documents_of
from loaders.rollback_look_back import undelete
from loaders.rollback_restore import restore
from loaders.rollback_targets import TARGETS, chunks, pending, record, refresh_targets
from loaders.row_errors import NOT_GIVEN_BACK, row_error
from loaders.session import Session

_GIVING_BACK = "rollback_giving_back"
_LAST_BY = "LastModifiedById"


def give_back(session: Session, pushed: Run, plan: Plan) -> None:
    """
    Take what the push deleted out of the recycle bin, parents first, and refill its fields.

    The org may have emptied lookups meanwhile. What somebody else gave back is left as it is; what
    the bin has no longer is failed.
    """
    for each in plan.objects:
        if waiting := pending(session, each.sobject, was="deleted"):
            session.progress.begin(f"give back {each.sobject}", total=waiting)
        if each.sobject == LINK:
            record(session, LINK, _links_of_files(session))
        for rows in chunks(session, each.sobject, was="deleted"):
            _give_back(session, pushed, each, rows)


def _links_of_files(session: Session) -> pa.Table:
    """Say of the links what became of their files: they come back together, or stay away."""
    return session.bench.db.execute(
        f"""
        select links.key, links.id, coalesce(files.state, 'deleted') as state, files.code
        from {TARGETS} as links
        left join {TARGETS} as files
            on files.sobject = '{FILE}' and files.key = split_part(links.key, '|', 1)
        where links.sobject = '{LINK}' and links.was = 'deleted' and links.state is null
        """  # noqa: S608 - names of our own
    ).to_arrow_table()


def _give_back(session: Session, pushed: Run, each: PlanObject, rows: str) -> None:
    db, sobject = session.bench.db, each.sobject
    before = read_records(session, sobject, [_LAST_BY], ids=rows)
    missing = scratch_name("missing")
    db.execute(
        f"create temp table {missing} as "  # noqa: S608 - names of our own
        f"select key, id from {rows} where id not in (select id from {before})"
    )
    if wanted := count(db, missing):
        body = {"run": session.run.run, "sobject": sobject, "records": wanted}
        session.ledger.chain.record(_GIVING_BACK, body)
        in_bin = documents_of(session, missing, deleted=True) if sobject == FILE else missing
        ids = db.execute(f"select id from {in_bin} order by id").fetchall()  # noqa: S608 - ours
        undelete(session, [str(row[0]) for row in ids])
    there = read_records(session, sobject, [], ids=rows)
    lost = db.execute(
        f"""
        select key, id, 'failed' as state, {literal(NOT_GIVEN_BACK)} as code,
            {literal(row_error(NOT_GIVEN_BACK).template)} as template
        from {rows} where id not in (select id from {there})
        """  # noqa: S608 - names of our own
    ).to_arrow_table()
    record(session, sobject, lost)
    ours = db.execute(
        f"""
        select rows.key, rows.id from {rows} as rows
        inner join {there} as there on there.id = rows.id
        left join {before} as earlier on earlier.id = rows.id
        -- One that an interrupted rollback gave back was last changed by us.
        where earlier.id is null or earlier.{_LAST_BY} = {literal(session.org.user_id)}
        """  # noqa: S608 - names of our own
    ).to_arrow_table()
    restore(session, pushed, each, lay_out(session.bench, ours))
    refresh_targets(session)
    # Last of all, and in words of its own: from here on the record counts as ours again.
    record(session, sobject, _given_back(session, sobject, rows))


def _given_back(session: Session, sobject: str, rows: str) -> pa.Table:
    return session.bench.db.execute(
        f"""
        select rows.key, rows.id, 'restored' as state from {rows} as rows
        inner join {TARGETS} as targets
            on targets.sobject = {literal(sobject)} and targets.key = rows.key
        where coalesce(targets.state, 'restored') = 'restored'
        """  # noqa: S608 - names of our own
    ).to_arrow_table()
