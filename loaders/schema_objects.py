"""Object files: custom objects, fields on standard objects, record types and their processes."""

from __future__ import annotations

from collections.abc import Iterable

from loaders.contract import Column, Mart
from loaders.schema_fields import custom_field, metadata_object
from loaders.schema_screens import COMPACT_LAYOUT, compact_layout
from loaders.schema_values import ValueSet
from loaders.schema_xml import Pair, flag, render

# A record type of these objects needs a business process over the picklist named here.
PROCESS_FIELDS = {"Opportunity": "StageName", "Lead": "Status", "Case": "Status"}


def object_files(
    marts: Iterable[Mart], value_sets: dict[str, ValueSet]
) -> dict[str, tuple[bytes, dict[str, list[str]]]]:
    """Give each object's file with the members of package.xml that it brings, by type."""
    by_object: dict[str, list[Mart]] = {}
    for mart in marts:
        by_object.setdefault(metadata_object(mart.sobject), []).append(mart)
    files = {}
    for name, owners in sorted(by_object.items()):
        fields = _fields(owners)
        record_types = [(mart, each) for mart in owners for each in mart.record_types]
        if not fields and not record_types and not owners[0].is_custom:
            continue
        files[name] = (
            _object_file(owners[0], fields, value_sets),
            _members(name, owners[0], list(fields)),
        )
    return files


def _fields(owners: Iterable[Mart]) -> dict[str, list[Pair]]:
    """Collect custom fields by name: Event and Task share those of Activity."""
    found = {
        column.name: custom_field(mart, column)
        for mart in owners
        for column in mart.columns
        if column.custom
    }
    return dict(sorted(found.items()))


def _members(name: str, mart: Mart, fields: list[str]) -> dict[str, list[str]]:
    members = {"CustomField": [f"{name}.{field}" for field in fields]}
    if mart.is_custom:
        members["CustomObject"] = [name]
        members["CompactLayout"] = [f"{name}.{COMPACT_LAYOUT}"]
    if mart.record_types:
        members["RecordType"] = [f"{name}.{each}" for each in mart.record_types]
    if mart.record_types and name in PROCESS_FIELDS:
        members["BusinessProcess"] = [f"{name}.{each}" for each in mart.record_types]
    return members


def _object_file(
    mart: Mart, fields: dict[str, list[Pair]], value_sets: dict[str, ValueSet]
) -> bytes:
    pairs: list[Pair] = []
    if mart.sobject in PROCESS_FIELDS:
        pairs += [
            ("businessProcesses", _process(mart, each, value_sets)) for each in mart.record_types
        ]
    own = _own_properties(mart) if mart.is_custom else []
    pairs += [pair for pair in own if pair[0] < "fields"]
    pairs += [("fields", field) for field in fields.values()]
    pairs += [pair for pair in own if "fields" < pair[0] < "recordTypes"]
    pairs += [("recordTypes", _record_type(mart, each, value_sets)) for each in mart.record_types]
    pairs += [pair for pair in own if pair[0] > "recordTypes"]
    return render("CustomObject", pairs)


def _own_properties(mart: Mart) -> list[Pair]:
    """Give what makes a custom object; sorted, as the WSDL has it."""
    has_history = any(column.track_history for column in mart.columns)
    name_field: list[Pair] = [
        ("displayFormat", mart.name_format or ""),
        ("label", f"{mart.label} Number"),
        ("startingNumber", "1"),
        ("trackHistory", "false"),
        ("type", "AutoNumber"),
    ]
    return [
        ("compactLayoutAssignment", COMPACT_LAYOUT),
        ("compactLayouts", compact_layout(mart)),
        ("deploymentStatus", "Deployed"),
        ("enableActivities", flag(mart.enable_activities)),
        # These three are on or off together.
        ("enableBulkApi", "true"),
        ("enableHistory", flag(has_history)),
        ("enableReports", "true"),
        ("enableSearch", "true"),
        ("enableSharing", "true"),
        ("enableStreamingApi", "true"),
        ("label", mart.label),
        ("nameField", name_field),
        ("pluralLabel", mart.plural_label),
        ("sharingModel", "Private"),
    ]


def _process(mart: Mart, name: str, value_sets: dict[str, ValueSet]) -> list[Pair]:
    """Give a process of the values that our rows use."""
    column = mart.column(PROCESS_FIELDS[mart.sobject])
    values: list[Pair] = [
        ("values", [("fullName", _encoded(option.value)), ("default", flag(option.default))])
        for option in value_sets[column.picklist or ""].values
    ]
    return [("fullName", name), ("isActive", "true"), *values]


def _record_type(mart: Mart, name: str, value_sets: dict[str, ValueSet]) -> list[Pair]:
    """Give a record type that offers each of our picklists in full."""
    pairs: list[Pair] = [("fullName", name), ("active", "true")]
    if mart.sobject in PROCESS_FIELDS:
        pairs.append(("businessProcess", name))
    pairs.append(("label", name.replace("_", " ")))
    return pairs + [
        ("picklistValues", _offered(column, value_sets[column.picklist]))
        for column in sorted(mart.columns, key=_by_name)
        if column.picklist in value_sets and column.name != PROCESS_FIELDS.get(mart.sobject)
    ]


def _by_name(column: Column) -> str:
    return column.name


def retired_object(sobject: str, names: Iterable[str]) -> bytes:
    """Write an object's record types as switched off; what they offer stays as it is."""
    retired = [_retired(sobject, name) for name in sorted(names)]
    return render("CustomObject", [("recordTypes", each) for each in retired])


def _retired(sobject: str, name: str) -> list[Pair]:
    pairs: list[Pair] = [("fullName", name), ("active", "false")]
    if sobject in PROCESS_FIELDS:
        pairs.append(("businessProcess", name))
    return [*pairs, ("label", name.replace("_", " "))]


def _offered(column: Column, values: ValueSet) -> list[Pair]:
    offered: list[Pair] = [
        ("values", [("fullName", _encoded(option.value)), ("default", flag(option.default))])
        for option in values.values
    ]
    return [("picklist", column.name), *offered]


def _encoded(value: str) -> str:
    """
    Write a value as a record type or a process names it.

    An org reads it percent-decoded, so only the characters that decoding would change are encoded.
    """
    return value.replace("%", "%25").replace("+", "%2B")
