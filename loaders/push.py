"""Push an approved plan: objects in order, each row to exactly one final state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from loaders.bench import clearing, scratch_name
from loaders.bulk_query import count
from loaders.canary import send_canary
from loaders.canonical import BASE64, literal, quoted
from loaders.csv_parts import KEY
from loaders.deliver import Delivery, deliver
from loaders.deviation import count_lost
from loaders.errors import DONE, INCOMPLETE
from loaders.files import send_files
from loaders.images import NO_IMAGE, keep_after_images
from loaders.ledger_outcomes import view_outcomes
from loaders.load_order import side_by_side
from loaders.org_keys import look_up_keys
from loaders.plan_rows import HELD_CODES
from loaders.plan_store import Plan, PlanObject, audit_file, failures_file
from loaders.push_deletions import Deletions, carry_out
from loaders.push_ids import add_ids, load_ids
from loaders.push_matches import stamp_matches
from loaders.push_rows import (
    Turn,
    creates,
    fail_orphans,
    take_rows,
    updates,
)
from loaders.push_second import fill_second_pass
from loaders.push_updates import changes
from loaders.resolve import load_documents, load_references
from loaders.rollback_proof import keep_counts
from loaders.row_errors import KEY_TAKEN, row_error, template_sql
from loaders.run_scope import keep_scope
from loaders.send_bulk import finish_open_job
from loaders.session import Session
from loaders.shipment import Shipment
from loaders.status import RunStatus, run_status

# Users found by e-mail own records: those that this run creates count as well.
_USERS = "User"
_CREATING = frozenset({"insert", "upsert"})


@dataclass(frozen=True, slots=True)
class Push:
    """A plan being pushed."""

    session: Session
    plan: Plan
    folder: Path
    allow_duplicates: bool
    forced: frozenset[str]
    # Objects whose first record may arrive otherwise than it was sent.
    as_it_arrives: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Pushed:
    """How a push ended."""

    code: int
    status: RunStatus


def push(work: Push) -> Pushed:
    """
    Send every row of the plan that has no final state yet, and say how it ended.

    A second call on the same run goes on where the first was cut off; on a finished run it sends
    nothing.

    Raises:
        CanaryDiffers: the first record of an object arrived otherwise; the rest was not sent.
        Unavailable: the org went away; what it did until then is on the ledger.
        JobStillRunning: a job takes longer than we wait.

    """
    session = work.session
    keep_scope(session.ledger, session.run, work.plan)
    keep_counts(session, work.plan)
    for job in session.ledger.unsettled_jobs(session.run.run):
        finish_open_job(session, job, allow_duplicates=work.allow_duplicates)
    load_references(session, work.plan)
    load_ids(session, work.plan, work.folder)
    done = [_push_side_by_side(work, group) for group in side_by_side(work.plan.objects)]
    _refresh(work)
    done += [_fill_second_pass(work, each) for each in work.plan.objects if each.second_pass]
    _refresh(work)
    done.append(carry_out(Deletions(session, work.plan, work.folder, work.forced)))
    _refresh(work)
    if session.run.state != "running" and not any(done):
        return _ended(work)
    keep_after_images(session, work.plan)
    pushed = _ended(work)
    session.clear_outbox()
    session.ledger.finish_run(session.run.run, state="finished", exit_code=pushed.code)
    return pushed


def _ended(work: Push) -> Pushed:
    """Give 4 when a row failed, was held or is gone again, or an equation does not close."""
    session = work.session
    status = run_status(session.ledger, session.run, work.plan, work.folder)
    lost = sum(count_lost(session, each.sobject) for each in work.plan.objects)
    return Pushed(DONE if status.is_complete and not lost else INCOMPLETE, status)


def _refresh(work: Push) -> None:
    """Read the ledger's outcomes anew."""
    session = work.session
    view_outcomes(session.bench.db, session.ledger.outcome_files(session.run.run))
    add_ids(session)


def _push_side_by_side(work: Push, objects: Sequence[PlanObject]) -> bool:
    """Push objects that do not wait for one another; tell whether there was anything to do."""
    session = work.session
    with clearing(session.bench):
        _refresh(work)
        turns = [Turn(work.plan, work.folder, each) for each in objects]
        stamped = [stamp_matches(session, turn) for turn in turns]
        if any(stamped):
            _refresh(work)
        turns = [turn for turn in turns if _has_work(work, turn)]
        deliver(session, *[_creates(work, turn) for turn in turns])
        for turn in turns:
            # Alone, so that little time passes between our look at a record and its change.
            deliver(session, _updates(work, turn))
        if any(turn.sobject == _USERS for turn in turns):
            load_references(session, work.plan)
    return bool(turns)


def _has_work(work: Push, turn: Turn) -> bool:
    """Take an object's rows, fail those that cannot be sent, and tell whether there were any."""
    session = work.session
    take_rows(session, turn)
    _fail_preflight(work, turn)
    waiting = count(session.bench.db, turn.rows)
    if waiting:
        session.progress.begin(turn.sobject, total=waiting)
        load_documents(session, turn.each.columns, rows=turn.rows)
        fail_orphans(session, turn, excluded=audit_file(work.folder, "excluded_records"))
    return bool(waiting)


def _fill_second_pass(work: Push, each: PlanObject) -> bool:
    turn, forced = Turn(work.plan, work.folder, each), each.sobject in work.forced
    with clearing(work.session.bench):
        return fill_second_pass(work.session, turn, forced=forced)


def _fail_preflight(work: Push, turn: Turn) -> None:
    """Put on the ledger what pre-flight kept back, so that every row has its state there."""
    path = failures_file(work.folder, turn.each)
    outcomes = work.session.bench.db.execute(
        f"""
        select _key as key,
            case when bool_and(code in {HELD_CODES}) then 'held' else 'failed' end as state,
            min(code) as code, arg_min(field, code) as field,
            {template_sql("min(code)")} as template
        from read_parquet({literal(str(path))}) as failures
        where not exists (
            select 1 from finals
            where finals.sobject = {literal(turn.sobject)} and finals.key = failures._key
        )
        group by _key
        """  # noqa: S608 - our own path
    ).to_arrow_table()
    work.session.record_locally(turn.sobject, outcomes)


def _creates(work: Push, turn: Turn) -> Delivery:
    """Make the delivery of an object's new rows; the first of many has been sent and looked at."""
    session = work.session
    has_bodies = any(column.type == BASE64 for column in turn.each.columns)
    delivery = Delivery(
        creates(session, turn, allow_duplicates=work.allow_duplicates),
        look_up=lambda: _ours_only(session, look_up_keys(session, turn.each, rows=turn.rows)),
        send=partial(send_files, turn=turn) if has_bodies else None,
    )
    if count(session.bench.db, delivery.shipment.table):
        _leave_out_taken_keys(work, turn, delivery.shipment)
        if _has_canary(work, turn, delivery.shipment):
            send_canary(session, turn, delivery)
    return delivery


def _updates(work: Push, turn: Turn) -> Delivery:
    """Make the delivery of an object's changes, as far as nobody else worked on the records."""
    session, forced = work.session, turn.sobject in work.forced
    delivery = changes(session, turn, updates(session, turn), forced=forced)
    if _has_canary(work, turn, delivery.shipment):
        send_canary(session, turn, delivery)
    return delivery


def _has_canary(work: Push, turn: Turn, shipment: Shipment) -> bool:
    """Tell whether one record goes first; links go with their files, which are looked at."""
    if turn.sobject in NO_IMAGE or turn.sobject in work.as_it_arrives:
        return False
    return count(work.session.bench.db, shipment.table) >= work.session.sending.canary_from


def _ours_only(session: Session, found: str) -> str:
    table = scratch_name("ours")
    session.bench.db.execute(f"create temp table {table} as select * from {found} where by_us")  # noqa: S608
    return table


def _leave_out_taken_keys(work: Push, turn: Turn, shipment: Shipment) -> None:
    """
    Look before creating: what is there already is never written over.

    In a run that was cut off, a record of our own making under the key is the row we lost sight
    of; anything else appeared since the plan, and is held.
    """
    session = work.session
    found = look_up_keys(session, turn.each, rows=turn.rows)
    jobs = session.ledger.jobs(session.run.run)
    resumed = any(job.sobject == turn.sobject and job.operation in _CREATING for job in jobs)
    claimed = "found.by_us" if resumed else "false"
    outcomes = session.bench.db.execute(
        f"""
        select found.key, found.id,
            case when {claimed} then 'created' else 'held' end as state,
            case when {claimed} then null else {literal(KEY_TAKEN)} end as code,
            case when {claimed} then null else {literal(row_error(KEY_TAKEN).template)} end
                as template
        from {found} as found
        inner join {quoted(shipment.table)} as rows on rows.{quoted(KEY)} = found.key
        """  # noqa: S608 - names of our own
    ).to_arrow_table()
    session.record_locally(turn.sobject, outcomes)
    session.bench.db.execute(
        f"delete from {quoted(shipment.table)} "  # noqa: S608 - names of our own
        f"where {quoted(KEY)} in (select key from {found})"
    )
