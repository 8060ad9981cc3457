"""What still stands in the objects and fields of ours: nothing may be lost with them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from loaders.bench import Bench, scratch_name
from loaders.bulk_query import count, query_into
from loaders.canonical import quoted
from loaders.describe import FieldDescribe, ObjectDescribe
from loaders.field_definitions import defined_fields
from loaders.org_connection import Org
from loaders.org_line import OrgLine
from loaders.rest_query import count_records
from loaders.schema_acts import Component
from loaders.schema_fields import ACTIVITY, ACTIVITY_OBJECTS
from loaders.soql import live, soql_literal


@dataclass(frozen=True, slots=True)
class Left:
    """How many records hold something that would go with a component."""

    component: str
    records: int


def objects_touched(components: Iterable[Component]) -> list[str]:
    """Name the objects that hold what our deploys created."""
    found: set[str] = set()
    for kind, name in components:
        if kind == "CustomObject":
            found.add(name)
        if kind in {"CustomField", "RecordType"}:
            owner = name.split(".", 1)[0]
            found |= ACTIVITY_OBJECTS if owner == ACTIVITY else {owner}
    return sorted(found)


def unseen(org: Org, ours: frozenset[Component], described: dict[str, ObjectDescribe]) -> list[str]:
    """List the objects and fields of ours into which this user cannot look."""
    hidden = []
    for sobject in objects_touched(ours):
        owner = ACTIVITY if sobject in ACTIVITY_OBJECTS else sobject
        defined = defined_fields(org, sobject)
        if sobject not in described:
            hidden += [sobject] if defined else []
            continue
        named = sorted(defined - described[sobject].fields.keys())
        hidden += [f"{sobject}.{name}" for name in named if _is_ours(ours, owner, name)]
    return hidden


def what_is_left(
    line: OrgLine, bench: Bench, ours: frozenset[Component], described: dict[str, ObjectDescribe]
) -> list[Left]:
    """
    Count the records that would lose something: rows of our objects, values in our fields.

    Whoever wrote them: a value that a user typed into a field of ours is that user's work.
    """
    found = []
    for sobject, seen in sorted(described.items()):
        if ("CustomObject", sobject) in ours:
            found.append(Left(sobject, count_records(line, sobject, where="")))
            continue
        owner = ACTIVITY if sobject in ACTIVITY_OBJECTS else sobject
        fields = [seen.fields[n] for n in sorted(seen.fields) if _is_ours(ours, owner, n)]
        found += [Left(f"{sobject}.{f.name}", _filled(line, bench, sobject, f)) for f in fields]
        types = sorted(n.split(".", 1)[1] for k, n in ours if k == "RecordType" if _of(n, sobject))
        if types:
            names = ", ".join(soql_literal(name) for name in types)
            records = count_records(line, sobject, where=f"RecordType.DeveloperName IN ({names})")
            found.append(Left(f"{sobject}.RecordTypeId", records))
    return [each for each in found if each.records]


def _is_ours(ours: frozenset[Component], owner: str, field: str) -> bool:
    return ("CustomField", f"{owner}.{field}") in ours


def _of(name: str, sobject: str) -> bool:
    return name.startswith(f"{sobject}.")


def _filled(line: OrgLine, bench: Bench, sobject: str, field: FieldDescribe) -> int:
    """Count the records with a value in a field; one that no query may filter is read."""
    if field.type == "boolean":
        return count_records(line, sobject, where=f"{field.name} = true")
    if field.filterable:
        return count_records(line, sobject, where=f"{field.name} != null")
    table = scratch_name("left")
    clause, with_archived = live(sobject)
    soql = f"SELECT {field.name} FROM {sobject}{clause}"  # noqa: S608 - names of the org
    query_into(line, bench, soql, table=table, with_archived=with_archived)
    bench.db.execute(f"delete from {quoted(table)} where {quoted(field.name)} is null")  # noqa: S608 - quoted
    return count(bench.db, table)
