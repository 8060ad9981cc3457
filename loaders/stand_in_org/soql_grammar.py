"""Read SOQL by recursive descent: the statement and its clauses."""

from __future__ import annotations

from loaders.stand_in_org.errors import ApiError
from loaders.stand_in_org.soql_expressions import read_groupable, read_value
from loaders.stand_in_org.soql_reader import Reader
from loaders.stand_in_org.soql_select import read_select_list
from loaders.stand_in_org.soql_tokens import Token, refusal
from loaders.stand_in_org.soql_tree import Aggregate, Condition, Groupable, Order, Query, Source
from loaders.stand_in_org.soql_where import read_condition

_CLAUSES = (
    "from", "where", "group", "having", "order", "limit", "offset", "using", "with", "for", "all",
    "update",
)  # fmt: skip
_GROUPINGS = ("rollup", "cube")
_MOST_SUBTOTALS = 3
MAX_SOQL = 100_000
MAX_OFFSET = 2_000


def parse_soql(soql: str) -> Query:
    """
    Read one SELECT statement.

    Raises:
        ApiError: 400 MALFORMED_QUERY.

    """
    if len(soql) > MAX_SOQL:
        raise ApiError(
            400, "MALFORMED_QUERY", "SOQL statements cannot be longer than 100000 characters."
        )
    reader = Reader(soql)
    query = _query(reader)
    reader.expect_end()
    return query


def _query(reader: Reader) -> Query:
    """Read SELECT ... with all its clauses."""
    with reader.deeper():
        reader.expect_word("select")
        items = read_select_list(reader, _query)
        reader.expect_word("from")
        source, *relations = reader.listed(lambda: _source(reader))
        scope = _scope(reader)
        where = read_condition(reader, _query) if reader.take_word("where") else None
        _with_clause(reader)
        group_by, grouping = _grouping(reader)
        having = _having(reader) if group_by else None
        order_by = _ordering(reader)
        limit = reader.whole_number() if reader.take_word("limit") else None
        offset = _offset(reader)
        locking = _for_clauses(reader, ordered=bool(order_by))
        first = items[0].expression
        return Query(
            items=items,
            source=source,
            relations=tuple(relations),
            scope=scope,
            where=where,
            group_by=group_by,
            grouping=grouping,
            having=having,
            order_by=order_by,
            limit=limit,
            offset=offset,
            count_only=isinstance(first, Aggregate) and first.path is None,
            locking=locking,
        )


def _source(reader: Reader) -> Source:
    token = reader.name()
    reader.take_word("as")
    follower = reader.peek()
    named = follower.kind == "name" and not follower.is_word(*_CLAUSES)
    alias = reader.next().text if named else None
    return Source(tuple(token.text.split(".")), alias, token.position)


def _scope(reader: Reader) -> str | None:
    if not reader.take_word("using"):
        return None
    reader.expect_word("scope")
    token = reader.name()
    if not token.is_word("everything", "mine"):
        raise refusal(reader.soql, token.position, f"unsupported filter scope: '{token.text}'")
    return token.text.lower()


def _with_clause(reader: Reader) -> None:
    if reader.take_word("with") and not reader.take_word(
        "security_enforced", "user_mode", "system_mode"
    ):
        raise reader.unexpected(reader.peek())


def _grouping(reader: Reader) -> tuple[tuple[Groupable, ...], str]:
    if not reader.take_word("group"):
        return (), ""
    reader.expect_word("by")
    if not (reader.at_call() and reader.peek().is_word(*_GROUPINGS)):
        return reader.listed(lambda: read_groupable(reader)), ""
    token = reader.next()
    reader.expect_symbol("(")
    groups = reader.listed(lambda: read_groupable(reader))
    reader.expect_symbol(")")
    if len(groups) > _MOST_SUBTOTALS:
        raise refusal(
            reader.soql,
            token.position,
            f"GROUP BY {token.text.upper()} takes at most {_MOST_SUBTOTALS} fields",
        )
    return groups, token.text.lower()


def _having(reader: Reader) -> Condition | None:
    return read_condition(reader, None, grouped=True) if reader.take_word("having") else None


def _ordering(reader: Reader) -> tuple[Order, ...]:
    if not reader.take_word("order"):
        return ()
    reader.expect_word("by")
    return reader.listed(lambda: _order(reader))


def _order(reader: Reader) -> Order:
    expression = read_value(reader, aggregates=True)
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


def _for_clauses(reader: Reader, *, ordered: bool) -> bool:
    """Read FOR VIEW, FOR REFERENCE, FOR UPDATE; ALL ROWS is Apex's, the API has queryAll."""
    locking = False
    while reader.take_word("for"):
        token = reader.name()
        if not token.is_word("view", "reference", "update"):
            raise reader.unexpected(token)
        locking = locking or token.is_word("update")
        if locking and ordered:
            raise _locked_order(reader, token)
    token = reader.peek()
    if token.is_word("all") and reader.peek(1).is_word("rows"):
        raise refusal(reader.soql, token.position, "ALL ROWS not allowed in this context")
    return locking


def _locked_order(reader: Reader, token: Token) -> ApiError:
    return refusal(reader.soql, token.position, "ORDER BY cannot be used with FOR UPDATE")
