"""Destructive changes: what is named there goes, what is not there is a warning."""

# ruff: noqa: S608 - names come from the catalogue and are quoted, so are the values
from __future__ import annotations

from loaders.stand_in_org import store
from loaders.stand_in_org.deploy_package import Problem
from loaders.stand_in_org.deployment import ACTIVITY, FILES, Deployment
from loaders.stand_in_org.model import DeployMessage, SObject
from loaders.stand_in_org.store import literal, quoted


def _custom_fields(deployment: Deployment, name: str) -> bool:
    owner_name, _, field_name = name.partition(".")
    owners = ("Event", "Task") if owner_name == "Activity" else (owner_name,)
    gone = False
    for one in owners:
        owner = deployment.find(one)
        found = None if owner is None else owner.fields.get(field_name.lower())
        if owner is not None and found is not None and found.custom:
            deployment.drop_field(owner, found)
            gone = True
    return gone


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
            "Cannot delete this object because it is referenced elsewhere: " + ", ".join(holders)
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
        ("_system_permission", "permission_set_id"),
        ("PermissionSet", "Id"),
    ):
        world.run(f"DELETE FROM {quoted(table)} WHERE {column} = ?", [made])
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


_REMOVERS = {
    "PermissionSet": _permission_set,
    "RecordType": _record_type,
    "BusinessProcess": _business_process,
    "CustomField": _custom_fields,
    "CustomObject": _custom_object,
    "GlobalValueSet": _global_value_set,
}


def apply(deployment: Deployment, doomed: tuple[tuple[str, str], ...]) -> None:
    """Remove what the package dooms: dependants before what they depend on."""
    order = list(_REMOVERS)
    known = [(kind, name) for kind, name in doomed if kind in _REMOVERS]
    for kind, name in sorted(known, key=lambda pair: order.index(pair[0])):
        _remove_one(deployment, kind, name)
    for kind, name in doomed:
        if kind not in _REMOVERS:
            problem = f"Unknown type name '{kind}' specified in package.xml"
            deployment.fail(kind, name, file="destructiveChanges.xml", problem=problem)


def _remove_one(deployment: Deployment, kind: str, name: str) -> None:
    file = "destructiveChanges.xml"
    try:
        gone = _REMOVERS[kind](deployment, name)
    except Problem as problem:
        deployment.fail(kind, name, file=file, problem=str(problem))
        return
    if not gone:
        deployment.warn(kind, name, file=file, problem=f"No {kind} named: {name} found")
        return
    deployment.messages.append(
        DeployMessage(
            component_type=kind,
            full_name=name,
            file_name=file,
            success=True,
            changed=True,
            deleted=True,
        )
    )
