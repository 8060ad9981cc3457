"""Describe objects as the original does, with its complete sets of keys (contract 4.2)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

from starlette.responses import Response

from loaders.stand_in_org.call import Call, answer
from loaders.stand_in_org.describe_fields import describe_field
from loaders.stand_in_org.model import ChildRelationship, RecordTypeInfo, SObject
from loaders.stand_in_org.set_up_rows import TOOLING_ONLY

_ABILITIES = (
    "activateable", "feedEnabled", "layoutable", "mergeable", "mruEnabled", "replicateable",
    "retrieveable", "searchable", "triggerable",
)  # fmt: skip


def describe_global(call: Call) -> Response:
    """List every object that the user may read."""
    if _is_known(call):
        return Response(status_code=304)
    org = call.site.org
    shown = [
        _object(call, sobject)
        for sobject in org.sobjects()
        if sobject.name not in TOOLING_ONLY
        and "read" in org.object_permissions(sobject, call.user_id)
    ]
    return _dated(call, {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": shown})


def describe_brief(call: Call) -> Response:
    """Answer an object's own attributes and its newest records."""
    sobject, _ = call.sobject()
    recent: list[dict[str, object]] = []
    return answer({"objectDescribe": _object(call, sobject), "recentItems": recent})


def describe(call: Call) -> Response:
    """Answer an object with all fields this user sees, its children and its record types."""
    sobject, fields = call.sobject()
    if _is_known(call):
        return Response(status_code=304)
    org = call.site.org
    described = {
        **_object(call, sobject),
        "actionOverrides": [],
        "childRelationships": [_child(child) for child in org.child_relationships(sobject)],
        "compactLayoutable": "layoutable" in sobject.abilities,
        "defaultImplementation": None,
        "extendedBy": None,
        "extendsInterfaces": None,
        "fields": [describe_field(field, fields) for field in fields.values()],
        "implementedBy": None,
        "implementsInterfaces": None,
        "listviewable": None,
        "lookupLayoutable": None,
        "namedLayoutInfos": [],
        "networkScopeFieldName": None,
        "recordTypeInfos": [
            _record_type(call, sobject, found) for found in org.record_types(sobject)
        ],
        "searchLayoutable": "searchable" in sobject.abilities,
        "sobjectDescribeOption": "FULL",
        "supportedScopes": [{"label": f"All {sobject.label}", "name": "everything"}],
    }
    return _dated(call, described)


def _changed_at(call: Call) -> datetime:
    """
    Give the full second from which on the present describe holds.

    A date in a header has no fractions: what changed later in the same second must not be missed.
    """
    changed = call.site.org.schema_changed_at().replace(tzinfo=UTC)
    return changed.replace(microsecond=0) + timedelta(seconds=1)


def _is_known(call: Call) -> bool:
    """Tell whether nothing changed since the moment that the client names."""
    given = call.request.headers.get("if-modified-since")
    if given is None:
        return False
    try:
        since = parsedate_to_datetime(given)
    except ValueError:
        # Not a date: answered as if it had not been sent, as HTTP wants it.
        return False
    return since.replace(tzinfo=since.tzinfo or UTC) >= _changed_at(call)


def _dated(call: Call, content: object) -> Response:
    now = call.site.org.now().replace(tzinfo=UTC, microsecond=0)
    response = answer(content)
    response.headers["Last-Modified"] = format_datetime(min(now, _changed_at(call)), usegmt=True)
    return response


def _object(call: Call, sobject: SObject) -> dict[str, object]:
    allowed = call.site.org.object_permissions(sobject, call.user_id)
    root = f"{call.data_path}/sobjects/{sobject.name}"
    return {
        **{ability: ability in sobject.abilities for ability in _ABILITIES},
        "associateEntityType": None,
        "associateParentEntity": None,
        "createable": sobject.createable and "create" in allowed,
        "custom": sobject.custom,
        "customSetting": False,
        "deepCloneable": False,
        "deletable": sobject.deletable and "delete" in allowed,
        "deprecatedAndHidden": False,
        "hasSubtypes": False,
        "isInterface": False,
        "isSubtype": False,
        "keyPrefix": sobject.key_prefix or None,
        "label": sobject.label,
        "labelPlural": sobject.label_plural,
        "name": sobject.name,
        "queryable": sobject.queryable,
        "undeletable": "isdeleted" in sobject.fields,
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
