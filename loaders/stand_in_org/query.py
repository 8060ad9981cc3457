"""Answer SOQL over REST: query, queryAll, further pages, what the columns are, and the plan."""

from __future__ import annotations

import re

from starlette.responses import Response

from loaders.stand_in_org.call import Call, answer
from loaders.stand_in_org.errors import ApiError, unsupported_sobject
from loaders.stand_in_org.query_access import access_page, answers_access
from loaders.stand_in_org.query_columns import column_metadata
from loaders.stand_in_org.query_cursors import Cursor
from loaders.stand_in_org.query_explain import explained
from loaders.stand_in_org.query_json import Pages, Window, page, whole
from loaders.stand_in_org.query_results import run
from loaders.stand_in_org.set_up_rows import TOOLING_ONLY
from loaders.stand_in_org.site import Site
from loaders.stand_in_org.soql_answer import Compiled, Question
from loaders.stand_in_org.soql_compile import compile_soql
from loaders.stand_in_org.soql_tree import Comparison, Condition, Junction, Membership, Path, Value

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
    explaining = call.argument("explain")
    soql = explaining or call.argument("q")
    if not soql:
        raise ApiError(400, "MALFORMED_QUERY", "A query string has to be specified")
    org = call.site.org
    if not explaining and answers_access(soql):
        accessed = access_page(org, soql, data_path=call.data_path)
        if accessed is not None:
            return answer(accessed)
    question = Question(
        soql=soql,
        user_id=call.user_id,
        now=org.now(),
        all_rows=all_rows,
        data_path=call.data_path,
        version=call.version,
    )
    compiled = compile_soql(org, question)
    tooling = call.request.url.path.rstrip("/").endswith("/tooling/query")
    check_rules(call.site, compiled, user_id=call.user_id, tooling=tooling)
    if explaining:
        return answer(explained(org, compiled))
    if (call.argument("columns") or "").lower() == "true":
        return answer(column_metadata(compiled))
    result = run(org, compiled, within=call.connection)
    if compiled.query.count_only:
        return answer({"totalSize": result.rows[0][0].as_py(), "done": True, "records": []})
    rows = _page_rows(call)
    if compiled.aggregate and result.rows.num_rows > rows:
        raise ApiError(
            400,
            "EXCEEDED_ID_LIMIT",
            "Aggregate query does not support queryMore(), use LIMIT to restrict the results to "
            "a single batch",
        )
    return answer(page(whole(result), _pages(call, rows)))


def _pages(call: Call, rows: int) -> Pages:
    def keep(window: Window) -> str:
        return call.site.cursors.keep(Cursor(window, call.user_id, rows))

    return Pages(call.data_path, rows, keep)


def _page_rows(call: Call) -> int:
    wanted = re.search(
        r"batchSize\s*=\s*(\d{1,9})",
        call.request.headers.get("sforce-query-options", ""),
        re.IGNORECASE,
    )
    if wanted is None:
        return PAGE_ROWS
    return min(PAGE_ROWS, max(_SMALLEST_PAGE, int(wanted[1])))


def more(call: Call) -> Response:
    """
    Answer a further page.

    Raises:
        ApiError: 400 INVALID_QUERY_LOCATOR when the result is gone or another user's.

    """
    found = re.fullmatch(r"(01g\w{15})-(\d{1,12})", call.params["locator"], re.ASCII)
    held = None
    if found is not None:
        held = call.site.cursors.find(found[1], user_id=call.user_id)
    if found is None or held is None:
        raise ApiError(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
    pages = _pages(call, held.page)
    return answer(page(held.window, pages, start=int(found[2]), name=found[1]))


def check_rules(site: Site, compiled: Compiled, *, user_id: str, tooling: bool = False) -> None:
    """
    Hold a query to its object's own rules: file links are never read without a filter.

    Raises:
        ApiError: 400 MALFORMED_QUERY (contract 11); INVALID_TYPE for what only Tooling knows.

    """
    if compiled.sobject.name in TOOLING_ONLY and not tooling:
        raise unsupported_sobject(compiled.sobject.name)
    if compiled.sobject.name != "ContentDocumentLink":
        return
    if "QueryAllFiles" in site.org.system_permissions(user_id):
        return
    if not _filters_links(compiled.query.where):
        raise ApiError(400, "MALFORMED_QUERY", _LINK_FILTER)


def _filters_links(condition: Condition | None) -> bool:
    if isinstance(condition, Junction):
        return condition.operator == "and" and any(map(_filters_links, condition.conditions))
    if isinstance(condition, Comparison):
        return condition.operator == "=" and _is_key(condition.left)
    if isinstance(condition, Membership):
        return condition.operator == "in" and _is_key(condition.left)
    return False


def _is_key(left: Value) -> bool:
    return isinstance(left, Path) and left.parts[-1].lower() in (
        "contentdocumentid",
        "linkedentityid",
    )
