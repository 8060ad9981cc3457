"""What a rollback has to undo: every record that a push made or changed, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from loaders.bench import clearing, scratch_name
from loaders.bulk_query import count
from loaders.canonical import literal
from loaders.gone_states import gone_rows
from loaders.images import BEFORE, NO_IMAGE, image_files
from loaders.ledger_acts import Run
from loaders.ledger_outcomes import view_outcomes
from loaders.plan_store import Plan
from loaders.session import Session
from loaders.taken_back import UNDONE, rollback_words

TARGETS = "targets"
# What a rollback of a part leaves alone, in the same columns.
REST = "rest_of_push"
# A chunk is read by one query, so it must fit into one list of ids.
CHUNK = 3_500
_WAITING = "sobject = ? and was = ? and state is null"


def make_targets(
    session: Session, pushed: Run, plan: Plan, folder: Path, *, part: Path | None = None
) -> None:
    """
    Make the table of targets: what a push created, updated or deleted.

    What an earlier rollback of the same push undid is left out; what it held comes again. Of a
    part (sobject, key), all else is put aside.
    """
    db, ledger = session.bench.db, session.ledger
    view_outcomes(db, ledger.outcome_files(pushed.run))
    positions = ", ".join(f"({literal(each.sobject)}, {each.order})" for each in plan.objects)
    lay_targets(
        session,
        f"""
        select touched.sobject, positions.position, touched.key, touched.id, touched.was
        from touched
        inner join (values {positions}) as positions (sobject, position)
            on positions.sobject = touched.sobject
        union all
        select sobject, position, key, id, 'deleted' from ({gone_rows(plan, folder)}) as gone
        semi join finals on finals.sobject = gone.sobject and finals.key = gone.key
            and finals.first_state = 'deleted'
        where {_had_values(session, pushed, plan)}
        """,  # noqa: S608 - names of the plan
    )
    earlier = [
        path
        for run in ledger.runs(kind="rollback")
        if run.of_run == pushed.run
        for path in ledger.outcome_files(run.run)
    ]
    _mark_from(session, earlier)
    db.execute(
        f"update {TARGETS} set state = null, code = null, field = null "  # noqa: S608 - constants
        f"where state not in {UNDONE}"
    )
    _put_aside(session, part)


def lay_targets(session: Session, source: str) -> None:
    """
    Lay out what is to be undone, from a query: sobject, position, key, id and what it was.

    The table has state, code and field beside: what became of each.
    """
    session.bench.db.execute(
        f"""
        create or replace temp table {TARGETS} as
        select sobject, position, key, id, was, cast(null as varchar) as state,
            cast(null as varchar) as code, cast(null as varchar) as field
        from ({source});
        create or replace temp table {REST} as select * from {TARGETS} limit 0
        """  # noqa: S608 - queries of our own
    )


def _had_values(session: Session, pushed: Run, plan: Plan) -> str:
    """
    Give the condition that a deleted record was there when we came to delete it.

    Links have no values: they went with their files.
    """
    kept = [
        f"sobject = {literal(each.sobject)} and id in "  # noqa: S608 - our own paths
        f"(select id from read_parquet([{', '.join(files)}], union_by_name = true))"
        for each in plan.gone
        if (files := image_files(session, pushed, each.sobject, kind=BEFORE))
    ]
    return " or ".join([f"sobject in ({', '.join(map(literal, sorted(NO_IMAGE)))})", *kept])


def _put_aside(session: Session, part: Path | None) -> None:
    db = session.bench.db
    aside = "false"
    if part:
        same = f"part.sobject = {TARGETS}.sobject and part.key = {TARGETS}.key"
        rows = f"read_parquet({literal(str(part))})"
        aside = f"not exists (select 1 from {rows} as part where {same})"  # noqa: S608 - ours
    db.execute(f"create or replace temp table {REST} as select * from {TARGETS} where {aside}")  # noqa: S608 - ours
    db.execute(f"delete from {TARGETS} where {aside}")  # noqa: S608 - ours


def is_left_of_push(session: Session) -> bool:
    """Tell whether a rollback of a part leaves anything of the push."""
    found = session.bench.db.execute(
        f"select 1 from {REST} where state is null limit 1"  # noqa: S608 - constants
    )
    return found.fetchone() is not None


def was_begun_before(session: Session) -> bool:
    """Tell whether an earlier rollback undid anything of the push."""
    found = session.bench.db.execute(
        f"select 1 from (from {TARGETS} union all from {REST}) "  # noqa: S608 - constants
        "where state is not null limit 1"
    )
    return found.fetchone() is not None


def refresh_targets(session: Session) -> None:
    """Read anew what became of each target in this rollback."""
    _mark_from(session, session.ledger.outcome_files(session.run.run))


def _mark_from(session: Session, files: list[Path]) -> None:
    view_outcomes(session.bench.db, files)
    session.bench.db.execute(
        f"""
        update {TARGETS} set state = words.state, code = words.code, field = words.field
        from ({rollback_words(was=TARGETS)}) as words
        where words.sobject = {TARGETS}.sobject and words.key = {TARGETS}.key
        """  # noqa: S608 - a constant
    )


def record(session: Session, sobject: str, outcomes: pa.Table) -> None:
    """Put outcomes on the ledger and on the targets (key, state, code ...)."""
    session.record_locally(sobject, outcomes)
    mark(session, sobject, outcomes)


def mark(session: Session, sobject: str, outcomes: pa.Table) -> None:
    """Put outcomes on the targets alone, as a look ahead does."""
    db = session.bench.db
    said = {"state", "code", "field"}.intersection(outcomes.column_names)
    db.register("marked_now", outcomes)
    db.execute(
        f"""
        update {TARGETS} set {", ".join(f"{name} = marked_now.{name}" for name in sorted(said))}
        from marked_now
        where {TARGETS}.sobject = {literal(sobject)} and {TARGETS}.key = marked_now.key
        """  # noqa: S608 - names of the plan
    )
    db.unregister("marked_now")


def pending(session: Session, sobject: str, *, was: str) -> int:
    """Count an object's targets that still have to be dealt with."""
    found = session.bench.db.execute(
        f"select count(*) from {TARGETS} where {_WAITING}",  # noqa: S608 - constants
        [sobject, was],
    ).fetchone()
    return int(found[0]) if found else 0


def chunks(session: Session, sobject: str, *, was: str) -> Iterator[str]:
    """Make tables (key, id) of the targets that wait, each as large as one query can ask for."""
    return _cut(session, _WAITING, [sobject, was])


def deleted_chunks(session: Session, sobject: str, *, sent_as: str) -> Iterator[str]:
    """Make such tables of the targets that this rollback asked the org to delete, and are gone."""
    ledger, run = session.ledger, session.run.run
    asked = [job for job in ledger.jobs(run) if job.operation == "delete"]
    jobs = [job.job for job in asked if job.sobject == sent_as]
    sent = "select key from outcomes where sobject = ? and list_contains(?, job)"
    where = f"sobject = ? and was = 'created' and state = 'deleted' and key in ({sent})"
    return _cut(session, where, [sobject, sent_as, jobs])


def _cut(session: Session, condition: str, parameters: list[object]) -> Iterator[str]:
    """Cut targets into tables; what the caller makes of one on the bench goes with it."""
    db = session.bench.db
    waiting = scratch_name("waiting")
    db.execute(
        f"""
        create temp table {waiting} as
        select key, id, (row_number() over (order by key) - 1) // {CHUNK} as chunk
        from {TARGETS} where {condition}
        """,  # noqa: S608 - conditions of our own
        parameters,
    )
    for number in range(-(-count(db, waiting) // CHUNK)):
        with clearing(session.bench):
            table = scratch_name("chunk")
            db.execute(
                f"create temp table {table} as select key, id from {waiting} where chunk = {number}"  # noqa: S608
            )
            yield table
    db.execute(f"drop table {waiting}")


def settle_ahead(session: Session) -> None:
    """Say of what nothing holds what a rollback would do with it."""
    session.bench.db.execute(
        f"""
        update {TARGETS} set state = case
            when was != 'created' then 'restored' when sobject = 'User' then 'retired'
            else 'deleted' end
        where state is null
        """  # noqa: S608 - a constant
    )
