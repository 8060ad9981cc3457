"""Delete the targets that a push made, as far as nobody has worked on them since."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace

import pyarrow as pa

from loaders.bench import scratch_name, take_out
from loaders.deliver import Delivery, deliver
from loaders.describe import ChildRelationship
from loaders.existing import FILE
from loaders.images import NO_IMAGE, updateable_fields
from loaders.rollback_checks import (
    Checks,
    ask_below,
    held_by_children,
    held_by_edits,
    without,
)
from loaders.rollback_targets import chunks, record
from loaders.rollback_trees import TREES, lowest_first
from loaders.rollback_users import USER, held_by_later_pushes, retire_users, settle_retired
from loaders.session import Session
from loaders.shipment import deletion

# Puts outcomes where they belong: on ledger and targets, or on the targets alone.
Settle = Callable[[Session, str, pa.Table], None]


def delete_created(session: Session, sobject: str, checks: Checks | None, *, hard: bool) -> None:
    """Delete an object's targets, without those that the checks hold; users are retired."""
    if checks is not None and _lookups_to_itself(session, checks):
        examine_all(session, checks, _record)
    for rows in created_parts(session, sobject):
        if checks is not None:
            for outcomes in examine(session, checks, rows):
                _record(session, sobject, outcomes)
                take_out(session.bench, rows, outcomes, column="key")
        if sobject == USER:
            retire_users(session, rows)
        else:
            _delete(session, sobject, rows, hard=hard)


def _record(session: Session, sobject: str, outcomes: pa.Table) -> None:
    record(session, sobject, outcomes)
    session.progress.advance(outcomes.num_rows)


def examine_all(session: Session, checks: Checks, settle: Settle) -> None:
    """
    Examine all targets of an object, then hold those above one of the same object that stays.

    Deleted, they would leave its lookup empty. Both may be of one part, or the upper one of an
    earlier part: so all are looked at before the first is deleted, and those above those again.
    """
    for rows in created_parts(session, checks.sobject):
        for outcomes in examine(session, checks, rows):
            settle(session, checks.sobject, outcomes)
    if own := _lookups_to_itself(session, checks):
        while _hold_above(session, replace(checks, children=own), settle):
            continue


def _hold_above(session: Session, checks: Checks, settle: Settle) -> int:
    """Hold what is right above a record that stays, and count it."""
    held = 0
    for rows in chunks(session, checks.sobject, was="created"):
        outcomes = held_by_children(session, checks, rows)
        settle(session, checks.sobject, outcomes)
        held += outcomes.num_rows
    return held


def _lookups_to_itself(session: Session, checks: Checks) -> tuple[ChildRelationship, ...]:
    """Give the lookups by which records of the object name one another; users are never deleted."""
    if checks.sobject == USER:
        return ()
    own = (child for child in checks.children if child.child == checks.sobject)
    return tuple(
        child
        for child in own
        if ask_below(session, child, where=f"{child.field} != null", deleted=False, limit=1)
    )


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
