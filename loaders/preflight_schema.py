"""Does the org have what the mapping needs: objects, fields, types, lengths, parents, values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from loaders.contract import EXTERNAL_ID, Column, Mapping, Mart
from loaders.describe import FieldDescribe, ObjectDescribe
from loaders.errors import SchemaDiffers
from loaders.plan_store import Finding
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

SCHEMA_DIFFERS = "schema_differs"
_NOT_THERE = "the object is not there, or not visible to this user"
# Objects that no deploy of ours brings: where a person switches them on.
_FEATURES = {
    "AccountTeamMember": "not there: Setup > Account Teams > Enable Account Teams brings it",
    **dict.fromkeys(
        ("ObjectTerritory2Association", "Territory2", "UserTerritory2Association"),
        "not there: Setup > Territory Settings > Enable Sales Territories brings it",
    ),
}
# Not nillable in describe, and made by the org itself all the same.
_FILLED_BY_ORG = frozenset(
    {
        ("ContentVersion", "ContentDocumentId"),
        ("Territory2", "AccountAccessLevel"),
        ("Territory2", "CaseAccessLevel"),
        ("Territory2", "OpportunityAccessLevel"),
    }
)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which the org is not what the mapping needs."""

    sobject: str
    # Empty: the object itself.
    field: str
    # missing | access | type | length | key | parent | values | record type | required
    kind: str
    message: str

    @property
    def text(self) -> str:
        """Say it in one line."""
        where = f"{self.sobject}.{self.field}" if self.field else self.sobject
        return f"{where}: {self.message}"


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
    found = differences(mapping, described, value_sets)
    if found:
        hint = f"clinic-load schema deploy --org {org}"
        raise SchemaDiffers([each.text for each in found], hint=hint)


def require_features(mapping: Mapping, described: dict[str, ObjectDescribe], *, org: str) -> None:
    """
    Look for the objects that only a person can switch on, before anything is deployed.

    Raises:
        SchemaDiffers: some are not there; each with the way to it.

    """
    missing = [
        name for name in sorted(mapping.objects() & _FEATURES.keys()) if name not in described
    ]
    if missing:
        hint = f"switch it on in Setup, then clinic-load schema deploy --org {org}"
        raise SchemaDiffers([f"{name}: {_FEATURES[name]}" for name in missing], hint=hint)


def schema_findings(found: Iterable[Difference], *, org: str) -> tuple[Finding, ...]:
    """Make each difference a finding that stops a plan."""
    hint = f"clinic-load schema deploy --org {org}"
    return tuple(
        Finding(SCHEMA_DIFFERS, "stop", each.sobject, each.field, 1, each.message, hint)
        for each in found
    )


def differences(
    mapping: Mapping,
    described: dict[str, ObjectDescribe],
    value_sets: dict[str, ValueSet],
) -> list[Difference]:
    """List what the org lacks or has otherwise, object by object in the mapping's order."""
    return [
        difference
        for mart in mapping.marts
        for difference in _of_mart(mart, described.get(mart.sobject), value_sets)
    ]


def _of_mart(
    mart: Mart, described: ObjectDescribe | None, value_sets: dict[str, ValueSet]
) -> list[Difference]:
    def on_object(kind: str, message: str) -> Difference:
        return Difference(mart.sobject, "", kind, message)

    if described is None:
        return [on_object("missing", _FEATURES.get(mart.sobject, _NOT_THERE))]
    found = []
    if not described.createable:
        found.append(on_object("access", "this user may not create records"))
    there = {each.developer_name for each in described.record_types if each.active}
    found += [
        on_object("record type", f"there is no record type {name}")
        for name in mart.record_types
        if name not in there
    ]
    for column in mart.columns:
        found += _of_column(mart, column, described.fields.get(column.name), value_sets)
    return found + _unfilled(mart, described.fields.values())


def _of_column(
    mart: Mart, column: Column, field: FieldDescribe | None, value_sets: dict[str, ValueSet]
) -> list[Difference]:
    if field is None:
        return [Difference(mart.sobject, column.name, "missing", _absent(column))]
    checks = (
        ("access", _access_problems(field)),
        ("type", _type_problems(column, field)),
        ("key", _key_problems(column, field)),
        ("length", _size_problems(column, field)),
        ("parent", _lookup_problems(column, field)),
        ("values", _value_problems(column, field, value_sets)),
    )
    return [
        Difference(mart.sobject, column.name, kind, message)
        for kind, messages in checks
        for message in messages
    ]


def _absent(column: Column) -> str:
    """Say why a field may be missing: no deploy brings a standard one, such as Contact.Suffix."""
    if column.custom:
        return "not there, or not visible to this user"
    return "not visible to this user, or a standard field to switch on in Setup"


def _unfilled(mart: Mart, fields: Iterable[FieldDescribe]) -> list[Difference]:
    """List the fields that the org insists on and the mart does not know."""
    names = {column.name for column in mart.columns}
    return [
        Difference(
            mart.sobject,
            field.name,
            "required",
            f"the org requires it, {mart.name} has no such column",
        )
        for field in fields
        if is_required(field)
        and field.name not in names
        and (mart.sobject, field.name) not in _FILLED_BY_ORG
    ]


def is_required(field: FieldDescribe) -> bool:
    """Tell whether a record cannot be created without this field; a checkbox never is."""
    needed = field.createable and not field.nillable and not field.defaulted_on_create
    return needed and field.type != "boolean"


def _access_problems(field: FieldDescribe) -> list[str]:
    return [] if field.createable else ["this user may not fill it"]


def _type_problems(column: Column, field: FieldDescribe) -> list[str]:
    fitting = _FIT.get(column.data_type, _NUMBERS | (_WHOLE if column.scale == 0 else frozenset()))
    if field.type in fitting:
        return []
    return [f"is {field.type} in the org, {column.data_type} in the mart"]


def _key_problems(column: Column, field: FieldDescribe) -> list[str]:
    if column.name != EXTERNAL_ID:
        return []
    problems = [] if field.external_id else ["is not an external id"]
    if column.unique and not (field.unique and field.case_sensitive):
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
