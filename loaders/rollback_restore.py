"""Write back what the fields of changed records held before a push."""

from __future__ import annotations

from loaders.bench import scratch_name
from loaders.bulk_query import count
from loaders.canonical import literal, quoted
from loaders.deliver import Delivery, deliver
from loaders.images import BEFORE, image_files
from loaders.ledger_acts import Run
from loaders.plan_store import PlanObject
from loaders.rollback_targets import record
from loaders.row_errors import CHANGED_SINCE, row_error
from loaders.session import Session
from loaders.shipment import NULL_TEXT, Shipment


def restore(session: Session, pushed: Run, each: PlanObject, rows: str) -> None:
    """Restore the records of a table (key, id) from their before-images."""
    shipment = _shipment(session, pushed, each, rows)
    if shipment is None:
        _hold_all(session, each.sobject, rows)
    elif count(session.bench.db, shipment.table):
        deliver(session, Delivery(shipment))


def _shipment(session: Session, pushed: Run, each: PlanObject, rows: str) -> Shipment | None:
    images = image_files(session, pushed, each.sobject, kind=BEFORE)
    if not images:
        return None
    file = f"read_parquet([{', '.join(images)}], union_by_name = true)"
    names = [
        str(row[0])
        for row in session.bench.db.execute(f"describe select * from {file}").fetchall()  # noqa: S608
        if row[0] != "id"
    ]
    table = scratch_name("shipment")
    cells = ", ".join(
        f"coalesce(image.{quoted(name)}, {literal(NULL_TEXT)}) as {quoted(name)}" for name in names
    )
    session.bench.db.execute(
        f"""
        create temp table {table} as
        select rows.key as _key, null as _lock, rows.id as Id, {cells}
        from {rows} as rows inner join {file} as image on image.id = rows.id
        """  # noqa: S608 - names of our own
    )
    types = {column.name: column.type for column in each.columns}
    return Shipment(
        sobject=each.sobject,
        operation="update",
        external_id=None,
        pass_number=1,
        table=table,
        headers=("Id", *names),
        join=("Id",),
        types=types,
    )


def _hold_all(session: Session, sobject: str, rows: str) -> None:
    """Hold what was changed without anybody keeping what it was before."""
    outcomes = session.bench.db.execute(
        f"""
        select key, id, 'held' as state, {literal(CHANGED_SINCE)} as code,
            {literal(row_error(CHANGED_SINCE).template)} as template from {rows}
        """  # noqa: S608 - names of our own
    ).to_arrow_table()
    record(session, sobject, outcomes)
