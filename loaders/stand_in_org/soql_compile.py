"""Compile SOQL to DuckDB statements: one for the question, one for each set of children."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

from loaders.stand_in_org.field_uses import IDS, NUMBERS, can_group, can_sort
from loaders.stand_in_org.org import Org
from loaders.stand_in_org.soql_answer import PARENTS, Compiled, OutColumn, Parent, Question
from loaders.stand_in_org.soql_calendar import UserClock
from loaders.stand_in_org.soql_columns import Columns
from loaders.stand_in_org.soql_conditions import Conditions
from loaders.stand_in_org.soql_definitions import check_definitions
from loaders.stand_in_org.soql_fields import check_fields
from loaders.stand_in_org.soql_grammar import parse_soql
from loaders.stand_in_org.soql_groups import Groups, group_key
from loaders.stand_in_org.soql_parameters import Parameters
from loaders.stand_in_org.soql_rules import (
    check_aggregates,
    check_children,
    check_depth,
    check_semi_joins,
    check_type_of,
)
from loaders.stand_in_org.soql_scope import Asker, Join, Scope, children_of, readable
from loaders.stand_in_org.soql_semi_joins import Sides, check_sides
from loaders.stand_in_org.soql_tree import Aggregate, Membership, Order, Path, Query
from loaders.stand_in_org.soql_values import Computed, Values, cannot, picklist_rank

# Old rows of these leave every query but queryAll (contract 11).
_ARCHIVED = frozenset({"Event", "Task"})
# Levels of parents and children in one statement, two before v58.0 (SOQL guide).
_MOST_LEVELS = 5
_DEEP_SINCE = 58.0
_PLAIN = IDS | NUMBERS | {"boolean", "date", "datetime"}


def compile_soql(org: Org, question: Question) -> Compiled:
    """
    Compile a statement as this user may run it.

    Raises:
        ApiError: 400 MALFORMED_QUERY, INVALID_FIELD or INVALID_TYPE.

    """
    return compile_query(org, parse_soql(question.soql), question=question)


def compile_query(org: Org, query: Query, *, question: Question) -> Compiled:
    """
    Compile a statement that is already a tree.

    Raises:
        ApiError: 400 MALFORMED_QUERY, INVALID_FIELD or INVALID_TYPE.

    """
    check_definitions(query)
    asker = Asker(org, question.user_id, question.soql, itertools.count())
    clock = UserClock(org, user_id=question.user_id, now=question.now)
    deep = not question.version or float(question.version) >= _DEEP_SINCE
    check_depth(asker, query, most=_MOST_LEVELS if deep else 2)
    check_semi_joins(asker, query.where, allowed=True)
    scope = Scope(
        asker, readable(asker, query.source), source=query.source, relations=query.relations
    )
    compiled = _Select(_Whole(question, clock), scope, query).compile()
    check_fields(compiled, bulk=question.rendering == "csv")
    return compiled


@dataclass(frozen=True, slots=True)
class _Whole:
    """What the SELECTs of one SQL statement share."""

    question: Question
    clock: UserClock
    parameters: Parameters = field(default_factory=Parameters)


class _Select:
    """Compiles one SELECT; children and semi-joins get one of their own."""

    def __init__(self, whole: _Whole, scope: Scope, query: Query, *, lookup: str = "") -> None:
        self._whole = whole
        self._scope = scope
        self._query = query
        self._lookup = lookup
        self._aggregate = check_aggregates(scope.asker, query)
        check_type_of(scope.asker, query)
        self._values = Values(scope, whole.clock)
        if query.group_by:
            self._values = Values(scope, whole.clock, self._groups())

    def compile(self) -> Compiled:
        query = self._query
        if query.count_only:
            sql = f"select count(*) from (select 1 from {self._tail()})"  # noqa: S608 own names
            return self._compiled(sql)
        columns = Columns(self._values, self._whole.question, aggregate=self._aggregate)
        columns.add_all(query.items)
        # The joins are complete only after everything was resolved.
        tail = self._tail()
        selected = list(columns.selected)
        parents: list[Parent] = []
        id_column = None
        if not self._aggregate:
            id_column = len(selected)
            selected.append(f'{self._scope.base.alias}."Id"')
            parents = _parents(self._scope.joins, columns.out, selected)
        if self._lookup:
            selected.append("p.ordinal")
        names = ", ".join(f"{sql} as c{n}" for n, sql in enumerate(selected))
        return self._compiled(
            f"select {names} from {tail}",  # noqa: S608 catalogue names and place-holders
            columns=tuple(columns.out),
            parents=tuple(parents),
            children=tuple(self._children(child) for child in columns.children),
            id_column=id_column,
        )

    def _compiled(
        self,
        sql: str,
        *,
        columns: tuple[OutColumn, ...] = (),
        parents: tuple[Parent, ...] = (),
        children: tuple[Compiled, ...] = (),
        id_column: int | None = None,
    ) -> Compiled:
        return Compiled(
            sql=sql,
            parameters=self._whole.parameters.values,
            query=self._query,
            sobject=self._scope.sobject,
            columns=columns,
            parents=parents,
            children=children,
            id_column=id_column,
            aggregate=self._aggregate,
        )

    def _children(self, query: Query) -> Compiled:
        """Compile the SELECT of a child relationship, joined to the parents it is asked for."""
        asker = self._scope.asker
        check_children(asker, query)
        sobject, lookup = children_of(asker, self._scope.sobject, query.source)
        scope = Scope(asker, sobject, source=query.source, relations=query.relations)
        whole = _Whole(self._whole.question, self._whole.clock)
        return _Select(whole, scope, query, lookup=lookup.name).compile()

    def _tail(self) -> str:
        """Compile everything after the select list."""
        query = self._query
        tests = self._live_rows()
        if query.where is not None:
            tests.append(self._conditions(grouped=False).sql(query.where))
        grouping = self._grouping()
        orders = ", ".join(self._order(order) for order in query.order_by)
        parts = [self._from()]
        if tests:
            parts.append("where " + " and ".join(tests))
        parts += grouping
        parts += self._for_each_parent(orders) if self._lookup else self._cut(orders)
        return " ".join(parts)

    def _from(self) -> str:
        if not self._lookup:
            return self._scope.from_clause()
        column = f'{self._scope.base.alias}."{self._lookup}"'
        return f"{self._scope.from_clause()} join {PARENTS} as p on p.id = {column}"

    def _cut(self, orders: str) -> list[str]:
        query = self._query
        parts = [f"order by {orders}"] if orders else []
        if query.limit is not None:
            parts.append(f"limit {query.limit}")
        if query.offset is not None:
            parts.append(f"offset {query.offset}")
        return parts

    def _for_each_parent(self, orders: str) -> list[str]:
        """Order and cut within each parent's children."""
        query = self._query
        within = orders or f'{self._scope.base.alias}."Id"'
        parts = []
        if query.limit is not None or query.offset is not None:
            first = query.offset or 0
            place = f"row_number() over (partition by p.ordinal order by {within})"
            last = "" if query.limit is None else f" and {place} <= {first + query.limit}"
            parts.append(f"qualify {place} > {first}{last}")
        return [*parts, f"order by p.ordinal, {within}"]

    def _live_rows(self) -> list[str]:
        alias, name = self._scope.base.alias, self._scope.sobject.name
        tests = []
        if not self._whole.question.all_rows:
            tests.append(f'{alias}."IsDeleted" is not true')
            if name in _ARCHIVED:
                tests.append(f'{alias}."IsArchived" is not true')
        if self._query.scope == "mine":
            owner = self._scope.resolve(Path(("OwnerId",), self._query.source.position))
            place = self._whole.parameters.add(self._whole.question.user_id)
            tests.append(f"{owner.sql} = {place}")
        return tests

    def _groups(self) -> Groups:
        found = [self._values.of(group) for group in self._query.group_by]
        for each in found:
            if not can_group(each.field):
                raise cannot(self._scope, each.field, "grouped", each.position)
        english = self._whole.clock.speaks_english()
        keys = {each.sql: group_key(each.sql, each.field, english=english) for each in found}
        return Groups(keys, subtotals=bool(self._query.grouping))

    def _grouping(self) -> list[str]:
        query = self._query
        keys = ", ".join(self._values.groups.keys.values())
        if not keys:
            return []
        parts = [f"group by {query.grouping}({keys})" if query.grouping else f"group by {keys}"]
        if query.having is not None:
            parts.append("having " + self._conditions(grouped=True).sql(query.having))
        return parts

    def _conditions(self, *, grouped: bool) -> Conditions:
        return Conditions(self._values, self._whole.parameters, self._semi_join, grouped=grouped)

    def _order(self, order: Order) -> str:
        found = self._values.of(order.expression)
        aggregated = isinstance(order.expression, Aggregate)
        self._check_order(found, aggregated=aggregated)
        sql = found.sql
        if self._aggregate and not aggregated:
            sql = self._values.groups.shown(sql)
        # A lookup's nulls come first whatever is said (SOQL guide, ORDER BY).
        nulls = "last" if order.nulls_last and found.field.type != "reference" else "first"
        direction = "desc" if order.descending else "asc"
        if found.field.type == "picklist" and found.field.picklist:
            rank = picklist_rank(sql, found.field)
            return f"{rank} {direction} nulls {nulls}, {sql} {direction}"
        if found.field.type in _PLAIN:
            return f"{sql} {direction} nulls {nulls}"
        # Text sorts without regard to letter case; the text itself breaks ties.
        return f"lower({sql}) {direction} nulls {nulls}, {sql} {direction}"

    def _check_order(self, found: Computed, *, aggregated: bool) -> None:
        if not aggregated and not can_sort(found.field):
            raise cannot(self._scope, found.field, "sorted", found.position)
        known = aggregated or found.sql in self._values.groups.keys
        if (self._aggregate and not known) or (aggregated and not self._aggregate):
            raise self._scope.asker.invalid(
                found.position,
                f"Ordered field must be grouped or aggregated: {found.field.name}",
                code="MALFORMED_QUERY",
            )

    def _semi_join(self, condition: Membership) -> str:
        """Compile a sub-select that gives ids."""
        asker, query = self._scope.asker, condition.query
        if query is None:
            raise AssertionError("a semi-join has a query")
        scope = Scope(
            asker, readable(asker, query.source), source=query.source, relations=query.relations
        )
        inner = _Select(self._whole, scope, query)
        column = check_sides(asker, condition, query, Sides(self._scope, scope))
        return f"select {column} from {inner._tail()}"  # noqa: S608 catalogue names


def _parents(joins: list[Join], columns: list[OutColumn], selected: list[str]) -> list[Parent]:
    """Add each shown parent's id (and type) to the selected columns."""
    wanted = {column.nest[:depth] for column in columns for depth in range(1, len(column.nest) + 1)}
    parents = []
    for join in joins:
        if join.key not in wanted:
            continue
        id_column = len(selected)
        selected.append(f'{join.alias}."Id"')
        type_column = None
        if join.sobject is None:
            type_column = len(selected)
            selected.append(f'{join.alias}."Type"')
        name = None if join.sobject is None else join.sobject.name
        parents.append(Parent(join.key, join.names[-1], join.lookup, id_column, name, type_column))
    return parents
