"""The metadata types of this org: where their files lie, and what is a component of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class MetadataType:
    """A type as `describeMetadata` shows it; `parts` are its child types by their element."""

    name: str
    folder: str
    suffix: str
    prefix: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)


# A part's element in an object file -> its type.
OBJECT_PARTS = {
    "fields": "CustomField",
    "indexes": "Index",
    "businessProcesses": "BusinessProcess",
    "recordTypes": "RecordType",
    "compactLayouts": "CompactLayout",
    "webLinks": "WebLink",
    "validationRules": "ValidationRule",
    "sharingReasons": "SharingReason",
    "listViews": "ListView",
    "fieldSets": "FieldSet",
}
# The first three characters of a part's id.
PART_PREFIXES = {
    "CustomField": "00N", "Index": "0AI", "BusinessProcess": "019", "RecordType": "012",
    "CompactLayout": "0AH", "WebLink": "00b", "ValidationRule": "03d", "SharingReason": "0C9",
    "ListView": "00B", "FieldSet": "0IX",
}  # fmt: skip

_ALL = (
    # In the order in which they are applied.
    MetadataType("Settings", "settings", "settings"),
    MetadataType("GlobalValueSet", "globalValueSets", "globalValueSet", "0Nt"),
    MetadataType("StandardValueSet", "standardValueSets", "standardValueSet"),
    MetadataType("CustomObject", "objects", "object", "01I", OBJECT_PARTS),
    MetadataType("Layout", "layouts", "layout", "00h"),
    MetadataType("Flow", "flows", "flow", "300"),
    MetadataType("CustomTab", "tabs", "tab", "01r"),
    MetadataType("CustomApplication", "applications", "app", "02u"),
    MetadataType("DuplicateRule", "duplicateRules", "duplicateRule", "0Bm"),
    MetadataType("Role", "roles", "role", "00E"),
    MetadataType("PermissionSet", "permissionsets", "permissionset", "0PS"),
    MetadataType("PermissionSetGroup", "permissionsetgroups", "permissionsetgroup", "0PG"),
)
TYPES: Mapping[str, MetadataType] = {each.name: each for each in _ALL}
FOLDERS: Mapping[str, MetadataType] = {each.folder: each for each in _ALL}
# Every type that a manifest may name.
NAMES = frozenset(TYPES) | frozenset(OBJECT_PARTS.values())
PART_ELEMENTS: Mapping[str, str] = {kind: part for part, kind in OBJECT_PARTS.items()}


def file_of(kind: str, full_name: str) -> str:
    """Give the path of the file that holds a component."""
    if kind in PART_ELEMENTS:
        return file_of("CustomObject", full_name.partition(".")[0])
    known = TYPES[kind]
    return f"{known.folder}/{full_name}.{known.suffix}"
