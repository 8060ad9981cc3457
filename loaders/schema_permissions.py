"""Permission sets: what the load user needs, and what each group of the clinic may read."""

from __future__ import annotations

from loaders.contract import Column, Mapping, Mart
from loaders.schema_fields import ACTIVITY, ACTIVITY_OBJECTS, is_required_field, metadata_object
from loaders.schema_readers import READERS, column_readers, readers_named
from loaders.schema_screens import APPLICATION
from loaders.schema_xml import Pair, flag, render

PERMISSION_SET = "Clinic_Migration"
# Their access comes with another object, or with a permission of the user.
_NO_OBJECT_PERMISSIONS = ACTIVITY_OBJECTS | {
    "AccountContactRelation",
    "AccountTeamMember",
    "ContentDocument",
    "ContentDocumentLink",
    "ContentVersion",
    "ObjectTerritory2Association",
    "OpportunityLineItem",
    "PricebookEntry",
    "Territory2",
    "User",
    "UserRole",
    "UserTerritory2Association",
}
_NOT_OWNED = frozenset({"Product2", "Pricebook2"})
# ModifyAllData stands on ViewAllData (Tooling API, PermissionDependency), audit fields stand on it.
USER_PERMISSIONS = (
    "ApiEnabled",
    "EditEvent",
    "EditTask",
    "ModifyAllData",
    "QueryAllFiles",
    "ViewAllData",
)
# These exist in an org only after the settings were deployed.
AUDIT_PERMISSIONS = ("CreateAuditFields", "UpdateWithInactiveOwners")
# Only for a run that makes users; the last two are what the first one stands on.
PROVISIONING_PERMISSIONS = ("ManageUsers", "AssignPermissionSets", "ViewSetup")
# The org lets nobody read or change roles without these; users who hold roles need the roles first.
ROLE_PERMISSIONS = ("ManageRoles", "ViewRoles")
# Without it a model that is only planned is not even seen.
TERRITORY_PERMISSIONS = ("ManageTerritories",)


def permission_sets(
    mapping: Mapping, *, with_audit: bool, provisions_users: bool
) -> dict[str, bytes]:
    """Write every permission set by its name."""
    system = USER_PERMISSIONS + (AUDIT_PERMISSIONS if with_audit else ())
    if provisions_users:
        system += PROVISIONING_PERMISSIONS
        system += ROLE_PERMISSIONS if "UserRole" in mapping.objects() else ()
    system += TERRITORY_PERMISSIONS if "Territory2" in mapping.objects() else ()
    sets = {READERS[reader]: _reader_set(mapping, reader) for reader in readers_named(mapping)}
    return {PERMISSION_SET: _migration_set(mapping, system), **sets}


def _migration_set(mapping: Mapping, system: tuple[str, ...]) -> bytes:
    """Write the load user's set: our objects, fields, record types, and what loading needs."""
    objects: list[Pair] = [
        ("objectPermissions", _everything(name)) for name in _granted_objects(mapping)
    ]
    record_types: list[Pair] = [
        ("recordTypeVisibilities", [("recordType", f"{mart.sobject}.{each}"), ("visible", "true")])
        for mart in mapping.marts
        for each in mart.record_types
    ]
    users: list[Pair] = [
        ("userPermissions", [("enabled", "true"), ("name", name)]) for name in sorted(system)
    ]
    head: list[Pair] = [
        ("description", "Lets the migration user load, verify and take back what it loaded."),
        *_field_pairs(granted_fields(mapping), editable=True),
        ("hasActivationRequired", "false"),
        ("label", _label(PERMISSION_SET)),
    ]
    return render("PermissionSet", [*head, *objects, *record_types, *users])


def _reader_set(mapping: Mapping, reader: str) -> bytes:
    """
    Write a group's set: it reads what the marts open to it, and changes nothing.

    Standard objects are the customer's own: their profiles open them, we add our fields only. Our
    objects are private and owned by providers: without all records nobody else would see one.
    """
    seen = [mart.sobject for mart in mapping.marts if mart.is_custom and reader in mart.readers]
    apps: list[Pair] = [
        ("applicationVisibilities", [("application", APPLICATION), ("visible", "true")])
    ]
    name = READERS[reader]
    pairs: list[Pair] = [
        *(apps if seen else []),
        ("description", "Lets this group of the clinic read what the migration brought."),
        *_field_pairs(granted_fields(mapping, reader=reader), editable=False),
        ("hasActivationRequired", "false"),
        ("label", _label(name)),
    ]
    pairs += [("objectPermissions", _object_permissions(each, reads_only=True)) for each in seen]
    pairs += [("tabSettings", [("tab", each), ("visibility", "Visible")]) for each in seen]
    return render("PermissionSet", pairs)


def _label(name: str) -> str:
    return name.replace("_", " ")


def _field_pairs(names: list[str], *, editable: bool) -> list[Pair]:
    return [
        (
            "fieldPermissions",
            [("editable", flag(editable)), ("field", name), ("readable", "true")],
        )
        for name in names
    ]


def granted_fields(mapping: Mapping, *, reader: str | None = None) -> list[str]:
    """
    Name the fields to grant to a reader, or to the load user.

    Required ones are visible anyway and may not be listed.
    """
    names = {
        f"{sobject}.{column.name}"
        for mart in mapping.marts
        for column in mart.columns
        if column.custom and not is_required_field(mart, column)
        if reader is None or _may_read(mart, column, reader)
        for sobject in _seen_on(mart.sobject)
    }
    return sorted(names)


def _may_read(mart: Mart, column: Column, reader: str) -> bool:
    return reader in column_readers(mart, column)


def _seen_on(sobject: str) -> frozenset[str]:
    """Name the objects on which a field appears: one of Activity is granted on Event and Task."""
    return ACTIVITY_OBJECTS if metadata_object(sobject) == ACTIVITY else frozenset({sobject})


def _granted_objects(mapping: Mapping) -> list[str]:
    names = set(mapping.objects()) - _NO_OBJECT_PERMISSIONS
    return sorted(names | {"Pricebook2"} if "PricebookEntry" in mapping.objects() else names)


def _everything(name: str) -> list[Pair]:
    return _object_permissions(name, reads_only=False, owned=name not in _NOT_OWNED)


def _object_permissions(name: str, *, reads_only: bool, owned: bool = True) -> list[Pair]:
    changes = flag(not reads_only)
    return [
        ("allowCreate", changes),
        ("allowDelete", changes),
        ("allowEdit", changes),
        ("allowRead", "true"),
        ("modifyAllRecords", flag(owned and not reads_only)),
        ("object", name),
        ("viewAllRecords", flag(owned)),
    ]
