"""Destructive changes: what is named there goes, what is not there is a warning."""

# ruff: noqa: S608 - names come from the catalogue and are quoted, so are the values
from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial

from loaders.stand_in_org import deploy_deleted, metadata_kept, standard_layouts, store
from loaders.stand_in_org.deploy_package import Doomed
from loaders.stand_in_org.deploy_problem import Problem
from loaders.stand_in_org.deployment import ACTIVITY, FILES, Deployment, Source
from loaders.stand_in_org.metadata_schema import schema
from loaders.stand_in_org.metadata_types import NAMES
from loaders.stand_in_org.model import Field, SObject
from loaders.stand_in_org.store import literal, quoted

# Kept metadata that holds on to the fields it names.
_HOLDERS = ("Layout", "Flow", "CompactLayout", "FieldSet", "ListView", "ValidationRule")


def _custom_fields(deployment: Deployment, name: str) -> bool:
    owner_name, _, field_name = name.partition(".")
    owners = ("Event", "Task") if owner_name == "Activity" else (owner_name,)
    gone = False
    for one in owners:
        owner = deployment.find(one)
        found = None if owner is None else owner.fields.get(field_name.lower())
        if owner is not None and found is not None and found.custom:
            _check_unused(deployment, owner, found)
            deployment.drop_field(owner, found)
            gone = True
    return gone


def _check_unused(deployment: Deployment, owner: SObject, field: Field) -> None:
    """Refuse to delete a field that other metadata names (contract 5.3)."""
    kinds = ("Flow",) if owner.name in deployment.leaving else _HOLDERS
    held_by = [
        f"{kind} - {kept.full_name}"
        for kind in kinds
        for kept in metadata_kept.every(deployment.world.connection, kind)
        if kept.full_name.startswith((f"{owner.name}.", f"{owner.name}-", *_anywhere(kind)))
        and re.search(rf"\b{re.escape(field.name)}\b", kept.body)
    ]
    held_by += _grants(deployment, owner, field)
    if held_by:
        raise Problem(
            " ".join(
                f"This custom field is referenced elsewhere in salesforce.com. : {holder}."
                for holder in held_by
            )
        )


def _anywhere(kind: str) -> tuple[str, ...]:
    # A flow names its objects inside.
    return ("",) if kind == "Flow" else ()


def _grants(deployment: Deployment, owner: SObject, field: Field) -> list[str]:
    """List the permission sets that open the field, when it holds data."""
    world = deployment.world
    if world.settings.granted_fields_deletable or not world.one(
        f"SELECT count(*) FROM {quoted(owner.table)} WHERE {_filled(field)}"
    ):
        return []
    rows = world.run(
        'SELECT DISTINCT s.Name FROM "FieldPermissions" f JOIN "PermissionSet" s'
        " ON s.Id = f.ParentId WHERE f.Field = ? ORDER BY s.Name",
        [f"{owner.name}.{field.name}"],
    ).fetchall()
    return [f"Permission Set - {name}" for (name,) in rows]


def _filled(field: Field) -> str:
    # A checkbox always holds something.
    return quoted(field.name) if field.type == "boolean" else f"{quoted(field.name)} IS NOT NULL"


def _custom_object(deployment: Deployment, name: str) -> bool:
    found = deployment.find(name)
    if found is None or not found.custom:
        return False
    holders = [
        f"{child.name}.{field.name}"
        for child in deployment.catalogue.values()
        for field in child.fields.values()
        if field.custom and name in field.reference_to and child.name != name
    ]
    if holders:
        raise Problem(
            " ".join(
                "This custom object is referenced elsewhere in salesforce.com. :"
                f" Custom Field - {holder}."
                for holder in holders
            )
        )
    _forget(deployment, found)
    return True


def _forget(deployment: Deployment, found: SObject) -> None:
    world = deployment.world
    deployment.point_lookups_at(found.name, relationships=FILES | ACTIVITY, also=False)
    world.run(f"DROP TABLE {quoted(found.table)}")
    store.forget_object(world.connection, found.name)
    for table in ("FieldPermissions", "ObjectPermissions"):
        world.run(f"DELETE FROM {quoted(table)} WHERE SobjectType = ?", [found.name])
    world.run('DELETE FROM "RecordType" WHERE SobjectType = ?', [found.name])
    world.run(
        'UPDATE "ContentDocumentLink" SET IsDeleted = true'
        f" WHERE substr(LinkedEntityId, 1, 3) = {literal(found.key_prefix)}"
    )
    del deployment.catalogue[found.name.lower()]


def _permission_set(deployment: Deployment, name: str) -> bool:
    world = deployment.world
    made = world.one('SELECT Id FROM "PermissionSet" WHERE Name = ?', [name])
    if made is None:
        return False
    for table, column in (
        ("PermissionSetAssignment", "PermissionSetId"),
        ("FieldPermissions", "ParentId"),
        ("ObjectPermissions", "ParentId"),
        ("PermissionSet", "Id"),
    ):
        world.run(f"DELETE FROM {quoted(table)} WHERE {column} = ?", [made])
    return True


def _role(deployment: Deployment, name: str) -> bool:
    world = deployment.world
    made = world.one('SELECT Id FROM "UserRole" WHERE DeveloperName = ?', [name])
    if made is None:
        return False
    if world.one('SELECT count(*) FROM "User" WHERE UserRoleId = ?', [made]) or world.one(
        'SELECT count(*) FROM "UserRole" WHERE ParentRoleId = ?', [made]
    ):
        raise Problem("This role is used by users or other roles and cannot be deleted")
    world.run('DELETE FROM "UserRole" WHERE Id = ?', [made])
    return True


def _record_type(deployment: Deployment, name: str) -> bool:
    world = deployment.world
    owner, _, developer_name = name.partition(".")
    made = world.one(
        'SELECT Id FROM "RecordType" WHERE SobjectType = ? AND DeveloperName = ?',
        [owner, developer_name],
    )
    sobject = deployment.find(owner)
    if made is None or sobject is None:
        return False
    if not world.settings.record_types_deletable:
        raise Problem("Cannot delete record type through API")
    if world.one(
        f"SELECT count(*) FROM {quoted(sobject.table)} WHERE RecordTypeId = ? AND NOT IsDeleted",
        [made],
    ):
        raise Problem("This record type is used by records and cannot be deleted")
    world.run('DELETE FROM "RecordType" WHERE Id = ?', [made])
    return True


def _business_process(deployment: Deployment, name: str) -> bool:
    world = deployment.world
    owner, _, process = name.partition(".")
    made = world.one(
        'SELECT Id FROM "BusinessProcess" WHERE TableEnumOrId = ? AND Name = ?', [owner, process]
    )
    if made is None:
        return False
    if world.one('SELECT count(*) FROM "RecordType" WHERE BusinessProcessId = ?', [made]):
        raise Problem("This business process is used by a record type and cannot be deleted")
    world.run('DELETE FROM "BusinessProcess" WHERE Id = ?', [made])
    return True


def _global_value_set(deployment: Deployment, name: str) -> bool:
    used = [
        f"{sobject.name}.{field.name}"
        for sobject in deployment.catalogue.values()
        for field in sobject.fields.values()
        if field.value_set_name == name
    ]
    if used:
        raise Problem("This value set is used by: " + ", ".join(used))
    row = deployment.world.run(
        "DELETE FROM \"_value_set\" WHERE kind = 'GlobalValueSet' AND name = ?", [name]
    ).fetchone()
    return bool(row and row[0])


def _kept_only(kind: str, deployment: Deployment, name: str) -> bool:
    return metadata_kept.find(deployment.world.connection, kind, name) is not None


def _layout(deployment: Deployment, name: str) -> bool:
    connection = deployment.world.connection
    if standard_layouts.find(name) is not None:
        raise Problem(f"{name} is standard and cannot be deleted")
    owner = name.partition("-")[0]
    others = [
        each.full_name
        for each in metadata_kept.every(connection, "Layout")
        if each.full_name.startswith(f"{owner}-") and each.full_name != name
    ]
    there = metadata_kept.find(connection, "Layout", name) is not None
    custom = owner.endswith("__c")
    if there and custom and not others:
        raise Problem(f"Cannot delete the only layout of {owner}")
    return there


def _compact_layout(deployment: Deployment, name: str) -> bool:
    connection = deployment.world.connection
    owner, _, own = name.partition(".")
    kept = metadata_kept.find(connection, "CustomObject", owner)
    if kept is not None and kept.element.findtext("compactLayoutAssignment") == own:
        raise Problem(f"This compact layout is assigned to {owner} and cannot be deleted")
    return metadata_kept.find(connection, "CompactLayout", name) is not None


def _standard(deployment: Deployment, name: str) -> bool:
    raise Problem(f"{name} is standard and cannot be deleted")


# What goes first: dependants before what they depend on.
_REMOVERS: Mapping[str, Callable[[Deployment, str], bool]] = {
    **{
        kind: partial(_kept_only, kind)
        for kind in ("PermissionSetGroup", "Flow", "CustomApplication", "CustomTab",
                     "ListView", "FieldSet", "ValidationRule", "WebLink",
                     "DuplicateRule", "Index", "SharingReason")
    },
    "Layout": _layout,
    "CompactLayout": _compact_layout,
    "Role": _role,
    "PermissionSet": _permission_set,
    "RecordType": _record_type,
    "BusinessProcess": _business_process,
    "CustomField": _custom_fields,
    "CustomObject": _custom_object,
    "GlobalValueSet": _global_value_set,
    "StandardValueSet": _standard,
    "Settings": _standard,
}  # fmt: skip


def unknown_type(kind: str) -> str:
    """Say that a manifest names a type that does not exist, or not in this org."""
    if kind in schema().types:
        return f"Entity of type '{kind}' is not available in this organization"
    return f"Unknown type name '{kind}' specified in package.xml"


def apply(deployment: Deployment, doomed: tuple[Doomed, ...]) -> None:
    """Remove what the package dooms: dependants before what they depend on."""
    order = list(_REMOVERS)
    known = [one for one in doomed if one.type in NAMES]
    deployment.leaving.update(one.full_name for one in known if one.type == "CustomObject")
    for one in sorted(known, key=lambda one: order.index(one.type)):
        _remove(deployment, Source(one.type, one.full_name, one.file_name))
    for one in doomed:
        if one.type not in NAMES:
            source = Source(one.type, one.full_name, one.file_name)
            deployment.fail(source, unknown_type(one.type))


def _remove(deployment: Deployment, source: Source) -> None:
    try:
        gone = _REMOVERS[source.kind](deployment, source.name)
    except Problem as problem:
        deployment.fail(source, str(problem))
        return
    if not gone:
        deployment.warn(source, f"No {source.kind} named: {source.name} found")
        return
    metadata_kept.forget(deployment.world, source.kind, source.name)
    deploy_deleted.note(deployment, source.kind, source.name)
    deployment.delete(source)
