"""FIELDS(): which fields it stands for, and how many rows may be asked for with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from loaders.stand_in_org.catalogue import UNSTORED_TYPES
from loaders.stand_in_org.errors import ApiError
from loaders.stand_in_org.soql_answer import Compiled, Question
from loaders.stand_in_org.soql_scope import Scope
from loaders.stand_in_org.soql_tree import (
    Comparison,
    Condition,
    FieldsOf,
    Junction,
    Membership,
    Path,
    Query,
    SelectItem,
    TypeOf,
    Value,
)

MOST_ROWS = 200
_SINCE = 51.0


def expanded(
    scope: Scope, items: Iterable[SelectItem], *, question: Question
) -> Iterator[tuple[Value | TypeOf | Query, str | None]]:
    """
    Give the items and their aliases, FIELDS() replaced by the fields that this user sees.

    Raises:
        ApiError: 400 UNSUPPORTED_API_VERSION before v51.0.

    """
    for item in items:
        if not isinstance(item.expression, FieldsOf):
            yield item.expression, item.alias
            continue
        position = item.expression.position
        if question.version and float(question.version) < _SINCE:
            raise scope.asker.invalid(
                position,
                "The SOQL FIELDS function is not supported in this version of the API",
                code="UNSUPPORTED_API_VERSION",
            )
        for field in scope.base.fields.values():
            if item.expression.group == ("standard" if field.custom else "custom"):
                continue
            # A bulk query shows no compound field and no file, so it does not select them.
            if question.rendering == "csv" and field.type in UNSTORED_TYPES:
                continue
            yield Path((field.name,), position), None


def check_fields(compiled: Compiled, *, bulk: bool) -> None:
    """
    Hold FIELDS() to its rules (SOQL guide, bounded and unbounded queries).

    Raises:
        ApiError: 400 MALFORMED_QUERY.

    """
    query = compiled.query
    groups = {i.expression.group for i in query.items if isinstance(i.expression, FieldsOf)}
    if groups & {"all", "custom"}:
        if bulk:
            raise ApiError(
                400,
                "MALFORMED_QUERY",
                "The SOQL FIELDS function is not supported with an unbounded set of fields in "
                "this API",
            )
        if not _is_small(query):
            raise ApiError(
                400,
                "MALFORMED_QUERY",
                f"The SOQL FIELDS function must have a LIMIT of at most {MOST_ROWS}",
            )
    if groups and not compiled.columns:
        raise ApiError(
            400,
            "MALFORMED_QUERY",
            "'FIELDS(...)' expansion function must result in at least one field being selected.",
        )
    for child in compiled.children:
        check_fields(child, bulk=bulk)


def _is_small(query: Query) -> bool:
    if query.limit is not None and query.limit <= MOST_ROWS:
        return True
    named = _ids(query.where)
    return named is not None and named <= MOST_ROWS


def _ids(condition: Condition | None) -> int | None:
    """Count the ids that a condition names, if it does nothing but name ids."""
    if isinstance(condition, Junction):
        counts = [_ids(part) for part in condition.conditions]
        known = [count for count in counts if count is not None]
        if condition.operator == "and":
            return min(known, default=None)
        return sum(known) if len(known) == len(counts) else None
    if not isinstance(condition, Comparison | Membership) or not _is_id(condition.left):
        return None
    if isinstance(condition, Comparison):
        return 1 if condition.operator == "=" else None
    return len(condition.values) if condition.operator == "in" and condition.values else None


def _is_id(left: Value) -> bool:
    return isinstance(left, Path) and left.text.lower() == "id"
