"""The permission set of the user who loads: nothing that we deploy is visible without it."""

from __future__ import annotations

from loaders.contract import Mapping
from loaders.schema_fields import ACTIVITY, ACTIVITY_OBJECTS, is_required_field, metadata_object
from loaders.schema_xml import Pair, flag, render

PERMISSION_SET = "Clinic_Migration"
# Their access comes with another object, or with a permission of the user.
_NO_OBJECT_PERMISSIONS = ACTIVITY_OBJECTS | {
    "AccountContactRelation",
    "ContentDocument",
    "ContentDocumentLink",
    "ContentVersion",
    "OpportunityLineItem",
    "PricebookEntry",
    "User",
}
_NOT_OWNED = frozenset({"Product2", "Pricebook2"})
USER_PERMISSIONS = ("ApiEnabled", "EditEvent", "EditTask")
# These exist in an org only after the settings were deployed.
AUDIT_PERMISSIONS = ("CreateAuditFields", "UpdateWithInactiveOwners")


def permission_set(mapping: Mapping, *, with_audit: bool) -> bytes:
    """Write the permission set: our objects, fields, record types, and what loading needs."""
    fields: list[Pair] = [
        ("fieldPermissions", [("editable", "true"), ("field", name), ("readable", "true")])
        for name in granted_fields(mapping)
    ]
    objects: list[Pair] = [
        ("objectPermissions", _object_permissions(name)) for name in _granted_objects(mapping)
    ]
    record_types: list[Pair] = [
        ("recordTypeVisibilities", [("recordType", f"{mart.sobject}.{each}"), ("visible", "true")])
        for mart in mapping.marts
        for each in mart.record_types
    ]
    names = USER_PERMISSIONS + (AUDIT_PERMISSIONS if with_audit else ())
    users: list[Pair] = [
        ("userPermissions", [("enabled", "true"), ("name", name)]) for name in sorted(names)
    ]
    head: list[Pair] = [
        ("description", "Lets the migration user load, verify and take back what it loaded."),
        *fields,
        ("hasActivationRequired", "false"),
        ("label", PERMISSION_SET.replace("_", " ")),
    ]
    return render("PermissionSet", [*head, *objects, *record_types, *users])


def granted_fields(mapping: Mapping) -> list[str]:
    """Name the fields to grant; required ones are visible anyway and may not be listed."""
    names = {
        f"{sobject}.{column.name}"
        for mart in mapping.marts
        for column in mart.columns
        if column.custom and not is_required_field(mart, column)
        for sobject in _seen_on(mart.sobject)
    }
    return sorted(names)


def _seen_on(sobject: str) -> frozenset[str]:
    """Name the objects on which a field appears: one of Activity is granted on Event and Task."""
    return ACTIVITY_OBJECTS if metadata_object(sobject) == ACTIVITY else frozenset({sobject})


def _granted_objects(mapping: Mapping) -> list[str]:
    names = set(mapping.objects()) - _NO_OBJECT_PERMISSIONS
    return sorted(names | {"Pricebook2"} if "PricebookEntry" in mapping.objects() else names)


def _object_permissions(name: str) -> list[Pair]:
    owned = flag(name not in _NOT_OWNED)
    return [
        ("allowCreate", "true"),
        ("allowDelete", "true"),
        ("allowEdit", "true"),
        ("allowRead", "true"),
        ("modifyAllRecords", owned),
        ("object", name),
        ("viewAllRecords", owned),
    ]
