"""Describe one field with the original's complete set of keys (contract 4.2)."""

from __future__ import annotations

from collections.abc import Mapping

from loaders.stand_in_org.catalogue import compound_of
from loaders.stand_in_org.field_uses import can_aggregate, can_group, can_sort
from loaders.stand_in_org.model import Field
from loaders.stand_in_org.permissions import is_permissionable

_SOAP_TYPES = {
    "id": "tns:ID",
    "reference": "tns:ID",
    "boolean": "xsd:boolean",
    "int": "xsd:int",
    "double": "xsd:double",
    "currency": "xsd:double",
    "percent": "xsd:double",
    "date": "xsd:date",
    "datetime": "xsd:dateTime",
    "base64": "xsd:base64Binary",
    "address": "urn:address",
    "anytype": "xsd:anyType",
}
_NUMBERS = frozenset({"double", "currency", "percent"})
# Types whose characters are ASCII: a character of any other text takes up to three bytes.
_IDS = frozenset({"id", "reference"})
_UTF8_BYTES = 3
_NEVER_HERE: dict[str, object] = {
    "aiPredictionField": False,
    "calculatedFormula": None,
    "controllerName": None,
    "dependentPicklist": False,
    "deprecatedAndHidden": False,
    "displayLocationInDecimal": False,
    "filteredLookupInfo": None,
    "formulaTreatNullNumberAsZero": False,
    "highScaleNumber": False,
    "inlineHelpText": None,
    "mask": None,
    "maskType": None,
    "referenceTargetField": None,
    "relationshipOrder": None,
    "searchPrefilterable": False,
    "writeRequiresMasterRead": False,
}


def describe_field(field: Field, siblings: Mapping[str, Field]) -> dict[str, object]:
    """Describe a field among its object's others; keys alphabetical, as the original prints."""
    described = {
        **_what_it_is(field),
        **_how_big_it_is(field),
        **_what_may_be_done(field),
        **_NEVER_HERE,
        "compoundFieldName": compound_of(field, siblings),
        "extraTypeInfo": _extra_type(field, siblings),
        "permissionable": is_permissionable(field, siblings),
    }
    return dict(sorted(described.items()))


def _what_it_is(field: Field) -> dict[str, object]:
    text_default = field.custom and field.type not in ("boolean", "picklist", "multipicklist")
    return {
        "cascadeDelete": field.delete_constraint == "Cascade",
        "caseSensitive": field.case_sensitive,
        "custom": field.custom,
        "encrypted": field.encryption is not None,
        "defaultValue": _is_true(field.default_value) if field.type == "boolean" else None,
        "defaultValueFormula": field.default_value if text_default else None,
        "externalId": field.external_id,
        "htmlFormatted": field.html_formatted,
        "label": field.label,
        "name": field.name,
        "nameField": field.name_field,
        "namePointing": len(field.reference_to) > 1,
        "picklistValues": [picklist_value(field, value) for value in field.picklist],
        "polymorphicForeignKey": len(field.reference_to) > 1,
        "referenceTo": list(field.reference_to),
        "relationshipName": field.relationship_name,
        "restrictedDelete": field.delete_constraint == "Restrict",
        "restrictedPicklist": field.restricted_picklist,
        "soapType": _SOAP_TYPES.get(field.type, "xsd:string"),
        "type": field.type,
        "unique": field.unique,
    }


def _how_big_it_is(field: Field) -> dict[str, object]:
    length = field.length or 0
    number = field.type in _NUMBERS
    return {
        "byteLength": length if field.type in _IDS else length * _UTF8_BYTES,
        "digits": (field.precision or 0) if field.type == "int" else 0,
        "length": length,
        "precision": (field.precision or 0) if number else 0,
        "scale": (field.scale or 0) if number else 0,
    }


def _is_true(text: str | None) -> bool:
    return (text or "").lower() == "true"


def picklist_value(field: Field, value: str) -> dict[str, object]:
    """Describe one value; no field of this org depends on another's value."""
    return {
        "active": True,
        "defaultValue": field.default_value == value,
        "label": field.picklist_labels.get(value, value),
        "validFor": None,
        "value": value,
    }


def _what_may_be_done(field: Field) -> dict[str, object]:
    return {
        "aggregatable": can_aggregate(field),
        "autoNumber": field.auto_number,
        "calculated": field.calculated,
        "createable": field.createable,
        "defaultedOnCreate": field.defaulted_on_create,
        "filterable": field.filterable,
        "groupable": can_group(field),
        "idLookup": field.id_lookup,
        "nillable": field.nillable,
        "queryByDistance": field.type == "address",
        "sortable": can_sort(field),
        "updateable": field.updateable,
    }


def _extra_type(field: Field, siblings: Mapping[str, Field]) -> str | None:
    if field.html_formatted:
        return "richtextarea"
    if field.type == "textarea":
        return "plaintextarea"
    if field.type == "url" and field.name.endswith("PhotoUrl"):
        return "imageurl"
    return "personname" if field.name == "Name" and "firstname" in siblings else None
