"""Read the records of a tree request, level by level (contract 4.6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from loaders.stand_in_org.call import Call, visible_sobject
from loaders.stand_in_org.errors import broken_json
from loaders.stand_in_org.model import SObject

MAX_RECORDS = 200
MAX_TYPES = 5
MAX_LEVELS = 5


@dataclass(frozen=True, slots=True)
class Node:
    """One record: its own values, its children as sent, and the lookup to its parent."""

    name: str
    sobject: SObject
    values: Mapping[str, object]
    children: Sequence[tuple[str, Mapping[str, object]]]
    parent: str | None = None
    lookup: str = ""


class TreeRefused(Exception):
    """The tree is not created; the results say which records are why."""

    def __init__(self, results: Sequence[Mapping[str, object]]) -> None:
        super().__init__(f"{len(results)} records of a tree were refused")
        self.results = results


def refused_record(name: str, code: str, message: str, fields: Sequence[str]) -> dict[str, object]:
    """Show one refused record."""
    error = {"statusCode": code, "message": message, "fields": list(fields)}
    return {"referenceId": name, "errors": [error]}


def read_levels(call: Call, root: SObject) -> list[list[Node]]:
    """
    Give the roots, then their children, and so on.

    Raises:
        ApiError: 400 for what is no list of records.
        TreeRefused: the tree is too large or too deep, or a record is not what its place asks for.

    """
    level = [_node(given, root) for given in _record_list(call.json_object())]
    levels: list[list[Node]] = []
    while level:
        levels.append(level)
        _check(levels)
        level = [child for node in level for child in _children(call, node)]
    return levels


def _record_list(value: Mapping[str, object]) -> list[dict[str, object]]:
    records = value.get("records")
    if not isinstance(records, list) or not all(isinstance(one, dict) for one in records):
        raise broken_json("records must be a list of objects")
    return records


def _node(
    given: Mapping[str, object], sobject: SObject, *, parent: str | None = None, lookup: str = ""
) -> Node:
    attributes = given.get("attributes")
    told = attributes if isinstance(attributes, dict) else {}
    name = str(told.get("referenceId") or "")
    if not name:
        raise _invalid([""], "Include a reference ID on each record")
    if str(told.get("type")).lower() != sobject.name.lower():
        raise _invalid([name], f"Record type must be {sobject.name} in this place of the tree")
    children = [
        (relationship, value)
        for relationship, value in given.items()
        if isinstance(value, dict) and "records" in value
    ]
    nested = {relationship for relationship, _ in children}
    values = {key: value for key, value in given.items() if key not in nested}
    return Node(name, sobject, values, children, parent=parent, lookup=lookup)


def _children(call: Call, node: Node) -> list[Node]:
    relations = {
        relation.relationship_name.lower(): relation
        for relation in call.site.org.child_relationships(node.sobject)
        if relation.relationship_name
    }
    found: list[Node] = []
    for name, value in node.children:
        relation = relations.get(name.lower())
        child = relation and visible_sobject(call.site, relation.child, user_id=call.user_id)
        if not relation or not child:
            message = f"No such relationship '{name}' on sobject of type {node.sobject.name}"
            raise TreeRefused([refused_record(node.name, "INVALID_FIELD", message, [name])])
        found += [
            _node(given, child, parent=node.name, lookup=relation.field)
            for given in _record_list(value)
        ]
    return found


def _check(levels: Sequence[Sequence[Node]]) -> None:
    nodes = [node for level in levels for node in level]
    if len(nodes) > MAX_RECORDS:
        raise _invalid([""], f"A request creates at most {MAX_RECORDS} records")
    if len(levels) > MAX_LEVELS:
        raise _invalid([""], f"A tree has at most {MAX_LEVELS} levels")
    if len({node.sobject.name for node in nodes}) > MAX_TYPES:
        raise _invalid([""], f"A request creates records of at most {MAX_TYPES} types")
    seen = Counter(node.name for node in nodes)
    if twice := [node.name for node in nodes if seen[node.name] > 1]:
        raise _invalid(twice, "Duplicate ReferenceId provided in the request.")


def _invalid(names: Sequence[str], message: str) -> TreeRefused:
    return TreeRefused([refused_record(name, "INVALID_INPUT", message, []) for name in names])
