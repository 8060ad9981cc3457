"""Compare the mapping with an org, field by field, and say what a deploy would have to change."""

from __future__ import annotations

from dataclasses import dataclass, replace

from loaders.contract import Mapping, Mart
from loaders.describe import ObjectDescribe, describe_all
from loaders.field_definitions import defined_fields
from loaders.org_connection import Org
from loaders.preflight_schema import Difference, differences
from loaders.schema_fields import encryption_scheme
from loaders.schema_permissions import PERMISSION_SET
from loaders.schema_values import ValueSet

# A field of ours that the mapping no longer has hinders no load, and an org without Shield encrypts
# nothing: both are told, and change no outcome.
EXTRA = "extra"
ENCRYPTION = "encryption"
_HIDDEN = (
    "is there, and not granted to this user by field-level security:"
    f" the permission set {PERMISSION_SET} does"
)
_ONLY_TOLD = frozenset({EXTRA, ENCRYPTION})


@dataclass(frozen=True, slots=True)
class SchemaDiff:
    """How far an org is from what the mapping needs."""

    org: str
    objects: int
    fields: int
    differences: tuple[Difference, ...]

    @property
    def is_equal(self) -> bool:
        """Tell whether a plan could be made."""
        return all(each.kind in _ONLY_TOLD for each in self.differences)


def diff_schema(org: Org, mapping: Mapping, value_sets: dict[str, ValueSet]) -> SchemaDiff:
    """
    Compare every object and field of the mapping with the org.

    What describe does not show is looked for once more: a field that exists without being granted
    wants a permission set, not a deploy.
    """
    described = describe_all(org, sorted(mapping.objects()))
    found = differences(mapping, described, value_sets)
    found += [each for mart in mapping.marts for each in _beyond(mart, described.get(mart.sobject))]
    told = tell_hidden(org, found)
    return SchemaDiff(
        org=org.alias,
        objects=len(mapping.marts),
        fields=sum(len(mart.columns) for mart in mapping.marts),
        differences=tuple(sorted(told, key=_place)),
    )


def _place(each: Difference) -> tuple[str, str, str]:
    return each.sobject, each.field, each.message


def _beyond(mart: Mart, described: ObjectDescribe | None) -> list[Difference]:
    """List what hinders no load, and is still not as the mapping says."""
    if described is None:
        return []
    found = [
        Difference(mart.sobject, column.name, ENCRYPTION, f"not encrypted: {scheme} is not on")
        for column in mart.columns
        if (scheme := encryption_scheme(mart, column))
        if (there := described.fields.get(column.name)) is not None and not there.encrypted
    ]
    if not mart.is_custom:
        return found
    ours = {column.name for column in mart.columns}
    return found + [
        Difference(mart.sobject, name, EXTRA, f"{mart.name} has no such column")
        for name in described.fields
        if name.endswith("__c") and name not in ours
    ]


def tell_hidden(org: Org, found: list[Difference]) -> list[Difference]:
    """Say of what describe does not show whether it is there, and only not granted."""
    hidden = _hidden(org, found)
    return [_told(each, hidden) for each in found]


def _hidden(org: Org, found: list[Difference]) -> frozenset[tuple[str, str]]:
    """Find which of the missing objects and fields exist without being visible."""
    there: set[tuple[str, str]] = set()
    for sobject in sorted({each.sobject for each in found if each.kind == "missing"}):
        names = defined_fields(org, sobject)
        there |= {(sobject, name) for name in names}
        # An object has fields, whoever may see them.
        there |= {(sobject, "")} if names else set()
    return frozenset(there)


def _told(each: Difference, hidden: frozenset[tuple[str, str]]) -> Difference:
    if each.kind != "missing":
        return each
    if (each.sobject, each.field) in hidden:
        return replace(each, kind="access", message=_HIDDEN)
    return each
