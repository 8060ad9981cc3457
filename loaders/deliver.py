"""Send a shipment until every row has its final outcome, or has been tried often enough."""

from __future__ import annotations

from collections.abc import Callable

from loaders.bench import scratch_name
from loaders.bulk_query import count
from loaders.canonical import literal, quoted
from loaders.collections import send_by_collections
from loaders.csv_parts import KEY
from loaders.row_errors import DUPLICATES, template_sql
from loaders.send_bulk import send_in_bulk
from loaders.session import Session
from loaders.shipment import Shipment

# Users lock each other (contract 2.4), so they never go by the thousand.
NEVER_BULK = frozenset({"User"})
# A table (key, id) of what the org holds under these keys.
LookUp = Callable[[], str]
# Sends a shipment and gives the ledger's job numbers.
Send = Callable[[Session, Shipment], list[int]]


def no_look_up() -> str:
    """Stand where nothing can be made twice: changes and deletions are simply sent again."""
    raise AssertionError("only created rows are looked up")


def deliver(session: Session, shipment: Shipment, *, look_up: LookUp, send: Send) -> None:
    """
    Send all rows; then only those again that met a lock, a timeout or an alert rule.

    A created row that the org gave no account of is looked up by its key before it is sent again,
    so that nothing is made twice.
    """
    left, latest = shipment.table, ""
    for attempt in range(session.sending.attempts):
        if count(session.bench.db, left) == 0:
            return
        if attempt:
            session.line.sleep(session.sending.first_pause * 2 ** (attempt - 1))
        now = shipment.of(left)
        latest = _sort_out(session, now, send(session, now), look_up=look_up)
        left = _rows_in(session, now, latest, "state in ('retry', 'unknown')")
    if latest:
        _give_up(session, shipment, left, latest)


def send_rows(session: Session, shipment: Shipment) -> list[int]:
    """Send rows by Collections or as Bulk jobs, as their number says."""
    rows = count(session.bench.db, shipment.table)
    bulk_only = shipment.operation == "hardDelete"
    small = rows < session.sending.bulk_from or shipment.sobject in NEVER_BULK
    if small and not bulk_only:
        return send_by_collections(session, shipment)
    return send_in_bulk(session, shipment)


def _sort_out(session: Session, shipment: Shipment, jobs: list[int], *, look_up: LookUp) -> str:
    """Do at once what can be done for rows without a final outcome; give every row's last one."""
    latest = _latest(session, jobs)
    duplicates = _rows_in(session, shipment, latest, f"state = 'retry' and code = '{DUPLICATES}'")
    if count(session.bench.db, duplicates):
        jobs = [*jobs, *send_by_collections(session, shipment.of(duplicates), allow_save=True)]
        latest = _latest(session, jobs)
    if shipment.creates:
        unknown = _rows_in(session, shipment, latest, "state = 'unknown'")
        if count(session.bench.db, unknown):
            jobs = [*jobs, *_claim_found(session, shipment, unknown, look_up())]
            latest = _latest(session, jobs)
    return latest


def _latest(session: Session, jobs: list[int]) -> str:
    """Make a table of each row's last outcome in these jobs."""
    table = scratch_name("latest")
    files = [
        str(session.ledger.folder / found.outcomes)
        for found in map(session.ledger.job, jobs)
        if found.outcomes
    ]
    names = ", ".join(literal(name) for name in files)
    session.bench.db.execute(
        f"""
        create temp table {table} as
        select key, arg_max(state, job) as state, arg_max(code, job) as code
        from read_parquet([{names}]) group by key
        """  # noqa: S608 - our own paths
    )
    return table


def _rows_in(session: Session, shipment: Shipment, latest: str, condition: str) -> str:
    table = scratch_name("rows")
    session.bench.db.execute(
        f"""
        create temp table {table} as
        select rows.* from {quoted(shipment.table)} as rows
        inner join {latest} as latest on rows.{quoted(KEY)} = latest.key
        where latest.{condition}
        """  # noqa: S608 - names of our own
    )
    return table


def _claim_found(session: Session, shipment: Shipment, unknown: str, found: str) -> list[int]:
    """Write down as created what the org turns out to hold under the key of an unknown row."""
    outcomes = session.bench.db.execute(
        f"""
        select unknown.{quoted(KEY)} as key, min(found.id) as id, 'created' as state
        from {unknown} as unknown
        inner join {found} as found on unknown.{quoted(KEY)} = found.key
        group by unknown.{quoted(KEY)}
        """  # noqa: S608 - names of our own
    ).to_arrow_table()
    return session.record_locally(shipment.sobject, outcomes, pass_number=shipment.pass_number)


def _give_up(session: Session, shipment: Shipment, left: str, latest: str) -> None:
    """Call failed what was tried often enough, with the last thing that the org said of it."""
    outcomes = session.bench.db.execute(
        f"""
        select latest.key, 'failed' as state, latest.code, {template_sql("latest.code")} as template
        from {latest} as latest
        inner join {left} as remaining on latest.key = remaining.{quoted(KEY)}
        """  # noqa: S608 - names of our own
    ).to_arrow_table()
    session.record_locally(shipment.sobject, outcomes, pass_number=shipment.pass_number)
