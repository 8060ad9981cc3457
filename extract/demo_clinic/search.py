"""What a client asked for: the search parameters that each type has, and the pages' tokens."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from extract.demo_clinic.store import Bound, Search

DEFAULT_COUNT = 100
MOST = 1000
# These types can only be read whole, as on servers in the field.
WITHOUT_LAST_UPDATED = frozenset({"Consent", "InsurancePlan", "Schedule"})
_LENGTHS = ((4, "%Y"), (7, "%Y-%m"), (10, "%Y-%m-%d"))


class SearchRefused(ValueError):
    """The server does not do what the search asks; the text says why."""


def _end_of(start: datetime, *, pattern: str) -> datetime:
    if pattern == "%Y":
        return start.replace(year=start.year + 1)
    if pattern == "%Y-%m":
        return (start.replace(day=28) + timedelta(days=4)).replace(day=1)
    return start + timedelta(days=1)


def _period(text: str) -> tuple[datetime, datetime]:
    """Read a date or an instant as the period that it means, its end excluded."""
    for length, pattern in _LENGTHS:
        if len(text) == length:
            start = datetime.strptime(text, pattern).replace(tzinfo=UTC)
            return start, _end_of(start, pattern=pattern)
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise SearchRefused("A time in _lastUpdated needs its zone.")
    step = timedelta(milliseconds=1) if "." in text else timedelta(seconds=1)
    return moment.astimezone(UTC), moment.astimezone(UTC) + step


def _stamp(moment: datetime) -> str:
    """Write an instant as the store does; parts of a millisecond round up, as a bound must."""
    up = moment + timedelta(microseconds=-moment.microsecond % 1000)
    return f"{up:%Y-%m-%dT%H:%M:%S}.{up.microsecond // 1000:03d}Z"


def bounds_of(text: str) -> tuple[Bound, ...]:
    """
    Read a condition on lastUpdated.

    Raises:
        SearchRefused: it is none.

    """
    prefix, rest = (text[:2], text[2:]) if text[:2].isalpha() else ("eq", text)
    try:
        start, end = (_stamp(moment) for moment in _period(rest))
    except (ValueError, OverflowError) as refused:
        if isinstance(refused, SearchRefused):
            raise
        raise SearchRefused("_lastUpdated is not a date.") from refused
    known = {
        "ge": (Bound(">=", start),),
        "gt": (Bound(">=", end),),
        "le": (Bound("<", end),),
        "lt": (Bound("<", start),),
        "eq": (Bound(">=", start), Bound("<", end)),
    }
    if prefix not in known:
        raise SearchRefused("_lastUpdated knows ge, gt, le, lt and eq.")
    return known[prefix]


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise SearchRefused("_count is a number from 1 on.")
    return min(int(text), MOST)


def parameters_of(kind: str) -> tuple[str, ...]:
    """Name the search parameters that a type declares."""
    return () if kind in WITHOUT_LAST_UPDATED else ("_lastUpdated",)


def read_search(kind: str, *, asked: Sequence[tuple[str, str]]) -> Search:
    """
    Read a search from a query string.

    Raises:
        SearchRefused: a parameter is not declared for the type, or its value cannot be read.

    """
    count, by_time, bounds = DEFAULT_COUNT, False, ()  # type: int, bool, tuple[Bound, ...]
    declared = parameters_of(kind)
    for name, value in asked:
        if name == "_count":
            count = _count(value)
        elif name == "_lastUpdated" and name in declared:
            bounds += bounds_of(value)
        elif name == "_sort" and value == "_lastUpdated" and value in declared:
            by_time = True
        elif name != "_format":
            raise SearchRefused(f"{kind} does not support this use of the parameter {name[:40]}.")
    return Search(kind, count, by_time, bounds)


def page_token(search: Search) -> str:
    """Write where a search goes on; clients are to take it as it is."""
    return urlsafe_b64encode(msgspec.msgpack.encode(search)).decode().rstrip("=")


def read_token(token: str) -> Search:
    """
    Read where a search goes on.

    Raises:
        SearchRefused: the token is not one of ours.

    """
    try:
        packed = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        return msgspec.msgpack.decode(packed, type=Search)
    except (NotBase64, ValueError, msgspec.MsgspecError) as refused:
        raise SearchRefused("This page link is not one that the server gave.") from refused
