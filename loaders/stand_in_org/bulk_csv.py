"""Read the CSV of an ingest job as strictly as the original does."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

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
_QUOTE = b'"'


class CsvProblem(Exception):
    """The whole file is refused; the text is the job's errorMessage (contract 2.11)."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A parsed file: its header as written and all cells as text (empty cells are null)."""

    header: tuple[str, ...]
    cells: pa.Table

    def rows_to_write(self) -> pa.Table:
        """Give the cells as the engine takes them: `#N/A` stands for null (contract 2.6)."""
        columns = [
            pc.if_else(pc.fill_null(pc.equal(column, "#N/A"), False), NULL, column)
            for column in self.cells.columns
        ]
        return pa.table(columns, names=list(self.header))


def read_upload(path: Path, *, line_ending: str, delimiter: str) -> Upload:
    """
    Read a job's CSV.

    Raises:
        CsvProblem: line endings, quotes, columns or encoding are not what was announced.

    """
    data = path.read_bytes()
    _check_line_endings(data, line_ending)
    separator = DELIMITERS[delimiter]
    _check_quotes(data, separator)
    end = data.find(b"\n")
    head, body = (data, b"") if end < 0 else (data[:end], data[end + 1 :])
    header = _header(head, separator)
    return Upload(header, _cells(body, len(header), separator))


def _check_line_endings(data: bytes, line_ending: str) -> None:
    # The check does not look at quotes: the other kind inside a value trips it too.
    wrong = b"\r\n" if line_ending == "LF" else rb"(?<!\r)\n"
    if re.search(wrong, data):
        raise CsvProblem(
            "ClientInputError : LineEnding is invalid on user data. "
            f"Current LineEnding setting is {line_ending}"
        )


def _check_quotes(data: bytes, separator: str) -> None:
    if _QUOTE not in data:
        return
    mark = re.escape(separator.encode("ascii"))
    value = rb"(?:^|(?<=[\r\n" + mark + rb']))"[^"]*(?:""[^"]*)*"(?=[\r\n' + mark + rb"]|\Z)"
    if _QUOTE not in re.sub(value, b"", data):
        return
    if data.count(_QUOTE) % 2:
        raise CsvProblem(
            "InvalidBatch : Failed to parse CSV. EOF reached before closing an opened quote"
        )
    raise CsvProblem(
        "InvalidBatch : Failed to parse CSV. Found unescaped quote. "
        "A value with quote should be within a quote"
    )


def _header(head: bytes, separator: str) -> tuple[str, ...]:
    if len(head) > MAX_HEADER:
        raise CsvProblem(f"InvalidBatch : Header row exceeds {MAX_HEADER} characters")
    try:
        text = head.decode("utf-8").rstrip("\r")
    except UnicodeDecodeError as problem:
        raise CsvProblem("InvalidBatch : Failed to parse CSV. The file is not UTF-8") from problem
    names = next(csv.reader([text], delimiter=separator, strict=True), [])
    if not names:
        raise CsvProblem("InvalidBatch : Failed to parse CSV. The file has no header")
    folded = [name.lower() for name in names]
    for name in names:
        if folded.count(name.lower()) > 1:
            raise CsvProblem(f"InvalidBatch : Duplicate field name : {name}")
    return tuple(names)


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
        raise CsvProblem(_reason(str(problem), width)) from None


def _reason(problem: str, width: int) -> str:
    found = re.search(r"Expected \d+ columns, got (\d+)", problem)
    if found is not None:
        return (
            "InvalidBatch : Failed to parse CSV. A row has a different number of columns than "
            f"the header ({found[1]} instead of {width})"
        )
    return "InvalidBatch : Failed to parse CSV. The file is not UTF-8"
