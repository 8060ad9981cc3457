"""Send one record of an object before all others, and look at what the org made of it."""

from __future__ import annotations

from loaders.bench import scratch_name
from loaders.canonical import literal, quoted
from loaders.csv_parts import KEY
from loaders.deliver import Delivery, deliver
from loaders.errors import CanaryDiffers
from loaders.images import read_records
from loaders.ledger_outcomes import view_outcomes
from loaders.plan_store import PlanColumn
from loaders.push_rows import Turn, expected
from loaders.session import Session
from loaders.verify_rules import DIFFERENT, plain


def send_canary(session: Session, turn: Turn, delivery: Delivery) -> None:
    """
    Send the first row, take it out of the delivery, and compare what arrived with what was sent.

    The row is on the ledger like any other: whoever resumes sends the next one first. A row that
    the org refuses is a failed row and no canary: nothing arrived that could be looked at.

    Raises:
        CanaryDiffers: the org holds something else than was sent; the rest was not sent.

    """
    db, shipment = session.bench.db, delivery.shipment
    first = scratch_name("canary")
    db.execute(
        f"""
        create temp table {first} as
        select * from {quoted(shipment.table)} order by {shipment.order} limit 1
        """  # noqa: S608 - names of our own
    )
    db.execute(
        f"delete from {quoted(shipment.table)} "  # noqa: S608 - names of our own
        f"where {quoted(KEY)} in (select {quoted(KEY)} from {first})"
    )
    deliver(session, delivery.of(first))
    view_outcomes(db, session.ledger.outcome_files(session.run.run))
    is_new = shipment.operation != "update"
    columns = turn.first_columns() if is_new else turn.changing_columns()
    fields = _different(session, turn, first, columns)
    if fields:
        raise CanaryDiffers(turn.sobject, fields, org=session.org.alias)


def _different(session: Session, turn: Turn, first: str, columns: list[PlanColumn]) -> list[str]:
    """Name the fields in which the canary is not as it was sent."""
    db, ids = session.bench.db, scratch_name("ids")
    db.execute(
        f"""
        create temp table {ids} as
        select finals.id, finals.key from finals inner join {first} as canary
            on canary.{quoted(KEY)} = finals.key
        where finals.sobject = {literal(turn.sobject)} and finals.state in ('created', 'updated')
        """  # noqa: S608 - names of our own
    )
    there = read_records(session, turn.sobject, [column.name for column in columns], ids=ids)
    cells = ", ".join(
        f"case when {_differs(session, turn, column)} then {literal(column.name)} end"
        for column in columns
    )
    found = db.execute(
        f"""
        select unnest(list_filter([{cells}], lambda name: name is not null))
        from {ids} as ids
        inner join {expected(session, turn, keys=first)} as sent on sent.{quoted(KEY)} = ids.key
        left join {there} as there on there.id = ids.id
        """  # noqa: S608 - names of the plan
    ).fetchall()
    return [str(name) for (name,) in found]


def _differs(session: Session, turn: Turn, column: PlanColumn) -> str:
    word = plain(
        column,
        session.describe(turn.sobject).fields[column.name],
        there=f"there.{quoted(column.name)}",
        sent=f"sent.{quoted(column.name)}",
    )
    return f"there.id is null or {word} = '{DIFFERENT}'"
