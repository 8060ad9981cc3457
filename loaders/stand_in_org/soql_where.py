"""Read the conditions of WHERE and HAVING."""

from __future__ import annotations

from collections.abc import Callable

from loaders.stand_in_org.soql_expressions import read_value
from loaders.stand_in_org.soql_literals import read_literal
from loaders.stand_in_org.soql_reader import Reader
from loaders.stand_in_org.soql_tree import (
    Comparison,
    Condition,
    Junction,
    Membership,
    Negation,
    Query,
    Value,
)

_COMPARISONS = {"=": "=", "!=": "!=", "<>": "!=", "<": "<", ">": ">", "<=": "<=", ">=": ">="}
Subquery = Callable[[Reader], Query]


def read_condition(
    reader: Reader, subquery: Subquery | None, *, grouped: bool = False
) -> Condition:
    """
    Read a condition; AND and OR may not be mixed without parentheses, as in the original.

    Only a `grouped` one (HAVING) tests aggregates, and only a WHERE has subqueries.

    Raises:
        ApiError: 400 MALFORMED_QUERY.

    """
    return _Conditions(reader, subquery, grouped).condition()


class _Conditions:
    """The grammar of one WHERE or HAVING."""

    def __init__(self, reader: Reader, subquery: Subquery | None, grouped: bool) -> None:
        self._reader = reader
        self._subquery = subquery
        self._grouped = grouped

    def condition(self) -> Condition:
        reader = self._reader
        first = self._unary()
        for word in ("and", "or"):
            if not reader.peek().is_word(word):
                continue
            parts = [first]
            while reader.take_word(word):
                parts.append(self._unary())
            if reader.peek().is_word("and", "or"):
                raise reader.unexpected(reader.peek())
            return Junction(word, tuple(parts))
        return first

    def _unary(self) -> Condition:
        reader = self._reader
        if reader.take_word("not"):
            with reader.deeper():
                return Negation(self._unary())
        if reader.take_symbol("("):
            with reader.deeper():
                inner = self.condition()
            reader.expect_symbol(")")
            return inner
        return self._predicate()

    def _predicate(self) -> Condition:
        reader = self._reader
        left = read_value(reader, aggregates=self._grouped)
        token = reader.next()
        if token.kind == "symbol" and token.text in _COMPARISONS:
            return Comparison(left, _COMPARISONS[token.text], read_literal(reader))
        if token.is_word("like"):
            return Comparison(left, "like", read_literal(reader, pattern=True))
        if token.is_word("in", "includes", "excludes"):
            return self._membership(left, token.text.lower())
        if token.is_word("not") and reader.take_word("in"):
            return self._membership(left, "not in")
        raise reader.unexpected(token)

    def _membership(self, left: Value, operator: str) -> Membership:
        reader = self._reader
        reader.expect_symbol("(")
        if reader.peek().is_word("select") and operator in ("in", "not in"):
            if self._subquery is None:
                raise reader.unexpected(reader.peek())
            query = self._subquery(reader)
            reader.expect_symbol(")")
            return Membership(left, operator, query=query)
        values = reader.listed(lambda: read_literal(reader))
        reader.expect_symbol(")")
        return Membership(left, operator, values)
