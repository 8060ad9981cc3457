"""Print a SOQL tree as text, with a caller's choice of letter case and white space."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

from loaders.stand_in_org.soql_tree import (
    Aggregate,
    Branch,
    Comparison,
    Condition,
    DateFunction,
    FieldsOf,
    Junction,
    Literal,
    Membership,
    Negation,
    Order,
    Path,
    Query,
    SelectItem,
    Shown,
    Source,
    TypeOf,
)

Word = Callable[[str], str]
_ESCAPED = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f", "'": "\\'"}


def printed(query: Query, word: Word = str) -> str:
    """Print a statement; `word` spells a keyword (SELECT, select)."""
    return _Printer(word).query(query)


def quoted(text: str, *, pattern: bool = False) -> str:
    """Print a string literal; in a pattern the tree has kept the backslashes that matter."""
    out = []
    for character in text:
        if character == "\\":
            out.append("\\" if pattern else "\\\\")
        else:
            out.append(_ESCAPED.get(character, character))
    return f"'{''.join(out)}'"


class _Printer:
    def __init__(self, word: Word) -> None:
        self._word = word

    def query(self, query: Query) -> str:
        word = self._word
        items = ", ".join(self._item(item) for item in query.items)
        sources = ", ".join(self._source(s) for s in (query.source, *query.relations))
        parts = [word("SELECT"), items, word("FROM"), sources]
        if query.scope is not None:
            parts += [word("USING"), word("SCOPE"), word(query.scope)]
        if query.where is not None:
            parts += [word("WHERE"), self._condition(query.where)]
        parts += self._groups(query)
        if query.order_by:
            orders = ", ".join(self._order(order) for order in query.order_by)
            parts += [word("ORDER"), word("BY"), orders]
        numbers = {"LIMIT": query.limit, "OFFSET": query.offset}
        parts += [f"{word(name)} {n}" for name, n in numbers.items() if n is not None]
        if query.locking:
            parts += [word("FOR"), word("UPDATE")]
        return " ".join(parts)

    def _groups(self, query: Query) -> list[str]:
        if not query.group_by:
            return []
        groups = ", ".join(self._value(group) for group in query.group_by)
        if query.grouping:
            groups = f"{self._word(query.grouping)}({groups})"
        parts = [self._word("GROUP"), self._word("BY"), groups]
        if query.having is not None:
            parts += [self._word("HAVING"), self._condition(query.having)]
        return parts

    def _item(self, item: SelectItem) -> str:
        expression = item.expression
        if isinstance(expression, Query):
            return f"({self.query(expression)})"
        if isinstance(expression, FieldsOf):
            return f"{self._word('FIELDS')}({self._word(expression.group)})"
        if isinstance(expression, TypeOf):
            return self._type_of(expression)
        text = self._value(expression)
        return text if item.alias is None else f"{text} {item.alias}"

    def _type_of(self, value: TypeOf) -> str:
        parts = [self._word("TYPEOF"), value.path.text]
        parts += [self._branch(branch) for branch in value.branches]
        if value.otherwise:
            parts += [self._word("ELSE"), ", ".join(path.text for path in value.otherwise)]
        return " ".join([*parts, self._word("END")])

    def _branch(self, branch: Branch) -> str:
        paths = ", ".join(path.text for path in branch.paths)
        return f"{self._word('WHEN')} {branch.sobject} {self._word('THEN')} {paths}"

    def _source(self, source: Source) -> str:
        return source.text if source.alias is None else f"{source.text} {source.alias}"

    def _order(self, order: Order) -> str:
        direction = self._word("DESC" if order.descending else "ASC")
        nulls = self._word("LAST" if order.nulls_last else "FIRST")
        return f"{self._value(order.expression)} {direction} {self._word('NULLS')} {nulls}"

    def _value(self, value: Path | Aggregate | DateFunction | Shown) -> str:
        if isinstance(value, Path):
            return value.text
        if isinstance(value, Aggregate):
            inner = "" if value.path is None else value.path.text
            return f"{self._word(value.function)}({inner})"
        if isinstance(value, Shown):
            return f"{self._word(value.function)}({self._value(value.argument)})"
        inner = value.path.text
        if value.in_user_zone:
            inner = f"{self._word('convertTimezone')}({inner})"
        return f"{self._word(value.function)}({inner})"

    def _condition(self, condition: Condition) -> str:
        word = self._word
        if isinstance(condition, Negation):
            return f"{word('NOT')} ({self._condition(condition.condition)})"
        if isinstance(condition, Junction):
            joint = f" {word(condition.operator)} "
            return joint.join(f"({self._condition(part)})" for part in condition.conditions)
        left = self._value(condition.left)
        if isinstance(condition, Comparison):
            like = condition.operator == "like"
            operator = word("LIKE") if like else condition.operator
            return f"{left} {operator} {self._literal(condition.right, pattern=like)}"
        return f"{left} {word(condition.operator.upper())} ({self._members(condition)})"

    def _members(self, condition: Membership) -> str:
        if condition.query is not None:
            return self.query(condition.query)
        return ", ".join(self._literal(value) for value in condition.values)

    def _literal(self, literal: Literal, *, pattern: bool = False) -> str:
        value = literal.value
        if literal.kind == "string":
            return quoted(str(value), pattern=pattern)
        if literal.kind == "range":
            count = "" if literal.count is None else f":{literal.count}"
            return f"{self._word(str(value))}{count}"
        if isinstance(value, datetime):
            return f"{value.isoformat(timespec='milliseconds')}Z"
        if isinstance(value, bool) or value is None:
            return self._word("null" if value is None else str(value))
        if isinstance(value, date):
            return value.isoformat()
        assert isinstance(value, Decimal)
        return str(value)
