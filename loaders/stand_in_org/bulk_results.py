"""Write a job's three result sets: shuffled, values echoed after type conversion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from loaders.stand_in_org.bulk_csv import DELIMITERS, LINE_ENDINGS, Upload
from loaders.stand_in_org.bulk_jobs import Job
from loaders.stand_in_org.bulk_lines import Page, lines, pieces, write_file
from loaders.stand_in_org.dml_types import DATETIME, NUMBERS, value
from loaders.stand_in_org.model import Field
from loaders.stand_in_org.settings import Settings

SUCCESSFUL, FAILED, UNPROCESSED = "successful.csv", "failed.csv", "unprocessed.csv"


@dataclass(frozen=True, slots=True)
class Settled:
    """
    A job that came to its end: what was sent, what became of it, the fields it was for.

    `shown` are the positions of the columns that results show; the rows that were not worked off
    are lost, not unprocessed, when `rest_is_lost`.
    """

    job: Job
    upload: Upload
    outcomes: pa.Table
    fields: Mapping[str, Field]
    shown: Sequence[int]
    settings: Settings
    rest_is_lost: bool = False


@dataclass(frozen=True, slots=True)
class Spoilt:
    """What goes wrong with the successful rows: so many are lost, so many come twice."""

    drop: int = 0
    repeat: int = 0


def write_results(
    connection: duckdb.DuckDBPyConnection, folder: Path, settled: Settled, *, spoilt: Spoilt
) -> None:
    """
    Write the three files of a job that came to its end.

    Rows are matched to outcomes by their number, and come in the outcomes' order, which is not
    the file's; what has no outcome was not processed.
    """
    upload, outcomes = settled.upload, settled.outcomes
    good = outcomes.filter(outcomes["success"])
    kept = good.slice(0, max(0, good.num_rows - spoilt.drop))
    kept = pa.concat_tables([kept, kept.slice(0, spoilt.repeat)])
    bad = outcomes.filter(pc.invert(outcomes["success"]))
    write_file(folder / SUCCESSFUL, _results(connection, settled, kept, '"sf__Created"'))
    write_file(folder / FAILED, _results(connection, settled, bad, '"sf__Error"'))
    # Rows are worked off in order, so that those left over are the tail.
    worked_off = upload.cells.num_rows if settled.rest_is_lost else len(outcomes)
    rest = upload.cells.slice(worked_off)
    write_file(folder / UNPROCESSED, _unprocessed(connection, settled, rest))


def _page(settled: Settled) -> Page:
    job = settled.job
    ending = job.line_ending if settled.settings.results_line_ending == "job" else "LF"
    return Page(DELIMITERS[job.delimiter], LINE_ENDINGS[ending])


def _results(
    connection: duckdb.DuckDBPyConnection, settled: Settled, outcomes: pa.Table, told: str
) -> Iterator[bytes]:
    """Give one of the two sets of processed rows: id, what is told, then what was sent."""
    page, header = _page(settled), settled.upload.header
    yield page.head(['"sf__Id"', told, *(settled.upload.written[n] for n in settled.shown)])
    values = [
        "c0",
        "c1",
        *(_echo(settled, header[n], f"c{i}") for i, n in enumerate(settled.shown, 2)),
    ]
    separator = settled.settings.error_field_separator
    for rows in pieces(outcomes):
        sent = settled.upload.cells.take(rows["row_number"])
        text = (
            pc.if_else(rows["created"], "true", "false")
            if told == '"sf__Created"'
            else error_texts(rows, separator=separator)
        )
        columns = [rows["id"], text, *(sent.column(n) for n in settled.shown)]
        table = pa.table(columns, names=[str(n) for n in range(len(columns))])
        yield from lines(connection, table, page, values=values)


def _unprocessed(
    connection: duckdb.DuckDBPyConnection, settled: Settled, rest: pa.Table
) -> Iterator[bytes]:
    page = _page(settled)
    yield page.head(settled.upload.written)
    for rows in pieces(rest):
        yield from lines(connection, rows, page)


def write_unread(folder: Path, job: Job, upload: bytes) -> None:
    """Write the result sets of a job whose file could not even be parsed: nothing was processed."""
    ending = LINE_ENDINGS[job.line_ending].encode("ascii")
    mark = DELIMITERS[job.delimiter].encode("ascii")
    head = upload.split(b"\n", 1)[0].rstrip(b"\r")
    (folder / SUCCESSFUL).write_bytes(b'"sf__Id"' + mark + b'"sf__Created"' + mark + head + ending)
    (folder / FAILED).write_bytes(b'"sf__Id"' + mark + b'"sf__Error"' + mark + head + ending)
    (folder / UNPROCESSED).write_bytes(upload)


def error_texts(outcomes: pa.Table, *, separator: str = " ") -> pa.Array:
    """Join code, message and fields to the grammar of sf__Error (contract 2.10)."""
    fields = pc.fill_null(pc.binary_join(outcomes["fields"].combine_chunks(), separator), "")
    tail = pc.if_else(pc.equal(fields, ""), "--", pc.binary_join_element_wise(fields, "--", " "))
    return pc.binary_join_element_wise(
        pc.fill_null(outcomes["status_code"], ""), pc.fill_null(outcomes["message"], ""), tail, ":"
    )


def _echo(settled: Settled, header: str, cell: str) -> str:
    """
    Give the SQL by which a cell is echoed: converted to its field's type and back to text.

    A value that is none of its type comes back as it was sent, with the row's error.
    """
    if settled.settings.echo == "verbatim":
        return cell
    field = settled.fields.get(header.lower())
    echo = cell
    if field is not None and field.type in NUMBERS:
        echo = f"coalesce(_java_double(TRY_CAST({cell} AS DOUBLE)), {cell})"
    elif field is not None and field.type == "datetime":
        moment = f"strftime({value(field, cell)}, '%Y-%m-%dT%H:%M:%S.%gZ')"
        printed = f"CASE WHEN regexp_full_match({cell}, '{DATETIME}') THEN {moment} END"
        echo = f"coalesce({printed}, {cell})"
    elif field is not None and field.type == "boolean":
        echo = f"CASE {cell} WHEN '1' THEN 'true' WHEN '0' THEN 'false' ELSE lower({cell}) END"
    return f"CASE WHEN {cell} != '#N/A' THEN {echo} END"
