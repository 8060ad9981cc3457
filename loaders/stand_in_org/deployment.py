"""A deploy under way: the catalogue as it is becoming, and what each component came to."""

# ruff: noqa: S608 - names come from the catalogue and are quoted, so are the values
from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from xml.etree import ElementTree

from loaders.stand_in_org import ids, metadata_kept, store
from loaders.stand_in_org.catalogue import with_fields, without_fields
from loaders.stand_in_org.change import World
from loaders.stand_in_org.deploy_fields import Surroundings
from loaders.stand_in_org.deploy_problem import Problem
from loaders.stand_in_org.metadata_types import PART_PREFIXES, TYPES
from loaders.stand_in_org.model import DeployMessage, Field, SObject
from loaders.stand_in_org.store import quoted

# Lookups that may name any object with files, and any object with activities.
FILES = frozenset({"LinkedEntity", "FirstPublishLocation"})
ACTIVITY = frozenset({"What"})
# Components whose state is in the catalogue, the standard ones from the start.
_CATALOGUED = frozenset({"CustomField", "CustomObject"})
Applied = tuple[bool, str | None]  # whether it is new, and its id when it has one of its own


@dataclass(frozen=True, slots=True)
class Source:
    """Where a component comes from; a part of a file also says where it stands."""

    kind: str
    name: str
    file: str
    element: ElementTree.Element = field(default_factory=lambda: ElementTree.Element("none"))
    place: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Deployment:
    """What the steps of one deploy share; `catalogue` also holds objects that are switched off."""

    world: World
    catalogue: dict[str, SObject]
    version: float
    warnings_fail: bool = False
    purge: bool = False
    messages: list[DeployMessage] = field(default_factory=list)
    # Objects that this deploy removes: what belongs to them holds on to nothing.
    leaving: set[str] = field(default_factory=set)

    def find(self, name: str) -> SObject | None:
        """Find an object by its exact name, as metadata does."""
        found = self.catalogue.get(name.lower())
        return found if found is not None and found.name == name else None

    def around(self) -> Surroundings:
        """Give what field definitions may refer to."""
        rows = self.world.run(
            "SELECT name, body FROM \"_value_set\" WHERE kind = 'GlobalValueSet'"
        ).fetchall()
        return Surroundings(self.find, {name: tuple(json.loads(body)) for name, body in rows})

    def put_object(self, sobject: SObject) -> None:
        """Keep a custom object's own properties."""
        store.save_object(self.world.connection, sobject)
        self.catalogue[sobject.name.lower()] = sobject

    def put_field(self, sobject: SObject, made: Field) -> None:
        """Keep a field and give it its column when it is new."""
        current = self.catalogue[sobject.name.lower()]
        if made.name.lower() not in current.fields:
            store.add_column(self.world.connection, current, made)
        store.save_field(self.world.connection, current.name, made)
        self.catalogue[current.name.lower()] = with_fields(current, [made])

    def drop_field(self, sobject: SObject, gone: Field) -> None:
        """Forget a field, its column and the permissions on it."""
        store.drop_column(self.world.connection, sobject, gone)
        store.forget_field(self.world.connection, sobject.name, gone.name)
        self.world.run(
            'DELETE FROM "FieldPermissions" WHERE Field = ?', [f"{sobject.name}.{gone.name}"]
        )
        self.catalogue[sobject.name.lower()] = without_fields(sobject, [gone.name])

    def point_lookups_at(self, parent: str, *, relationships: frozenset[str], also: bool) -> None:
        """Let, or stop letting, lookups to many objects (What, LinkedEntity) name this one."""
        for sobject in list(self.catalogue.values()):
            for found in sobject.fields.values():
                if found.relationship_name in relationships:
                    others = tuple(name for name in found.reference_to if name != parent)
                    wider = (*others, parent) if also else others
                    changed = replace(found, reference_to=wider, polymorphic=len(wider) > 1)
                    if changed != found:
                        self.put_field(sobject, changed)

    def new_id(self, prefix: str) -> str:
        """Take the next id of a key prefix."""
        return ids.counted_id(prefix, ids.reserve(self.world.connection, prefix, count=1))

    def report(self, source: Source, act: Callable[[], Applied]) -> None:
        """Apply one component, keep it as it was written, and note what became of it."""
        before = dict(self.catalogue)
        try:
            created, made = act()
        except Problem as problem:
            self.fail(source, str(problem), place=problem.place or source.place)
            return
        kept = metadata_kept.find(self.world.connection, source.kind, source.name)
        id_ = kept.id if kept is not None else made or self._id_of(source.kind) or ""
        changed = metadata_kept.keep(
            self.world, kept, source.element, named=(source.kind, source.name, id_)
        )
        if kept is None and not created and source.kind in _CATALOGUED:
            # Standard, and deployed for the first time: the catalogue knows what it changed.
            changed = any(self.catalogue[name] is not each for name, each in before.items())
        self._note(source, created=created, changed=created or changed, id=id_ or None)

    def _id_of(self, kind: str) -> str | None:
        prefix = TYPES[kind].prefix if kind in TYPES else PART_PREFIXES[kind]
        return self.new_id(prefix) if prefix else None

    def failed(self, kind: str, name: str) -> bool:
        """Tell whether this component has failed in this deploy."""
        return any(
            not message.success and (message.component_type, message.full_name) == (kind, name)
            for message in self.messages
        )

    def fail(self, source: Source, problem: str, *, place: tuple[int, int] | None = None) -> None:
        """Note that a component cannot be deployed."""
        line, column = place or (None, None)
        self._note(
            source,
            success=False,
            problem=problem,
            problem_type="Error",
            line=line,
            column=column,
        )

    def warn(self, source: Source, problem: str) -> None:
        """Note something that does not stop the deploy, unless warnings count as errors."""
        fatal = self.warnings_fail
        self._note(source, success=not fatal, problem=problem, problem_type="Warning")

    def delete(self, source: Source) -> None:
        """Note that a component is gone."""
        self._note(source, changed=True, deleted=True)

    def _note(self, source: Source, *, success: bool = True, **more: Any) -> None:  # noqa: ANN401 - the message's own
        self.messages.append(
            DeployMessage(
                component_type=source.kind,
                full_name=source.name,
                file_name=source.file,
                success=success,
                **more,
            )
        )

    def upsert_setup(
        self, table: str, *, where: str, values: dict[str, object]
    ) -> tuple[str, bool]:
        """Insert or update one row of a setup object; give its id and whether it is new."""
        world = self.world
        found = world.one(f"SELECT Id FROM {quoted(table)} WHERE {where} AND NOT IsDeleted")
        if found is not None:
            sets = ", ".join(f"{quoted(name)} = ?" for name in values)
            world.run(
                f"UPDATE {quoted(table)} SET {sets}, {world.stamp()} WHERE Id = ?",
                [*values.values(), found],
            )
            return str(found), False
        return self.insert_setup(table, [values]), True

    def insert_setup(self, table: str, rows: list[dict[str, object]]) -> str:
        """Insert rows of a setup object; give the id of the first."""
        world = self.world
        prefix = self.catalogue[table.lower()].key_prefix
        first = ids.reserve(world.connection, prefix, count=len(rows))
        stamps = {
            "IsDeleted": False, "CreatedDate": world.now, "CreatedById": world.user_id,
            "LastModifiedDate": world.now, "LastModifiedById": world.user_id,
            "SystemModstamp": world.now,
        }  # fmt: skip
        made = [
            {"Id": ids.counted_id(prefix, first + place), **stamps, **row}
            for place, row in enumerate(rows)
        ]
        store.insert_rows(world.connection, table, made)
        return str(made[0]["Id"])
