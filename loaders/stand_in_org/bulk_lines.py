"""How rows become lines of CSV: every value quoted, printed set-wise, a piece at a time."""

# ruff: noqa: S608 - the columns are this module's own, and literals are quoted
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from loaders.stand_in_org.store import literal

_ROWS_AT_ONCE = 50_000


@dataclass(frozen=True, slots=True)
class Page:
    """What separates values and lines."""

    delimiter: str
    line_ending: str

    def head(self, names: Sequence[str]) -> bytes:
        """Give the first line, its names quoted or not as they are given (contract 2.9)."""
        return (self.delimiter.join(names) + self.line_ending).encode()


def pieces(rows: pa.Table) -> Iterator[pa.Table]:
    """Cut rows into pieces that are printed one at a time."""
    for first in range(0, rows.num_rows, _ROWS_AT_ONCE):
        yield rows.slice(first, _ROWS_AT_ONCE)


def lines(
    connection: duckdb.DuckDBPyConnection,
    rows: pa.Table,
    page: Page,
    *,
    values: Sequence[str] = (),
) -> Iterator[bytes]:
    """
    Print rows of text, null as `""`; one client parses with six delimiters, so all is quoted.

    `values` are SQL over the columns `c0`, `c1` ... where these are not printed as they are.
    """
    names = [f"c{n}" for n in range(rows.num_columns)]
    made = ", ".join(f"{value} AS v{n}" for n, value in enumerate(values or names))
    between = literal(f'"{page.delimiter}"')
    cells = f", {between}, ".join(
        f"CASE WHEN contains(v{n}, '\"') THEN replace(v{n}, '\"', '\"\"') ELSE v{n} END"
        for n in range(len(values or names))
    )
    connection.register("_printed", rows.rename_columns(names))
    printed = connection.execute(
        f"SELECT concat('\"', {cells}, {literal(chr(34) + page.line_ending)}) FROM"
        f" (SELECT {made} FROM _printed)"
    ).to_arrow_table()
    connection.unregister("_printed")
    for chunk in printed.column(0).chunks:
        yield _text_of(chunk)


def _text_of(printed: pa.Array) -> bytes:
    """Take the bytes of all lines at once: Arrow holds them one after another."""
    if len(printed) == 0:
        return b""
    length = int(pc.sum(pc.binary_length(printed)).as_py())
    return bytes(printed.buffers()[2].slice(0, length))


def write_file(path: Path, content: Iterator[bytes]) -> None:
    """Write a file piece by piece; it is there whole or not at all."""
    draft = path.with_suffix(".new")
    with draft.open("wb") as sink:
        sink.writelines(content)
    draft.replace(path)
