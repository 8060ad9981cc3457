"""Compile a select list: what columns the answer has, and the SQL of each."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from loaders.stand_in_org.errors import ApiError
from loaders.stand_in_org.soql_answer import OutColumn, Question, rendered
from loaders.stand_in_org.soql_fields import expanded
from loaders.stand_in_org.soql_scope import Join, Resolved
from loaders.stand_in_org.soql_tree import (
    Aggregate,
    DateFunction,
    Path,
    Query,
    SelectItem,
    Shown,
    TypeOf,
    Value,
)
from loaders.stand_in_org.soql_values import Computed, Values

_ADDRESS_PARTS = (
    "city", "country", "geocodeAccuracy", "latitude", "longitude", "postalCode", "state", "street",
)  # fmt: skip


class Columns:
    """Collects the columns of one SELECT."""

    def __init__(self, values: Values, question: Question, *, aggregate: bool) -> None:
        self.out: list[OutColumn] = []
        self.selected: list[str] = []
        self.children: list[Query] = []
        self._values = values
        self._question = question
        self._aggregate = aggregate
        self._unnamed = itertools.count()
        self._taken: set[tuple[str, ...]] = set()

    def add_all(self, items: Iterable[SelectItem]) -> None:
        """
        Compile the items.

        Raises:
            ApiError: 400 for what cannot be selected.

        """
        for expression, alias in expanded(self._values.scope, items, question=self._question):
            if isinstance(expression, Query):
                self._add_children(expression)
            elif isinstance(expression, TypeOf):
                self._add_branches(expression)
            else:
                self._add_value(expression, alias)

    def _add_children(self, query: Query) -> None:
        name = query.source.parts[-1]
        column = OutColumn((name,), "children", None, child=len(self.children))
        self.children.append(query)
        self._append(column, "null", position=query.source.position)

    def _add_branches(self, value: TypeOf) -> None:
        """Add the columns of TYPEOF, each under the parent of its own type."""
        scope = self._values.scope
        join, lookup = scope.lookup(value.path)
        if len(lookup.reference_to) < 2:  # noqa: PLR2004 - one type is no choice
            raise scope.asker.invalid(
                value.path.position,
                f"TYPEOF can only be used with a polymorphic relationship, not with "
                f"'{value.path.parts[-1]}'",
                code="MALFORMED_QUERY",
            )
        targets = {name.lower(): name for name in lookup.reference_to}
        named = []
        for branch in value.branches:
            target = scope.asker.readable(targets.get(branch.sobject.lower(), ""))
            if target is None:
                raise scope.asker.invalid(
                    branch.position,
                    f"sObject type '{branch.sobject}' is not supported.",
                    code="INVALID_TYPE",
                )
            named.append(target.name)
            self._add_paths(scope.branch(join, lookup, only=target), branch.paths)
        if value.otherwise:
            parent = scope.branch(join, lookup, only=None, others=named)
            self._add_paths(parent, value.otherwise)

    def _add_paths(self, parent: Join, paths: Iterable[Path]) -> None:
        scope = self._values.scope
        for path in paths:
            *relationships, last = path.parts
            found = scope.column(scope.walk(relationships, path, start=parent), last, path)
            self._append(self._column(found), self._render(found), position=path.position)

    def _add_value(self, value: Value, alias: str | None) -> None:
        found = self._values.of(value)
        if self._aggregate:
            self._add_grouped(value, found, alias)
            return
        if isinstance(value, DateFunction):
            raise self._ungrouped(found)
        if alias is not None and isinstance(value, Path):
            raise self._values.scope.asker.invalid(
                found.position,
                "only aggregate expressions use field aliasing",
                code="MALFORMED_QUERY",
            )
        self._append(self._named(value, found, alias), self._sql(found), position=found.position)

    def _named(self, value: Value, found: Computed, alias: str | None) -> OutColumn:
        """Name a column after its alias, or after the field it shows."""
        argument = value.argument if isinstance(value, Shown) else value
        resolved = found.resolved
        if resolved is None and isinstance(argument, Path):
            resolved = self._values.scope.resolve(argument)
        if alias is not None or resolved is None:
            return OutColumn((alias or found.field.name,), found.field.type, found.field)
        return OutColumn(resolved.names, found.field.type, found.field, nest=resolved.join.key)

    def _column(self, found: Resolved) -> OutColumn:
        return OutColumn(found.names, found.field.type, found.field, nest=found.join.key)

    def _add_grouped(self, value: Value, found: Computed, alias: str | None) -> None:
        argument = value.argument if isinstance(value, Shown) else value
        aggregated = isinstance(argument, Aggregate)
        groups = self._values.groups
        if not aggregated and self._values.of(argument).sql not in groups.keys:
            raise self._ungrouped(found)
        name = alias
        if name is None and isinstance(argument, Path):
            name = found.field.name
        if name is None:
            name = f"expr{next(self._unnamed)}"
        column = OutColumn(
            (name,),
            found.field.type,
            None if aggregated else found.field,
            function="" if isinstance(argument, Path) else self._function_text(argument),
        )
        shown = groups.shown(found.sql) if found.sql in groups.keys else found.sql
        sql = rendered(shown, found.field.type, self._question.rendering)
        self._append(column, sql, position=found.position)

    def _function_text(self, value: Aggregate | DateFunction) -> str:
        """Write a function over its field as the API names the column: `avg(Amount)`."""
        inner = "" if value.path is None else ".".join(self._values.scope.resolve(value.path).names)
        return f"{value.function}({inner})"

    def _ungrouped(self, found: Computed) -> Exception:
        return self._values.scope.asker.invalid(
            found.position,
            f"Field must be grouped or aggregated: {found.field.name}",
            code="MALFORMED_QUERY",
        )

    def _append(self, column: OutColumn, sql: str, *, position: int) -> None:
        """Take a column, unless the answer has one of that name already."""
        place = (*column.nest, column.names[-1].lower())
        if place in self._taken:
            shown = ".".join(column.names)
            if not self._aggregate:
                raise ApiError(400, "INVALID_FIELD", f"duplicate field selected: {shown}")
            raise self._values.scope.asker.invalid(
                position, f"duplicate alias: {shown}", code="MALFORMED_QUERY"
            )
        self._taken.add(place)
        self.out.append(column)
        self.selected.append(sql)

    def _sql(self, found: Computed) -> str:
        if found.resolved is not None:
            return self._render(found.resolved)
        return rendered(found.sql, found.field.type, self._question.rendering)

    def _render(self, found: Resolved) -> str:
        join = found.join
        if found.field.type == "base64" and join.sobject is not None:
            root = f"{self._question.data_path}/sobjects/{join.sobject.name}/"
            return f"'{root}' || {join.alias}.\"Id\" || '/{found.field.name}'"
        if found.field.type == "address":
            return _address(found)
        return rendered(found.sql, found.field.type, self._question.rendering)


def _address(found: Resolved) -> str:
    """Put a compound address together from its parts."""
    alias, sobject = found.join.alias, found.join.sobject
    prefix = found.field.name.removesuffix("Address").lower()
    own = {} if sobject is None else sobject.fields
    parts = [(key, own.get((prefix + key).lower())) for key in _ADDRESS_PARTS]
    columns = {key: f'{alias}."{part.name}"' for key, part in parts if part is not None}
    packed = ", ".join(f'"{key}" := {sql}' for key, sql in columns.items())
    some = " or ".join(f"{sql} is not null" for sql in columns.values())
    return f"case when {some} then struct_pack({packed}) end"
