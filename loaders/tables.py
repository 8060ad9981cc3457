"""Tables that fit a terminal of 80 columns: no frames, names whole, only sentences are folded."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table

# Outside a terminal, rich would take 80 columns and fold what a pipe or a file can hold whole.
_PAGE_WIDTH = 140


def new_table(
    title: str,
    *,
    names: Sequence[str],
    numbers: Sequence[str] = (),
    sentences: Sequence[str] = (),
) -> Table:
    """Make a table: `names` are never cut, `numbers` stand to the right, `sentences` fold."""
    table = Table(title=title, title_justify="left", box=None, padding=(0, 1, 0, 0))
    for name in names:
        table.add_column(name, no_wrap=True)
    for name in numbers:
        table.add_column(name, justify="right", no_wrap=True)
    for name in sentences:
        table.add_column(name, overflow="fold")
    return table


def print_tables(tables: Iterable[Table], *, width: int | None = None) -> None:
    """Print tables on stdout, a blank line after each; as wide as the page where not told."""
    page = None if sys.stdout.isatty() else _PAGE_WIDTH
    console = Console(width=width or page)
    for table in tables:
        console.print(table)
        console.print()


def clock(seconds: float) -> str:
    """Write a duration as h:mm:ss."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"
