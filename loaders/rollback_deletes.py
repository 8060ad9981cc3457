"""Delete the targets that a push made, as far as nobody has worked on them since."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

import pyarrow as pa

from loaders.bench import scratch_name, take_out
from loaders.deliver import Delivery, deliver
from loaders.existing import FILE
from loaders.images import NO_IMAGE, updateable_fields
from loaders.rollback_checks import Checks, held_by_children, held_by_edits, without
from loaders.rollback_targets import chunks, record
from loaders.rollback_trees import TREES, lowest_first
from loaders.rollback_users import USER, held_by_later_pushes, retire_users, settle_retired
from loaders.session import Session
from loaders.shipment import deletion


def delete_created(session: Session, sobject: str, checks: Checks | None, *, hard: bool) -> None:
    """Delete an object's targets, without those that the checks hold; users are retired."""
    for rows in created_parts(session, sobject):
        if checks is not None:
            for outcomes in examine(session, checks, rows):
                record(session, sobject, outcomes)
                session.progress.advance(outcomes.num_rows)
                take_out(session.bench, rows, outcomes, column="key")
        if sobject == USER:
            retire_users(session, rows)
        else:
            _delete(session, sobject, rows, hard=hard)


def examine(session: Session, checks: Checks, rows: str) -> Iterator[pa.Table]:
    """
    Give the outcomes of the rows that are not to be deleted: held, or gone already.

    The records themselves are read last: nothing but the delete comes after that.
    """
    if checks.sobject == USER:
        needed = held_by_later_pushes(session, rows)
    else:
        needed = held_by_children(session, checks, rows)
    changed, gone = held_by_edits(session, checks, rows)
    yield changed
    yield gone
    yield without(needed, changed)


def created_parts(session: Session, sobject: str) -> Iterator[str]:
    """Make the tables of what a push created, in the order in which it can be deleted."""
    for rows in chunks(session, sobject, was="created"):
        if sobject == USER:
            settle_retired(session, rows)
        if sobject in TREES:
            yield from lowest_first(session, sobject, rows)
        else:
            yield rows


def derived_chunks(session: Session, sobject: str) -> Iterator[str]:
    """Make the tables of what a push created, where the org derives fields from children."""
    fields = updateable_fields(session, sobject)
    if fields.all != fields.steady:
        yield from chunks(session, sobject, was="created")


def hold_derived(session: Session, checks: Checks, rows: str) -> None:
    """Hold those of a table whose fields, derived ones as well, are not as they were left."""
    changed, _ = held_by_edits(session, replace(checks, children=(), steady=False), rows)
    record(session, checks.sobject, changed)


def can_look_back(sobject: str, *, forced: Collection[str]) -> bool:
    """Tell whether the recycle bin has what was deleted, and somebody's work in it matters."""
    return sobject not in {FILE, USER, *NO_IMAGE, *forced}


def _delete(session: Session, sobject: str, rows: str, *, hard: bool) -> None:
    table = scratch_name("shipment")
    session.bench.db.execute(
        f"create temp table {table} as select key as _key, null as _lock, id as Id from {rows}"  # noqa: S608
    )
    deliver(session, Delivery(deletion(sobject, table, hard=hard)))
