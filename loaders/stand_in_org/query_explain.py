"""Say how a question would be run, as `explain=` asks (REST guide, Query Performance Feedback)."""

from __future__ import annotations

from loaders.stand_in_org.org import Org
from loaders.stand_in_org.soql_answer import Compiled
from loaders.stand_in_org.store import quoted


def explained(org: Org, compiled: Compiled) -> dict[str, object]:
    """Answer with the one plan this org has: it reads the object's table."""
    with org.cursor() as reader:
        found = reader.execute(
            f'select count(*) from {quoted(compiled.sobject.table)} where "IsDeleted" is not true'  # noqa: S608 catalogue name
        ).fetchone()
    rows = 0 if found is None else int(found[0])
    note = {
        "description": "Not considering filter for optimization because unindexed",
        "fields": ["IsDeleted"],
        "tableEnumOrId": compiled.sobject.name,
    }
    plan = {
        "cardinality": rows,
        "fields": [],
        "leadingOperationType": "TableScan",
        "notes": [note],
        "relativeCost": 1.0,
        "sobjectCardinality": rows,
        "sobjectType": compiled.sobject.name,
    }
    return {"plans": [plan]}
