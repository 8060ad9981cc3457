"""Small queries over REST: one request where a Bulk job would be four, for ids and counts only."""

from __future__ import annotations

from typing import Any

from loaders.org_line import OrgLine, Request, ask
from loaders.soql import in_the_bin, live

# A request's address holds 16,384 bytes (contract 4.1); an id in quotes takes 25 of them.
IDS_PER_QUERY = 300


def rest_query(  # noqa: PLR0913 - a query, whole
    line: OrgLine,
    fields: list[str],
    sobject: str,
    *,
    where: str,
    limit: int | None = None,
    deleted: bool = False,
) -> list[dict[str, Any]]:
    """
    Run a query whose result is small, page by page; archived activities are found as well.

    For ids only: REST writes numbers and times in other words than Bulk does. `deleted` asks for
    what lies in the recycle bin.
    """
    most = "" if limit is None else f" LIMIT {limit}"
    clause = in_the_bin(where) if deleted else live(sobject, where)
    request = _query(", ".join(fields), sobject, clause, most=most)
    records: list[dict[str, Any]] = []
    while True:
        page = ask(line, request).json()
        records += page["records"]
        if page["done"]:
            return records
        request = Request("GET", page["nextRecordsUrl"], safe=True)


def count_records(line: OrgLine, sobject: str, *, where: str = "") -> int:
    """Count the live records of an object, archived activities as well."""
    return int(ask(line, _query("COUNT()", sobject, live(sobject, where))).json()["totalSize"])


def _query(what: str, sobject: str, clause: tuple[str, bool], *, most: str = "") -> Request:
    condition, with_archived = clause
    soql = f"SELECT {what} FROM {sobject}{condition}{most}"  # noqa: S608 - names of the org
    resource = "queryAll" if with_archived else "query"
    return Request("GET", resource, safe=True, params={"q": soql})
