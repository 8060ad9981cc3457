"""The second pass of a push: references that had to wait until every record was there."""

from __future__ import annotations

from loaders.bench import take_out
from loaders.bulk_query import count
from loaders.canonical import literal, quoted
from loaders.csv_parts import KEY
from loaders.deliver import deliver
from loaders.plan_store import PlanColumn, rows_file
from loaders.push_rows import SECOND_PASS, Turn, second_pass
from loaders.push_updates import changes
from loaders.resolve import KEYED, record_id_sql
from loaders.row_errors import PARENT_FAILED, row_error
from loaders.session import Session
from loaders.shipment import LOCK

_NOBODY = "select cast(null as varchar) as key, cast(null as varchar) as lookup where false"


def fill_second_pass(session: Session, turn: Turn, *, forced: bool) -> bool:
    """Update the rows that are in the org with what they lack; tell whether there were any."""
    names = ", ".join(quoted(name) for name in turn.each.second_pass)
    session.bench.db.execute(
        f"""
        create temp table {turn.rows} as
        select planned.{quoted(KEY)}, planned._op, planned.{quoted(KEY)} as {LOCK}, {names}
        from read_parquet({literal(str(rows_file(turn.folder, turn.each)))}) as planned
        inner join finals
            on finals.sobject = {literal(turn.sobject)} and finals.key = planned.{quoted(KEY)}
        where finals.first_state in ('created', 'updated')
            and (finals.second_state is null or finals.second_state in ('retry', 'unknown'))
        """  # noqa: S608 - names of the plan
    )
    _fail_orphans(session, turn)
    shipment = second_pass(session, turn)
    waiting = count(session.bench.db, shipment.table)
    if waiting:
        session.progress.begin(f"{turn.sobject}, second pass", total=waiting)
        deliver(session, changes(session, turn, shipment, forced=forced))
    return bool(waiting)


def _fail_orphans(session: Session, turn: Turn) -> None:
    """Fail the reference of a row whose parent did not arrive; the row itself is in the org."""
    cases = [
        _orphans(turn, column)
        for column in turn.each.columns
        if column.name in turn.each.second_pass and column.match in KEYED
    ]
    outcomes = session.bench.db.execute(
        f"""
        select key, 'failed' as state, {literal(PARENT_FAILED)} as code, min(lookup) as field,
            {literal(row_error(PARENT_FAILED).template)} as template, min(lookup) as lookup
        from ({" union all ".join([_NOBODY, *cases])}) as orphans group by key
        """  # noqa: S608 - names of the plan
    ).to_arrow_table()
    session.record_locally(turn.sobject, outcomes, pass_number=SECOND_PASS)
    take_out(session.bench, turn.rows, outcomes, column=KEY)


def _orphans(turn: Turn, column: PlanColumn) -> str:
    """Give the SQL of the rows whose parent in this column is not there."""
    return f"""
        select rows.{quoted(KEY)} as key, {literal(column.name)} as lookup
        from {turn.rows} as rows
        where rows.{quoted(column.name)} is not null and not exists (
            select 1 from {record_id_sql(column)} as parent
            where parent.key = rows.{quoted(column.name)}
        )
    """  # noqa: S608 - names of the plan
