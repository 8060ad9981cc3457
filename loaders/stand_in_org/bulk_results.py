"""Write a job's three result sets: shuffled, values echoed after type conversion."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from loaders.stand_in_org.bulk_csv import DELIMITERS, LINE_ENDINGS, Upload
from loaders.stand_in_org.bulk_jobs import Job
from loaders.stand_in_org.java_numbers import java_double
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


def write_results(folder: Path, settled: Settled, *, spoilt: Spoilt) -> None:
    """
    Write the three files of a job that came to its end.

    Rows are matched to outcomes by their number; what has no outcome was not processed.
    """
    job, upload, outcomes = settled.job, settled.upload, settled.outcomes
    done = upload.cells.take(outcomes["row_number"])
    order = _shuffled(
        len(outcomes),
        seed=f"{job.object} {job.operation} {len(outcomes)} {settled.settings.result_seed}",
    )
    flags = outcomes["success"].to_pylist()
    good = [row for row in order if flags[row]]
    bad = [row for row in order if not flags[row]]
    ids = pc.fill_null(outcomes["id"], "")
    echoed = [_echoed(done.column(n), upload.header[n], settled) for n in settled.shown]
    created = [ids, pc.if_else(outcomes["created"], "true", "false"), *echoed]
    errors = [
        ids,
        error_texts(outcomes, separator=settled.settings.error_field_separator),
        *echoed,
    ]
    # Rows are worked off in order, so that those left over are the tail.
    rest = upload.cells.slice(upload.cells.num_rows if settled.rest_is_lost else len(outcomes))
    kept = good[: max(0, len(good) - spoilt.drop)]
    kept += kept[: spoilt.repeat]
    head = [upload.written[n] for n in settled.shown]
    page = _Page(job.delimiter, _line_ending(job, settled.settings))
    _write(folder / SUCCESSFUL, page, ['"sf__Id"', '"sf__Created"', *head], _rows(created, kept))
    _write(folder / FAILED, page, ['"sf__Id"', '"sf__Error"', *head], _rows(errors, bad))
    _write(folder / UNPROCESSED, page, upload.written, rest)


@dataclass(frozen=True, slots=True)
class _Page:
    """How a result set is written."""

    delimiter: str
    line_ending: str


def _line_ending(job: Job, settings: Settings) -> str:
    return job.line_ending if settings.results_line_ending == "job" else "LF"


def _rows(columns: Sequence[pa.ChunkedArray], rows: Sequence[int]) -> pa.Table:
    table = pa.table(list(columns), names=[str(n) for n in range(len(columns))])
    return table.take(pa.array(rows, pa.int64()))


def _write(path: Path, page: _Page, header: Sequence[str], rows: pa.Table) -> None:
    content = csv_bytes(
        header,
        rows,
        delimiter=DELIMITERS[page.delimiter],
        line_ending=LINE_ENDINGS[page.line_ending],
    )
    draft = path.with_suffix(".new")
    draft.write_bytes(content)
    draft.replace(path)


def write_unread(folder: Path, job: Job, upload: bytes) -> None:
    """Write the result sets of a job whose file could not even be parsed: nothing was processed."""
    ending = LINE_ENDINGS[job.line_ending].encode("ascii")
    mark = DELIMITERS[job.delimiter].encode("ascii")
    head = upload.split(b"\n", 1)[0].rstrip(b"\r")
    (folder / SUCCESSFUL).write_bytes(b'"sf__Id"' + mark + b'"sf__Created"' + mark + head + ending)
    (folder / FAILED).write_bytes(b'"sf__Id"' + mark + b'"sf__Error"' + mark + head + ending)
    (folder / UNPROCESSED).write_bytes(upload)


def _shuffled(length: int, *, seed: str) -> list[int]:
    order = list(range(length))
    random.Random(seed).shuffle(order)  # noqa: S311 an order, not a secret
    return order


def error_texts(outcomes: pa.Table, *, separator: str = " ") -> pa.Array:
    """Join code, message and fields to the grammar of sf__Error (contract 2.10)."""
    fields = pc.fill_null(pc.binary_join(outcomes["fields"].combine_chunks(), separator), "")
    tail = pc.if_else(pc.equal(fields, ""), "--", pc.binary_join_element_wise(fields, "--", " "))
    return pc.binary_join_element_wise(
        pc.fill_null(outcomes["status_code"], ""), pc.fill_null(outcomes["message"], ""), tail, ":"
    )


def _echoed(column: pa.ChunkedArray, header: str, settled: Settled) -> pa.ChunkedArray:
    if settled.settings.echo == "verbatim":
        return pc.fill_null(column, "")
    found = settled.fields.get(header.lower())
    convert = None if found is None else _CONVERSIONS.get(found.type)
    plain = pc.if_else(pc.fill_null(pc.equal(column, "#N/A"), False), "", pc.fill_null(column, ""))
    if convert is None:
        return plain
    coded = pc.dictionary_encode(plain.combine_chunks())
    values = pa.array(
        [_converted(text, convert) for text in coded.dictionary.to_pylist()], pa.string()
    )
    return pa.chunked_array([values.take(coded.indices)])


def _converted(text: str, convert: Callable[[str], str]) -> str:
    if text == "":
        return text
    try:
        return convert(text)
    except (ValueError, OverflowError):
        # A value that is none of its type comes back as it was sent, with the row's error.
        return text


def _number(text: str) -> str:
    return java_double(float(text))


def _datetime(text: str) -> str:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        return text
    return (
        moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
    )


def _boolean(text: str) -> str:
    return {"1": "true", "0": "false"}.get(text, text.lower())


_CONVERSIONS: Mapping[str, Callable[[str], str]] = {
    "double": _number,
    "currency": _number,
    "percent": _number,
    "datetime": _datetime,
    "boolean": _boolean,
}


def csv_bytes(
    header: Sequence[str], table: pa.Table, *, delimiter: str = ",", line_ending: str = "\n"
) -> bytes:
    """
    Print a table of text as CSV: the header as it is given, every value quoted, null as `""`.

    The names of what a client sent come back in its own quotes or without (contract 2.9).
    """
    between = f'"{delimiter}"'
    head = delimiter.join(header) + line_ending
    if table.num_rows == 0:
        return head.encode("utf-8")
    columns = [
        pc.replace_substring(pc.fill_null(column, ""), '"', '""') for column in table.columns
    ]
    lines = pc.binary_join_element_wise(*columns, between)
    whole = pc.binary_join_element_wise('"', lines, f'"{line_ending}', "")
    chunks = whole.chunks if isinstance(whole, pa.ChunkedArray) else [whole]
    return b"".join([head.encode("utf-8"), *(_text_of(chunk) for chunk in chunks)])


def _text_of(lines: pa.Array) -> bytes:
    """Take the bytes of all lines at once: Arrow holds them one after another."""
    if len(lines) == 0:
        return b""
    length = int(pc.sum(pc.binary_length(lines)).as_py())
    return bytes(lines.buffers()[2].slice(0, length))
