"""The UI API's view of an object: its fields, and the values that a record type offers (T26)."""

from __future__ import annotations

import zlib
from collections.abc import Mapping

import msgspec
from starlette.responses import Response

from loaders.stand_in_org.call import Call, answer, visible_sobject
from loaders.stand_in_org.describe_fields import describe_field
from loaders.stand_in_org.errors import ApiError
from loaders.stand_in_org.model import Field, RecordTypeInfo, SObject
from loaders.stand_in_org.record_ids import long_id
from loaders.stand_in_org.record_types import values_of

_PICKLISTS = frozenset({"picklist", "multipicklist", "combobox"})
# The UI API writes types and traits as words of its own.
_TYPES = {
    "base64": "Base64", "combobox": "ComboBox", "datetime": "DateTime", "id": "String",
    "multipicklist": "MultiPicklist", "textarea": "TextArea",
}  # fmt: skip
_TRAITS = {
    "imageurl": "ImageUrl", "personname": "PersonName", "plaintextarea": "PlainTextArea",
    "richtextarea": "RichTextArea",
}  # fmt: skip
# What a field's describe and its object info say in the same words.
_SHARED = (
    "calculated", "compoundFieldName", "controllerName", "createable", "custom", "filterable",
    "filteredLookupInfo", "highScaleNumber", "htmlFormatted", "inlineHelpText", "label", "length",
    "nameField", "polymorphicForeignKey", "precision", "referenceTargetField", "relationshipName",
    "scale", "searchPrefilterable", "sortable", "unique", "updateable",
)  # fmt: skip


def object_info(call: Call) -> Response:
    """Answer what the UI API knows of an object and its fields."""
    sobject, fields = _shown(call)
    org = call.site.org
    types = org.record_types(sobject)
    allowed = org.object_permissions(sobject, call.user_id)
    info: dict[str, object] = {
        "apiName": sobject.name,
        "associateEntityType": None,
        "associateParentEntity": None,
        "childRelationships": [
            {
                "childObjectApiName": child.child,
                "fieldName": child.field,
                "junctionIdListNames": [],
                "junctionReferenceTo": [],
                "relationshipName": child.relationship_name,
            }
            for child in org.child_relationships(sobject)
        ],
        "createable": sobject.createable and "create" in allowed,
        "custom": sobject.custom,
        "defaultRecordTypeId": next(one.id for one in types if one.default),
        "deletable": sobject.deletable and "delete" in allowed,
        "dependentFields": {},
        "feedEnabled": "feedEnabled" in sobject.abilities,
        "fields": {field.name: _field(call, field, fields) for field in fields.values()},
        "keyPrefix": sobject.key_prefix or None,
        "label": sobject.label,
        "labelPlural": sobject.label_plural,
        "layoutable": "layoutable" in sobject.abilities,
        "mruEnabled": "mruEnabled" in sobject.abilities,
        "nameFields": _name_fields(fields),
        "queryable": sobject.queryable,
        "recordTypeInfos": {one.id: _record_type(one) for one in types},
        "searchLayoutable": "searchable" in sobject.abilities,
        "searchable": "searchable" in sobject.abilities,
        "themeInfo": None,
        "updateable": sobject.updateable and "edit" in allowed,
    }
    return answer({**info, "eTag": _tag(info)})


def picklist_values(call: Call) -> Response:
    """
    Answer the values of every picklist that the record type offers.

    Describe lists all values whatever the record type; these are the ones a row may hold.
    """
    sobject, fields = _shown(call)
    root = f"{call.data_path}/ui-api/object-info/{sobject.name}/picklist-values"
    record_type = _record_type_of(call, sobject)
    found = {}
    for field in fields.values():
        if field.type in _PICKLISTS:
            values = _offered(call, sobject, record_type, field)
            found[field.name] = _picklist(field, values, f"{root}/{record_type.id}/{field.name}")
    return answer({"eTag": _tag(found), "picklistFieldValues": found})


def field_values(call: Call) -> Response:
    """
    Answer the values of one picklist that the record type offers.

    Raises:
        ApiError: 400 for a field that the user does not see or that is no picklist.

    """
    sobject, fields = _shown(call)
    record_type = _record_type_of(call, sobject)
    field = fields.get(call.params["field"].lower())
    if field is None or field.type not in _PICKLISTS:
        raise ApiError(
            400, "INVALID_FIELD", f"Invalid field {call.params['field']} on {sobject.name}"
        )
    root = f"{call.data_path}/ui-api/object-info/{sobject.name}/picklist-values"
    values = _offered(call, sobject, record_type, field)
    return answer(_picklist(field, values, f"{root}/{record_type.id}/{field.name}"))


def _shown(call: Call) -> tuple[SObject, dict[str, Field]]:
    name = call.params["sobject"]
    sobject = visible_sobject(call.site, name, user_id=call.user_id)
    if sobject is None:
        raise ApiError(404, "INVALID_TYPE", f"Object {name} is not supported in UI API")
    return sobject, call.site.org.visible_fields(sobject, call.user_id)


def _record_type_of(call: Call, sobject: SObject) -> RecordTypeInfo:
    wanted = long_id(call.params["record_type"])
    for one in call.site.org.record_types(sobject):
        if one.id == wanted:
            return one
    raise ApiError(
        400, "INVALID_PARAMETER_VALUE", f"Invalid record type id: {call.params['record_type']}"
    )


def _offered(
    call: Call, sobject: SObject, record_type: RecordTypeInfo, field: Field
) -> tuple[str, ...]:
    """Give the field's values that the record type, and its business process, let through."""
    with call.site.org.cursor() as reader:
        kept = values_of(reader, sobject, record_type, field)
    return tuple(value for value in field.picklist if not kept or value in kept)


def _value(label: str) -> dict[str, object]:
    return {"attributes": None, "label": label, "validFor": [], "value": label}


def _picklist(field: Field, values: tuple[str, ...], url: str) -> dict[str, object]:
    default = field.default_value if field.default_value in values else None
    content: dict[str, object] = {
        "controllerValues": {},
        "defaultValue": None if default is None else _value(default),
        "url": url,
        "values": [_value(value) for value in values],
    }
    return {**content, "eTag": _tag(content)}


def _record_type(one: RecordTypeInfo) -> dict[str, object]:
    return {
        "available": one.active,
        "defaultRecordTypeMapping": one.default,
        "master": one.master,
        "name": one.name,
        "recordTypeId": one.id,
    }


def _name_fields(fields: Mapping[str, Field]) -> list[str]:
    """Name what a record is called by: a person's name, then its first and last part."""
    own = [field.name for field in fields.values() if field.name_field]
    return [*own, *(name for name in ("FirstName", "LastName") if name.lower() in fields)]


def _field(call: Call, field: Field, fields: Mapping[str, Field]) -> dict[str, object]:
    described = describe_field(field, fields)
    extra = described["extraTypeInfo"]
    parents = [found for name in field.reference_to if (found := call.site.org.sobject(name))]
    return {
        **{name: described[name] for name in _SHARED},
        "apiName": field.name,
        "compound": field.type == "address" or extra == "personname",
        "compoundComponentName": _component(field, str(described["compoundFieldName"] or "")),
        "controllingFields": [],
        "dataType": _TYPES.get(field.type, field.type.capitalize()),
        "extraTypeInfo": _TRAITS.get(str(extra)),
        "reference": field.type == "reference",
        "referenceToInfos": [
            {"apiName": parent.name, "nameFields": _name_fields(parent.fields)}
            for parent in parents
        ],
        "required": field.createable and not field.nillable and not field.defaulted_on_create,
    }


def _component(field: Field, compound: str) -> str | None:
    """Name the part that a field is of its compound: BillingCity is the City."""
    if not compound:
        return None
    return field.name.removeprefix(compound.removesuffix("Address")) or field.name


def _tag(content: object) -> str:
    """Give a text that changes when the content does."""
    return f"{zlib.crc32(msgspec.json.encode(content)):08x}"
