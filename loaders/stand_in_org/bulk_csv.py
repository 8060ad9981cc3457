"""Read the CSV of an ingest job as strictly as the original does."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from loaders.stand_in_org import bulk_quotes
from loaders.stand_in_org.model import NULL

DELIMITERS = {
    "COMMA": ",",
    "TAB": "\t",
    "SEMICOLON": ";",
    "PIPE": "|",
    "CARET": "^",
    "BACKQUOTE": "`",
}
LINE_ENDINGS = {"LF": "\n", "CRLF": "\r\n"}
MAX_HEADER = 32_000
# Contract 2.5; the words are those of Salesforce's own CSV reader.
_MAX_FIELD, _MAX_RECORD, _MAX_COLUMNS = 131_072, 400_000, 5_000


class CsvProblem(Exception):
    """The whole file is refused; the text is the job's errorMessage (contract 2.11)."""


@dataclass(frozen=True, slots=True)
class Upload:
    """
    A parsed file: its header and all cells as text (empty cells are null).

    `written` are the header's names as they stand in the file, quotes included; the rows in
    `spaced` have a space beside a quote and are refused one by one.
    """

    header: tuple[str, ...]
    written: tuple[str, ...]
    cells: pa.Table
    spaced: frozenset[int] = frozenset()


def with_nulls(rows: pa.Table) -> pa.Table:
    """Give cells as the engine takes them: `#N/A` stands for null (contract 2.6)."""
    columns = [
        pc.if_else(pc.fill_null(pc.equal(column, "#N/A"), False), NULL, column)
        for column in rows.columns
    ]
    return pa.table(columns, names=rows.column_names)


def read_upload(path: Path, *, line_ending: str, delimiter: str) -> Upload:
    """
    Read a job's CSV.

    Raises:
        CsvProblem: line endings, quotes, columns or encoding are not what was announced.

    """
    data = path.read_bytes()
    _check_line_endings(data, line_ending)
    separator = DELIMITERS[delimiter]
    try:
        data, has_spaced = bulk_quotes.checked(data, separator)
    except bulk_quotes.BadQuotes as wrong:
        raise _unreadable(str(wrong)) from wrong
    end = data.find(b"\n")
    head, body = (data, b"") if end < 0 else (data[:end], data[end + 1 :])
    header, written = _header(head, separator)
    cells = _cells(body, len(header), separator)
    spaced: frozenset[int] = frozenset()
    if has_spaced:
        cells, spaced = bulk_quotes.unmark(cells)
    _check_sizes(cells)
    cells = cells.combine_chunks()
    return Upload(header, written, cells, spaced)


def _unreadable(reason: str) -> CsvProblem:
    return CsvProblem(f"InvalidBatch : Failed to parse CSV. {reason}")


def _check_line_endings(data: bytes, line_ending: str) -> None:
    # The check does not look at quotes: the other kind inside a value trips it too.
    wrong = b"\r\n" if line_ending == "LF" else rb"(?<!\r)\n"
    if re.search(wrong, data):
        raise CsvProblem(
            "ClientInputError : LineEnding is invalid on user data. "
            f"Current LineEnding setting is {line_ending}"
        )


def _header(head: bytes, separator: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the header's names, and the names as they are written."""
    if bulk_quotes.is_marked(head):
        raise _unreadable(bulk_quotes.UNESCAPED)
    try:
        text = head.decode("utf-8").rstrip("\r")
    except UnicodeDecodeError as problem:
        raise _unreadable("The file is not UTF-8") from problem
    if len(text) > MAX_HEADER:
        raise CsvProblem(f"InvalidBatch : Header row exceeds {MAX_HEADER} characters")
    names = next(csv.reader([text], delimiter=separator, strict=True), [])
    _check_names(names)
    mark = re.escape(separator)
    written = re.findall(rf'(?:^|(?<={mark}))(?:"[^"]*(?:""[^"]*)*"|[^{mark}]*)', text)
    return tuple(names), tuple(written)


def _check_names(names: list[str]) -> None:
    if not names:
        raise _unreadable("The file has no header")
    if len(names) > _MAX_COLUMNS:
        raise _unreadable(f"Exceeded max number of columns per record : {_MAX_COLUMNS}")
    seen: set[str] = set()
    for name in names:
        if name.lower() in seen:
            raise CsvProblem(f"InvalidBatch : Duplicate field name : {name}")
        seen.add(name.lower())


def _check_sizes(cells: pa.Table) -> None:
    """Refuse a field or a record with too many characters, in the units that Java counts."""
    longest = [pc.max(pc.binary_length(column)).as_py() or 0 for column in cells.columns]
    for column, most in zip(cells.columns, longest, strict=True):
        if most > _MAX_FIELD:
            _check_fields(column)
    # Bytes are never fewer than characters: counting those is for files that may be over only.
    if sum(longest) > _MAX_RECORD:
        _check_records(cells)


def _check_fields(column: pa.ChunkedArray) -> None:
    for text in column.filter(pc.greater(pc.binary_length(column), _MAX_FIELD)).to_pylist():
        if _java_length(text) > _MAX_FIELD:
            raise _unreadable(f"Exceeded max field size: {_java_length(text)}")


def _check_records(cells: pa.Table) -> None:
    lengths = [pc.fill_null(pc.binary_length(column), 0) for column in cells.columns]
    for row in cells.filter(pc.greater(reduce(pc.add, lengths), _MAX_RECORD)).to_pylist():
        length = sum(_java_length(text) for text in row.values() if text is not None)
        if length > _MAX_RECORD:
            raise _unreadable(
                f"Exceeded max length for one record: {length}. Max length for one record should "
                f"be less than or equal to {_MAX_RECORD}"
            )


def _java_length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _cells(body: bytes, width: int, separator: str) -> pa.Table:
    names = [str(n) for n in range(width)]
    types = dict.fromkeys(names, pa.string())
    if not body.strip(b"\r\n"):
        return pa.table({name: pa.array([], pa.string()) for name in names})
    try:
        return pacsv.read_csv(
            pa.BufferReader(body),
            read_options=pacsv.ReadOptions(column_names=names, block_size=16 << 20),
            parse_options=pacsv.ParseOptions(
                delimiter=separator, quote_char='"', double_quote=True, newlines_in_values=True
            ),
            convert_options=pacsv.ConvertOptions(
                column_types=types,
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
            ),
        )
    except pa.ArrowInvalid as problem:
        # Arrow's own words quote the row: they may not get out.
        raise _unreadable(_reason(str(problem), width)) from None


def _reason(problem: str, width: int) -> str:
    found = re.search(r"Expected \d+ columns, got (\d+)", problem)
    if found is not None:
        return (
            "A row has a different number of columns than "
            f"the header ({found[1]} instead of {width})"
        )
    return "The file is not UTF-8"
