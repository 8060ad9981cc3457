"""Answer SOQL over REST: query, queryAll, further pages, and what the columns are."""

from __future__ import annotations

import re

from starlette.responses import Response

from loaders.stand_in_org.call import Call, answer
from loaders.stand_in_org.errors import ApiError
from loaders.stand_in_org.query_cursors import Cursor
from loaders.stand_in_org.query_json import column_metadata, records
from loaders.stand_in_org.site import Site
from loaders.stand_in_org.soql_answer import Compiled, Question
from loaders.stand_in_org.soql_compile import compile_soql
from loaders.stand_in_org.soql_tree import (
    Aggregate,
    Comparison,
    Condition,
    Junction,
    Membership,
    Path,
)

PAGE_ROWS = 2_000
_SMALLEST_PAGE = 200
_LINK_FILTER = (
    "Implementation restriction: ContentDocumentLink requires a filter by a single Id on "
    "ContentDocumentId or LinkedEntityId using the equals operator or multiple Id's using the "
    "IN operator."
)


def query(call: Call) -> Response:
    """Answer the first page of the live rows."""
    return _answer(call, all_rows=False)


def query_all(call: Call) -> Response:
    """Answer the first page of all rows, deleted and archived ones included."""
    return _answer(call, all_rows=True)


def _answer(call: Call, *, all_rows: bool) -> Response:
    soql = call.argument("q")
    if not soql:
        raise ApiError(400, "MALFORMED_QUERY", "A query string has to be specified")
    question = Question(
        soql=soql,
        user_id=call.user_id,
        today=call.site.clock().date(),
        all_rows=all_rows,
        data_path=call.data_path,
    )
    compiled = compile_soql(call.site.org, question)
    check_rules(call.site, compiled, user_id=call.user_id)
    if (call.argument("columns") or "").lower() == "true":
        return answer(column_metadata(compiled))
    cursor = call.site.org.cursor().execute(compiled.sql, compiled.parameters)
    if compiled.count_only:
        counted = cursor.fetchone()
        total = 0 if counted is None else int(counted[0])
        return answer({"totalSize": total, "done": True, "records": []})
    held = Cursor(compiled, cursor.to_arrow_table(), call.user_id, _page_rows(call))
    return answer(_page(call, held, first=0, name=None))


def _page_rows(call: Call) -> int:
    wanted = re.search(
        r"batchSize\s*=\s*(\d+)",
        call.request.headers.get("sforce-query-options", ""),
        re.IGNORECASE,
    )
    if wanted is None:
        return PAGE_ROWS
    return min(PAGE_ROWS, max(_SMALLEST_PAGE, int(wanted[1])))


def _page(call: Call, held: Cursor, *, first: int, name: str | None) -> dict[str, object]:
    total = held.rows.num_rows
    after = first + held.page
    done = after >= total
    page: dict[str, object] = {"totalSize": total, "done": done}
    if not done:
        name = call.site.cursors.keep(held) if name is None else name
        page["nextRecordsUrl"] = f"{call.data_path}/query/{name}-{after}"
    shown = held.rows.slice(first, held.page)
    page["records"] = records(held.compiled, shown, data_path=call.data_path)
    return page


def more(call: Call) -> Response:
    """
    Answer a further page.

    Raises:
        ApiError: 400 INVALID_QUERY_LOCATOR when the result is gone or another user's.

    """
    found = re.fullmatch(r"(01g\w{15})-(\d+)", call.params["locator"])
    held = None
    if found is not None:
        held = call.site.cursors.find(found[1], user_id=call.user_id)
    if found is None or held is None:
        raise ApiError(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
    return answer(_page(call, held, first=int(found[2]), name=found[1]))


def check_rules(site: Site, compiled: Compiled, *, user_id: str) -> None:
    """
    Hold a query to its object's own rules: file links are never read without a filter.

    Raises:
        ApiError: 400 MALFORMED_QUERY (contract 11).

    """
    if compiled.sobject.name != "ContentDocumentLink":
        return
    if "QueryAllFiles" in site.org.system_permissions(user_id):
        return
    if not _filters_links(compiled.where):
        raise ApiError(400, "MALFORMED_QUERY", _LINK_FILTER)


def _filters_links(condition: Condition | None) -> bool:
    if isinstance(condition, Junction):
        return condition.operator == "and" and any(map(_filters_links, condition.conditions))
    if isinstance(condition, Comparison):
        return condition.operator == "=" and _is_key(condition.left)
    if isinstance(condition, Membership):
        return condition.operator == "in" and _is_key(condition.left)
    return False


def _is_key(left: Path | Aggregate) -> bool:
    return isinstance(left, Path) and left.text.lower() in ("contentdocumentid", "linkedentityid")
