"""What SOQL forbids of a statement that its grammar allows."""

from __future__ import annotations

from collections.abc import Iterator

from loaders.stand_in_org.soql_scope import Asker
from loaders.stand_in_org.soql_tree import (
    Aggregate,
    Condition,
    Junction,
    Membership,
    Negation,
    Path,
    Query,
    Shown,
    TypeOf,
)

_MOST_SEMI_JOINS = 2
# Child relationships in one SELECT (SOQL guide, Relationship Query Limitations).
_MOST_CHILDREN = 20
_MALFORMED = "MALFORMED_QUERY"
_NOT_UNDER = {
    "or": "Semi join sub-selects are not allowed with the 'OR' operator",
    "not": "Semi join sub-selects are only allowed at the top level WHERE expressions.",
}


def check_aggregates(asker: Asker, query: Query) -> bool:
    """
    Tell whether the answer is of groups, and hold it to what groups can have.

    Raises:
        ApiError: 400 MALFORMED_QUERY.

    """
    problem = _bare_count_problem(query) if query.count_only else ""
    overall = any(_is_aggregate(item.expression) for item in query.items)
    grouped = not query.count_only and (overall or bool(query.group_by))
    if grouped:
        problem = _overall_problem(query) if not query.group_by else ""
        problem = problem or _group_problem(query)
    if problem:
        raise asker.invalid(query.source.position, problem, code=_MALFORMED)
    return grouped


def _bare_count_problem(query: Query) -> str:
    clauses = {"GROUP BY": query.group_by, "ORDER BY": query.order_by}
    wrong = [clause for clause, present in clauses.items() if present]
    return f"COUNT() cannot be used with {wrong[0]}" if wrong else ""


def _overall_problem(query: Query) -> str:
    cuts = {
        "LIMIT": query.limit is not None,
        "OFFSET": query.offset is not None,
        "ORDER BY": bool(query.order_by),
    }
    wrong = [clause for clause, present in cuts.items() if present]
    overall = "Non-grouped query that uses overall aggregate functions cannot also use"
    return f"{overall} {wrong[0]}" if wrong else ""


def _group_problem(query: Query) -> str:
    if query.locking:
        return "FOR UPDATE cannot be used with aggregates"
    for item in query.items:
        if isinstance(item.expression, TypeOf):
            return "TYPEOF cannot be used with GROUP BY"
        if isinstance(item.expression, Query):
            return "Subqueries cannot be used with GROUP BY"
    return ""


def _is_aggregate(expression: object) -> bool:
    if isinstance(expression, Shown):
        return isinstance(expression.argument, Aggregate)
    return isinstance(expression, Aggregate)


def check_type_of(asker: Asker, query: Query) -> None:
    """
    Hold TYPEOF to what may stand beside it: no function, and nothing of the same parent.

    Raises:
        ApiError: 400 MALFORMED_QUERY.

    """
    chosen = [i.expression for i in query.items if isinstance(i.expression, TypeOf)]
    if not chosen:
        return
    ways = [value.path.text.lower() for value in chosen]
    ways += [
        ".".join(item.expression.parts[:-1]).lower()
        for item in query.items
        if isinstance(item.expression, Path)
    ]
    problem = ""
    if any(isinstance(item.expression, Shown) for item in query.items):
        problem = "TYPEOF cannot be used with functions in the SELECT clause"
    elif any(ways.count(value.path.text.lower()) > 1 for value in chosen):
        problem = "TYPEOF cannot be used with a relationship that is also selected otherwise"
    if problem:
        raise asker.invalid(chosen[0].position, problem, code=_MALFORMED)


def check_children(asker: Asker, query: Query) -> None:
    """
    Hold the SELECT of a child relationship to what it may have.

    Raises:
        ApiError: 400 MALFORMED_QUERY.

    """
    position = query.source.position
    if query.group_by or any(_is_aggregate(item.expression) for item in query.items):
        raise asker.invalid(
            position, "only root queries support aggregate expressions", code=_MALFORMED
        )
    if query.scope is not None or query.locking:
        raise asker.invalid(
            position, "only root queries support USING SCOPE and FOR UPDATE", code=_MALFORMED
        )
    check_semi_joins(asker, query.where, allowed=False)


def check_depth(asker: Asker, query: Query, *, most: int) -> None:
    """
    Hold children to their number and their levels, of which `most` are left.

    Raises:
        ApiError: 400 MALFORMED_QUERY.

    """
    children = [i.expression for i in query.items if isinstance(i.expression, Query)]
    for number, child in enumerate(children, start=1):
        problem = ""
        if most <= 1:
            problem = "SOQL statements cannot query this many levels of children"
        elif number > _MOST_CHILDREN:
            problem = f"SOQL statements cannot query more than {_MOST_CHILDREN} child relationships"
        elif child.offset is not None and query.limit != 1:
            problem = "OFFSET in a subquery needs LIMIT 1 in its parent query"
        if problem:
            raise asker.invalid(child.source.position, problem, code=_MALFORMED)
        check_depth(asker, child, most=most - 1)


def check_semi_joins(asker: Asker, where: Condition | None, *, allowed: bool) -> None:
    """
    Hold sub-selects of WHERE to their number and their places.

    Raises:
        ApiError: 400 MALFORMED_QUERY, in the original's words.

    """
    for number, (query, inside) in enumerate(_sub_selects(where, ""), start=1):
        problem = _NOT_UNDER.get(inside, "")
        if not allowed:
            problem = "Nesting of semi join sub-selects is not supported"
        elif number > _MOST_SEMI_JOINS:
            problem = f"Maximum {_MOST_SEMI_JOINS} semi join sub-selects are allowed"
        elif not problem and _has_more_than_a_filter(query):
            problem = "Semi join sub-selects take nothing but a WHERE clause"
        if problem:
            raise asker.invalid(query.source.position, problem, code=_MALFORMED)
        check_semi_joins(asker, query.where, allowed=False)


def _has_more_than_a_filter(query: Query) -> bool:
    cut = query.limit is not None or query.offset is not None
    return cut or bool(query.order_by or query.group_by or query.locking)


def _sub_selects(condition: Condition | None, inside: str) -> Iterator[tuple[Query, str]]:
    """Give each sub-select with the operator it stands under."""
    if isinstance(condition, Negation):
        yield from _sub_selects(condition.condition, inside or "not")
    elif isinstance(condition, Junction):
        under = inside or ("or" if condition.operator == "or" else "")
        for part in condition.conditions:
            yield from _sub_selects(part, under)
    elif isinstance(condition, Membership) and condition.query is not None:
        yield condition.query, inside
