"""Change existing records: only after their values are kept, and never over a user's work."""

from __future__ import annotations

from loaders.bench import scratch_name
from loaders.bulk_query import count
from loaders.canonical import BASE64, literal, quoted
from loaders.csv_parts import KEY
from loaders.deliver import deliver, no_look_up, send_rows
from loaders.images import AFTER, BEFORE, keep_before_images
from loaders.push_rows import Turn, updates
from loaders.row_errors import CHANGED_SINCE, row_error
from loaders.session import Session
from loaders.shipment import ID


def push_updates(session: Session, turn: Turn, *, forced: bool) -> None:
    """Keep before-images, hold what a user changed since we last wrote it, send the rest."""
    shipment = updates(session, turn)
    if count(session.bench.db, shipment.table) == 0:
        return
    ids = scratch_name("ids")
    session.bench.db.execute(
        f"create temp table {ids} as select {ID} as id from {shipment.table}"  # noqa: S608 - ours
    )
    # In a run that is being resumed the values may be our own by now.
    if any(
        image.sobject == turn.sobject
        for image in session.ledger.images(session.run.run, kind=BEFORE)
    ):
        deliver(session, shipment, look_up=no_look_up, send=send_rows)
        return
    # The second pass writes to these records as well.
    written = [
        column.name
        for column in turn.each.columns
        if column.type != BASE64 and not column.create_only and column.name not in turn.each.key
    ]
    hashes = keep_before_images(session, turn.sobject, written=written, ids=ids)
    if not forced:
        _hold_changed(session, turn, shipment.table, hashes)
    deliver(session, shipment, look_up=no_look_up, send=send_rows)


def _hold_changed(session: Session, turn: Turn, table: str, hashes: str) -> None:
    """Hold the records that differ from what they were after we last wrote them."""
    files = [
        str(session.ledger.folder / image.file)
        for run in session.ledger.runs(kind="push")
        if run.org_id == session.run.org_id and run.run != session.run.run
        for image in session.ledger.images(run.run, kind=AFTER)
        if image.sobject == turn.sobject
    ]
    if not files:
        return
    names = ", ".join(literal(name) for name in files)
    outcomes = session.bench.db.execute(
        f"""
        select rows.{quoted(KEY)} as key, 'held' as state, {literal(CHANGED_SINCE)} as code,
            {literal(row_error(CHANGED_SINCE).template)} as template, rows.{ID} as id
        from {table} as rows
        inner join {hashes} as present on present.id = rows.{ID}
        inner join (
            -- Run ids sort by time, so the last file is the last time that we wrote the record.
            select id, arg_max(hash, filename) as hash
            from read_parquet([{names}], filename = true) group by id
        ) as known on known.id = rows.{ID}
        where known.hash != present.hash
        """  # noqa: S608 - names of our own
    ).to_arrow_table()
    session.record_locally(turn.sobject, outcomes)
    session.bench.db.register("held_now", outcomes)
    session.bench.db.execute(
        f"delete from {table} where {quoted(KEY)} in (select key from held_now)"  # noqa: S608
    )
    session.bench.db.unregister("held_now")
