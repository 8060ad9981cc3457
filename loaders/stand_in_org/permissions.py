"""
Who may see and do what: field-level security, object and system permissions.

Standard objects and fields are open to everyone in this org. A custom object or field is closed to
everyone, administrators included, until a permission set that grants it is assigned (contract
5.4). Universally required fields and names cannot be closed.
"""

# ruff: noqa: S608 - names come from the catalogue and are quoted, so are the values
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import duckdb

from loaders.stand_in_org.catalogue import (
    AUDIT_FIELDS,
    AUDITED,
    compound_of,
    seen_fields,
    standard_objects,
)
from loaders.stand_in_org.model import Field, SObject
from loaders.stand_in_org.store import literal

_PREFIX = "Permissions"
# These two exist only while the org's audit-field switch is on (contract 4.10).
AUDIT_PERMISSIONS = frozenset({"CreateAuditFields", "UpdateWithInactiveOwners"})
# No administrator can close these to a user, although they may be empty.
_ALWAYS_SEEN = frozenset({"RecordTypeId", "MasterRecordId"})
# Whose rows decide what a user sees.
GRANTS = frozenset(
    {"fieldpermissions", "objectpermissions", "permissionset", "permissionsetassignment", "user"}
)
RIGHTS = ("Create", "Read", "Edit", "Delete")
ALL_RIGHTS = frozenset(right.lower() for right in RIGHTS)

# The sets that are assigned, and the one that belongs to the user's profile.
_ASSIGNED = (
    'SELECT PermissionSetId FROM "PermissionSetAssignment"'
    " WHERE AssigneeId = $user AND NOT IsDeleted UNION ALL"
    ' SELECT s.Id FROM "PermissionSet" AS s INNER JOIN "User" AS u ON u.ProfileId = s.ProfileId'
    " WHERE u.Id = $user AND s.IsOwnedByProfile"
)


def sets_of(connection: duckdb.DuckDBPyConnection, user_id: str) -> str:
    """Give the ids of the user's sets as SQL: asked once, they are cheaper than a subquery."""
    rows = connection.execute(_ASSIGNED, {"user": user_id}).fetchall()
    return ", ".join(literal(one) for (one,) in rows) or "NULL"


def system_permissions(connection: duckdb.DuckDBPyConnection, user_id: str) -> frozenset[str]:
    """List the system permissions that assigned permission sets grant."""
    return _held(connection, sets_of(connection, user_id))


def granted_by(connection: duckdb.DuckDBPyConnection, permission_set: str) -> frozenset[str]:
    """List the system permissions that one permission set gives."""
    return _held(connection, literal(permission_set))


def _held(connection: duckdb.DuckDBPyConnection, sets: str) -> frozenset[str]:
    columns = permission_columns()
    rows = connection.execute(
        f'SELECT {", ".join(columns.values())} FROM "PermissionSet"'
        f" WHERE NOT IsDeleted AND Id IN ({sets})"
    ).fetchall()
    return frozenset(name for row in rows for name, held in zip(columns, row, strict=True) if held)


def permission_columns() -> Mapping[str, str]:
    """Give the column of each system permission, which sets and profiles have alike."""
    fields = standard_objects()["permissionset"].fields.values()
    names = [field.name for field in fields if field.name.startswith(_PREFIX)]
    return {name.removeprefix(_PREFIX): name for name in names}


def object_rights(
    connection: duckdb.DuckDBPyConnection, sobject: SObject, user_id: str
) -> frozenset[str]:
    """Tell which of create, read, edit, delete the user has on the object."""
    if not sobject.custom:
        return ALL_RIGHTS
    sums = ", ".join(f"bool_or(Permissions{right})" for right in RIGHTS)
    row = connection.execute(
        f'SELECT {sums} FROM "ObjectPermissions" WHERE NOT IsDeleted'
        f" AND lower(SobjectType) = {literal(sobject.name.lower())}"
        f" AND ParentId IN ({sets_of(connection, user_id)})"
    ).fetchone()
    granted = row or ()
    return frozenset(right.lower() for right, given in zip(RIGHTS, granted, strict=False) if given)


def _field_grants(
    connection: duckdb.DuckDBPyConnection, sobject: SObject, user_id: str
) -> dict[str, bool]:
    """Give, for each granted field of the object, whether it may be edited; others are open."""
    if not any(field.custom for field in sobject.fields.values()):
        return {}
    prefix = sobject.name.lower() + "."
    rows = connection.execute(
        'SELECT lower(Field), bool_or(PermissionsEdit) FROM "FieldPermissions"'
        " WHERE NOT IsDeleted AND PermissionsRead"
        f" AND lower(SobjectType) = {literal(sobject.name.lower())}"
        f" AND ParentId IN ({sets_of(connection, user_id)}) GROUP BY ALL"
    ).fetchall()
    return {name.removeprefix(prefix): bool(edit) for name, edit in rows}


def cannot_be_closed(field: Field) -> bool:
    """Tell whether field-level security does not apply: standard, name, required, master-detail."""
    required = not field.nillable and field.type != "boolean"
    return not field.custom or field.name_field or field.name == "Name" or required


def is_permissionable(field: Field, siblings: Mapping[str, Field]) -> bool:
    """
    Tell whether field-level security can name the field.

    Fields that every record needs are outside of it, and an address is closed as a whole.
    """
    if field.custom:
        return not cannot_be_closed(field)
    writable = field.createable or field.type == "address"
    part = compound_of(field, siblings) is not None
    return field.nillable and writable and not part and field.name not in _ALWAYS_SEEN


def _audited(sobject: SObject) -> bool:
    return sobject.custom or sobject.name in AUDITED


def visible_fields(
    connection: duckdb.DuckDBPyConnection,
    sobject: SObject,
    user_id: str,
    *,
    org_sets_audit_fields: bool,
) -> dict[str, Field]:
    """Give the fields that the user may see; those not editable have createable = false."""
    grants = _field_grants(connection, sobject, user_id)
    visible = _granted(seen_fields(sobject), grants)
    if not org_sets_audit_fields:
        for permission in AUDIT_PERMISSIONS:
            visible.pop(f"{_PREFIX}{permission}".lower(), None)
    if (
        org_sets_audit_fields
        and _audited(sobject)
        and "CreateAuditFields" in system_permissions(connection, user_id)
    ):
        for name in AUDIT_FIELDS:
            visible[name] = replace(visible[name], createable=True)
    return visible


def _granted(fields: Mapping[str, Field], grants: Mapping[str, bool]) -> dict[str, Field]:
    visible = {}
    for name, field in fields.items():
        if cannot_be_closed(field) or grants.get(name, False):
            visible[name] = field
        elif name in grants:
            visible[name] = replace(field, createable=False, updateable=False)
    return visible
