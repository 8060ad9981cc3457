"""Bulk API 2.0 query: any number of rows as text, into a DuckDB table."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from loaders.bench import Bench
from loaders.bulk import COMPLETE, ENDED
from loaders.canonical import quoted
from loaders.errors import OrgUnavailable
from loaders.job_wait import wait_until
from loaders.org_line import OrgLine, Request, ask, download

_ACCEPT_CSV = {"Accept": "text/csv"}
# A cell holds up to 131,072 characters and a record 400,000 (contract 2.5), four bytes each.
_LONGEST_LINE = 4 * 400_000
LAST_PAGE = "null"


def query_into(
    line: OrgLine,
    bench: Bench,
    soql: str,
    *,
    table: str,
    with_archived: bool = False,
) -> int:
    """
    Run a query as a Bulk job and keep its rows as a table of text; give their number.

    Empty cells become null, as the org writes null.

    Raises:
        OrgUnavailable: the job failed, or its pages do not add up to what it says.
        JobStillRunning: it did not end in time.

    """
    job_id = _create(line, soql, with_archived=with_archived)
    expected = _wait(line, job_id)
    pages = _download_pages(line, job_id, bench.folder)
    try:
        rows = load_csv(bench.db, pages, table=table)
    finally:
        for page in pages:
            page.unlink()
    if rows != expected:
        raise OrgUnavailable(
            f"query job {job_id} found {expected} rows, but gave {rows}",
            hint="run the same command again",
        )
    return rows


def _create(line: OrgLine, soql: str, *, with_archived: bool) -> str:
    body = {"operation": "queryAll" if with_archived else "query", "query": soql}
    return str(ask(line, Request("POST", "jobs/query", safe=True, json=body)).json()["id"])


def _wait(line: OrgLine, job_id: str) -> int:
    request = Request("GET", f"jobs/query/{job_id}", safe=True)
    info: dict[str, Any] = wait_until(
        line,
        job_id,
        lambda: ask(line, request).json(),
        ended=lambda info: info["state"] in ENDED,
        state=_state,
    )
    if _state(info) != COMPLETE:
        raise OrgUnavailable(f"query job {job_id} ended as {_state(info)}", hint="run it again")
    return int(info["numberRecordsProcessed"])


def _state(info: dict[str, Any]) -> str:
    return str(info["state"])


def _download_pages(line: OrgLine, job_id: str, folder: Path) -> list[Path]:
    pages: list[Path] = []
    locator = ""
    while locator != LAST_PAGE:
        page = folder / f"{job_id}.{len(pages):06d}.csv"
        params = {"locator": locator} if locator else {}
        request = Request(
            "GET", f"jobs/query/{job_id}/results", safe=True, params=params, headers=_ACCEPT_CSV
        )
        headers = download(line, request, to=page)
        pages.append(page)
        # A missing header would mean an endless loop: it ends the reading, the row count decides.
        locator = headers.get("Sforce-Locator", LAST_PAGE)
    return pages


def load_csv(
    db: duckdb.DuckDBPyConnection,
    files: Sequence[Path],
    *,
    table: str,
    only: Sequence[str] | None = None,
) -> int:
    """Read CSV files with one header into a table of text, or some columns; count the rows."""
    header = read_header(files[0])
    wanted = {name.lower() for name in (header if only is None else only)}
    kept = ", ".join(quoted(name) for name in header if name.lower() in wanted)
    columns = {name: "VARCHAR" for name in header}
    db.execute(
        f"""
        create or replace temp table {quoted(table)} as
        select {kept} from read_csv(
            $files, columns = $columns, header = true, auto_detect = false, delim = ',',
            quote = '"', escape = '"', nullstr = '', max_line_size = {_LONGEST_LINE},
            null_padding = false, strict_mode = true
        )
        """,  # noqa: S608 - a table name of ours, quoted
        {"files": [str(file) for file in files], "columns": columns},
    )
    return count(db, table)


def read_header(file: Path) -> list[str]:
    """Read the column names of a CSV file."""
    with file.open(encoding="utf-8", newline="") as lines:
        return next(csv.reader(lines), [])


def count(db: duckdb.DuckDBPyConnection, table: str) -> int:
    """Count the rows of a table."""
    found = db.execute(f"select count(*) from {quoted(table)}").fetchone()  # noqa: S608 - ours
    return int(found[0]) if found else 0
