"""Small queries over REST: one request where a Bulk job would be four, for ids and counts only."""

from __future__ import annotations

from typing import Any

from loaders.existing import ARCHIVED_OBJECTS
from loaders.org_line import OrgLine, Request, ask

# A request's address holds 16,384 bytes (contract 4.1); an id in quotes takes 25 of them.
IDS_PER_QUERY = 300


def rest_query(
    line: OrgLine, fields: list[str], sobject: str, *, where: str, limit: int | None = None
) -> list[dict[str, Any]]:
    """
    Run a query whose result is small, page by page; archived activities are found as well.

    For ids only: REST writes numbers and times in other words than Bulk does.
    """
    archived = sobject in ARCHIVED_OBJECTS
    condition = f"{where} AND IsDeleted = false" if archived else where
    most = "" if limit is None else f" LIMIT {limit}"
    soql = f"SELECT {', '.join(fields)} FROM {sobject} WHERE {condition}{most}"  # noqa: S608 - names
    resource = "queryAll" if archived else "query"
    request = Request("GET", resource, safe=True, params={"q": soql})
    records: list[dict[str, Any]] = []
    while True:
        page = ask(line, request).json()
        records += page["records"]
        if page["done"]:
            return records
        request = Request("GET", page["nextRecordsUrl"], safe=True)


def count_records(line: OrgLine, sobject: str, *, where: str = "") -> int:
    """Count the live records of an object, archived activities as well."""
    archived = sobject in ARCHIVED_OBJECTS
    conditions = [each for each in (where, "IsDeleted = false" if archived else "") if each]
    clause = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    soql = f"SELECT COUNT() FROM {sobject}{clause}"  # noqa: S608 - names of the org
    resource = "queryAll" if archived else "query"
    answer = ask(line, Request("GET", resource, safe=True, params={"q": soql})).json()
    return int(answer["totalSize"])
