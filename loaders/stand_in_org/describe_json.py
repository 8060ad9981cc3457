"""Describe objects as the original does, with its complete sets of keys (contract 4.2)."""

from __future__ import annotations

from starlette.responses import Response

from loaders.stand_in_org.call import Call, answer
from loaders.stand_in_org.field_uses import can_aggregate, can_filter, can_group, can_sort
from loaders.stand_in_org.model import ChildRelationship, Field, RecordTypeInfo, SObject

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
_UTF8_BYTES = 3


def describe_global(call: Call) -> Response:
    """List every object that the user may read."""
    org = call.site.org
    shown = [
        _object(call, sobject)
        for sobject in org.sobjects()
        if "read" in org.object_permissions(sobject, call.user_id)
    ]
    return answer({"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": shown})


def describe_brief(call: Call) -> Response:
    """Answer an object's own attributes and its newest records."""
    sobject, _ = call.sobject()
    recent: list[dict[str, object]] = []
    return answer({"objectDescribe": _object(call, sobject), "recentItems": recent})


def describe(call: Call) -> Response:
    """Answer an object with all fields this user sees, its children and its record types."""
    sobject, fields = call.sobject()
    org = call.site.org
    described = {
        **_object(call, sobject),
        "actionOverrides": [],
        "childRelationships": [_child(child) for child in org.child_relationships(sobject)],
        "compactLayoutable": True,
        "defaultImplementation": None,
        "extendedBy": None,
        "extendsInterfaces": None,
        "fields": [_field(field) for field in fields.values()],
        "implementedBy": None,
        "implementsInterfaces": None,
        "listviewable": None,
        "lookupLayoutable": None,
        "namedLayoutInfos": [],
        "networkScopeFieldName": None,
        "recordTypeInfos": [
            _record_type(call, sobject, found) for found in org.record_types(sobject)
        ],
        "searchLayoutable": True,
        "sobjectDescribeOption": "FULL",
        "supportedScopes": [{"label": f"All {sobject.label}", "name": "everything"}],
    }
    return answer(described)


def _object(call: Call, sobject: SObject) -> dict[str, object]:
    allowed = call.site.org.object_permissions(sobject, call.user_id)
    root = f"{call.data_path}/sobjects/{sobject.name}"
    return {
        "activateable": False,
        "associateEntityType": None,
        "associateParentEntity": None,
        "createable": sobject.createable and "create" in allowed,
        "custom": sobject.custom,
        "customSetting": False,
        "deepCloneable": False,
        "deletable": sobject.deletable and "delete" in allowed,
        "deprecatedAndHidden": False,
        "feedEnabled": False,
        "hasSubtypes": False,
        "isInterface": False,
        "isSubtype": False,
        "keyPrefix": sobject.key_prefix or None,
        "label": sobject.label,
        "labelPlural": f"{sobject.label}s",
        "layoutable": True,
        "mergeable": sobject.name in ("Account", "Contact", "Lead"),
        "mruEnabled": True,
        "name": sobject.name,
        "queryable": sobject.queryable,
        "replicateable": True,
        "retrieveable": True,
        "searchable": True,
        "triggerable": True,
        "undeletable": sobject.deletable,
        "updateable": sobject.updateable and "edit" in allowed,
        "urls": {
            "sobject": root,
            "describe": f"{root}/describe",
            "rowTemplate": f"{root}/{{ID}}",
        },
    }


def _child(child: ChildRelationship) -> dict[str, object]:
    return {
        "cascadeDelete": child.cascade_delete,
        "childSObject": child.child,
        "deprecatedAndHidden": False,
        "field": child.field,
        "junctionIdListNames": [],
        "junctionReferenceTo": [],
        "relationshipName": child.relationship_name,
        "restrictedDelete": child.restricted_delete,
    }


def _record_type(call: Call, sobject: SObject, found: RecordTypeInfo) -> dict[str, object]:
    root = f"{call.data_path}/sobjects/{sobject.name}/describe/layouts"
    return {
        "active": found.active,
        "available": found.active,
        "defaultRecordTypeMapping": found.default,
        "developerName": found.developer_name,
        "master": found.master,
        "name": found.name,
        "recordTypeId": found.id,
        "urls": {"layout": f"{root}/{found.id}"},
    }


def _field(field: Field) -> dict[str, object]:
    """Describe one field; keys in alphabetical order, as the original prints them."""
    described = {**_what_it_is(field), **_what_may_be_done(field), **_NEVER_HERE}
    return dict(sorted(described.items()))


_NEVER_HERE: dict[str, object] = {
    "aiPredictionField": False,
    "calculatedFormula": None,
    "cascadeDelete": False,
    "compoundFieldName": None,
    "controllerName": None,
    "defaultValueFormula": None,
    "dependentPicklist": False,
    "deprecatedAndHidden": False,
    "displayLocationInDecimal": False,
    "encrypted": False,
    "extraTypeInfo": None,
    "filteredLookupInfo": None,
    "formulaTreatNullNumberAsZero": False,
    "highScaleNumber": False,
    "htmlFormatted": False,
    "inlineHelpText": None,
    "mask": None,
    "maskType": None,
    "queryByDistance": False,
    "referenceTargetField": None,
    "relationshipOrder": None,
    "searchPrefilterable": False,
    "writeRequiresMasterRead": False,
}


def _what_it_is(field: Field) -> dict[str, object]:
    length = field.length or 0
    number = field.type in _NUMBERS
    return {
        "byteLength": length * _UTF8_BYTES,
        "caseSensitive": field.case_sensitive,
        "custom": field.custom,
        "defaultValue": field.default_value if field.type != "boolean" else _boolean_default(field),
        "digits": (field.precision or 0) if field.type == "int" else 0,
        "externalId": field.external_id,
        "label": field.label,
        "length": length,
        "name": field.name,
        "nameField": field.name_field,
        "namePointing": len(field.reference_to) > 1,
        "picklistValues": [_picklist_value(field, value) for value in field.picklist],
        "polymorphicForeignKey": len(field.reference_to) > 1,
        "precision": (field.precision or 0) if number else 0,
        "referenceTo": list(field.reference_to),
        "relationshipName": field.relationship_name,
        "restrictedDelete": field.delete_constraint == "Restrict",
        "restrictedPicklist": field.restricted_picklist,
        "scale": (field.scale or 0) if number else 0,
        "soapType": _SOAP_TYPES.get(field.type, "xsd:string"),
        "type": field.type,
        "unique": field.unique,
    }


def _boolean_default(field: Field) -> bool:
    return (field.default_value or "").lower() == "true"


def _picklist_value(field: Field, value: str) -> dict[str, object]:
    return {
        "active": True,
        "defaultValue": field.default_value == value,
        "label": value,
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
        "filterable": can_filter(field),
        "groupable": can_group(field),
        "idLookup": field.id_lookup,
        "nillable": field.nillable,
        # Fields that every user needs are outside field-level security.
        "permissionable": field.nillable and (field.createable or field.custom),
        "sortable": can_sort(field),
        "updateable": field.updateable,
    }
