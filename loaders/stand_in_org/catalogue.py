"""The standard objects and fields of a plain Sales Cloud org, read from two CSV files of facts."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from importlib import resources

from loaders.stand_in_org.model import Field, SObject

# Objects that hold custom fields of their own on top of the standard ones.
ACTIVITIES = ("Event", "Task")
# Objects whose CreatedDate and its kin become createable with the permission (contract 11).
AUDITED = frozenset(
    {"Account", "Contact", "Lead", "Opportunity", "Event", "Task", "ContentVersion"}
)
AUDIT_FIELDS = ("createddate", "createdbyid", "lastmodifieddate", "lastmodifiedbyid")
# Kept in the answers, never in a table: compound values and file bodies.
UNSTORED_TYPES = frozenset({"address", "base64"})
_NAME_PARTS = frozenset({"salutation", "firstname", "middlename", "lastname", "suffix"})
_ADDRESS_PARTS = (
    "Street", "City", "State", "PostalCode", "Country", "Latitude", "Longitude", "GeocodeAccuracy",
)  # fmt: skip


def _stamp(name: str, label: str, kind: str, *, by: str | None = None) -> Field:
    return Field(
        name,
        label,
        kind,
        length=18 if kind in ("id", "reference") else None,
        nillable=False,
        createable=False,
        updateable=False,
        defaulted_on_create=True,
        id_lookup=kind == "id",
        default_value="false" if kind == "boolean" else None,
        reference_to=("User",) if by else (),
        relationship_name=by,
    )


def system_fields(*, recycled: bool) -> list[Field]:
    """List the fields that every object has without being asked."""
    fields = [
        _stamp("Id", "Record ID", "id"),
        _stamp("IsDeleted", "Deleted", "boolean"),
        _stamp("CreatedDate", "Created Date", "datetime"),
        _stamp("CreatedById", "Created By ID", "reference", by="CreatedBy"),
        _stamp("LastModifiedDate", "Last Modified Date", "datetime"),
        _stamp("LastModifiedById", "Last Modified By ID", "reference", by="LastModifiedBy"),
        _stamp("SystemModstamp", "System Modstamp", "datetime"),
    ]
    return fields if recycled else [field for field in fields if field.name != "IsDeleted"]


def _relabelled(system: list[Field], own: list[Field]) -> list[Field]:
    """Put the object's own fields behind the system's; a line for one of those names it anew."""
    labels = {field.name: field.label for field in own}
    named = [replace(field, label=labels.get(field.name, field.label)) for field in system]
    taken = {field.name for field in system}
    return [*named, *(field for field in own if field.name not in taken)]


def _listed(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split("|")))


def _options(text: str) -> list[tuple[str, str]]:
    """Split the values of a picklist: `value`, or `value=label` where they differ."""
    return [(value, label) for value, _, label in (each.partition("=") for each in _listed(text))]


def _number(text: str) -> int | None:
    return int(text) if text else None


def _field(row: Mapping[str, str]) -> Field:
    """Read one line of the fact file; `flags` is one letter per property."""
    flags = row["flags"]
    references = _listed(row["reference_to"])
    return Field(
        name=row["name"],
        label=row["label"],
        type=row["type"],
        length=_number(row["length"]),
        precision=_number(row["precision"]),
        scale=_number(row["scale"]),
        nillable="N" in flags,
        createable="C" in flags,
        updateable="U" in flags,
        unique="X" in flags,
        id_lookup="L" in flags,
        defaulted_on_create="D" in flags,
        default_value=row["default"] or None,
        restricted_picklist="R" in flags,
        picklist=tuple(value for value, _ in _options(row["picklist"])),
        picklist_labels={value: label for value, label in _options(row["picklist"]) if label},
        reference_to=references,
        relationship_name=row["relationship"] or None,
        polymorphic=len(references) > 1,
        name_field="M" in flags,
        filterable="F" in flags,
        sortable="S" in flags,
        groupable="G" in flags,
        delete_constraint=row["on_delete"] or None,
        child_relationship_name=row["children"] or None,
    )


def _rows(name: str) -> list[dict[str, str]]:
    text = resources.files("loaders.stand_in_org").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def in_describe_order(fields: Iterable[Field]) -> dict[str, Field]:
    """Key fields by lower-case name: standard first as given, custom ones behind."""
    return {field.name.lower(): field for field in sorted(fields, key=lambda field: field.custom)}


def standard_objects() -> dict[str, SObject]:
    """Give the objects of a fresh org, by lower-case name."""
    return dict(_standard_objects())


@cache
def _standard_objects() -> dict[str, SObject]:
    by_object: dict[str, list[Field]] = {}
    for row in _rows("standard_fields.csv"):
        by_object.setdefault(row["sobject"], []).append(_field(row))
    objects = {}
    for row in _rows("standard_objects.csv"):
        flags, name = row["flags"], row["name"]
        own = by_object.get(name, [])
        fields = _relabelled(system_fields(recycled="R" in flags), own)
        objects[name.lower()] = SObject(
            name=name,
            label=row["label"],
            key_prefix=row["key_prefix"],
            custom=False,
            createable="C" in flags,
            updateable="U" in flags,
            deletable="D" in flags,
            queryable="Q" in flags,
            bulk_supported="B" in flags,
            fields=in_describe_order(fields),
            table=name,
            label_plural=row["label_plural"],
            abilities=_listed(row["abilities"]),
            hidden=_listed(row["hidden"]),
        )
    return objects


def with_fields(sobject: SObject, fields: Iterable[Field]) -> SObject:
    """Give the object with these fields added or replaced."""
    merged = dict(sobject.fields) | {field.name.lower(): field for field in fields}
    return replace(sobject, fields=in_describe_order(merged.values()))


def without_fields(sobject: SObject, names: Iterable[str]) -> SObject:
    """Give the object without the named fields."""
    gone = {name.lower() for name in names}
    return replace(sobject, fields={k: v for k, v in sobject.fields.items() if k not in gone})


def is_stored(field: Field) -> bool:
    """Tell whether the field is a column of the object's table."""
    return field.type not in UNSTORED_TYPES


def compound_of(field: Field, siblings: Mapping[str, Field]) -> str | None:
    """Name the compound field that this one is a part of."""
    if field.name.lower() in _NAME_PARTS and "name" in siblings:
        return siblings["name"].name
    for part in _ADDRESS_PARTS:
        whole = siblings.get(field.name.removesuffix(part).lower() + "address")
        if field.name.endswith(part) and whole is not None and whole.type == "address":
            return whole.name
    return None


def seen_fields(sobject: SObject) -> dict[str, Field]:
    """Give the fields that the API knows of, whoever asks."""
    hidden = {name.lower() for name in sobject.hidden}
    return {key: field for key, field in sobject.fields.items() if key not in hidden}


def sql_type(field: Field) -> str:
    """Give the column type: numbers are decimals, so that they come back as they were stored."""
    match field.type:
        case "boolean":
            return "BOOLEAN"
        case "int":
            return "BIGINT"
        case "double" | "currency" | "percent":
            return f"DECIMAL(18,{field.scale or 0})"
        case "date":
            return "DATE"
        case "datetime":
            return "TIMESTAMP"
        case _:
            return "VARCHAR"
