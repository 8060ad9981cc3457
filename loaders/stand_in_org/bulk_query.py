"""Bulk API 2.0 query over HTTP: a job whose result is read page by page."""

from __future__ import annotations

import base64
import binascii
import time
from dataclasses import replace
from datetime import UTC
from functools import partial
from pathlib import Path

import pyarrow as pa
from starlette.responses import Response

from loaders.stand_in_org.bulk_csv import DELIMITERS, LINE_ENDINGS
from loaders.stand_in_org.bulk_ends import abort
from loaders.stand_in_org.bulk_ingest import check_abortable, check_deletable, find, patiently
from loaders.stand_in_org.bulk_jobs import TERMINAL, Job, begun, new_job_id
from loaders.stand_in_org.bulk_lines import Page, lines, pieces
from loaders.stand_in_org.call import Call, answer, csv_answer, no_content
from loaders.stand_in_org.errors import ApiError, not_found
from loaders.stand_in_org.job_json import created_info, full_info, short_info
from loaders.stand_in_org.query import check_rules
from loaders.stand_in_org.site import Site
from loaders.stand_in_org.soql_answer import Compiled, Question
from loaders.stand_in_org.soql_compile import compile_soql
from loaders.stand_in_org.soql_tree import TypeOf
from loaders.stand_in_org.usage import DAILY_QUERY_JOBS, DAILY_QUERY_MB

_MEGABYTE = 1_000_000
_ROWS_AT_ONCE = 50_000
_ROWS = "rows.arrow"
_PAGES_AT_ONCE, _PAGES_SINCE = 5, 58
_COMPOUND = frozenset({"address", "location"})


def create(call: Call) -> Response:
    """Create a query job, which starts at once."""
    wanted = call.json_object()
    operation = wanted.get("operation")
    if operation not in ("query", "queryAll"):
        raise ApiError(400, "INVALIDJOB", "InvalidJob : operation must be query or queryAll")
    soql = str(wanted.get("query", ""))
    _check_allowance(call.site)
    compiled = _compiled(call.site, _question(call, soql, all_rows=operation == "queryAll"))
    now = call.site.clock()
    job = Job(
        id=new_job_id(),
        kind="query",
        operation=str(operation),
        object=compiled.sobject.name,
        user_id=call.user_id,
        api_version=call.version,
        created=now,
        modified=now,
        state="UploadComplete",
        line_ending=str(wanted.get("lineEnding", "LF")),
        delimiter=str(wanted.get("columnDelimiter", "COMMA")),
        query=soql,
        # In an order the rows cannot be read in chunks of their keys.
        pk_chunking=not compiled.query.order_by and compiled.query.limit is None,
    )
    known = job.line_ending in LINE_ENDINGS and job.delimiter in DELIMITERS
    if not known or wanted.get("contentType", "CSV") != "CSV":
        raise ApiError(
            400, "INVALIDJOB", "InvalidJob : unknown contentType, lineEnding or columnDelimiter"
        )
    call.site.jobs.add(job)
    call.site.usage.count(DAILY_QUERY_JOBS)
    start(call.site, job.id)
    return answer(created_info(job))


def _check_allowance(site: Site) -> None:
    for name in (DAILY_QUERY_JOBS, DAILY_QUERY_MB):
        if not site.usage.has_room(name):
            raise ApiError(400, "EXCEEDEDQUOTA", f"ExceededQuota : {name} Limit exceeded.")


def _question(call: Call, soql: str, *, all_rows: bool) -> Question:
    return Question(
        soql=soql,
        user_id=call.user_id,
        now=call.site.org.now(),
        all_rows=all_rows,
        rendering="csv",
        data_path=call.data_path,
        version=call.version,
    )


def _compiled(site: Site, question: Question) -> Compiled:
    """Compile within the narrower SOQL of bulk queries (contract 3)."""
    compiled = compile_soql(site.org, question)
    check_rules(site, compiled, user_id=question.user_id)
    query = compiled.query
    if compiled.aggregate or query.count_only or compiled.children:
        raise ApiError(400, "API_ERROR", "Aggregate Relationships not supported in Bulk Query")
    if query.offset is not None:
        raise ApiError(400, "API_ERROR", "OFFSET not supported in Bulk Query")
    if any(isinstance(item.expression, TypeOf) for item in query.items):
        raise ApiError(400, "API_ERROR", "TYPEOF not supported in Bulk Query")
    for column in compiled.columns:
        if column.type in _COMPOUND:
            raise ApiError(400, "API_ERROR", "Selecting compound data not supported in Bulk Query")
        if column.type == "base64":
            raise ApiError(400, "API_ERROR", "Binary fields cannot be selected in Bulk API queries")
    return compiled


def start(site: Site, job_id: str) -> None:
    """Queue a query job for the worker."""
    site.worker.submit(partial(_run, site, job_id), broken=partial(_mark_broken, site, job_id))


def _mark_broken(site: Site, job_id: str) -> None:
    job = site.jobs.get(job_id)
    if job is not None:
        site.jobs.change(job_id, lambda held: replace(held, state="Failed", settled=True))


def _is_over(site: Site, job_id: str) -> bool:
    held = site.jobs.get(job_id)
    return held is None or held.state == "Aborted" or site.worker.stopping.is_set()


def _run(site: Site, job_id: str) -> None:
    job = site.jobs.get(job_id)
    if job is None or job.query is None or not job.is_under_way:
        return
    site.jobs.change(job_id, begun)
    site.faults.querying.wait()
    site.pace.wait(job_id, share=1.0, stop=partial(_is_over, site, job_id))
    if site.jobs.get(job_id) is None:
        return
    started = time.monotonic()
    question = Question(
        soql=job.query,
        user_id=job.user_id,
        now=job.created.astimezone(UTC).replace(tzinfo=None),
        all_rows=job.operation == "queryAll",
        rendering="csv",
        version=job.api_version,
    )
    compiled = compile_soql(site.org, question)
    rows = _write_rows(site, compiled, site.jobs.folder(job_id))
    size = (site.jobs.folder(job_id) / _ROWS).stat().st_size
    site.usage.count(DAILY_QUERY_MB, by=-(-size // _MEGABYTE))
    milliseconds = max(1, int((time.monotonic() - started) * 1000))

    def ended(held: Job) -> Job:
        state = "Aborted" if held.state == "Aborted" else "JobComplete"
        return replace(
            held,
            state=state,
            settled=True,
            rows=rows,
            processed=rows,
            milliseconds=milliseconds,
            modified=site.clock(),
        )

    site.jobs.change(job_id, ended)


def _write_rows(site: Site, compiled: Compiled, folder: Path) -> int:
    """Write the whole result as one Arrow file: later pages show the same moment."""
    cursor = site.org.cursor()
    # The columns the API shows; those kept for JSON's links are left out.
    shown = ", ".join(f"c{n}" for n in range(len(compiled.columns)))
    cursor.execute(f"select {shown} from ({compiled.sql})", compiled.parameters)  # noqa: S608 own names
    reader = cursor.to_arrow_reader(_ROWS_AT_ONCE)
    names = "\n".join(".".join(column.names) for column in compiled.columns)
    schema = reader.schema.with_metadata({"header": names})
    rows = 0
    with (
        pa.OSFile(str(folder / _ROWS), "wb") as sink,
        pa.ipc.new_file(sink, schema) as writer,
    ):
        for batch in reader:
            writer.write_batch(batch)
            rows += batch.num_rows
    return rows


def get(call: Call) -> Response:
    """Answer a query job's state."""
    return answer(full_info(patiently(call, find(call, kind="query"))))


def results(call: Call) -> Response:
    """
    Answer one page of rows, the header repeated on each.

    The locator of the last page is the text "null": one client loops for ever without it.
    """
    job = _finished(call)
    if call.version != job.api_version:
        raise ApiError(409, "API_VERSION_MISMATCH", "Use the API version the job was created with")
    first = _offset(call.argument("locator"))
    size = _page_size(call)
    with pa.memory_map(str(call.site.jobs.folder(job.id) / _ROWS)) as source:
        reader = pa.ipc.open_file(source)
        header = reader.schema.metadata[b"header"].decode("utf-8").split("\n")
        page = reader.read_all().slice(first, size)
        style = Page(DELIMITERS[job.delimiter], LINE_ENDINGS[job.line_ending])
        body = style.head([f'"{name}"' for name in header])
        for rows in pieces(page):
            body += b"".join(lines(call.site.org.cursor(), rows, style))
    after = first + page.num_rows
    return csv_answer(
        body,
        headers={
            "Sforce-Locator": locator(after) if after < job.rows else "null",
            "Sforce-NumberOfRecords": str(page.num_rows),
        },
    )


def _finished(call: Call) -> Job:
    job = patiently(call, find(call, kind="query"))
    if job.state != "JobComplete":
        raise ApiError(400, "INVALIDJOBSTATE", f"The job's state is {job.state}")
    return job


def locator(offset: int) -> str:
    """Name a page by the row that it starts with."""
    return base64.urlsafe_b64encode(str(offset).encode("ascii")).decode("ascii").rstrip("=")


def _offset(text: str | None) -> int:
    if text is None:
        return 0
    try:
        return int(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error) as problem:
        raise ApiError(400, "INVALIDLOCATOR", "InvalidLocator : unknown locator") from problem


def _page_size(call: Call) -> int:
    text, most = call.argument("maxRecords"), call.site.org.settings.query_page_rows
    if text is None:
        return most
    if not text.isdigit() or int(text) < 1:
        raise ApiError(400, "API_ERROR", "maxRecords must be a whole number above 0")
    return min(int(text), most)


def result_pages(call: Call) -> Response:
    """List where the next pages are, five at a time."""
    if float(call.version) < _PAGES_SINCE:
        raise not_found()
    job = _finished(call)
    first = _offset(call.argument("locator"))
    starts = list(range(first, max(job.rows, 1), call.site.org.settings.query_page_rows))
    base = f"{call.data_path}/jobs/query/{job.id}"
    pages = [{"resultUrl": f"{base}/results?locator={locator(n)}"} for n in starts[:_PAGES_AT_ONCE]]
    more = starts[_PAGES_AT_ONCE:]
    following = f"{base}/resultPages?locator={locator(more[0])}" if more else None
    return answer({"resultPages": pages, "nextRecordsUrl": following, "done": not more})


def patch(call: Call) -> Response:
    """Abort a query job."""
    job = find(call, kind="query")
    if call.json_object().get("state") != "Aborted":
        raise ApiError(400, "INVALIDJOBSTATE", "The state must be Aborted")
    check_abortable(call, job, states=("UploadComplete", "InProgress"))
    return answer(short_info(abort(call.site, job)))


def delete(call: Call) -> Response:
    """Delete a query job that is at its end."""
    job = patiently(call, find(call, kind="query"))
    check_deletable(job, states=tuple(TERMINAL))
    call.site.jobs.remove(job.id)
    return no_content()
