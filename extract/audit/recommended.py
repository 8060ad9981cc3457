"""The model to build, as dbt's manifest describes it: this package knows no object by name."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extract.audit.evidence import read_csv
from extract.errors import ManifestUnreadable

TARGET_META = "salesforce"


@dataclass(frozen=True, slots=True)
class TargetField:
    """One field of an object."""

    name: str
    label: str
    kind: str
    is_new: bool
    is_required: bool
    is_patient_data: bool
    points_to: tuple[str, ...]
    custom_field: str


@dataclass(frozen=True, slots=True)
class TargetObject:
    """One object, and the fields that the map fills."""

    name: str
    model: str
    description: str
    fields: tuple[TargetField, ...]

    @property
    def is_new(self) -> bool:
        """Tell whether it has to be created: custom objects end in `__c`."""
        return self.name.endswith("__c")

    @property
    def new_fields(self) -> int:
        """Count the fields that have to be created."""
        return sum(field.is_new for field in self.fields)


def recommended_model(manifest: Path) -> tuple[TargetObject, ...] | None:
    """
    Read the objects and fields that the map of this project fills; None where there is no map yet.

    Raises:
        ManifestUnreadable: the file is there and is no manifest.

    """
    if not manifest.exists():
        return None
    try:
        nodes = json.loads(manifest.read_bytes())["nodes"]
        marts = [object_of(node) for node in nodes.values() if target_of(node).get("sobject")]
    except (KeyError, TypeError, ValueError, AttributeError):
        raise ManifestUnreadable(
            f"{manifest.name} is no manifest of dbt", hint="dbt parse"
        ) from None
    return tuple(sorted(marts, key=lambda mart: (mart.name, mart.model)))


def object_of(node: Mapping[str, Any]) -> TargetObject:
    """Read one mart."""
    fields = tuple(field_of(column) for column in node["columns"].values())
    description = " ".join(str(node.get("description") or "").split())
    return TargetObject(str(target_of(node)["sobject"]), str(node["name"]), description, fields)


def field_of(column: Mapping[str, Any]) -> TargetField:
    """Read one column."""
    told = target_of(column)
    lookup = told.get("lookup") or {}
    objects = lookup.get("object") or ()
    constraints = (constraint.get("type") for constraint in column.get("constraints") or ())
    return TargetField(
        name=str(column["name"]),
        label=str(told.get("label") or column["name"]),
        kind=kind_of(column, told),
        is_new=bool(told.get("custom")),
        is_required="not_null" in constraints,
        is_patient_data=bool(told.get("phi")),
        points_to=(objects,) if isinstance(objects, str) else tuple(objects),
        custom_field=str(told.get("source_custom_field") or ""),
    )


def kind_of(column: Mapping[str, Any], told: Mapping[str, Any]) -> str:
    """Tell a field's type: as the map says it, else as the column's type suggests."""
    kind = str(told.get("type") or column.get("data_type") or "")
    if told.get("lookup"):
        kind = "Lookup"
    elif told.get("picklist") and not told.get("type"):
        kind = "Picklist"
    length = told.get("length")
    return f"{kind} ({length})" if length else kind


def target_of(node: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a node or a column says about the target."""
    config = node.get("config") or {}
    told: Mapping[str, Any] = (config.get("meta") or node.get("meta") or {}).get(TARGET_META) or {}
    return told


def mapped_custom_fields(model: tuple[TargetObject, ...] | None) -> Iterator[str]:
    """Name the clinic's own fields that the map takes, as `patient/locker`."""
    tables = {home["mart"]: home["table"] for home in read_csv("custom_field_homes.csv")}
    return (
        f"{tables[mart.model]}/{field.custom_field}"
        for mart in model or ()
        for field in mart.fields
        if field.custom_field and mart.model in tables
    )
