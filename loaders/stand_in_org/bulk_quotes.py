"""Check the quotes of a CSV, and set aside the rows that have a space beside one (contract 2.6)."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

_QUOTE = b'"'
_PIECE = 1 << 20
_QUOTED = rb'"[^"]*(?:""[^"]*)*"'
# Stands before a cell that was found to have a space beside its quotes.
_MARK = "\x00spaced"
UNESCAPED = "Found unescaped quote. A value with quote should be within a quote"


class BadQuotes(Exception):
    """The file cannot be parsed; the text is the parser's reason."""


def checked(data: bytes, separator: str) -> tuple[bytes, bool]:
    """
    Give the file with its spaced cells marked, and tell whether there are any.

    Raises:
        BadQuotes: a quote stands where none may be, or is never closed.

    """
    if _stand_right(data, separator.encode("ascii")):
        return data, False
    spaced = _cells(separator, b" *" + _QUOTED + b" *")
    if _QUOTE in spaced.sub(b"", data):
        opened = data.count(_QUOTE) % 2
        raise BadQuotes("EOF reached before closing an opened quote" if opened else UNESCAPED)
    return spaced.sub(_marked, data), True


def _stand_right(data: bytes, separator: bytes) -> bool:
    """
    Tell whether every quote opens, doubles or closes a cell: the road of nearly all files.

    Split at its quotes, a file is outside and inside of them in turn. What stands outside is
    nothing (a doubled quote), or begins and ends at the border of a cell.
    """
    border = (separator, b"\r", b"\n")
    start = quotes = 0
    while (end := _last_quote(data, start)) >= 0:
        parts = data[start:end].split(_QUOTE)
        if quotes == 0:
            parts[0] = b"\n" + parts[0]
        # Where all is quoted, what stands outside is always the same: a set has little to look at.
        for part in set(parts[quotes % 2 :: 2]):
            if part and not (part[:1] in border and part[-1:] in border):
                return False
        quotes += len(parts)
        start = end + 1
    return quotes % 2 == 0 and (start in (0, len(data)) or data[start : start + 1] in border)


def _last_quote(data: bytes, start: int) -> int:
    """Find where to cut a piece of the file: at its last quote, or at the next one there is."""
    end = data.rfind(_QUOTE, start, start + _PIECE)
    return end if end >= 0 else data.find(_QUOTE, start)


def _cells(separator: str, inner: bytes) -> re.Pattern[bytes]:
    mark = re.escape(separator.encode("ascii"))
    return re.compile(rb"(?:^|(?<=[\r\n" + mark + rb"]))" + inner + rb"(?=[\r\n" + mark + rb"]|\Z)")


def _marked(found: re.Match[bytes]) -> bytes:
    cell = found[0]
    if cell.startswith(_QUOTE) and cell.endswith(_QUOTE):
        return cell
    return _QUOTE + _MARK.encode() + cell.replace(_QUOTE, _QUOTE * 2) + _QUOTE


def is_marked(text: bytes) -> bool:
    """Tell whether a cell of this part of the file was marked."""
    return _MARK.encode() in text


def unmark(cells: pa.Table) -> tuple[pa.Table, frozenset[int]]:
    """Give marked cells their text back; tell which rows have one."""
    rows: set[int] = set()
    columns = []
    for column in cells.columns:
        marked = pc.fill_null(pc.starts_with(column, _MARK), False)
        rows.update(pc.indices_nonzero(marked.combine_chunks()).to_pylist())
        columns.append(pc.if_else(marked, pc.utf8_slice_codeunits(column, len(_MARK)), column))
    return pa.table(columns, names=cells.column_names), frozenset(rows)
