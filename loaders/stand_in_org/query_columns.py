"""Say what the columns of a question are, as `columns=true` asks."""

from __future__ import annotations

from loaders.stand_in_org.soql_answer import Compiled, OutColumn

_NUMBERS = frozenset({"int", "long", "double", "currency", "percent"})
_TEXTLESS = frozenset({"boolean", "date", "datetime", "id", "reference", "children"}) | _NUMBERS
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
Entry = dict[str, object]


def column_metadata(compiled: Compiled) -> Entry:
    """Describe the columns; parents' and children's fields hang under their relationship."""
    return {
        "columnMetadata": _columns(compiled),
        "entityName": compiled.sobject.name,
        "groupBy": compiled.aggregate,
        "idSelected": any(column.names == ("Id",) for column in compiled.columns),
        "keyPrefix": compiled.sobject.key_prefix,
    }


def _columns(compiled: Compiled) -> list[Entry]:
    tree: list[Entry] = []
    if compiled.query.count_only:
        tree.append(_leaf(OutColumn(("count()",), "int", None, function="count()")))
    parents = {parent.key: parent for parent in compiled.parents}
    for column in compiled.columns:
        level = tree
        for depth in range(1, len(column.nest) + 1):
            parent = parents[column.nest[:depth]]
            level = _joined(level, parent.name, parent.lookup)
        entry = _leaf(column)
        if column.child is not None:
            entry["joinColumns"] = _columns(compiled.children[column.child])
        level.append(entry)
    return tree


def _leaf(column: OutColumn) -> Entry:
    """Describe a column; those that no field gives as it is have no type in Apex."""
    name, field = column.names[-1], column.field
    made = bool(column.function) or column.child is not None
    plain = field if not made else None
    return {
        **_entry(name, custom=name.endswith("__r") if field is None else field.custom),
        "aggregate": made,
        "apexType": None if made else _APEX_TYPES.get(column.type, "String"),
        "booleanType": column.type == "boolean",
        "displayName": column.function or name,
        "insertable": plain is not None and plain.createable,
        "numberType": column.type in _NUMBERS,
        "textType": column.type not in _TEXTLESS,
        "updatable": plain is not None and plain.updateable,
    }


def _joined(level: list[Entry], name: str, lookup: str | None) -> list[Entry]:
    """Find or make the entry of a parent relationship; give the level below it."""
    for entry in level:
        joined = entry["joinColumns"]
        if entry["columnName"] == name and isinstance(joined, list) and joined:
            return joined
    below: list[Entry] = []
    made = _entry(name, custom=name.endswith("__r"))
    level.append({**made, "foreignKeyName": lookup, "joinColumns": below})
    return below


def _entry(name: str, *, custom: bool) -> Entry:
    return {
        "aggregate": False,
        "apexType": None,
        "booleanType": False,
        "columnName": name,
        "custom": custom,
        "displayName": name,
        "foreignKeyName": None,
        "insertable": False,
        "joinColumns": [],
        "numberType": False,
        "textType": False,
        "updatable": False,
    }
