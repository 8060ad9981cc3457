"""Read SOQL by recursive descent."""

from __future__ import annotations

from datetime import date

from loaders.stand_in_org.errors import ApiError
from loaders.stand_in_org.soql_literals import read_literal
from loaders.stand_in_org.soql_reader import Reader
from loaders.stand_in_org.soql_tree import (
    Aggregate,
    Comparison,
    Condition,
    Junction,
    Membership,
    Negation,
    Order,
    Path,
    Query,
    SelectItem,
)

_FUNCTIONS = ("count", "count_distinct", "sum", "avg", "min", "max")
_COMPARISONS = {"=": "=", "!=": "!=", "<>": "!=", "<": "<", ">": ">", "<=": "<=", ">=": ">="}
_CLAUSES = (
    "from", "where", "group", "having", "order", "limit", "offset", "using", "with", "for", "all",
)  # fmt: skip
MAX_SOQL = 100_000
MAX_OFFSET = 2_000


def parse_soql(soql: str, *, today: date) -> Query:
    """
    Read one SELECT statement.

    Raises:
        ApiError: 400 MALFORMED_QUERY.

    """
    if len(soql) > MAX_SOQL:
        raise ApiError(
            400, "MALFORMED_QUERY", "SOQL statements cannot be longer than 100000 characters."
        )
    reader = Reader(soql, today=today)
    query = _query(reader)
    reader.expect_end()
    return query


def _query(reader: Reader) -> Query:
    """Read SELECT ... with all its clauses."""
    reader.expect_word("select")
    items, count_only = _select_list(reader)
    reader.expect_word("from")
    source = reader.name()
    alias = _alias(reader)
    if reader.take_word("using"):
        reader.expect_word("scope")
        reader.name()
    where = _condition(reader) if reader.take_word("where") else None
    _with_clause(reader)
    group_by, having = _grouping(reader)
    order_by = _ordering(reader)
    limit = reader.whole_number() if reader.take_word("limit") else None
    offset = _offset(reader)
    _for_clause(reader)
    return Query(
        items=items,
        sobject=source.text,
        sobject_position=source.position,
        alias=alias,
        where=where,
        group_by=group_by,
        having=having,
        order_by=order_by,
        limit=limit,
        offset=offset,
        count_only=count_only,
    )


def _alias(reader: Reader) -> str | None:
    reader.take_word("as")
    token = reader.peek()
    if token.kind == "name" and not token.is_word(*_CLAUSES):
        return reader.next().text
    return None


def _with_clause(reader: Reader) -> None:
    if reader.take_word("with") and not reader.take_word(
        "security_enforced", "user_mode", "system_mode"
    ):
        raise reader.unexpected(reader.peek())


def _for_clause(reader: Reader) -> None:
    while reader.take_word("for"):
        if not reader.take_word("view", "reference", "update"):
            raise reader.unexpected(reader.peek())


def _select_list(reader: Reader) -> tuple[tuple[SelectItem, ...], bool]:
    items = [_select_item(reader)]
    while reader.take_symbol(","):
        items.append(_select_item(reader))
    first = items[0].expression
    bare = isinstance(first, Aggregate) and first.path is None
    if bare and len(items) > 1:
        raise reader.unexpected(reader.peek())
    return tuple(items), bare


def _select_item(reader: Reader) -> SelectItem:
    expression = _expression(reader)
    if reader.peek().kind == "name" and not reader.peek().is_word("from"):
        if isinstance(expression, Path):
            raise reader.unexpected(reader.peek())
        return SelectItem(expression, reader.next().text)
    return SelectItem(expression)


def _expression(reader: Reader) -> Path | Aggregate:
    token = reader.name()
    if not reader.take_symbol("("):
        return Path(tuple(token.text.split(".")), token.position)
    if token.text.lower() not in _FUNCTIONS:
        raise reader.unexpected(token)
    if reader.take_symbol(")"):
        if token.text.lower() != "count":
            raise reader.unexpected(token)
        return Aggregate("count", None, token.position)
    inner = reader.name()
    reader.expect_symbol(")")
    path = Path(tuple(inner.text.split(".")), inner.position)
    return Aggregate(token.text.lower(), path, token.position)


def _grouping(reader: Reader) -> tuple[tuple[Path, ...], Condition | None]:
    if not reader.take_word("group"):
        return (), None
    reader.expect_word("by")
    paths = [_path(reader)]
    while reader.take_symbol(","):
        paths.append(_path(reader))
    having = _condition(reader) if reader.take_word("having") else None
    return tuple(paths), having


def _path(reader: Reader) -> Path:
    token = reader.name()
    return Path(tuple(token.text.split(".")), token.position)


def _ordering(reader: Reader) -> tuple[Order, ...]:
    if not reader.take_word("order"):
        return ()
    reader.expect_word("by")
    orders = [_order(reader)]
    while reader.take_symbol(","):
        orders.append(_order(reader))
    return tuple(orders)


def _order(reader: Reader) -> Order:
    expression = _expression(reader)
    descending = not reader.take_word("asc") and reader.take_word("desc")
    nulls_last = False
    if reader.take_word("nulls"):
        nulls_last = reader.take_word("last")
        if not nulls_last:
            reader.expect_word("first")
    return Order(expression, descending, nulls_last)


def _offset(reader: Reader) -> int | None:
    if not reader.take_word("offset"):
        return None
    offset = reader.whole_number()
    if offset > MAX_OFFSET:
        raise ApiError(
            400, "NUMBER_OUTSIDE_VALID_RANGE", f"Maximum SOQL offset allowed is {MAX_OFFSET}"
        )
    return offset


def _condition(reader: Reader) -> Condition:
    """Read a condition; AND and OR may not be mixed without parentheses, as in the original."""
    first = _unary(reader)
    for word in ("and", "or"):
        if not reader.peek().is_word(word):
            continue
        parts = [first]
        while reader.take_word(word):
            parts.append(_unary(reader))
        if reader.peek().is_word("and", "or"):
            raise reader.unexpected(reader.peek())
        return Junction(word, tuple(parts))
    return first


def _unary(reader: Reader) -> Condition:
    if reader.take_word("not"):
        return Negation(_unary(reader))
    if reader.take_symbol("("):
        inner = _condition(reader)
        reader.expect_symbol(")")
        return inner
    return _predicate(reader)


def _predicate(reader: Reader) -> Condition:
    left = _expression(reader)
    token = reader.next()
    if token.kind == "symbol" and token.text in _COMPARISONS:
        return Comparison(left, _COMPARISONS[token.text], read_literal(reader))
    if token.is_word("like"):
        return Comparison(left, "like", read_literal(reader, pattern=True))
    if isinstance(left, Path):
        if token.is_word("in", "includes", "excludes"):
            return _membership(reader, left, token.text.lower())
        if token.is_word("not") and reader.take_word("in"):
            return _membership(reader, left, "not in")
    raise reader.unexpected(token)


def _membership(reader: Reader, left: Path, operator: str) -> Membership:
    reader.expect_symbol("(")
    if reader.peek().is_word("select") and operator in ("in", "not in"):
        query = _query(reader)
        reader.expect_symbol(")")
        return Membership(left, operator, query=query)
    values = [read_literal(reader)]
    while reader.take_symbol(","):
        values.append(read_literal(reader))
    reader.expect_symbol(")")
    return Membership(left, operator, tuple(values))
