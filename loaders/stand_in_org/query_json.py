"""Show query results as JSON records, parents nested, each with its attributes."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from loaders.stand_in_org.soql_answer import Compiled, OutColumn, Parent

_NUMBERS = frozenset({"int", "long", "double", "currency", "percent"})
_TEXTLESS = frozenset({"boolean", "date", "datetime"}) | _NUMBERS
_APEX_TYPES = {
    "id": "Id",
    "reference": "Id",
    "boolean": "Boolean",
    "int": "Integer",
    "double": "Double",
    "currency": "Double",
    "percent": "Double",
    "date": "Date",
    "datetime": "Datetime",
}


def records(compiled: Compiled, rows: pa.Table, *, data_path: str) -> list[dict[str, object]]:
    """Build the records of one page."""
    columns = [column.to_pylist() for column in rows.columns]
    if not columns:
        return []
    build = _aggregate if compiled.aggregate else _record
    return [build(compiled, row, data_path) for row in zip(*columns, strict=True)]


def _aggregate(compiled: Compiled, row: tuple[object, ...], _data_path: str) -> dict[str, object]:
    record: dict[str, object] = {"attributes": {"type": "AggregateResult"}}
    for column, value in zip(compiled.columns, row, strict=False):
        record[column.names[-1]] = value
    return record


def _record(compiled: Compiled, row: tuple[object, ...], data_path: str) -> dict[str, object]:
    own_id = None if compiled.id_column is None else row[compiled.id_column]
    record = _with_attributes(compiled.sobject.name, own_id, data_path)
    nests: dict[tuple[str, ...], dict[str, object] | None] = {(): record}
    by_names = {parent.names: parent for parent in compiled.parents}
    for column, value in zip(compiled.columns, row, strict=False):
        nest = _nest(column.names[:-1], nests, by_names, row, data_path)
        if nest is not None:
            nest[column.names[-1]] = value
    return record


def _with_attributes(sobject: str, record_id: object, data_path: str) -> dict[str, object]:
    url = f"{data_path}/sobjects/{sobject}/{record_id}"
    return {"attributes": {"type": sobject, "url": url}}


def _nest(
    names: tuple[str, ...],
    nests: dict[tuple[str, ...], dict[str, object] | None],
    parents: Mapping[tuple[str, ...], Parent],
    row: tuple[object, ...],
    data_path: str,
) -> dict[str, object] | None:
    """Find or make the nested parent; a record without that parent shows null in its place."""
    if names in nests:
        return nests[names]
    outer = _nest(names[:-1], nests, parents, row, data_path)
    parent = parents[names]
    made: dict[str, object] | None = None
    if outer is not None:
        record_id = row[parent.id_column]
        kind = parent.sobject if parent.type_column is None else row[parent.type_column]
        made = None if record_id is None else _with_attributes(str(kind), record_id, data_path)
        outer[names[-1]] = made
    nests[names] = made
    return made


def column_metadata(compiled: Compiled) -> dict[str, object]:
    """Describe the columns, as `columns=true` asks; parents' fields hang under their parent."""
    tree: list[dict[str, object]] = []
    if compiled.count_only:
        tree.append(_column("count()", aggregate=True, kind="int", custom=False))
    for column in compiled.columns:
        level = tree
        for name in column.names[:-1]:
            level = _joined(level, name)
        custom = column.field is not None and column.field.custom
        level.append(_leaf(column, custom=custom))
    return {
        "columnMetadata": tree,
        "entityName": compiled.sobject.name,
        "groupBy": compiled.aggregate,
        "idSelected": any(column.names == ("Id",) for column in compiled.columns),
        "keyPrefix": compiled.sobject.key_prefix,
    }


def _leaf(column: OutColumn, *, custom: bool) -> dict[str, object]:
    return _column(column.names[-1], aggregate=column.aggregate, kind=column.type, custom=custom)


def _joined(level: list[dict[str, object]], name: str) -> list[dict[str, object]]:
    for entry in level:
        joined = entry["joinColumns"]
        if entry["columnName"] == name and isinstance(joined, list) and joined:
            return joined
    made = _column(name, aggregate=False, kind="string", custom=name.endswith("__r"))
    below: list[dict[str, object]] = []
    made["joinColumns"] = below
    level.append(made)
    return below


def _column(name: str, *, aggregate: bool, kind: str, custom: bool) -> dict[str, object]:
    return {
        "aggregate": aggregate,
        "apexType": _APEX_TYPES.get(kind, "String"),
        "booleanType": kind == "boolean",
        "columnName": name,
        "custom": custom,
        "displayName": name,
        "foreignKeyName": None,
        "insertable": False,
        "joinColumns": [],
        "numberType": kind in _NUMBERS,
        "textType": kind not in _TEXTLESS,
        "updatable": False,
    }
