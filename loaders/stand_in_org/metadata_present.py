"""What metadata the org has now: as it was deployed, or made up for what is standard."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

import duckdb

from loaders.stand_in_org import metadata_kept, metadata_values, standard_layouts
from loaders.stand_in_org.deploy_permissions import RIGHTS
from loaders.stand_in_org.metadata_types import OBJECT_PARTS
from loaders.stand_in_org.metadata_writing import branch, leaf, plain
from loaders.stand_in_org.model import Field, SObject
from loaders.stand_in_org.permissions import granted_by
from loaders.stand_in_org.store import settings_of

# Settings that every org has, deployed or not, with the switches that are off at first.
_SETTINGS = {
    "Account": ("enableAccountTeams", "enableRelateContactToMultipleAccounts"),
    "PlatformEncryption": ("enableDeterministicEncryption",),
    "Security": ("enableAuditFieldsInactiveOwner",),
    "Territory2": ("enableTerritoryManagement2",),
}
_FROM_TABLES = frozenset({"fieldPermissions", "objectPermissions", "userPermissions"})


@dataclass(frozen=True, slots=True)
class Present:
    """The org's metadata as one reader sees it."""

    connection: duckdb.DuckDBPyConnection
    catalogue: Mapping[str, SObject]

    def find(self, kind: str, name: str) -> ElementTree.Element | None:
        """Give a component as its file, or its element in the object's file, would show it."""
        special = _SPECIAL.get(kind)
        if special is not None:
            return special(self, name)
        kept = metadata_kept.find(self.connection, kind, name)
        return None if kept is None else kept.element

    def names(self, kind: str) -> list[str]:
        """
        List the components of a type, as a wildcard does.

        Standard objects are left out: the original gives them only to those who name them.
        """
        if kind == "Settings":
            deployed = {name.partition("Settings.")[0] for name in settings_of(self.connection)}
            return sorted(deployed | set(_SETTINGS))
        if kind == "PermissionSet":
            return self._column(
                'SELECT Name FROM "PermissionSet" WHERE IsCustom AND NOT IsDeleted ORDER BY Name'
            )
        kept = [each.full_name for each in metadata_kept.every(self.connection, kind)]
        if kind == "Layout":
            return sorted({*kept, *standard_layouts.names()})
        return [name for name in kept if kind != "CustomObject" or name.endswith("__c")]

    def user_names(self, admin: str) -> dict[str, str]:
        """Give the names of the administrator and of everybody who deployed something."""
        rows = self.connection.execute(
            'SELECT Id, Name FROM "User" WHERE Id = ? OR Id IN (SELECT created_by FROM "_metadata"'
            ' UNION SELECT modified_by FROM "_metadata")',
            [admin],
        ).fetchall()
        return dict(rows)

    def standard_objects(self) -> list[str]:
        """List the standard objects."""
        return sorted(each.name for each in self.catalogue.values() if not each.custom)

    def parts(self, owner: str) -> Iterator[tuple[str, str, ElementTree.Element]]:
        """Go through everything inside an object's file: type, full name and element."""
        deployed = [
            (kind, kept)
            for kind in OBJECT_PARTS.values()
            for kept in metadata_kept.every(self.connection, kind)
            if kept.full_name.startswith(f"{owner}.")
        ]
        there = {kept.full_name for _, kept in deployed}
        for field in self._standard_fields(owner):
            if f"{owner}.{field.name}" not in there:
                yield "CustomField", f"{owner}.{field.name}", _standard_field(field)
        for kind, kept in deployed:
            yield kind, kept.full_name, kept.element

    def _standard_fields(self, owner: str) -> list[Field]:
        sobject = self.catalogue.get(owner.lower())
        if sobject is None or sobject.custom:
            return []
        return [field for field in sobject.fields.values() if not field.custom]

    def _column(self, sql: str, parameters: object = None) -> list[str]:
        return [row[0] for row in self.connection.execute(sql, parameters).fetchall()]


def _standard_field(field: Field) -> ElementTree.Element:
    kind = [leaf("type", "Picklist")] if field.type == "picklist" else []
    return branch("fields", leaf("fullName", field.name), leaf("trackFeedHistory", "false"), *kind)


def _object(present: Present, name: str) -> ElementTree.Element | None:
    sobject = present.catalogue.get(name.lower())
    if name != "Activity" and (sobject is None or sobject.name != name):
        return None
    kept = metadata_kept.find(present.connection, "CustomObject", name)
    root = branch("CustomObject") if kept is None else kept.element
    root.extend(element for _, _, element in present.parts(name))
    return _sorted_parts(root)


def _sorted_parts(root: ElementTree.Element) -> ElementTree.Element:
    """Put an object's parts in the order of their names, as the original writes them."""
    made = plain(root)
    made[:] = sorted(made, key=lambda part: (part.tag, part.findtext("fullName") or ""))
    return made


def object_with(parts: list[ElementTree.Element]) -> ElementTree.Element:
    """Make the file of an object of which only some parts were asked for."""
    return _sorted_parts(branch("CustomObject", *parts))


def _field(present: Present, name: str) -> ElementTree.Element | None:
    kept = metadata_kept.find(present.connection, "CustomField", name)
    if kept is not None:
        return kept.element
    owner, _, field_name = name.partition(".")
    sobject = present.catalogue.get(owner.lower())
    found = None if sobject is None else sobject.fields.get(field_name.lower())
    return None if found is None or found.custom else _standard_field(found)


def _settings(present: Present, name: str) -> ElementTree.Element | None:
    """Show what was ever switched, deploy after deploy, and the last of each group."""
    kind, deployed = f"{name}Settings", settings_of(present.connection)
    values = dict.fromkeys(_SETTINGS.get(name, ()), "false")
    values |= {
        each.removeprefix(f"{kind}."): value
        for each, value in deployed.items()
        if each.startswith(f"{kind}.")
    }
    kept = metadata_kept.find(present.connection, "Settings", name)
    groups = [] if kept is None else [each for each in kept.element if len(each)]
    if not values and not groups:
        return None
    return plain(branch(kind, *groups, *(leaf(each, value) for each, value in values.items())))


def _layout(present: Present, name: str) -> ElementTree.Element | None:
    kept = metadata_kept.find(present.connection, "Layout", name)
    return standard_layouts.find(name) if kept is None else kept.element


def _standard_values(present: Present, name: str) -> ElementTree.Element | None:
    kept = metadata_kept.find(present.connection, "StandardValueSet", name)
    if kept is not None:
        return kept.element
    return metadata_values.standard_values(present.connection, present.catalogue, name)


def _permission_set(present: Present, name: str) -> ElementTree.Element | None:
    """Show what a permission set grants now, whoever granted it."""
    row = present.connection.execute(
        'SELECT Id, Label FROM "PermissionSet" WHERE Name = ? AND IsCustom AND NOT IsDeleted',
        [name],
    ).fetchone()
    if row is None:
        return None
    kept = metadata_kept.find(present.connection, "PermissionSet", name)
    root = branch("PermissionSet", leaf("label", row[1])) if kept is None else kept.element
    made = branch("PermissionSet", *(each for each in root if each.tag not in _FROM_TABLES))
    made.extend(_field_permissions(present, row[0]))
    made.extend(_object_permissions(present, row[0]))
    made.extend(
        branch("userPermissions", leaf("enabled", "true"), leaf("name", each))
        for each in sorted(granted_by(present.connection, row[0]))
    )
    return plain(made)


def _field_permissions(present: Present, parent: str) -> Iterator[ElementTree.Element]:
    rows = present.connection.execute(
        'SELECT Field, PermissionsEdit, PermissionsRead FROM "FieldPermissions"'
        " WHERE ParentId = ? AND NOT IsDeleted ORDER BY Field",
        [parent],
    ).fetchall()
    for field, edit, read in rows:
        yield branch(
            "fieldPermissions",
            leaf("editable", _truth(edit)),
            leaf("field", field),
            leaf("readable", _truth(read)),
        )


def _object_permissions(present: Present, parent: str) -> Iterator[ElementTree.Element]:
    columns = ", ".join(column for _, column in RIGHTS)
    rows = present.connection.execute(
        f'SELECT SobjectType, {columns} FROM "ObjectPermissions"'  # noqa: S608 - constants
        " WHERE ParentId = ? AND NOT IsDeleted ORDER BY SobjectType",
        [parent],
    ).fetchall()
    for name, *given in rows:
        rights = (leaf(right, _truth(each)) for (right, _), each in zip(RIGHTS, given, strict=True))
        yield branch("objectPermissions", leaf("object", name), *rights)


def _truth(value: object) -> str:
    return "true" if value else "false"


_SPECIAL: Mapping[str, Callable[[Present, str], ElementTree.Element | None]] = {
    "CustomObject": _object,
    "CustomField": _field,
    "Layout": _layout,
    "PermissionSet": _permission_set,
    "Settings": _settings,
    "StandardValueSet": _standard_values,
}
