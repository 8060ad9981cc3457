"""Say what the columns of a question are, as `columns=true` asks."""

from __future__ import annotations

from loaders.stand_in_org.soql_answer import Compiled, OutColumn

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
    "children": None,
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
        tree.append(_column("count()", aggregate=True, kind="int", custom=False))
    for column in compiled.columns:
        level = tree
        for name in column.names[:-1]:
            level = _joined(level, name)
        entry = _leaf(column)
        if column.child is not None:
            entry["joinColumns"] = _columns(compiled.children[column.child])
        level.append(entry)
    return tree


def _leaf(column: OutColumn) -> Entry:
    name = column.names[-1]
    custom = name.endswith("__r") if column.field is None else column.field.custom
    return _column(name, aggregate=column.aggregate, kind=column.type, custom=custom)


def _joined(level: list[Entry], name: str) -> list[Entry]:
    """Find or make the entry of a parent relationship; give the level below it."""
    for entry in level:
        joined = entry["joinColumns"]
        if entry["columnName"] == name and isinstance(joined, list) and joined:
            return joined
    made = _column(name, aggregate=False, kind="string", custom=name.endswith("__r"))
    below: list[Entry] = []
    made["joinColumns"] = below
    level.append(made)
    return below


def _column(name: str, *, aggregate: bool, kind: str, custom: bool) -> Entry:
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
