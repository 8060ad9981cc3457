"""Look once more at what was deleted: somebody may have worked on it since our last look."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import escape

import pyarrow as pa

from loaders.bench import lay_out
from loaders.bulk_query import count
from loaders.canonical import literal
from loaders.images import read_records
from loaders.rollback_checks import Checks, held_by_children, held_by_edits, without
from loaders.rollback_targets import deleted_chunks, record
from loaders.row_errors import NOT_TAKEN_BACK, row_error
from loaders.session import Session
from loaders.soap import PARTNER, soap_results

_LOOKED_BACK, _TAKING_BACK = "rollback_looked_back", "rollback_taking_back"
# The most that one call may name (contract 4.12).
_IDS_PER_CALL = 200
# Records that one request deletes together need not have the same time stamp.
_ONE_REQUEST = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look into the recycle bin found about some of the records that were deleted."""

    # Table (key, id) of the records.
    rows: str
    # Outcomes of those that somebody worked on, and the ids that give them back.
    worked_on: pa.Table
    gone: pa.Table
    ids: list[str]


def look_back(session: Session, sobject: str, look: Iterator[Seen]) -> None:
    """
    Take back what was edited, or got a child, between our last look and our delete.

    No interface deletes on condition that a record is unchanged, so the recycle bin is read: it
    shows every record as it went. Once per object, before what it points to is deleted and
    empties its lookups. A lookup that the delete emptied in a record of others leaves no trace.
    """
    acts = session.ledger.chain.acts(_LOOKED_BACK)
    if any((act["run"], act["sobject"]) == (session.run.run, sobject) for act in acts):
        return
    looked_at = taken_back = unseen = 0
    for seen in look:
        _take_back(session, sobject, seen)
        looked_at += count(session.bench.db, seen.rows)
        taken_back += seen.worked_on.num_rows
        unseen += seen.gone.num_rows
    if looked_at:
        counts = {"looked_at": looked_at, "taken_back": taken_back, "not_in_bin": unseen}
        body = {"run": session.run.run, "sobject": sobject, **counts}
        session.ledger.chain.record(_LOOKED_BACK, body)


def look_at_deleted(session: Session, checks: Checks) -> Iterator[Seen]:
    """
    Look at the deleted records of an object in the recycle bin, part by part.

    Of what is not in the bin, some is back: an interrupted rollback took it, or somebody did.
    """
    if "IsDeleted" not in session.describe(checks.sobject).fields:
        return
    for rows in deleted_chunks(session, checks.sobject, sent_as=checks.sobject):
        in_bin = replace(checks, deleted_since=went_since(session, checks.sobject, rows))
        changed, gone = held_by_edits(session, in_bin, rows)
        below = held_by_children(session, in_bin, rows)
        worked_on = pa.concat_tables([changed, without(below, changed)])
        ids = worked_on["id"].to_pylist()
        back = lay_out(session.bench, gone)
        changed, gone = held_by_edits(session, checks, back)
        below = held_by_children(session, checks, back)
        worked_on = pa.concat_tables([worked_on, changed, without(below, changed)])
        yield Seen(rows, worked_on, gone, ids)


def went_since(session: Session, sobject: str, rows: str) -> str:
    """
    Give the moment, as SOQL, from which on children went along with these records.

    By the org's clock. What somebody threw away before is no reason to take its parent back.
    """
    found = read_records(session, sobject, ["SystemModstamp"], ids=rows, deleted=True)
    (first,) = session.bench.db.execute(
        f"select coalesce(min(SystemModstamp), '9999-01-01T00:00:00Z') from {found}"  # noqa: S608
    ).fetchall()
    began = datetime.fromisoformat(first[0]) - _ONE_REQUEST
    return began.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _take_back(session: Session, sobject: str, seen: Seen) -> None:
    """
    Undelete what somebody worked on, with what went along, and hold what is there again.

    What the org does not give back is failed: somebody has to look after it.
    """
    if seen.worked_on.num_rows == 0:
        return
    body = {"run": session.run.run, "sobject": sobject, "records": seen.worked_on.num_rows}
    session.ledger.chain.record(_TAKING_BACK, body)
    undelete(session, seen.ids)
    wanted = lay_out(session.bench, seen.worked_on)
    there = read_records(session, sobject, [], ids=wanted)
    template = row_error(NOT_TAKEN_BACK).template
    settled = session.bench.db.execute(
        f"""
        select wanted.key, wanted.id,
            if(there.id is null, 'failed', wanted.state) as state,
            if(there.id is null, {literal(NOT_TAKEN_BACK)}, wanted.code) as code,
            wanted.field,
            if(there.id is null, {literal(template)}, wanted.template) as template
        from {wanted} as wanted left join {there} as there on there.id = wanted.id
        """  # noqa: S608 - names of our own
    ).to_arrow_table()
    record(session, sobject, settled)


def undelete(session: Session, ids: Sequence[str]) -> None:
    """Ask the org to take records out of its recycle bin, which only SOAP can; look afterwards."""
    for start in range(0, len(ids), _IDS_PER_CALL):
        named = "".join(f"<ids>{escape(each)}</ids>" for each in ids[start : start + _IDS_PER_CALL])
        soap_results(session.org, session.line, PARTNER, "undelete", named)
