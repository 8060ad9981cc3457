"""Send a shipment until every row has its final outcome, or has been tried often enough."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

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


@dataclass(frozen=True, slots=True)
class Delivery:
    """A shipment, how it goes, and how to find out what became of a row."""

    shipment: Shipment
    # None where nothing can be made twice: changes and deletions are simply sent again.
    look_up: LookUp | None = None
    # None: by Collections or as Bulk jobs, as the number of rows says.
    send: Send | None = None
    # A table of what the org said last of each row.
    said: str = ""

    def of(self, table: str, *, said: str = "") -> Delivery:
        """Give the same delivery with other rows."""
        return replace(self, shipment=self.shipment.of(table), said=said)


def deliver(session: Session, *deliveries: Delivery) -> None:
    """
    Send all rows; then only those again that met a lock, a timeout or an alert rule.

    Several deliveries go side by side. A created row that the org gave no account of is looked up
    by its key before it is sent again, so that nothing is made twice.
    """
    left = list(deliveries)
    for attempt in range(session.sending.attempts):
        left = [each for each in left if count(session.bench.db, each.shipment.table)]
        if not left:
            return
        if attempt:
            session.line.sleep(session.sending.first_pause * 2 ** (attempt - 1))
        jobs = _send(session, left)
        left = [_sort_out(session, *each) for each in zip(left, jobs, strict=True)]
    for each in left:
        _give_up(session, each)


def _send(session: Session, deliveries: Sequence[Delivery]) -> list[list[int]]:
    """
    Send everything once and give the job numbers of each delivery.

    What goes by requests goes first and alone: nobody compares what a request locks with the jobs
    that are under way.
    """
    jobs: dict[int, list[int]] = {}
    in_bulk: list[int] = []
    for number, each in enumerate(deliveries):
        if each.send is not None:
            jobs[number] = each.send(session, each.shipment)
        elif _goes_in_bulk(session, each.shipment):
            in_bulk.append(number)
        else:
            jobs[number] = send_by_collections(session, each.shipment)
    sent = send_in_bulk(session, [deliveries[number].shipment for number in in_bulk])
    jobs |= zip(in_bulk, sent, strict=True)
    return [jobs[number] for number in range(len(deliveries))]


def _goes_in_bulk(session: Session, shipment: Shipment) -> bool:
    """Tell whether the rows are so many that a job is quicker than requests."""
    if shipment.operation == "hardDelete":
        return True
    rows = count(session.bench.db, shipment.table)
    return rows >= session.sending.bulk_from and shipment.sobject not in NEVER_BULK


def _sort_out(session: Session, delivery: Delivery, jobs: list[int]) -> Delivery:
    """Do at once what can be done for rows without a final outcome; give what is left of them."""
    shipment = delivery.shipment
    latest = _latest(session, jobs)
    duplicates = _rows_in(session, shipment, latest, f"state = 'retry' and code = '{DUPLICATES}'")
    if count(session.bench.db, duplicates):
        jobs = [*jobs, *send_by_collections(session, shipment.of(duplicates), allow_save=True)]
        latest = _latest(session, jobs)
    if delivery.look_up is not None:
        unknown = _rows_in(session, shipment, latest, "state = 'unknown'")
        if count(session.bench.db, unknown):
            jobs = [*jobs, *_claim_found(session, shipment, unknown, delivery.look_up())]
            latest = _latest(session, jobs)
        if delivery.said:
            _claim_late(session, delivery, jobs)
    left = _rows_in(session, shipment, latest, "state in ('retry', 'unknown')")
    return delivery.of(left, said=latest)


def _latest(session: Session, jobs: list[int]) -> str:
    """Make a table of each row's last outcome in these jobs."""
    table = scratch_name("latest")
    session.bench.db.execute(
        f"""
        create temp table {table} as
        select key, arg_max(state, job) as state, arg_max(code, job) as code
        from {_said_in(session, jobs)} group by key
        """  # noqa: S608 - our own paths
    )
    return table


def _said_in(session: Session, jobs: list[int]) -> str:
    """Give the table function of all outcomes of these jobs."""
    files = [
        str(session.ledger.folder / found.outcomes)
        for found in map(session.ledger.job, jobs)
        if found.outcomes
    ]
    return f"read_parquet([{', '.join(literal(name) for name in files)}])"


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


def _claim_late(session: Session, delivery: Delivery, jobs: list[int]) -> None:
    """
    Write down as created what an earlier attempt made after all.

    Its answer was lost, and the org wrote the record after we had looked for it: a second upsert
    then finds it, and calls it updated.
    """
    outcomes = session.bench.db.execute(
        f"""
        select key, min(id) as id, 'created' as state from {_said_in(session, jobs)}
        where state = 'updated'
            and key in (select key from {delivery.said} where state = 'unknown')
        group by key
        """  # noqa: S608 - our own paths
    ).to_arrow_table()
    shipment = delivery.shipment
    session.record_locally(shipment.sobject, outcomes, pass_number=shipment.pass_number)


def _give_up(session: Session, left: Delivery) -> None:
    """Call failed what was tried often enough, with the last thing that the org said of it."""
    shipment = left.shipment
    outcomes = session.bench.db.execute(
        f"""
        select latest.key, 'failed' as state, latest.code, {template_sql("latest.code")} as template
        from {left.said} as latest
        inner join {shipment.table} as remaining on latest.key = remaining.{quoted(KEY)}
        """  # noqa: S608 - names of our own
    ).to_arrow_table()
    session.record_locally(shipment.sobject, outcomes, pass_number=shipment.pass_number)
