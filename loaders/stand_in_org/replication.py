"""What was deleted, or changed, between two moments (contract 4.12)."""

# ruff: noqa: S608 - names come from the catalogue and are quoted
from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from starlette.responses import Response

from loaders.stand_in_org.call import Call, answer
from loaders.stand_in_org.errors import ApiError
from loaders.stand_in_org.job_json import api_moment
from loaders.stand_in_org.model import SObject
from loaders.stand_in_org.store import quoted

# How far back the org answers, and how many ids it gives at most.
_REACH = timedelta(days=30)
_MOST_IDS = 600_000
_SHORTEST = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which records, and the span: from its first minute up to its last, not included."""

    sobject: SObject
    start: datetime
    end: datetime


def deleted(call: Call) -> Response:
    """List the records that were deleted in the span; an emptied recycle bin is forgotten."""
    asked = _asked(call)
    rows = _rows(call, asked, "IsDeleted")
    return answer(
        {
            "deletedRecords": [{"deletedDate": api_moment(at), "id": one} for one, at in rows],
            "earliestDateAvailable": api_moment(_earliest(call)),
            "latestDateCovered": api_moment(asked.end),
        }
    )


def updated(call: Call) -> Response:
    """List the records that were made or changed in the span."""
    asked = _asked(call)
    rows = _rows(call, asked, "NOT IsDeleted")
    return answer({"ids": [one for one, _ in rows], "latestDateCovered": api_moment(asked.end)})


def _asked(call: Call) -> _Asked:
    """
    Read the object and the span, whose seconds the original ignores.

    Raises:
        ApiError: 404 without the object; 400 for a span that cannot be answered.

    """
    sobject = call.named_sobject()
    if "replicateable" not in sobject.abilities:
        raise ApiError(
            400, "INVALID_TYPE_FOR_OPERATION", f"{sobject.name} is not supported for replication"
        )
    start, end = _minute(call, "start"), _minute(call, "end")
    if end - start < _SHORTEST:
        raise ApiError(
            400,
            "INVALID_REPLICATION_DATE",
            "The end date must be at least one minute later than the start date",
        )
    if start < call.site.org.now() - _REACH:
        raise ApiError(
            400, "INVALID_REPLICATION_DATE", "The start date cannot be more than 30 days ago"
        )
    return _Asked(sobject, start, end)


def _minute(call: Call, name: str) -> datetime:
    text = call.argument(name)
    try:
        # A plus sign that was not encoded arrives as a blank.
        read = datetime.fromisoformat((text or "").replace(" ", "+"))
    except ValueError as problem:
        raise ApiError(400, "INVALID_FIELD", f"{name} is not a date and time: {text}") from problem
    at = read if read.tzinfo is not None else read.replace(tzinfo=UTC)
    return at.astimezone(UTC).replace(tzinfo=None, second=0, microsecond=0)


def _rows(call: Call, asked: _Asked, condition: str) -> list[tuple[str, datetime]]:
    with call.site.org.cursor() as reader:
        rows = reader.execute(
            f"SELECT Id, SystemModstamp FROM {quoted(asked.sobject.table)} WHERE {condition}"
            " AND SystemModstamp >= ? AND SystemModstamp < ? ORDER BY SystemModstamp, Id"
            f" LIMIT {_MOST_IDS + 1}",
            [asked.start, asked.end],
        ).fetchall()
    if len(rows) > _MOST_IDS:
        raise ApiError(400, "EXCEEDED_ID_LIMIT", "Too many ids: choose a shorter span")
    return rows


def _earliest(call: Call) -> datetime:
    """Give the moment from which on deletions are known: the org forgets none by itself."""
    with call.site.org.cursor() as reader:
        row = reader.execute('SELECT CreatedDate FROM "Organization"').fetchone()
    made: datetime = call.site.org.now() if row is None else row[0]
    return made.replace(second=0, microsecond=0)
