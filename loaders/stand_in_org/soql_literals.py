"""Read the literals of SOQL conditions."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from loaders.stand_in_org.soql_dates import COUNTED, NAMED
from loaders.stand_in_org.soql_reader import Reader
from loaders.stand_in_org.soql_tokens import Token, refusal, string_value
from loaders.stand_in_org.soql_tree import Literal

# The dates that the original knows.
_FIRST_YEAR, _LAST_YEAR = 1700, 4000
# Of one string in a condition (SOQL guide, WHERE).
_LONGEST_TEXT = 4_000
# Powers of ten beyond a double's.
_LARGEST_EXPONENT = 307


def read_literal(reader: Reader, *, pattern: bool = False) -> Literal:
    """
    Read one value; with `pattern` a string keeps the escapes that LIKE needs.

    Raises:
        ApiError: 400 MALFORMED_QUERY.

    """
    token = reader.next()
    if token.kind == "string":
        text = string_value(token, soql=reader.soql, pattern=pattern)
        if len(text) > _LONGEST_TEXT:
            raise refusal(reader.soql, token.position, "a string is longer than 4000 characters")
        return Literal("string", text, token.position)
    if token.kind == "number":
        return _number(reader, token)
    if token.kind in ("date", "datetime"):
        return _point_in_time(reader, token)
    if token.is_word("true", "false"):
        return Literal("boolean", token.text.lower() == "true", token.position)
    if token.is_word("null"):
        return Literal("null", None, token.position)
    if token.kind == "name":
        return _range(reader, token)
    raise reader.unexpected(token)


def _number(reader: Reader, token: Token) -> Literal:
    value = Decimal(token.text)
    if abs(value.adjusted()) > _LARGEST_EXPONENT:
        raise refusal(reader.soql, token.position, f"numeric value out of range: {token.text}")
    return Literal("number", value, token.position)


def _point_in_time(reader: Reader, token: Token) -> Literal:
    try:
        value: date = datetime.fromisoformat(token.text)
        if token.kind == "date":
            value = date.fromisoformat(token.text)
    except ValueError as problem:
        raise reader.unexpected(token) from problem
    if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        raise reader.unexpected(token)
    if isinstance(value, datetime):
        value = value.astimezone(UTC).replace(tzinfo=None)
    return Literal(token.kind, value, token.position)


def _range(reader: Reader, token: Token) -> Literal:
    word = token.text.upper()
    if word in NAMED:
        return Literal("range", word, token.position)
    if word not in COUNTED:
        raise reader.unexpected(token)
    reader.expect_symbol(":")
    return Literal("range", word, token.position, count=reader.whole_number())
