"""What we last pushed, what the org has now, what is new: which fields of a record we may write."""

from __future__ import annotations

from collections.abc import Sequence

from loaders.bench import scratch_name, take_out
from loaders.canonical import literal, quoted
from loaders.csv_parts import KEY
from loaders.images import keep_left, standing_images
from loaders.plan_columns import cell_there, fingerprint
from loaders.plan_store import PlanColumn, present_file
from loaders.push_rows import Turn
from loaders.row_errors import CHANGED_SINCE, row_error
from loaders.session import Session
from loaders.shipment import ID, NULL_TEXT, Shipment


def leave_users_work(
    session: Session, turn: Turn, shipment: Shipment, present: str, *, forced: bool
) -> None:
    """
    Take out of a shipment of changes whatever would write over somebody's work.

    `present` is a table of what the org has now. A field that was changed there since we last
    wrote it, and that we would change as well, holds its record; one that only the org changed
    is left alone; one that is as it should be is not sent. A record with nothing left to write
    counts as updated: so does one that an interrupted push wrote without hearing of it.
    """
    columns = [column for column in turn.each.columns if column.name in shipment.headers]
    if not columns:
        return
    compared = _compare(session, turn, shipment, columns, present)
    words = "('theirs')" if forced else "('theirs', 'both')"
    _keep_left(session, shipment.sobject, columns, compared, words)
    if not forced:
        _hold_conflicts(session, shipment, compared)
    db = session.bench.db
    for column in columns:
        name = quoted(column.name)
        db.execute(
            f"""
            update {shipment.table} as rows set {name} = null
            from {compared} as compared
            where compared.key = rows.{quoted(KEY)} and compared.{name} in ('same', 'theirs')
            """  # noqa: S608 - names of the plan
        )
    _settle_finished(session, shipment, columns)
    db.execute(f"drop table {compared}")


def _compare(
    session: Session, turn: Turn, shipment: Shipment, columns: Sequence[PlanColumn], present: str
) -> str:
    """
    Make a table of key, id and, per column, a word (same, ours, theirs or both) and its base.

    The base is the fingerprint of what we last pushed. What nobody ever wrote counts as empty:
    whatever is there then is somebody's.
    """
    table = scratch_name("compared")
    names = [column.name for column in columns]
    last = _last_pushed(session, turn.sobject, names)
    planned = _as_planned(session, turn, names)
    bases = ", ".join(
        f"coalesce(last.{name}, planned.{name}, {fingerprint('null')}) as {name}"
        for name in map(quoted, names)
    )
    words = ", ".join(_word(column) for column in columns)
    session.bench.db.execute(
        f"""
        create temp table {table} as
        select rows.{quoted(KEY)} as key, rows.{ID} as id, {words},
            {", ".join(f"base.{quoted(name)} as {_base(name)}" for name in names)}
        from {shipment.table} as rows
        -- What is gone has no values to lose: the org itself refuses to change it.
        inner join {present} as present on present.id = rows.{ID}
        inner join (
            select present.id, {bases} from {present} as present
            left join {last} as last on last.id = present.id
            left join {planned} as planned on planned.id = present.id
        ) as base on base.id = present.id
        """  # noqa: S608 - names of the plan
    )
    return table


def _word(column: PlanColumn) -> str:
    name = quoted(column.name)
    new = f"nullif(rows.{name}, {literal(NULL_TEXT)})"
    now = cell_there(column, f"present.{name}")
    return f"""
        case
            when {new} is not distinct from {now} then 'same'
            when {fingerprint(now)} = base.{name} then 'ours'
            when {fingerprint(new)} = base.{name} then 'theirs'
            else 'both'
        end as {name}
        """


def _base(name: str) -> str:
    return quoted(f"base of {name}")


def _keep_left(
    session: Session, sobject: str, columns: Sequence[PlanColumn], compared: str, words: str
) -> None:
    """Keep the base of each field that is left alone: the next push has to see it as theirs too."""
    cells = ", ".join(
        f"case when {quoted(each.name)} in {words} then {_base(each.name)} end"
        f" as {quoted(each.name)}"
        for each in columns
    )
    theirs = " or ".join(f"{quoted(each.name)} in {words}" for each in columns)
    keep_left(
        session,
        sobject,
        session.bench.db.execute(
            f"select id, {cells} from {compared} where {theirs} order by id"  # noqa: S608 - ours
        ).to_arrow_table(),
    )


def _last_pushed(session: Session, sobject: str, names: Sequence[str]) -> str:
    """Make a table of the fingerprints that a push left in each record when it last wrote it."""
    table = scratch_name("last")
    # Run ids sort by time, so the last of them is the last time that we wrote the record.
    images = [query for _, query in standing_images(session, sobject)]
    unknown = ", ".join(f"null::ubigint as {quoted(name)}" for name in names)
    empty = f"select null::varchar as run, null::varchar as id, {unknown}"
    fields = ", ".join(f"arg_max({quoted(name)}, run) as {quoted(name)}" for name in names)
    session.bench.db.execute(
        f"""
        create temp table {table} as select id, {fields}
        from ({" union all by name ".join([f"({empty} where false)", *images])}) as images
        group by id
        """  # noqa: S608 - names of the plan
    )
    return table


def _as_planned(session: Session, turn: Turn, names: Sequence[str]) -> str:
    """Make a table of the fingerprints of existing records as the plan saw them."""
    table = scratch_name("planned")
    file = present_file(turn.folder, turn.each)
    unknown = ", ".join(f"null::ubigint as {quoted(name)}" for name in names)
    source = (
        f"select id, {', '.join(map(quoted, names))} "  # noqa: S608 - our own path
        f"from read_parquet({literal(str(file))})"
        if file.is_file()
        else f"select null::varchar as id, {unknown} where false"
    )
    session.bench.db.execute(f"create temp table {table} as {source}")
    return table


def _hold_conflicts(session: Session, shipment: Shipment, compared: str) -> None:
    """Hold the records in which a field was changed on both sides, and say which fields."""
    db = session.bench.db
    names = [name for name in shipment.headers if name != ID]
    both = ", ".join(
        f"case when {quoted(name)} = 'both' then {literal(name)} end" for name in names
    )
    held = db.execute(
        f"""
        select key, id, 'held' as state, {literal(CHANGED_SINCE)} as code, fields as field,
            {literal(row_error(CHANGED_SINCE).template)} as template
        from (
            select key, id, concat_ws(', ', {both}) as fields from {compared}
        ) as conflicts where fields != ''
        """  # noqa: S608 - names of the plan
    ).to_arrow_table()
    session.record_locally(shipment.sobject, held, pass_number=shipment.pass_number)
    take_out(session.bench, shipment.table, held, column=KEY)


def _settle_finished(session: Session, shipment: Shipment, columns: Sequence[PlanColumn]) -> None:
    db = session.bench.db
    nothing = " and ".join(f"{quoted(column.name)} is null" for column in columns)
    finished = db.execute(
        f"select {quoted(KEY)} as key, {ID} as id, 'updated' as state "  # noqa: S608 - ours
        f"from {shipment.table} where {nothing}"
    ).to_arrow_table()
    session.record_locally(shipment.sobject, finished, pass_number=shipment.pass_number)
    take_out(session.bench, shipment.table, finished, column=KEY)
