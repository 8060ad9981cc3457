"""What a rollback has to undo: every record that a push made or changed, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from loaders.bench import scratch_name
from loaders.canonical import literal
from loaders.ledger_acts import Run
from loaders.ledger_outcomes import view_outcomes
from loaders.plan_store import Plan
from loaders.session import Session

TARGETS = "targets"
# A chunk is read by one query, so it must fit into one list of ids.
CHUNK = 3_500
# Nothing more is to be done with these.
UNDONE = ("deleted", "restored", "retired")


def make_targets(session: Session, pushed: Run, plan: Plan) -> None:
    """
    Make the table of targets: sobject, position, key, id, was (created or updated), state, code.

    What an earlier rollback of the same push undid is left out; what it held comes again.
    """
    db, ledger = session.bench.db, session.ledger
    view_outcomes(db, ledger.outcome_files(pushed.run))
    positions = ", ".join(f"({literal(each.sobject)}, {each.order})" for each in plan.objects)
    db.execute(
        f"""
        create or replace temp table {TARGETS} as
        select touched.sobject, positions.position, touched.key, touched.id,
            touched.was, cast(null as varchar) as state, cast(null as varchar) as code,
            cast(null as varchar) as field
        from touched
        inner join (values {positions}) as positions (sobject, position)
            on positions.sobject = touched.sobject
        """  # noqa: S608 - names of the plan
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


def refresh_targets(session: Session) -> None:
    """Read anew what became of each target in this rollback."""
    _mark_from(session, session.ledger.outcome_files(session.run.run))


def _mark_from(session: Session, files: list[Path]) -> None:
    view_outcomes(session.bench.db, files)
    session.bench.db.execute(
        f"""
        update {TARGETS} set state = case
            when finals.first_state != 'updated' then finals.first_state
            -- A created record that is changed, not deleted, is a user that was retired.
            when {TARGETS}.was = 'updated' then 'restored' else 'retired'
        end,
        code = finals.code, field = finals.field
        from finals
        where finals.sobject = {TARGETS}.sobject and finals.key = {TARGETS}.key
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


def pending(session: Session, sobject: str, *, was: str) -> list[tuple[str, str]]:
    """List key and id of an object's targets that still have to be dealt with."""
    rows = session.bench.db.execute(
        f"select key, id from {TARGETS} where sobject = ? and was = ? and state is null "  # noqa: S608
        "order by key",
        [sobject, was],
    ).fetchall()
    return [(str(row[0]), str(row[1])) for row in rows]


def chunks(session: Session, sobject: str, *, was: str) -> Iterator[str]:
    """Make tables (key, id) of the targets that wait, each as large as one query can ask for."""
    waiting = pending(session, sobject, was=was)
    for start in range(0, len(waiting), CHUNK):
        chunk = waiting[start : start + CHUNK]
        table = scratch_name("chunk")
        columns = pa.table({"key": [key for key, _ in chunk], "id": [each for _, each in chunk]})
        session.bench.db.register("chunk_now", columns)
        session.bench.db.execute(
            f"create temp table {table} as select * from chunk_now"  # noqa: S608 - ours
        )
        session.bench.db.unregister("chunk_now")
        yield table
        session.bench.db.execute(f"drop table {table}")


def leave_out(session: Session, rows: str, outcomes: pa.Table) -> None:
    """Take rows that have an outcome already out of a table (key, id)."""
    session.bench.db.register("out_now", outcomes)
    session.bench.db.execute(f"delete from {rows} where key in (select key from out_now)")  # noqa: S608
    session.bench.db.unregister("out_now")


def settle_ahead(session: Session) -> None:
    """Say of what nothing holds what a rollback would do with it."""
    session.bench.db.execute(
        f"""
        update {TARGETS} set state = case
            when was = 'updated' then 'restored' when sobject = 'User' then 'retired'
            else 'deleted' end
        where state is null
        """  # noqa: S608 - a constant
    )
