"""Permission sets: which fields and objects they open, and which system permissions they give."""

# ruff: noqa: S608 - names come from the catalogue and are quoted, so are the values
from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree

from loaders.stand_in_org.deploy_custom_fields import is_master_detail
from loaders.stand_in_org.deploy_elements import children, flag, text
from loaders.stand_in_org.deploy_package import Component
from loaders.stand_in_org.deploy_problem import Problem
from loaders.stand_in_org.deploy_screens import check_grants
from loaders.stand_in_org.deployment import Applied, Deployment
from loaders.stand_in_org.model import Field
from loaders.stand_in_org.permissions import (
    AUDIT_PERMISSIONS,
    cannot_be_closed,
    permission_columns,
)
from loaders.stand_in_org.settings import Settings
from loaders.stand_in_org.store import literal, quoted
from loaders.stand_in_org.switched_objects import TERRITORIES

RIGHTS = (
    ("allowCreate", "PermissionsCreate"),
    ("allowDelete", "PermissionsDelete"),
    ("allowEdit", "PermissionsEdit"),
    ("allowRead", "PermissionsRead"),
    ("modifyAllRecords", "PermissionsModifyAllRecords"),
    ("viewAllRecords", "PermissionsViewAllRecords"),
)
# From this version of package.xml on, a permission set is replaced; before, it was added to.
_REPLACED_FROM = 40.0
# What an object right presupposes.
_DEPENDS = {
    "allowCreate": ("allowRead",),
    "allowEdit": ("allowRead",),
    "allowDelete": ("allowRead", "allowEdit"),
    "viewAllRecords": ("allowRead",),
    "modifyAllRecords": ("allowRead", "allowEdit", "allowDelete", "viewAllRecords"),
}
# What a system permission presupposes: the first as the Tooling API's PermissionDependency has it;
# a live org knows more of them, by its edition and features.
_SYSTEM_DEPENDS = {
    "ModifyAllData": ("ViewAllData",),
    "ManageUsers": ("AssignPermissionSets", "ViewSetup"),
}
_WORDS = {
    "allowCreate": "Create", "allowDelete": "Delete", "allowEdit": "Edit", "allowRead": "Read",
    "modifyAllRecords": "Modify All", "viewAllRecords": "View All",
}  # fmt: skip


def audit_switch(deployed: Mapping[str, str], *, settings: Settings) -> bool:
    """Tell whether the org offers the two permissions for audit fields and inactive owners."""
    on = deployed.get("SecuritySettings.enableAuditFieldsInactiveOwner") == "true"
    return settings.audit_fields or (on and settings.audit_permissions_appear)


def _field(deployment: Deployment, name: str) -> Field:
    owner, _, field_name = name.partition(".")
    sobject = deployment.find(owner)
    found = None if sobject is None else sobject.fields.get(field_name.lower())
    if found is None or found.name != field_name:
        raise Problem(f"In field: field - no CustomField named {name} found")
    return found


def _check_field(deployment: Deployment, element: ElementTree.Element) -> str:
    name = text(element, "field")
    if name is None:
        raise Problem("Required field is missing: field")
    field = _field(deployment, name)
    if cannot_be_closed(field) and (field.custom or not field.nillable):
        raise Problem(f"You cannot deploy to a required field: {name}")
    if flag(element, "editable") and not flag(element, "readable"):
        raise Problem(f"Field {name} cannot be editable without being readable")
    return name


def _check_object(deployment: Deployment, element: ElementTree.Element) -> str:
    name = text(element, "object")
    if name is None or deployment.find(name) is None:
        raise Problem(f"In field: object - no CustomObject named {name} found")
    for right, needed in _DEPENDS.items():
        lacking = [_WORDS[one] for one in needed if not flag(element, one)]
        if flag(element, right) and lacking:
            raise Problem(
                f"Permission {_WORDS[right]} {name} depends on permission(s): "
                + ", ".join(f"{one} {name}" for one in lacking)
            )
    return name


def _check_masters(deployment: Deployment, readable: set[str]) -> None:
    """Refuse to open the detail of a master that stays closed."""
    for name in sorted(readable):
        detail = deployment.find(name)
        for field in detail.fields.values() if detail is not None else ():
            master = field.reference_to[0] if is_master_detail(field) else name
            if master not in readable:
                raise Problem(f"Permission Read {name} depends on permission(s): Read {master}")


def _check_system(deployment: Deployment, element: ElementTree.Element) -> str:
    name = text(element, "name") or ""
    world = deployment.world
    deployed = dict(world.run('SELECT name, value FROM "_setting"').fetchall())
    missing = set() if audit_switch(deployed, settings=world.settings) else set(AUDIT_PERMISSIONS)
    missing |= set() if deployed.get(TERRITORIES) == "true" else {"ManageTerritories"}
    if name not in permission_columns() or name in missing:
        raise Problem(f"Unknown user permission: {name}")
    return name


def _check_dependencies(system: list[str]) -> None:
    for name in system:
        lacking = [one for one in _SYSTEM_DEPENDS.get(name, ()) if one not in system]
        if lacking:
            raise Problem(f"Permission {name} depends on permission(s): {', '.join(lacking)}")


def _check_record_types(deployment: Deployment, root: ElementTree.Element) -> None:
    for element in children(root, "recordTypeVisibilities"):
        name = text(element, "recordType") or ""
        owner, _, developer_name = name.partition(".")
        if not deployment.world.one(
            'SELECT count(*) FROM "RecordType" WHERE SobjectType = ? AND DeveloperName = ?',
            [owner, developer_name],
        ):
            raise Problem(f"In field: recordType - no RecordType named {name} found")


def _unique(root: ElementTree.Element, part: str, key: str) -> list[ElementTree.Element]:
    seen: set[str | None] = set()
    for element in children(root, part):
        name = text(element, key)
        if name in seen:
            raise Problem(f"Duplicate {part} {name}")
        seen.add(name)
    return list(children(root, part))


def apply(deployment: Deployment, component: Component) -> Applied:
    """Create a permission set, or replace what it grants."""
    root = component.root
    label = text(root, "label")
    fields = _unique(root, "fieldPermissions", "field")
    objects = _unique(root, "objectPermissions", "object")
    named_fields = [(_check_field(deployment, one), one) for one in fields]
    named_objects = [(_check_object(deployment, one), one) for one in objects]
    _check_masters(deployment, {name for name, one in named_objects if flag(one, "allowRead")})
    system = [
        _check_system(deployment, one)
        for one in _unique(root, "userPermissions", "name")
        if flag(one, "enabled")
    ]
    _check_dependencies(system)
    _check_record_types(deployment, root)
    check_grants(deployment, root)
    made, fresh = deployment.upsert_setup(
        "PermissionSet",
        where=f"Name = {literal(component.full_name)}",
        values={
            "Name": component.full_name, "Label": label, "IsCustom": True,
            "IsOwnedByProfile": False, "Type": "Regular",
            "Description": text(root, "description"),
            "HasActivationRequired": flag(root, "hasActivationRequired"),
            **_system_columns(deployment, system),
        },
    )  # fmt: skip
    _grant(deployment, made, named_fields, named_objects)
    return fresh, made


def _system_columns(deployment: Deployment, granted: list[str]) -> dict[str, bool]:
    """Give the columns of the system permissions: all of them, or those that are added."""
    columns = permission_columns()
    if deployment.version >= _REPLACED_FROM:
        return {column: name in granted for name, column in columns.items()}
    return {columns[name]: True for name in granted}


def _grant(
    deployment: Deployment,
    made: str,
    fields: list[tuple[str, ElementTree.Element]],
    objects: list[tuple[str, ElementTree.Element]],
) -> None:
    given_fields: list[dict[str, object]] = [
        {
            "SobjectType": name.partition(".")[0], "Field": name,
            "PermissionsRead": flag(element, "readable"),
            "PermissionsEdit": flag(element, "editable"),
        }
        for name, element in fields
    ]  # fmt: skip
    given_objects: list[dict[str, object]] = [
        {"SobjectType": name, **{column: flag(element, right) for right, column in RIGHTS}}
        for name, element in objects
    ]
    _replace(deployment, made, ("FieldPermissions", "Field"), given_fields)
    _replace(deployment, made, ("ObjectPermissions", "SobjectType"), given_objects)


def _replace(
    deployment: Deployment, made: str, held: tuple[str, str], grants: list[dict[str, object]]
) -> None:
    """Put grants in the place of all that are held; in old versions, of those they name again."""
    table, name = held
    deployment.world.run(
        f"DELETE FROM {quoted(table)} WHERE ParentId = ?"
        f" AND (? OR list_contains(CAST(? AS VARCHAR[]), {name}))",
        [made, deployment.version >= _REPLACED_FROM, [one[name] for one in grants]],
    )
    if grants:
        deployment.insert_setup(table, [{"ParentId": made, **one} for one in grants])
