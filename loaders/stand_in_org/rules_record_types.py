"""Record types: one of the object's own, active ones; the default when none is sent."""

# ruff: noqa: S608 - names come from the catalogue and are quoted, so are the values
from __future__ import annotations

from loaders.stand_in_org import record_types
from loaders.stand_in_org.change import Change
from loaders.stand_in_org.store import literal, quoted


def fill(change: Change) -> None:
    """Give new records the default record type when they name none."""
    if "recordtypeid" not in change.sobject.fields:
        return
    types = record_types.of(change.world.connection, change.sobject)
    default = next((one for one in types if one.default and not one.master), None)
    if default is not None:
        change.fill("RecordTypeId", literal(default.id), where="_new AND RecordTypeId IS NULL")


def check(change: Change) -> None:
    """Refuse foreign or inactive record types, and values that the record type does not offer."""
    if "recordtypeid" not in change.sobject.fields:
        return
    if change.sends("RecordTypeId"):
        own = (
            'SELECT Id FROM "RecordType" WHERE IsActive'
            f" AND SobjectType = {literal(change.sobject.name)}"
        )
        change.fail(
            f"{change.sent('RecordTypeId')} AND RecordTypeId IS NOT NULL"
            f" AND RecordTypeId NOT IN ({own})",
            code="INVALID_CROSS_REFERENCE_KEY",
            message="'Record Type ID: this ID value isn''t valid for the user: ' || RecordTypeId",
            fields=("RecordTypeId",),
        )
    for target in change.targets:
        field = target.field
        if field.type == "picklist" and field.restricted_picklist:
            _check_values(change, field.name, field.label)


def _check_values(change: Change, name: str, label: str) -> None:
    offered = f'SELECT 1 FROM "_record_type_value" AS v WHERE v.field = {literal(name)}'
    column = quoted(name)
    if not change.world.one(f"SELECT count(*) FROM ({offered})"):
        return
    change.fail(
        f"{column} IS NOT NULL AND EXISTS ({offered} AND v.record_type_id = RecordTypeId)"
        f" AND NOT EXISTS ({offered} AND v.record_type_id = RecordTypeId AND v.value = {column})",
        code="INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        message=f"{literal(label + ': bad value for restricted picklist field: ')} || {column}",
        fields=(name,),
    )
