"""Carry out what was decided about records that the source has no longer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from loaders.bench import clearing, scratch_name
from loaders.bulk_query import count
from loaders.canonical import literal
from loaders.deletion_decisions import MARK_FIELD
from loaders.deliver import deliver
from loaders.existing import FILE
from loaders.gone_states import GONE_STATES, view_gone
from loaders.images import NO_IMAGE, keep_before_images
from loaders.plan_store import DELETE, MARK, Plan
from loaders.push_rows import Turn
from loaders.push_updates import changes
from loaders.rollback_checks import LINK, checks_for
from loaders.rollback_deletes import can_look_back, delete_created, derived_chunks, hold_derived
from loaders.rollback_documents import delete_documents
from loaders.rollback_look_back import look_at_deleted, look_back
from loaders.rollback_looks import last_looks
from loaders.rollback_targets import lay_targets, pending, refresh_targets
from loaders.row_errors import NOT_RESTORABLE, UNDECIDED_DELETION, row_error
from loaders.session import Session
from loaders.shipment import ID, LOCK, Shipment


@dataclass(frozen=True, slots=True)
class Deletions:
    """A push at what the source has no longer, when all that it has is in the org."""

    session: Session
    plan: Plan
    folder: Path
    forced: frozenset[str]


def carry_out(work: Deletions) -> bool:
    """
    Mark and delete as was decided, hold what nobody decided; tell whether there was anything to do.

    A record is deleted by the rules of a rollback: what somebody worked on is held, and so is what
    others hang on. Its values are kept before, so that a rollback of this push can give it back.
    """
    session = work.session
    if not work.plan.gone:
        return False
    view_gone(session.bench.db, work.plan, work.folder)
    is_open = session.run.state == "running"
    if not is_open and not _any(session, "state = 'waiting'"):
        return False
    _hold(session, "act = ''", UNDECIDED_DELETION)
    for each in work.plan.objects:
        with clearing(session.bench):
            _mark(work, each.sobject)
    if _any(session, f"act = '{DELETE}'"):
        _delete(work)
    return True


def _any(session: Session, condition: str) -> bool:
    found = session.bench.db.execute(f"select 1 from {GONE_STATES} where {condition} limit 1")  # noqa: S608
    return found.fetchone() is not None


def _hold(session: Session, condition: str, code: str) -> None:
    """Put on the ledger, as held, what waits and meets a condition."""
    template = literal(row_error(code).template)
    where = f"from {GONE_STATES} where state = 'waiting' and {condition}"
    objects = session.bench.db.execute(f"select distinct sobject {where} order by 1").fetchall()
    for (sobject,) in objects:
        outcomes = session.bench.db.execute(
            f"select key, id, 'held' as state, {literal(code)} as code, {template} as template "
            f"{where} and sobject = {literal(sobject)}"
        ).to_arrow_table()
        session.record_locally(str(sobject), outcomes)


def _mark(work: Deletions, sobject: str) -> None:
    """Write into the records of an object since when we know that the source has them not."""
    session, table = work.session, scratch_name("marks")
    at = datetime.fromisoformat(work.plan.created_at).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    session.bench.db.execute(
        f"""
        create temp table {table} as
        select key as _key, cast(null as varchar) as {LOCK}, id as {ID}, '{at}' as {MARK_FIELD}
        from {GONE_STATES}
        where sobject = {literal(sobject)} and act = '{MARK}' and state = 'waiting'
        """  # noqa: S608 - names of our own
    )
    waiting = count(session.bench.db, table)
    if waiting == 0:
        return
    shipment = Shipment(
        sobject=sobject,
        operation="update",
        external_id=None,
        pass_number=1,
        table=table,
        headers=(ID, MARK_FIELD),
        join=(ID,),
        types={},
    )
    session.progress.begin(f"{sobject}, no longer in the source", total=waiting)
    turn = Turn(work.plan, work.folder, work.plan.object(sobject))
    deliver(session, changes(session, turn, shipment, forced=sobject in work.forced))


def _delete(work: Deletions) -> None:
    """Delete files, then children, then parents, each looked at just before."""
    session = work.session
    looks = partial(last_looks, session)
    deleted = f"select *, 'created' as was from {GONE_STATES} where act = '{DELETE}'"  # noqa: S608
    lay_targets(session, deleted)
    # Of what an interruption left, some is settled already.
    refresh_targets(session)
    gone = {each.sobject for each in work.plan.gone if each.delete}
    objects = [each for each in reversed(work.plan.objects) if each.sobject in gone]
    for each in objects:
        if each.sobject not in NO_IMAGE:
            with clearing(session.bench):
                keep_before_images(session, each, ids=_ids(session, each.sobject))
    if all(job.operation != "delete" for job in session.ledger.jobs(session.run.run)):
        for each in objects:
            _hold_derived(work, each.sobject)
    delete_documents(session, looks, forced=FILE in work.forced, hard=False)
    refresh_targets(session)
    for each in objects:
        _delete_object(work, each.sobject)
        refresh_targets(session)


def _ids(session: Session, sobject: str) -> str:
    table = scratch_name("ids")
    session.bench.db.execute(
        f"create temp table {table} as select id from {GONE_STATES} "  # noqa: S608 - ours
        f"where sobject = {literal(sobject)} and act = '{DELETE}' and state = 'waiting'"
    )
    return table


def _delete_object(work: Deletions, sobject: str) -> None:
    session = work.session
    if sobject == LINK:
        # The org keeps no link in its recycle bin: it goes with its file, or stays.
        view_gone(session.bench.db, work.plan, work.folder)
        _hold(session, f"sobject = '{LINK}' and act = '{DELETE}'", NOT_RESTORABLE)
        return
    session.progress.begin(f"delete {sobject}", total=pending(session, sobject, was="created"))
    is_forced = sobject in work.forced
    checks = checks_for(session, sobject, last_looks(session, sobject))
    delete_created(session, sobject, None if is_forced else checks, hard=False)
    if can_look_back(sobject, forced=work.forced):
        refresh_targets(session)
        look_back(session, sobject, look_at_deleted(session, checks))


def _hold_derived(work: Deletions, sobject: str) -> None:
    session = work.session
    if sobject in NO_IMAGE or sobject in work.forced:
        return
    for rows in derived_chunks(session, sobject):
        hold_derived(session, checks_for(session, sobject, last_looks(session, sobject)), rows)
