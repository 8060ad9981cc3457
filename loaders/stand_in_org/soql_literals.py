"""Read the literals of SOQL conditions."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from loaders.stand_in_org.soql_reader import Reader
from loaders.stand_in_org.soql_tokens import Token, string_value
from loaders.stand_in_org.soql_tree import Literal

_DAY_RANGES = {"today": (0, 1), "yesterday": (-1, 0), "tomorrow": (1, 2)}


def read_literal(reader: Reader, *, pattern: bool = False) -> Literal:
    """
    Read one value; with `pattern` a string keeps the escapes that LIKE needs.

    Raises:
        ApiError: 400 MALFORMED_QUERY.

    """
    token = reader.next()
    if token.kind == "string":
        text = string_value(token, soql=reader.soql, pattern=pattern)
        return Literal("string", text, token.position)
    if token.kind == "number":
        return Literal("number", Decimal(token.text), token.position)
    if token.kind in ("date", "datetime"):
        return _point_in_time(reader, token)
    if token.is_word("true", "false"):
        return Literal("boolean", token.text.lower() == "true", token.position)
    if token.is_word("null"):
        return Literal("null", None, token.position)
    if token.kind == "name":
        return _range(reader, token)
    raise reader.unexpected(token)


def _point_in_time(reader: Reader, token: Token) -> Literal:
    try:
        if token.kind == "date":
            return Literal("date", date.fromisoformat(token.text), token.position)
        moment = datetime.fromisoformat(token.text).astimezone(UTC)
    except ValueError as problem:
        raise reader.unexpected(token) from problem
    return Literal("datetime", moment.replace(tzinfo=None), token.position)


def _range(reader: Reader, token: Token) -> Literal:
    word = token.text.lower()
    if word in _DAY_RANGES:
        first, after = _DAY_RANGES[word]
    elif word in ("last_n_days", "next_n_days") and reader.take_symbol(":"):
        days = reader.whole_number()
        first, after = (-days, 0) if word == "last_n_days" else (1, days + 1)
    else:
        raise reader.unexpected(token)
    midnight = datetime.combine(reader.today, datetime.min.time())
    return Literal(
        "range",
        midnight + timedelta(days=first),
        token.position,
        until=midnight + timedelta(days=after),
    )
