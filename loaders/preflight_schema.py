"""Does the org have what the mapping needs: objects, fields, types, lengths, parents, values."""

from __future__ import annotations

from collections.abc import Iterable

from loaders.contract import EXTERNAL_ID, Column, Mapping, Mart
from loaders.describe import FieldDescribe, ObjectDescribe
from loaders.errors import SchemaDiffers
from loaders.schema_fields import LONG_TEXT_LENGTH, LONG_TEXT_TYPES, TEXT_LENGTH
from loaders.schema_values import ValueSet

_TEXTS = frozenset(
    {
        "string", "textarea", "picklist", "multipicklist", "combobox", "email", "phone", "url",
        "reference", "base64", "id", "encryptedstring",
    }
)  # fmt: skip
_NUMBERS = frozenset({"double", "currency", "percent"})
_WHOLE = frozenset({"int", "long"})
_FIT = {
    "string": _TEXTS,
    "boolean": frozenset({"boolean"}),
    "date": frozenset({"date"}),
    "timestamp": frozenset({"datetime"}),
    "bigint": _NUMBERS | _WHOLE,
    "integer": _NUMBERS | _WHOLE,
}

# Not nillable in describe, and made by the org itself all the same.
_FILLED_BY_ORG = frozenset({("ContentVersion", "ContentDocumentId")})


def require_schema(
    mapping: Mapping,
    described: dict[str, ObjectDescribe],
    value_sets: dict[str, ValueSet],
    *,
    org: str,
) -> None:
    """
    Compare the whole mapping with describe, before a single row is looked at.

    Raises:
        SchemaDiffers: something is missing or different; all of it is listed.

    """
    problems = [
        problem
        for mart in mapping.marts
        for problem in mart_problems(mart, described.get(mart.sobject), value_sets)
    ]
    if problems:
        raise SchemaDiffers(problems, hint=f"clinic-load schema deploy --org {org}")


def mart_problems(
    mart: Mart, described: ObjectDescribe | None, value_sets: dict[str, ValueSet]
) -> list[str]:
    """List what the org lacks for one mart."""
    if described is None:
        return [f"{mart.sobject}: the object is not there, or not visible to this user"]
    problems = [] if described.createable else [f"{mart.sobject}: this user may not create records"]
    there = {each.developer_name for each in described.record_types if each.active}
    problems += [
        f"{mart.sobject}: there is no record type {name}"
        for name in mart.record_types
        if name not in there
    ]
    for column in mart.columns:
        field = described.fields.get(column.name)
        problems += (
            [f"{mart.sobject}.{column.name}: {_absent(column)}"]
            if field is None
            else _field_problems(mart, column, field, value_sets)
        )
    return problems + _unfilled(mart, described.fields.values())


def _absent(column: Column) -> str:
    """Say why a field may be missing: no deploy brings a standard one, such as Contact.Suffix."""
    if column.custom:
        return "not there, or not visible to this user"
    return "not visible to this user, or a standard field to switch on in Setup"


def _unfilled(mart: Mart, fields: Iterable[FieldDescribe]) -> list[str]:
    """List the fields that the org insists on and the mart does not know."""
    names = {column.name for column in mart.columns}
    return [
        f"{mart.sobject}.{field.name}: the org requires it, {mart.name} has no such column"
        for field in fields
        if is_required(field)
        and field.name not in names
        and (mart.sobject, field.name) not in _FILLED_BY_ORG
    ]


def is_required(field: FieldDescribe) -> bool:
    """Tell whether a record cannot be created without this field; a checkbox never is."""
    needed = field.createable and not field.nillable and not field.defaulted_on_create
    return needed and field.type != "boolean"


def _field_problems(
    mart: Mart, column: Column, field: FieldDescribe, value_sets: dict[str, ValueSet]
) -> list[str]:
    found = [
        *_access_problems(column, field),
        *_size_problems(column, field),
        *_lookup_problems(column, field),
        *_value_problems(column, field, value_sets),
    ]
    return [f"{mart.sobject}.{column.name}: {problem}" for problem in found]


def _access_problems(column: Column, field: FieldDescribe) -> list[str]:
    problems = []
    if not field.createable:
        problems.append("this user may not fill it")
    fitting = _FIT.get(column.data_type, _NUMBERS | (_WHOLE if column.scale == 0 else frozenset()))
    if field.type not in fitting:
        problems.append(f"is {field.type} in the org, {column.data_type} in the mart")
    if column.name == EXTERNAL_ID and not field.external_id:
        problems.append("is not an external id")
    if column.name == EXTERNAL_ID and column.unique and not (field.unique and field.case_sensitive):
        problems.append("is not unique and case-sensitive")
    return problems


def _size_problems(column: Column, field: FieldDescribe) -> list[str]:
    """Compare what we deploy; the length of standard fields is checked row by row."""
    if column.scale is not None and field.type in _NUMBERS and column.scale > field.scale:
        return [f"has {field.scale} decimal places in the org, {column.scale} in the mart"]
    if not column.custom or column.lookup or column.sf_type not in LONG_TEXT_TYPES | {"Text"}:
        return []
    usual = TEXT_LENGTH if column.sf_type == "Text" else LONG_TEXT_LENGTH
    wanted = column.length or usual
    return [f"is {field.length} long in the org, not {wanted}"] if field.length < wanted else []


def _lookup_problems(column: Column, field: FieldDescribe) -> list[str]:
    lookup = column.lookup
    if lookup is None or lookup.match in {"developer_name", "name", "standard"}:
        return []
    if field.type != "reference":
        return [f"is {field.type} in the org, not a lookup"]
    # A record id is checked by the org itself: describe does not list all that a file can go to.
    wanted = set() if lookup.match == "record" else set(lookup.objects)
    problems = [f"cannot point to {name}" for name in sorted(wanted - set(field.reference_to))]
    if lookup.relationship and lookup.relationship != field.relationship_name:
        there = field.relationship_name
        problems.append(f"its relationship is {there} in the org, not {lookup.relationship}")
    return problems


def _value_problems(
    column: Column, field: FieldDescribe, value_sets: dict[str, ValueSet]
) -> list[str]:
    if not column.picklist or column.picklist not in value_sets:
        return []
    missing = sorted(value_sets[column.picklist].names - field.values)
    return [f"does not offer {', '.join(missing)}"] if missing else []
