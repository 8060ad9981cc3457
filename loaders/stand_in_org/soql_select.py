"""Read the select list: values, FIELDS(), TYPEOF and the children of a relationship."""

from __future__ import annotations

from collections.abc import Callable

from loaders.stand_in_org.soql_expressions import read_path, read_value
from loaders.stand_in_org.soql_reader import Reader
from loaders.stand_in_org.soql_tree import (
    Aggregate,
    Branch,
    FieldsOf,
    Path,
    Query,
    SelectItem,
    TypeOf,
    Value,
)

Subquery = Callable[[Reader], Query]


def read_select_list(reader: Reader, subquery: Subquery) -> tuple[SelectItem, ...]:
    """
    Read what stands between SELECT and FROM.

    Raises:
        ApiError: 400 MALFORMED_QUERY.

    """
    items = reader.listed(lambda: _item(reader, subquery))
    if len(items) > 1:
        for item in items:
            if isinstance(item.expression, Aggregate) and item.expression.path is None:
                raise reader.unexpected(reader.peek())
    return items


def _item(reader: Reader, subquery: Subquery) -> SelectItem:
    if reader.take_symbol("("):
        query = subquery(reader)
        reader.expect_symbol(")")
        return SelectItem(query)
    expression = _expression(reader)
    token = reader.peek()
    if token.kind != "name" or token.is_word("from"):
        return SelectItem(expression)
    bare = isinstance(expression, Aggregate) and expression.path is None
    if bare or isinstance(expression, FieldsOf | TypeOf) or "." in token.text:
        raise reader.unexpected(token)
    return SelectItem(expression, reader.next().text)


def _expression(reader: Reader) -> Value | FieldsOf | TypeOf:
    token = reader.peek()
    if token.is_word("fields") and reader.at_call():
        return _fields(reader)
    if token.is_word("typeof") and reader.peek(1).kind == "name":
        return _type_of(reader)
    return read_value(reader, aggregates=True)


def _fields(reader: Reader) -> FieldsOf:
    token = reader.next()
    reader.expect_symbol("(")
    group = reader.name()
    if not group.is_word("all", "standard", "custom"):
        raise reader.unexpected(group)
    reader.expect_symbol(")")
    return FieldsOf(group.text.lower(), token.position)


def _type_of(reader: Reader) -> TypeOf:
    token = reader.next()
    path = read_path(reader)
    branches = [_branch(reader)]
    while reader.peek().is_word("when"):
        branches.append(_branch(reader))
    otherwise: tuple[Path, ...] = ()
    if reader.take_word("else"):
        otherwise = reader.listed(lambda: read_path(reader))
    reader.expect_word("end")
    return TypeOf(path, tuple(branches), otherwise, token.position)


def _branch(reader: Reader) -> Branch:
    reader.expect_word("when")
    token = reader.name()
    reader.expect_word("then")
    return Branch(token.text, reader.listed(lambda: read_path(reader)), token.position)
