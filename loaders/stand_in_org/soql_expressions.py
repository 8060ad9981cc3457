"""Read the values of SOQL: paths, aggregates, date functions, FORMAT and toLabel."""

from __future__ import annotations

from loaders.stand_in_org.soql_reader import Reader
from loaders.stand_in_org.soql_tokens import Token
from loaders.stand_in_org.soql_tree import Aggregate, DateFunction, Groupable, Path, Shown, Value

AGGREGATES = ("count", "count_distinct", "sum", "avg", "min", "max", "grouping")
DATE_FUNCTIONS = (
    "calendar_month", "calendar_quarter", "calendar_year", "day_in_month", "day_in_week",
    "day_in_year", "day_only", "fiscal_month", "fiscal_quarter", "fiscal_year", "hour_in_day",
    "week_in_month", "week_in_year",
)  # fmt: skip


def read_path(reader: Reader) -> Path:
    """
    Read a field, possibly through relationships.

    Raises:
        ApiError: 400 MALFORMED_QUERY.

    """
    token = reader.name()
    return _path(token)


def _path(token: Token) -> Path:
    return Path(tuple(token.text.split(".")), token.position)


def read_groupable(reader: Reader) -> Groupable:
    """
    Read what GROUP BY takes: a field or a date function.

    Raises:
        ApiError: 400 MALFORMED_QUERY.

    """
    value = read_value(reader)
    if isinstance(value, Path | DateFunction):
        return value
    raise reader.unexpected(reader.peek())


def read_value(reader: Reader, *, aggregates: bool = False) -> Value:
    """
    Read a field or a function of one.

    Raises:
        ApiError: 400 MALFORMED_QUERY, also for a function that cannot stand here.

    """
    called = reader.at_call()
    token = reader.name()
    if not called:
        return _path(token)
    function = token.text.lower()
    if function in AGGREGATES and aggregates:
        return _aggregate(reader, token)
    if function in DATE_FUNCTIONS:
        return _date_function(reader, token)
    if function in ("format", "tolabel"):
        return _shown(reader, token)
    raise reader.unexpected(token)


def _aggregate(reader: Reader, token: Token) -> Aggregate:
    function = token.text.lower()
    reader.expect_symbol("(")
    if function == "count" and reader.take_symbol(")"):
        return Aggregate("count", None, token.position)
    path = read_path(reader)
    reader.expect_symbol(")")
    return Aggregate(function, path, token.position)


def _date_function(reader: Reader, token: Token) -> DateFunction:
    reader.expect_symbol("(")
    local = reader.at_call() and reader.take_word("converttimezone")
    if local:
        reader.expect_symbol("(")
    path = read_path(reader)
    for _ in range(2 if local else 1):
        reader.expect_symbol(")")
    return DateFunction(token.text.lower(), path, local, token.position)


def _shown(reader: Reader, token: Token) -> Shown:
    function = token.text.lower()
    reader.expect_symbol("(")
    inner = reader.peek()
    argument = read_value(reader, aggregates=function == "format")
    reader.expect_symbol(")")
    if not isinstance(argument, Path | Aggregate):
        raise reader.unexpected(inner)
    return Shown(function, argument, token.position)
