"""Permission rows that clients write themselves: what they may grant, and when they vanish."""

# ruff: noqa: S608 - names come from the catalogue and are quoted, so are the values
from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from loaders.stand_in_org.catalogue import seen_fields
from loaders.stand_in_org.change import IMAGE, Change, World
from loaders.stand_in_org.permissions import is_permissionable, permission_columns
from loaders.stand_in_org.store import literal, quoted

# What a right presupposes.
_FIELD_RIGHTS: Mapping[str, tuple[str, ...]] = {"Edit": ("Read",)}
_OBJECT_RIGHTS: Mapping[str, tuple[str, ...]] = {
    "Create": ("Read",),
    "Edit": ("Read",),
    "Delete": ("Read", "Edit"),
    "ViewAllRecords": ("Read",),
    "ViewAllFields": ("Read",),
    "ModifyAllRecords": ("Read", "Edit", "Delete", "ViewAllRecords"),
}


def check_field(change: Change) -> None:
    """Refuse grants of fields that cannot be closed, and rights without what they stand on."""
    _check_listed(change, "Field", _grantable(change.world))
    _check_rights(change, _FIELD_RIGHTS)
    _check_single(change, "Field")


def check_object(change: Change) -> None:
    """Refuse grants of what is no object, and rights without what they stand on."""
    names = [(sobject.name, sobject.name) for sobject in change.world.catalogue.values()]
    _check_listed(change, "SobjectType", names)
    _check_rights(change, _OBJECT_RIGHTS)
    _check_single(change, "SobjectType")


def fill_set(change: Change) -> None:
    """Mark a set that a client makes as the administrator's own."""
    kind = "CASE WHEN HasActivationRequired THEN 'Session' ELSE 'Regular' END"
    change.fill_all({"IsCustom": "true", "Type": kind}, where="_new")


def check_set(change: Change) -> None:
    """Refuse a second set of one name."""
    there = (
        'SELECT 1 FROM "PermissionSet" AS s WHERE NOT s.IsDeleted'
        f" AND lower(s.Name) = lower({IMAGE}.Name) AND s.Id != {IMAGE}.Id"
    )
    change.fail(
        f"EXISTS ({there})",
        code="DUPLICATE_DEVELOPER_NAME",
        message=literal("The name is already used by another permission set: ") + " || Name",
        fields=("Name",),
    )


def after_set(change: Change) -> None:
    """Show on a profile what the permission set that it owns gives."""
    sets = ", ".join(f"{column} = s.{column}" for column in permission_columns().values())
    change.run(
        f'UPDATE "Profile" AS p SET {sets} FROM {IMAGE} AS s'
        " WHERE s.ProfileId = p.Id AND s._e IS NULL"
    )


def drop_empty(change: Change) -> None:
    """Delete the rows that grant nothing any more, as the org does: it has no bin for them."""
    change.run(
        f"DELETE FROM {quoted(change.sobject.table)} WHERE NOT PermissionsRead"
        f" AND Id IN (SELECT Id FROM {IMAGE} WHERE _e IS NULL)"
    )


def _grantable(world: World) -> list[tuple[str, str]]:
    """List each object with the fields that field-level security can name."""
    found = []
    for sobject in world.catalogue.values():
        fields = seen_fields(sobject)
        found += [
            (sobject.name, f"{sobject.name}.{field.name}")
            for field in fields.values()
            if is_permissionable(field, fields)
        ]
    return found


def _check_listed(change: Change, column: str, names: list[tuple[str, str]]) -> None:
    """Refuse values that the org's own list of objects, or of their fields, does not hold."""
    objects, listed = zip(*names, strict=True)
    known = pa.table({"sobject": pa.array(objects), "listed": pa.array(listed)})
    change.world.connection.register("_grantable", known)
    label = change.sobject.fields[column.lower()].label
    change.fail(
        f"_new AND ({quoted(column)}, SobjectType) NOT IN (SELECT (listed, sobject)"
        " FROM _grantable)",
        code="INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        message=literal(f"{label}: bad value for restricted picklist field: ")
        + f" || coalesce({quoted(column)}, '')",
        fields=(column,),
    )
    change.world.connection.unregister("_grantable")


def _check_rights(change: Change, needs: Mapping[str, tuple[str, ...]]) -> None:
    for right, needed in needs.items():
        lacking = " OR ".join(f"NOT Permissions{one}" for one in needed)
        change.fail(
            f"Permissions{right} AND ({lacking})",
            code="FIELD_INTEGRITY_EXCEPTION",
            message=literal(f"Permission {right} depends on permission(s): {', '.join(needed)}"),
            fields=(f"Permissions{right}",),
        )


def _check_single(change: Change, column: str) -> None:
    """Refuse a second row of one permission set for the same field or object."""
    table, name = quoted(change.sobject.table), quoted(column)
    there = (
        f"SELECT 1 FROM {table} AS p WHERE NOT p.IsDeleted"
        f" AND p.ParentId = {IMAGE}.ParentId AND p.{name} = {IMAGE}.{name}"
    )
    again = (
        f"SELECT _n FROM (SELECT _n, row_number() OVER (PARTITION BY ParentId, {name} ORDER BY _n)"
        f" AS place FROM {IMAGE} WHERE _e IS NULL AND _new) WHERE place > 1"
    )
    change.fail(
        f"_new AND (EXISTS ({there}) OR _n IN ({again}))",
        code="DUPLICATE_VALUE",
        message=literal(f"duplicate value found: ParentId, {column}"),
        fields=("ParentId", column),
    )
