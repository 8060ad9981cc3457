"""Give the records that an org had before us their key: first of all, and by record id."""

from __future__ import annotations

from loaders.bench import scratch_name, take_out
from loaders.bulk_query import count
from loaders.canonical import literal, quoted
from loaders.csv_parts import KEY
from loaders.deliver import Delivery, deliver
from loaders.images import keep_before_images
from loaders.ledger_outcomes import STAMP_PASS, view_outcomes
from loaders.plan_store import matched_file
from loaders.push_rows import Turn
from loaders.row_errors import KEY_TAKEN, row_error
from loaders.session import Session
from loaders.shipment import ID, LOCK, Shipment


def stamp_matches(session: Session, turn: Turn) -> bool:
    """
    Stamp the matched records that have no key yet; tell whether there was anything to do.

    Their old values are kept before. A record that got a key since the plan, or is gone, fails
    or holds its row, which is then not updated either.
    """
    shipment = _unstamped(session, turn)
    if shipment is None:
        return False
    present = keep_before_images(session, turn.each, ids=_ids(session, shipment))
    _settle_taken(session, turn, shipment, present)
    if waiting := count(session.bench.db, shipment.table):
        session.progress.begin(f"{turn.sobject}, matched", total=waiting)
        deliver(session, Delivery(shipment))
    _give_up_refused(session, turn)
    return True


def _unstamped(session: Session, turn: Turn) -> Shipment | None:
    file = matched_file(turn.folder, turn.each)
    if not file.is_file() or turn.each.external_id is None:
        return None
    table, sobject = scratch_name("stamps"), literal(turn.sobject)
    session.bench.db.execute(
        f"""
        create temp table {table} as
        select _key as {quoted(KEY)}, cast(null as varchar) as {LOCK}, _id as {ID},
            _key as {quoted(turn.each.external_id)}
        from read_parquet({literal(str(file))}) as matched
        where not exists (
            select 1 from outcomes
            where outcomes.sobject = {sobject} and outcomes.key = matched._key
                and outcomes."pass" = {STAMP_PASS} and outcomes.state = 'updated'
        ) and not exists (
            select 1 from finals
            where finals.sobject = {sobject} and finals.key = matched._key
                and finals.first_state not in ('retry', 'unknown')
        )
        """  # noqa: S608 - names of the plan
    )
    if count(session.bench.db, table) == 0:
        return None
    return Shipment(
        sobject=turn.sobject,
        operation="update",
        external_id=None,
        pass_number=STAMP_PASS,
        table=table,
        headers=(ID, turn.each.external_id),
        join=(ID,),
        types={},
    )


def _ids(session: Session, shipment: Shipment) -> str:
    ids = scratch_name("ids")
    session.bench.db.execute(
        f"create temp table {ids} as select {ID} as id from {shipment.table}"  # noqa: S608 - ours
    )
    return ids


def _settle_taken(session: Session, turn: Turn, shipment: Shipment, present: str) -> None:
    """Hold rows whose record has another key by now; those that have ours were stamped before."""
    db, key = session.bench.db, quoted(str(turn.each.external_id))
    ours = db.execute(
        f"""
        select rows.{quoted(KEY)} as key, rows.{ID} as id, 'updated' as state
        from {shipment.table} as rows inner join {present} as present on present.id = rows.{ID}
        where present.{key} = rows.{quoted(KEY)}
        """  # noqa: S608 - names of the plan
    ).to_arrow_table()
    taken = db.execute(
        f"""
        select rows.{quoted(KEY)} as key, rows.{ID} as id, 'held' as state,
            {literal(KEY_TAKEN)} as code, {literal(row_error(KEY_TAKEN).template)} as template
        from {shipment.table} as rows inner join {present} as present on present.id = rows.{ID}
        where present.{key} != rows.{quoted(KEY)}
        """  # noqa: S608 - names of the plan
    ).to_arrow_table()
    session.record_locally(turn.sobject, ours, pass_number=STAMP_PASS)
    session.record_locally(turn.sobject, taken)
    for outcomes in (ours, taken):
        take_out(session.bench, shipment.table, outcomes, column=KEY)


def _give_up_refused(session: Session, turn: Turn) -> None:
    """Fail the rows whose record could not be stamped, with what the org said of it."""
    view_outcomes(session.bench.db, session.ledger.outcome_files(session.run.run))
    refused = session.bench.db.execute(
        f"""
        select key, 'failed' as state, last.code as code, last.field as field,
            last.template as template
        from (
            select key, arg_max(outcomes, job) as last from outcomes
            where sobject = {literal(turn.sobject)} and "pass" = {STAMP_PASS} group by key
        ) as stamps
        where last.state = 'failed' and not exists (
            select 1 from finals
            where finals.sobject = {literal(turn.sobject)} and finals.key = stamps.key
        )
        """  # noqa: S608 - names of the plan
    ).to_arrow_table()
    session.record_locally(turn.sobject, refused)
