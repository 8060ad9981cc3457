"""The two sides of a semi-join: ids of the same kind of record."""

from __future__ import annotations

from dataclasses import dataclass

from loaders.stand_in_org.field_uses import IDS
from loaders.stand_in_org.soql_scope import Asker, Resolved, Scope
from loaders.stand_in_org.soql_tree import Membership, Path, Query

# Objects that a sub-select cannot be of (SOQL guide).
_UNSUPPORTED = frozenset({"Event", "Task"})
_MALFORMED = "MALFORMED_QUERY"


@dataclass(frozen=True, slots=True)
class Sides:
    """The tables of the outer and of the inner SELECT."""

    outer: Scope
    inner: Scope


def check_sides(asker: Asker, condition: Membership, query: Query, sides: Sides) -> str:
    """
    Check that both sides name the same kind of record; give the SQL of the selected column.

    Raises:
        ApiError: 400 MALFORMED_QUERY, in the original's words.

    """
    left = condition.left
    outer = sides.outer.resolve(left) if isinstance(left, Path) else None
    if outer is None or outer.join.key or outer.field.type not in IDS:
        named = left.text if isinstance(left, Path) else "a function"
        raise asker.invalid(
            left.position,
            "The left operand field in the where expression for outer query must be an id field, "
            f"cannot use: '{named}'",
            code=_MALFORMED,
        )
    expression = query.items[0].expression
    if len(query.items) != 1 or not isinstance(expression, Path):
        raise asker.invalid(
            query.source.position, "a semi join sub-select selects one field", code=_MALFORMED
        )
    inner = sides.inner.resolve(expression)
    problem = _problem(outer, inner, sides)
    if problem:
        raise asker.invalid(left.position, problem, code=_MALFORMED)
    return inner.sql


def _problem(outer: Resolved, inner: Resolved, sides: Sides) -> str:
    own = sides.inner.sobject.name
    if own in _UNSUPPORTED:
        return f"Entity '{own}' is not supported for semi join inner selects"
    if own == sides.outer.sobject.name:
        return "The inner and outer selects should not be on the same object type"
    same = _kinds(outer, sides.outer) & _kinds(inner, sides.inner)
    if inner.join.key or inner.field.type not in IDS or not same:
        return (
            f"The selected field '{inner.field.name}' in the subquery and the left operand field "
            f"in the where expression in the outer query '{outer.field.name}' should point to "
            "the same object type"
        )
    return ""


def _kinds(found: Resolved, scope: Scope) -> set[str]:
    return {scope.sobject.name} if found.field.type == "id" else set(found.field.reference_to)
