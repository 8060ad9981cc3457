"""What Salesforce, or our own rules, would not take of the mapping, with the line to correct."""

from __future__ import annotations

from pathlib import Path

from loaders.contract import Column, Mapping, Mart
from loaders.schema_fields import (
    ACTIVITY_OBJECTS,
    ENCRYPTION_SCHEMES,
    field_problems,
)
from loaders.schema_objects import PROCESS_FIELDS
from loaders.schema_places import place
from loaders.schema_readers import column_reader_problems, mart_reader_problems
from loaders.schema_screens import summary_problems
from loaders.schema_values import ValueSet

_MOST_TRACKED = 20


def schema_problems(mapping: Mapping, value_sets: dict[str, ValueSet]) -> list[str]:
    """List everything in the mapping that may not be deployed."""
    problems = [
        f"{problem}{_line_to_fix(mart, column.name)}"
        for mart in mapping.marts
        for column in mart.columns
        for problem in _column_problems(mart, column, value_sets)
    ]
    problems += [
        f"{mart.sobject}: {problem}{_line_to_fix(mart, mart.name)}"
        for mart in mapping.marts
        for problem in _mart_problems(mart)
    ]
    for mart in mapping.marts:
        field = PROCESS_FIELDS.get(mart.sobject)
        columns = {column.name: column for column in mart.columns}
        if field and mart.record_types and not (field in columns and columns[field].picklist):
            problems.append(f"{mart.sobject}.{field}: a record type needs its picklist")
    return problems + _activity_problems(mapping)


def _column_problems(mart: Mart, column: Column, value_sets: dict[str, ValueSet]) -> list[str]:
    problems = field_problems(mart, column) if column.custom else []
    where = f"{mart.sobject}.{column.name}"
    problems += [f"{where}: {problem}" for problem in column_reader_problems(mart, column)]
    if column.picklist and column.picklist not in value_sets:
        problems.append(f"{where}: the seed has no value set {column.picklist}")
    return problems


def _mart_problems(mart: Mart) -> list[str]:
    problems = [*mart_reader_problems(mart), *summary_problems(mart)]
    if mart.encryption and mart.encryption not in ENCRYPTION_SCHEMES:
        problems.append(f"encryption {mart.encryption} is unknown")
    tracked = sum(column.track_history for column in mart.columns)
    if tracked > _MOST_TRACKED:
        problems.append(f"{tracked} fields with a history, an object has at most {_MOST_TRACKED}")
    return problems


def _line_to_fix(mart: Mart, name: str) -> str:
    found = place(mart, name, project=Path())
    return f" ({found})" if found else ""


def _activity_problems(mapping: Mapping) -> list[str]:
    """Event and Task share their custom fields: a field on both marts must be the same."""
    seen: dict[str, tuple[object, ...]] = {}
    problems = []
    for mart in (mart for mart in mapping.marts if mart.sobject in ACTIVITY_OBJECTS):
        for column in (column for column in mart.columns if column.custom):
            shape = (column.sf_type, column.label, column.length, column.picklist, column.lookup)
            if seen.setdefault(column.name, shape) != shape:
                problems.append(f"Activity.{column.name}: sf_event and sf_task disagree about it")
    return problems
