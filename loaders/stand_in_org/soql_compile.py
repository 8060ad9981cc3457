"""Compile SOQL to one DuckDB statement."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from loaders.stand_in_org.errors import ApiError
from loaders.stand_in_org.org import Org
from loaders.stand_in_org.soql_answer import Compiled, OutColumn, Parent, Question, rendered
from loaders.stand_in_org.soql_conditions import IDS, NUMBERS, Conditions, Parameters
from loaders.stand_in_org.soql_grammar import parse_soql
from loaders.stand_in_org.soql_reader import pointed_at
from loaders.stand_in_org.soql_scope import Join, Resolved, Scope
from loaders.stand_in_org.soql_tree import Aggregate, Order, Path, Query, SelectItem

_ADDRESS_PARTS = (
    "city", "country", "geocodeAccuracy", "latitude", "longitude", "postalCode", "state", "street",
)  # fmt: skip
# Old rows of these leave every query but queryAll (contract 11).
_ARCHIVED = frozenset({"Event", "Task"})


def compile_soql(org: Org, question: Question) -> Compiled:
    """
    Compile a statement as this user may run it.

    Raises:
        ApiError: 400 MALFORMED_QUERY, INVALID_FIELD or INVALID_TYPE.

    """
    query = parse_soql(question.soql, today=question.today)
    return compile_query(org, query, question=question)


def compile_query(org: Org, query: Query, *, question: Question) -> Compiled:
    """
    Compile a statement that is already a tree.

    Raises:
        ApiError: 400 MALFORMED_QUERY, INVALID_FIELD or INVALID_TYPE.

    """
    return _Compiler(org, query, question, aliases=itertools.count()).compile()


class _Compiler:
    """Compiles one SELECT; a subquery gets a compiler of its own."""

    def __init__(
        self,
        org: Org,
        query: Query,
        question: Question,
        *,
        aliases: Iterator[int],
        parameters: Parameters | None = None,
    ) -> None:
        self._org = org
        self._query = query
        self._question = question
        self._aliases = aliases
        self._parameters = Parameters() if parameters is None else parameters
        self._scope = Scope(
            org, query, user_id=question.user_id, soql=question.soql, aliases=aliases
        )
        self._conditions = Conditions(
            self._scope, self._parameters, self._aggregate_sql, self._subquery
        )
        aggregates = any(isinstance(item.expression, Aggregate) for item in query.items)
        self._aggregate = aggregates or bool(query.group_by)

    def compile(self) -> Compiled:
        if self._query.count_only:
            return self._count()
        columns, selected = self._select()
        parents: list[Parent] = []
        id_column = None
        # Parameters follow the text: the conditions come after the select list, which has none.
        tail = self._tail()
        if not self._aggregate:
            if "id" in self._scope.sobject.fields:
                id_column = len(selected)
                selected.append(f'{self._scope.base.alias}."Id"')
            wanted = {
                column.names[:depth] for column in columns for depth in range(1, len(column.names))
            }
            parents = _parents(self._scope.joins, wanted, selected)
        names = ", ".join(f"{sql} as c{n}" for n, sql in enumerate(selected))
        return Compiled(
            sql=f"select {names} from {tail}",  # noqa: S608 catalogue names and place-holders
            parameters=self._parameters.values,
            sobject=self._scope.sobject,
            columns=tuple(columns),
            parents=tuple(parents),
            id_column=id_column,
            aggregate=self._aggregate,
            count_only=False,
            offset=self._query.offset or 0,
            where=self._query.where,
        )

    def _count(self) -> Compiled:
        tail = self._tail()
        return Compiled(
            sql=f"select count(*) from (select 1 from {tail})",  # noqa: S608 as above
            parameters=self._parameters.values,
            sobject=self._scope.sobject,
            columns=(),
            parents=(),
            id_column=None,
            aggregate=False,
            count_only=True,
            offset=self._query.offset or 0,
            where=self._query.where,
        )

    def _tail(self) -> str:
        """Compile everything after the select list; joins are complete only afterwards."""
        query = self._query
        tests = self._live_rows()
        if query.where is not None:
            tests.append(self._conditions.sql(query.where))
        groups = [self._scope.resolve(path).sql for path in query.group_by]
        having = None if query.having is None else self._conditions.sql(query.having)
        orders = [self._order(order) for order in query.order_by]
        parts = [self._scope.from_clause()]
        if tests:
            parts.append("where " + " and ".join(tests))
        if groups:
            parts.append("group by " + ", ".join(groups))
        if having is not None:
            parts.append("having " + having)
        if orders:
            parts.append("order by " + ", ".join(orders))
        if query.limit is not None:
            parts.append(f"limit {query.limit}")
        if query.offset is not None:
            parts.append(f"offset {query.offset}")
        return " ".join(parts)

    def _live_rows(self) -> list[str]:
        if self._question.all_rows:
            return []
        alias, name = self._scope.base.alias, self._scope.sobject.name
        live = [f'{alias}."IsDeleted" is not true']
        if name in _ARCHIVED:
            live.append(f'{alias}."IsArchived" is not true')
        return live

    def _select(self) -> tuple[list[OutColumn], list[str]]:
        columns: list[OutColumn] = []
        selected: list[str] = []
        unnamed = itertools.count()
        for item in self._query.items:
            column, sql = self._item(item, unnamed)
            columns.append(column)
            selected.append(sql)
        return columns, selected

    def _item(self, item: SelectItem, unnamed: Iterator[int]) -> tuple[OutColumn, str]:
        expression = item.expression
        if isinstance(expression, Aggregate):
            name = item.alias or f"expr{next(unnamed)}"
            sql, kind = self._aggregate_value(expression)
            return OutColumn((name,), kind, None, aggregate=True), rendered(
                sql, kind, self._question.rendering
            )
        resolved = self._scope.resolve(expression)
        if self._aggregate and resolved.sql not in self._group_sql():
            raise self._malformed(
                expression, f"Field must be grouped or aggregated: {resolved.field.name}"
            )
        names = resolved.names[-1:] if self._aggregate else resolved.names
        return OutColumn(names, resolved.field.type, resolved.field), self._render(resolved)

    def _group_sql(self) -> set[str]:
        return {self._scope.resolve(path).sql for path in self._query.group_by}

    def _render(self, resolved: Resolved) -> str:
        if resolved.field.type == "base64":
            table = resolved.sql.split(".", 1)[0]
            root = f"{self._question.data_path}/sobjects/{resolved.sobject}/"
            return f"'{root}' || {table}.\"Id\" || '/{resolved.field.name}'"
        if resolved.field.type == "address":
            return self._address(resolved)
        return rendered(resolved.sql, resolved.field.type, self._question.rendering)

    def _address(self, resolved: Resolved) -> str:
        """Put a compound address together from its parts."""
        sobject = self._org.sobject(resolved.sobject)
        table = resolved.sql.split(".", 1)[0]
        prefix = resolved.field.name.removesuffix("Address").lower()
        own = {} if sobject is None else sobject.fields
        parts = [(key, own.get((prefix + key).lower())) for key in _ADDRESS_PARTS]
        columns = {key: f'{table}."{part.name}"' for key, part in parts if part is not None}
        packed = ", ".join(f'"{key}" := {sql}' for key, sql in columns.items())
        some = " or ".join(f"{sql} is not null" for sql in columns.values())
        return f"case when {some} then struct_pack({packed}) end"

    def _aggregate_value(self, expression: Aggregate) -> tuple[str, str]:
        sql = self._aggregate_sql(expression)
        if expression.function in ("count", "count_distinct") or expression.path is None:
            return sql, "int"
        kind = self._scope.resolve(expression.path).field.type
        return sql, "double" if expression.function == "avg" else kind

    def _aggregate_sql(self, expression: Aggregate) -> str:
        if expression.path is None:
            return "count(*)"
        resolved = self._scope.resolve(expression.path)
        if expression.function in ("sum", "avg") and resolved.field.type not in NUMBERS:
            raise self._malformed(
                expression.path,
                f"aggregate function {expression.function.upper()} does not support field "
                f"{resolved.field.name}",
            )
        if expression.function == "count_distinct":
            return f"count(distinct {resolved.sql})"
        return f"{expression.function}({resolved.sql})"

    def _order(self, order: Order) -> str:
        nulls = "last" if order.nulls_last else "first"
        direction = "desc" if order.descending else "asc"
        if isinstance(order.expression, Aggregate):
            return f"{self._aggregate_sql(order.expression)} {direction} nulls {nulls}"
        resolved = self._scope.resolve(order.expression)
        if resolved.field.type in ("multipicklist", "base64") or not resolved.field.filterable:
            raise ApiError(
                400,
                "INVALID_FIELD",
                pointed_at(self._question.soql, order.expression.position)
                + f"field '{resolved.field.name}' can not be sorted in a query call",
            )
        plain = resolved.field.type in IDS | NUMBERS | {"boolean", "date", "datetime"}
        if plain or self._aggregate:
            return f"{resolved.sql} {direction} nulls {nulls}"
        # Text sorts without regard to letter case; the text itself breaks ties.
        return f"lower({resolved.sql}) {direction} nulls {nulls}, {resolved.sql} {direction}"

    def _subquery(self, query: Query) -> str:
        inner = _Compiler(
            self._org,
            query,
            self._question,
            aliases=self._aliases,
            parameters=self._parameters,
        )
        if len(query.items) != 1 or not isinstance(query.items[0].expression, Path):
            raise ApiError(400, "MALFORMED_QUERY", "a semi join sub-select selects one field")
        column = inner._scope.resolve(query.items[0].expression)
        return f"select {column.sql} from {inner._tail()}"  # noqa: S608 catalogue names

    def _malformed(self, path: Path, message: str) -> ApiError:
        return ApiError(
            400, "MALFORMED_QUERY", pointed_at(self._question.soql, path.position) + message
        )


def _parents(joins: list[Join], wanted: set[tuple[str, ...]], selected: list[str]) -> list[Parent]:
    """Add each shown parent's id (and type) to the selected columns."""
    parents = []
    for join in joins:
        if join.names not in wanted:
            continue
        id_column = len(selected)
        selected.append(f'{join.alias}."Id"')
        type_column = None
        if join.sobject is None:
            type_column = len(selected)
            selected.append(f'{join.alias}."Type"')
        name = None if join.sobject is None else join.sobject.name
        parents.append(Parent(join.names, id_column, name, type_column))
    return parents
