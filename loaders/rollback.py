"""Undo a push, in reverse order, without touching what somebody else has worked on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from loaders.bench import take_out
from loaders.bulk import abort_job, create_job
from loaders.errors import DONE, INCOMPLETE, OrgRefused, RollbackRefused
from loaders.existing import FILE
from loaders.images import NO_IMAGE
from loaders.ledger_acts import Run
from loaders.org_line import OrgLine
from loaders.plan_store import Plan
from loaders.rollback_checks import Checks, checks_for, held_by_edits
from loaders.rollback_deletes import (
    can_look_back,
    delete_created,
    derived_chunks,
    examine_all,
    hold_derived,
)
from loaders.rollback_documents import delete_documents, look_at_documents
from loaders.rollback_look_back import look_at_deleted, look_back
from loaders.rollback_looks import Looks, look_of
from loaders.rollback_lookups import drop_disturbed, make_lookups
from loaders.rollback_proof import prove
from loaders.rollback_restore import restore
from loaders.rollback_targets import (
    TARGETS,
    chunks,
    is_left_of_push,
    make_targets,
    mark,
    pending,
    record,
    refresh_targets,
    settle_ahead,
    was_begun_before,
)
from loaders.rollback_undelete import give_back
from loaders.send_bulk import finish_open_job
from loaders.session import Session


@dataclass(frozen=True, slots=True)
class Rollback:
    """A push being undone; the session's run is the rollback's own."""

    session: Session
    pushed: Run
    plan: Plan
    folder: Path
    forced: frozenset[str]
    hard: bool
    # The records (sobject, key) to which it is confined; all of the push where there is none.
    part: Path | None = None


@dataclass(frozen=True, slots=True)
class Undone:
    """What a rollback did, or would do, with one object."""

    sobject: str
    deleted: int
    restored: int
    retired: int
    held: int
    failed: int
    # Not dealt with; none is left at the end.
    waiting: int


def rollback(work: Rollback) -> int:
    """
    Undo everything that the push did and nobody changed since; give the exit code.

    What it deleted comes back first; then files go, then children, then parents. Can be called
    again after an interruption: what is undone stays undone, and what was held is looked at anew.
    At the end the org is compared with what it was before the push. `finish` ends the run.

    Raises:
        Unavailable: the org went away; what was undone until then is on the ledger.

    """
    session = work.session
    for job in session.ledger.unsettled_jobs(session.run.run):
        finish_open_job(session, job, allow_duplicates=False)
    make_targets(session, work.pushed, work.plan, work.folder, part=work.part)
    # Once something was deleted, what the org derives has changed by our own doing.
    if all(job.channel == "local" for job in session.ledger.jobs(session.run.run)):
        _hold_derived(work)
    give_back(session, work.pushed, work.plan)
    delete_documents(session, _looks(work), forced=FILE in work.forced, hard=work.hard)
    refresh_targets(session)
    for sobject in _reverse(work):
        _undo_object(work, sobject)
        refresh_targets(session)
        if not work.hard and can_look_back(sobject, forced=work.forced):
            look_back(session, sobject, look_at_deleted(session, _checks(work, sobject)))
    proof = prove(session, work.pushed, work.plan)
    complete = proof.holds and all(
        each.held == each.failed == each.waiting == 0 for each in undone(session)
    )
    session.clear_outbox()
    return DONE if complete else INCOMPLETE


def finish(work: Rollback, code: int) -> None:
    """
    Write down that a rollback has ended, and what it left of the push.

    Last of all, when its certificate is there: what has ended is not resumed.
    """
    session = work.session
    whole = code == DONE and not is_left_of_push(session)
    session.ledger.mark_run(work.pushed.run, state="rolled_back" if whole else "partly_rolled_back")
    session.ledger.finish_run(session.run.run, state="finished", exit_code=code)


def require_hard_delete(line: OrgLine, sobject: str) -> None:
    """
    Let `--hard` through where the org permits it; a job that is aborted at once asks for it.

    Raises:
        RollbackRefused: the permission "Bulk API Hard Delete" is missing.

    """
    try:
        abort_job(line, create_job(line, sobject=sobject, operation="hardDelete"))
    except OrgRefused as refusal:
        raise RollbackRefused(
            f"the org does not let this user delete for good ({refusal.code})",
            hint="grant Bulk API Hard Delete, or roll back without --hard",
        ) from refusal


def look_ahead(work: Rollback) -> None:
    """Work out what a rollback would do; nothing is sent, nothing but the look is on the ledger."""
    session = work.session
    make_targets(session, work.pushed, work.plan, work.folder, part=work.part)
    if FILE not in work.forced:
        look_at_documents(session, _looks(work))
    for sobject in _reverse(work):
        if sobject in {FILE, *NO_IMAGE} or sobject in work.forced:
            continue
        checks = _checks(work, sobject)
        for rows in chunks(session, sobject, was="updated"):
            changed, _ = held_by_edits(session, checks, rows)
            mark(session, sobject, changed)
        examine_all(session, checks, mark)
    settle_ahead(session)


def _reverse(work: Rollback) -> list[str]:
    return [each.sobject for each in reversed(work.plan.objects)]


def _looks(work: Rollback) -> Looks:
    return partial(look_of, work.session, work.pushed)


def _checks(work: Rollback, sobject: str) -> Checks:
    return checks_for(work.session, sobject, _looks(work)(sobject))


def _hold_derived(work: Rollback) -> None:
    """
    Look at records whose fields the org derives from children, while the children are there.

    Afterwards nobody could tell a user's change of such a field from the effect of our deleting;
    nor can it be told of a record whose children an earlier rollback deleted.
    """
    session = work.session
    again = was_begun_before(session)
    if again:
        make_lookups(session, work.plan, work.folder)
    for sobject in _reverse(work):
        if sobject in NO_IMAGE or sobject in work.forced:
            continue
        for rows in derived_chunks(session, sobject):
            if again:
                drop_disturbed(session, sobject, rows)
            hold_derived(session, _checks(work, sobject), rows)


def _undo_object(work: Rollback, sobject: str) -> None:
    session = work.session
    waiting = pending(session, sobject, was="created")
    changed = pending(session, sobject, was="updated")
    if not waiting and not changed:
        return
    session.progress.begin(f"undo {sobject}", total=waiting + changed)
    is_looked_at = sobject not in NO_IMAGE and sobject not in work.forced
    checks = _checks(work, sobject) if is_looked_at else None
    for rows in chunks(session, sobject, was="updated"):
        if checks is not None:
            edited, _ = held_by_edits(session, checks, rows)
            record(session, sobject, edited)
            take_out(session.bench, rows, edited, column="key")
        restore(session, work.pushed, work.plan.object(sobject), rows)
    delete_created(session, sobject, checks, hard=work.hard)


def undone(session: Session) -> list[Undone]:
    """Count what became of the targets, by object in the order of undoing."""
    states = ("deleted", "restored", "retired", "held", "failed")
    counts = ", ".join(f"count(*) filter (state = '{state}')" for state in states)
    rows = session.bench.db.execute(
        f"select sobject, {counts}, count(*) filter (state is null) from {TARGETS} "  # noqa: S608
        "group by sobject, position order by position desc"
    ).fetchall()
    return [Undone(*row) for row in rows]
