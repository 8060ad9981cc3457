"""One write as the front asks for it: who may do it, and what its columns mean."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import pyarrow as pa

from loaders.stand_in_org import automations, deploy_permissions, dml, dml_delete, permissions
from loaders.stand_in_org.change import Change, UnderWay, World
from loaders.stand_in_org.dml_header import Target, resolve
from loaders.stand_in_org.model import Field, HeaderError, PermissionDenied, SObject

_RIGHTS = {
    "insert": ("create",),
    "update": ("edit",),
    "upsert": ("create", "edit"),
    "delete": ("delete",),
    "hardDelete": ("delete",),
}


@dataclass(frozen=True, slots=True)
class Order:
    """What a client wants done to which object."""

    sobject: str
    operation: str
    external_id: str | None
    allow_duplicates: bool
    all_or_none: bool
    under_way: UnderWay | None


def visible(world: World, sobject: SObject) -> dict[str, Field]:
    """Give the fields that the writing user sees."""
    return permissions.visible_fields(
        world.connection,
        sobject,
        world.user_id,
        org_sets_audit_fields=deploy_permissions.audit_switch(
            world.deployed, settings=world.settings
        ),
    )


def _readable(world: World, parent: SObject) -> dict[str, Field]:
    """Give a parent's visible fields, none when the user may not read the object."""
    rights = permissions.object_rights(world.connection, parent, world.user_id)
    return visible(world, parent) if "read" in rights else {}


def _allowed(world: World, order: Order) -> SObject:
    """
    Find the object that the user may treat so.

    Raises:
        PermissionDenied: it does not exist for the user, or the right is missing.

    """
    sobject = world.find(order.sobject)
    held: frozenset[str] = frozenset()
    if sobject is not None:
        held = permissions.object_rights(world.connection, sobject, world.user_id)
    if sobject is None or "read" not in held:
        raise PermissionDenied("INVALID_TYPE", f"sObject type '{order.sobject}' is not supported.")
    if not set(_RIGHTS[order.operation]) <= held:
        raise PermissionDenied(
            "INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id"
        )
    if order.operation == "hardDelete" and "BulkApiHardDelete" not in world.permissions:
        raise PermissionDenied("FEATURENOTENABLED", "hardDelete is not enabled for this user")
    return sobject


def _key_position(targets: list[Target], name: str) -> int:
    """
    Find the key's column.

    Raises:
        HeaderError: there is no such column, or the field cannot be a key.

    """
    for position, target in enumerate(targets):
        field = target.field
        if field.name.lower() == name.lower() and (field.external_id or field.id_lookup):
            return position
    raise HeaderError("InvalidBatch", f"Field name not found : {name}", column=name)


def _change(world: World, sobject: SObject, order: Order, columns: list[str]) -> Change:
    seen = visible(world, sobject)
    targets = resolve(
        columns,
        seen,
        find=world.find,
        fields_of=partial(_readable, world),
        settings=world.settings,
    )
    key_name = "Id" if order.operation == "update" else order.external_id or ""
    return Change(
        world=world,
        sobject=sobject,
        operation=order.operation,
        targets=tuple(targets),
        visible=seen,
        key=None if order.operation == "insert" else _key_position(targets, key_name),
        allow_duplicates=order.allow_duplicates,
        under_way=order.under_way,
    )


def carry_out(world: World, order: Order, rows: pa.Table) -> pa.Table:
    """
    Write the rows; one result row for each, in their order.

    Raises:
        HeaderError: a column answers to no field or relationship.
        PermissionDenied: the user may not do this to the object at all.

    """
    sobject = _allowed(world, order)
    if order.operation in ("delete", "hardDelete"):
        return dml_delete.delete(
            world,
            sobject,
            rows,
            all_or_none=order.all_or_none,
            hard=order.operation == "hardDelete",
        )
    change = _change(world, sobject, order, rows.column_names)
    done = dml.save(change, rows, all_or_none=order.all_or_none)
    automations.run(world, sobject, done)
    return done
