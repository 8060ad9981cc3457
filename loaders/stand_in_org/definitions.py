"""EntityDefinition and FieldDefinition: the catalogue itself as rows that SOQL reads."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from loaders.stand_in_org.catalogue import seen_fields
from loaders.stand_in_org.field_uses import can_group, can_sort
from loaders.stand_in_org.model import Field, SObject
from loaders.stand_in_org.store import insert_rows, quoted

# Both objects are computed by the original and have no ids of their own.
_NO_ID = "000000000000000AAA"
_LONGEST_TEXT = 255
_NUMBERS = {"int": "Number", "double": "Number", "currency": "Currency", "percent": "Percent"}
_WORDS = {
    "address": "Address", "base64": "Base64", "boolean": "Checkbox", "combobox": "Picklist",
    "date": "Date", "datetime": "Date/Time", "email": "Email", "multipicklist":
    "Picklist (Multi-Select)", "phone": "Phone", "picklist": "Picklist",
}  # fmt: skip
_ABILITIES = (
    "feedEnabled", "layoutable", "mruEnabled", "replicateable", "retrieveable", "searchable",
    "triggerable",
)  # fmt: skip
_INDEXED = frozenset({"CreatedDate", "SystemModstamp"})


def write_definitions(
    connection: duckdb.DuckDBPyConnection, catalogue: Mapping[str, SObject]
) -> None:
    """Rewrite both tables, so that what a deploy brought is there at once."""
    entities = [_entity(sobject) for sobject in catalogue.values()]
    fields = [
        _field(sobject, field)
        for sobject in catalogue.values()
        for field in seen_fields(sobject).values()
    ]
    for table, rows in (("EntityDefinition", entities), ("FieldDefinition", fields)):
        connection.execute(f"DELETE FROM {quoted(table)}")  # noqa: S608 - one of two names
        insert_rows(connection, table, rows)


def _publisher(*, custom: bool) -> str:
    return "<local>" if custom else "System"


def _entity(sobject: SObject) -> dict[str, object]:
    able = {f"Is{name[0].upper()}{name[1:]}": name in sobject.abilities for name in _ABILITIES}
    return {
        "Id": _NO_ID, "IsDeleted": False, "DurableId": sobject.name,
        "QualifiedApiName": sobject.name, "DeveloperName": sobject.name.removesuffix("__c"),
        "MasterLabel": sobject.label, "Label": sobject.label, "PluralLabel": sobject.label_plural,
        "KeyPrefix": sobject.key_prefix, "PublisherId": _publisher(custom=sobject.custom),
        "HasSubtypes": False, "IsCustomSetting": False, "IsDeprecatedAndHidden": False,
        "IsApexTriggerable": able["IsTriggerable"], "IsCustomizable": able["IsLayoutable"],
        "IsEverCreatable": sobject.createable, "IsEverDeletable": sobject.deletable,
        "IsEverUpdatable": sobject.updateable, "IsIdEnabled": True,
        "IsQueryable": sobject.queryable, **able,
    }  # fmt: skip


def _field(sobject: SObject, field: Field) -> dict[str, object]:
    return {
        "Id": _NO_ID, "IsDeleted": False, "DurableId": f"{sobject.name}.{field.name}",
        "QualifiedApiName": field.name, "EntityDefinitionId": sobject.name,
        "DeveloperName": field.name.removesuffix("__c"), "MasterLabel": field.label,
        "Label": field.label, "PublisherId": _publisher(custom=field.custom),
        "DataType": data_type(field), "ValueTypeId": field.type,
        "RelationshipName": field.relationship_name, "Length": field.length or 0,
        "Precision": field.precision or 0, "Scale": field.scale or 0,
        "IsApiFilterable": field.filterable, "IsApiGroupable": can_group(field),
        "IsApiSortable": can_sort(field), "IsCalculated": field.calculated,
        "IsCompound": field.type == "address", "IsHighScaleNumber": False,
        "IsHtmlFormatted": field.html_formatted, "IsIndexed": _is_indexed(field),
        "IsNameField": field.name_field, "IsNillable": field.nillable,
        "IsPolymorphicForeignKey": len(field.reference_to) > 1,
    }  # fmt: skip


def _is_indexed(field: Field) -> bool:
    key = field.external_id or field.id_lookup or field.unique or field.name_field
    return key or field.type in ("id", "reference") or field.name in _INDEXED


def data_type(field: Field) -> str:
    """Name the type as Setup shows it: "Text(255) (External ID)", "Lookup(Account)"."""
    if field.auto_number:
        return "Auto Number"
    if field.type in ("id", "reference"):
        master = field.custom and not field.updateable
        word = "Master-Detail" if master else "Lookup"
        return f"{word}({','.join(field.reference_to)})"
    if field.type in _NUMBERS:
        whole = (field.precision or 0) - (field.scale or 0)
        return f"{_NUMBERS[field.type]}({whole}, {field.scale or 0}){_marks(field)}"
    if field.type in _WORDS:
        return _WORDS[field.type] + _marks(field)
    return f"{_text_word(field)}({field.length}){_marks(field)}"


def _text_word(field: Field) -> str:
    if field.type == "url":
        return "URL"
    if field.type != "textarea":
        return "Text"
    if field.html_formatted:
        return "Rich Text Area"
    return "Long Text Area" if (field.length or 0) > _LONGEST_TEXT else "Text Area"


def _marks(field: Field) -> str:
    external = " (External ID)" if field.external_id else ""
    case = "Case Sensitive" if field.case_sensitive else "Case Insensitive"
    return external + (f" (Unique {case})" if field.unique and field.custom else "")
