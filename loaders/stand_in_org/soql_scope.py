"""Resolve SOQL field paths against the catalogue: columns, joins, and who may see what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from loaders.stand_in_org.errors import ApiError, unsupported_sobject
from loaders.stand_in_org.model import Field, SObject
from loaders.stand_in_org.org import Org
from loaders.stand_in_org.soql_reader import pointed_at
from loaders.stand_in_org.soql_tree import Path, Query
from loaders.stand_in_org.store import quoted

MAX_RELATIONSHIPS = 5
# What can be read of a parent whose type is not known beforehand (the Name object).
_NAME_FIELDS = ("FirstName", "LastName", "Username", "Alias", "Email", "Phone", "Title", "IsActive")
_REFERENCE = (
    "If you are attempting to use a custom {kind}, be sure to append the '__{letter}' after the "
    "custom {kind} name. Please reference your WSDL or the describe call for the appropriate names."
)


@dataclass(frozen=True, slots=True)
class Resolved:
    """A path found: its SQL, its field, and its names as describe writes them."""

    sql: str
    field: Field
    names: tuple[str, ...]
    sobject: str


@dataclass(frozen=True, slots=True)
class Join:
    """A table in the FROM clause; `sobject` is nothing for a parent of several types."""

    alias: str
    sobject: SObject | None
    fields: dict[str, Field]
    names: tuple[str, ...]
    sql: str


class Scope:
    """The tables of one SELECT; asking for a path through a relationship adds a join."""

    def __init__(
        self, org: Org, query: Query, *, user_id: str, soql: str, aliases: Iterator[int]
    ) -> None:
        self.org = org
        self.user_id = user_id
        self.soql = soql
        self.aliases = aliases
        self._query = query
        sobject = org.sobject(query.sobject)
        if (
            sobject is None
            or not sobject.queryable
            or "read" not in org.object_permissions(sobject, user_id)
        ):
            raise _unsupported(query, soql=soql)
        self.sobject = sobject
        self.base = self._join_of(sobject, names=(), condition=None)
        self._joins: dict[tuple[str, ...], Join] = {}

    @property
    def joins(self) -> list[Join]:
        """List the joins asked for so far, in the order of asking."""
        return list(self._joins.values())

    def from_clause(self) -> str:
        """Give the FROM clause with all joins."""
        return " ".join([self.base.sql, *(join.sql for join in self._joins.values())])

    def resolve(self, path: Path) -> Resolved:
        """
        Find a path's column.

        Raises:
            ApiError: 400 INVALID_FIELD, worded as the original does.

        """
        *relationships, last = self._own_parts(path)
        if len(relationships) > MAX_RELATIONSHIPS:
            raise self._invalid(path, "SOQL statements cannot query more than 5 levels of parents.")
        join = self.base
        for relationship in relationships:
            join = self._step(join, relationship, path)
        field = join.fields.get(last.lower())
        if field is None:
            entity = "Name" if join.sobject is None else join.sobject.name
            hint = _REFERENCE.format(kind="field", letter="c")
            raise self._invalid(path, f"No such column '{last}' on entity '{entity}'. {hint}")
        return Resolved(
            sql=f'{join.alias}."{field.name}"',
            field=field,
            names=(*join.names, field.name),
            sobject="Name" if join.sobject is None else join.sobject.name,
        )

    def _own_parts(self, path: Path) -> tuple[str, ...]:
        """Drop a leading alias, or the object's own name where no relationship is called so."""
        first, *rest = path.parts
        if not rest:
            return path.parts
        if self._query.alias is not None and first.lower() == self._query.alias.lower():
            return tuple(rest)
        own = first.lower() == self.sobject.name.lower()
        if own and _relationship(self.base, first) is None:
            return tuple(rest)
        return path.parts

    def _step(self, join: Join, relationship: str, path: Path) -> Join:
        lookup = _relationship(join, relationship)
        if lookup is None or lookup.relationship_name is None:
            hint = _REFERENCE.format(kind="relationship", letter="r")
            raise self._invalid(
                path, f"Didn't understand relationship '{relationship}' in field path. {hint}"
            )
        names = (*join.names, lookup.relationship_name)
        known = self._joins.get(names)
        if known is None:
            known = self._parent(join, lookup, names=names, path=path)
            self._joins[names] = known
        return known

    def _parent(self, join: Join, lookup: Field, *, names: tuple[str, ...], path: Path) -> Join:
        column = f'{join.alias}."{lookup.name}"'
        if len(lookup.reference_to) > 1:
            return self._polymorphic(lookup, names=names, column=column)
        target = self.org.sobject(lookup.reference_to[0])
        if target is None:
            raise self._invalid(
                path, f"Didn't understand relationship '{names[-1]}' in field path."
            )
        return self._join_of(target, names=names, condition=column)

    def _join_of(self, sobject: SObject, *, names: tuple[str, ...], condition: str | None) -> Join:
        alias = f"t{next(self.aliases)}"
        on = f'left join {quoted(sobject.table)} as {alias} on {alias}."Id" = {condition}'
        return Join(
            alias=alias,
            sobject=sobject,
            fields=self.org.visible_fields(sobject, self.user_id),
            names=names,
            sql=f"{quoted(sobject.table)} as {alias}" if condition is None else on,
        )

    def _polymorphic(self, lookup: Field, *, names: tuple[str, ...], column: str) -> Join:
        alias = f"t{next(self.aliases)}"
        targets = [self.org.sobject(name) for name in lookup.reference_to]
        union = " union all ".join(
            _name_rows(target) for target in targets if target is not None and "id" in target.fields
        )
        fields = {
            "id": Field(name="Id", label="Name ID", type="id"),
            "name": Field(name="Name", label="Name", type="string"),
            "type": Field(name="Type", label="Type", type="picklist"),
            **{name.lower(): _name_field(name) for name in _NAME_FIELDS},
        }
        return Join(
            alias=alias,
            sobject=None,
            fields=fields,
            names=names,
            sql=f'left join ({union}) as {alias} on {alias}."Id" = {column}',
        )

    def _invalid(self, path: Path, message: str) -> ApiError:
        return ApiError(400, "INVALID_FIELD", pointed_at(self.soql, path.position) + message)


def _unsupported(query: Query, *, soql: str) -> ApiError:
    plain = unsupported_sobject(query.sobject)
    return ApiError(400, plain.code, pointed_at(soql, query.sobject_position) + plain.message)


def _relationship(join: Join, name: str) -> Field | None:
    for field in join.fields.values():
        if field.relationship_name is not None and field.relationship_name.lower() == name.lower():
            return field
    return None


def _name_field(name: str) -> Field:
    return Field(name=name, label=name, type="boolean" if name == "IsActive" else "string")


def _name_rows(sobject: SObject) -> str:
    """Select an object's rows in the shape of the Name object."""
    titled = next((f.name for f in sobject.fields.values() if f.name_field), None)
    columns = ['"Id"', f'"{titled}" as "Name"' if titled else 'null as "Name"']
    columns.append(f"'{sobject.name}' as \"Type\"")
    for name in _NAME_FIELDS:
        kind = "boolean" if name == "IsActive" else "varchar"
        own = f'"{name}"' if name.lower() in sobject.fields else "null"
        columns.append(f'cast({own} as {kind}) as "{name}"')
    return f"select {', '.join(columns)} from {quoted(sobject.table)}"  # noqa: S608 catalogue names
