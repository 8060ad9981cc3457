"""Resolve SOQL field paths against the catalogue: columns, joins, and who may see what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from loaders.stand_in_org.errors import ApiError, unsupported_sobject
from loaders.stand_in_org.model import Field, SObject
from loaders.stand_in_org.org import Org
from loaders.stand_in_org.soql_names import name_fields, name_rows
from loaders.stand_in_org.soql_tokens import refusal
from loaders.stand_in_org.soql_tree import Path, Source
from loaders.stand_in_org.store import literal, quoted

MAX_RELATIONSHIPS = 5
_REFERENCE = (
    "If you are attempting to use a custom {kind}, be sure to append the '__{letter}' after the "
    "custom {kind} name. Please reference your WSDL or the describe call for the appropriate names."
)
_RELATIONSHIP_HINT = _REFERENCE.format(kind="relationship", letter="r")
# Nothing of this object: the parent is known by name and type only.
NAME = "Name"


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks what, and of which org."""

    org: Org
    user_id: str
    soql: str
    # Numbers the tables of the whole statement.
    aliases: Iterator[int]

    def readable(self, name: str) -> SObject | None:
        """Find an object that this user may read; another is as if it were not there."""
        sobject = self.org.sobject(name)
        if sobject is None or "read" not in self.org.object_permissions(sobject, self.user_id):
            return None
        return sobject

    def invalid(self, position: int, message: str, *, code: str = "INVALID_FIELD") -> ApiError:
        """Make a refusal that points into the statement."""
        return refusal(self.soql, position, message, code=code)


@dataclass(frozen=True, slots=True)
class Join:
    """
    A table in the FROM clause; `sobject` is nothing for a parent of several types.

    `key` is the way to it, `names` the relationships on that way as describe writes them.
    """

    alias: str
    sobject: SObject | None
    fields: dict[str, Field]
    key: tuple[str, ...]
    names: tuple[str, ...]
    sql: str
    # The field that points here.
    lookup: str | None = None


@dataclass(frozen=True, slots=True)
class Resolved:
    """A path found: its SQL, its field, and the table it belongs to."""

    sql: str
    field: Field
    join: Join

    @property
    def names(self) -> tuple[str, ...]:
        """Give the path's names as describe writes them."""
        return (*self.join.names, self.field.name)


class Scope:
    """The tables of one SELECT; asking for a path through a relationship adds a join."""

    def __init__(
        self, asker: Asker, sobject: SObject, *, source: Source, relations: Sequence[Source] = ()
    ) -> None:
        self.asker = asker
        self.sobject = sobject
        self._source = source
        self._joins: dict[tuple[str, ...], Join] = {}
        self._aliases: dict[str, tuple[str, ...]] = {}
        self.base = self._table(sobject, key=(), names=(), lookup=None)
        for relation in relations:
            path = Path(relation.parts, relation.position)
            way = self._own_parts(path)
            self.walk(way, path)
            self._aliases[(relation.alias or relation.parts[-1]).lower()] = way

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
        join = self.walk(relationships, path)
        return self.column(join, last, path)

    def column(self, join: Join, name: str, path: Path) -> Resolved:
        """
        Find a column of a table that is joined already.

        Raises:
            ApiError: 400 INVALID_FIELD.

        """
        field = join.fields.get(name.lower())
        if field is None:
            entity = NAME if join.sobject is None else join.sobject.name
            hint = _REFERENCE.format(kind="field", letter="c")
            raise self.asker.invalid(
                path.position, f"No such column '{name}' on entity '{entity}'. {hint}"
            )
        return Resolved(sql=f'{join.alias}."{field.name}"', field=field, join=join)

    def walk(self, relationships: Sequence[str], path: Path, *, start: Join | None = None) -> Join:
        """
        Go through relationships, joining what is not joined yet.

        Raises:
            ApiError: 400 INVALID_FIELD.

        """
        if len(relationships) > MAX_RELATIONSHIPS:
            raise self.asker.invalid(
                path.position, "SOQL statements cannot query more than 5 levels of parents."
            )
        join = self.base if start is None else start
        for relationship in relationships:
            join = self._step(join, relationship, path)
        return join

    def lookup(self, path: Path) -> tuple[Join, Field]:
        """
        Find the lookup that a relationship path ends at, and the table that holds it.

        Raises:
            ApiError: 400 INVALID_FIELD.

        """
        *relationships, last = self._own_parts(path)
        join = self.walk(relationships, path)
        return join, self._lookup(join, last, path)

    def branch(
        self, join: Join, lookup: Field, *, only: SObject | None, others: Sequence[str] = ()
    ) -> Join:
        """Join a polymorphic parent where it is of this type, or of none of the others."""
        relationship = str(lookup.relationship_name)
        kind = only.name if only is not None else "else"
        key = (*join.key, f"{relationship}:{kind}")
        names = (*join.names, relationship)
        known = self._joins.get(key)
        if known is None:
            known = self._table(only, key=key, names=names, lookup=(join, lookup))
            if others:
                listed = ", ".join(literal(name) for name in others)
                known = replace(
                    known, sql=f'{known.sql} and {known.alias}."Type" not in ({listed})'
                )
            self._joins[key] = known
        return known

    def _own_parts(self, path: Path) -> tuple[str, ...]:
        """Replace a leading alias by what it stands for, the object's own by nothing."""
        first, *rest = path.parts
        if not rest:
            return path.parts
        way = self._aliases.get(first.lower())
        if way is not None:
            return (*way, *rest)
        if self._source.alias is not None and first.lower() == self._source.alias.lower():
            return tuple(rest)
        own = first.lower() == self.sobject.name.lower()
        if own and _relationship(self.base, first) is None:
            return tuple(rest)
        return path.parts

    def _step(self, join: Join, relationship: str, path: Path) -> Join:
        lookup = self._lookup(join, relationship, path)
        name = str(lookup.relationship_name)
        key = (*join.key, name)
        known = self._joins.get(key)
        if known is None:
            target = None
            if len(lookup.reference_to) == 1:
                target = self.asker.readable(lookup.reference_to[0])
                if target is None:
                    raise self._not_understood(relationship, path)
            known = self._table(target, key=key, names=(*join.names, name), lookup=(join, lookup))
            self._joins[key] = known
        return known

    def _lookup(self, join: Join, relationship: str, path: Path) -> Field:
        lookup = _relationship(join, relationship)
        if lookup is None:
            raise self._not_understood(relationship, path)
        return lookup

    def _not_understood(self, relationship: str, path: Path) -> ApiError:
        return self.asker.invalid(
            path.position,
            f"Didn't understand relationship '{relationship}' in field path. {_RELATIONSHIP_HINT}",
        )

    def _table(
        self,
        sobject: SObject | None,
        *,
        key: tuple[str, ...],
        names: tuple[str, ...],
        lookup: tuple[Join, Field] | None,
    ) -> Join:
        """Write a table of the FROM clause, joined to the one that holds the lookup."""
        alias = f"t{next(self.asker.aliases)}"
        org = self.asker.org
        if sobject is not None:
            sql = f"{quoted(sobject.table)} as {alias}"
            fields = org.visible_fields(sobject, self.asker.user_id)
        else:
            targets = [] if lookup is None else lookup[1].reference_to
            rows = [name_rows(found) for name in targets if (found := org.sobject(name))]
            sql, fields = f"({' union all '.join(rows)}) as {alias}", name_fields()
        if lookup is not None:
            holder, field = lookup
            # Objects are known by name where they are rows themselves; they have no ids.
            own = "DurableId" if field.reference_to == ("EntityDefinition",) else "Id"
            sql = f'left join {sql} on {alias}."{own}" = {holder.alias}."{field.name}"'
        pointer = None if lookup is None else lookup[1].name
        return Join(alias, sobject, fields, key, names, sql, pointer)


def readable(asker: Asker, source: Source) -> SObject:
    """
    Find the object that FROM names, as this user may read it.

    Raises:
        ApiError: 400 INVALID_TYPE.

    """
    sobject = asker.readable(source.text)
    if sobject is None or not sobject.queryable:
        plain = unsupported_sobject(source.text)
        raise asker.invalid(source.position, plain.message, code=plain.code)
    return sobject


def children_of(asker: Asker, parent: SObject, source: Source) -> tuple[SObject, Field]:
    """
    Find the object and the lookup behind a child relationship (`Contacts`, `Account.Contacts`).

    Raises:
        ApiError: 400 INVALID_TYPE.

    """
    wanted = source.parts[-1].lower()
    for found in asker.org.child_relationships(parent):
        if (found.relationship_name or "").lower() != wanted:
            continue
        child = asker.readable(found.child)
        fields = {} if child is None else asker.org.visible_fields(child, asker.user_id)
        field = fields.get(found.field.lower())
        if child is not None and field is not None:
            return child, field
    raise asker.invalid(
        source.position,
        f"Didn't understand relationship '{source.parts[-1]}' in FROM part of query call. "
        f"{_RELATIONSHIP_HINT}",
        code="INVALID_TYPE",
    )


def _relationship(join: Join, name: str) -> Field | None:
    for field in join.fields.values():
        if field.relationship_name is not None and field.relationship_name.lower() == name.lower():
            return field
    return None
