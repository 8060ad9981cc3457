"""Tell how far a long command is: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, TextIO

import rich.progress
from rich.console import Console


class Progress(Protocol):
    """Counts and object names only: never a key, never a value."""

    def begin(self, title: str, *, total: int) -> None:
        """Begin a stretch of work."""

    def advance(self, rows: int) -> None:
        """Tell that so many rows are done."""

    def note(self, text: str) -> None:
        """Tell something that is worth a line of its own."""


class PlainLines:
    """One line when a stretch begins, one when it is done."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._title = ""
        self._total = 0
        self._done = 0

    def begin(self, title: str, *, total: int) -> None:
        """Begin a stretch of work."""
        self._title, self._total, self._done = title, total, 0

    def advance(self, rows: int) -> None:
        """Tell that so many rows are done."""
        self._done += rows
        if self._done >= self._total:
            self.note(f"{self._title}: {self._done:,} of {self._total:,} rows")

    def note(self, text: str) -> None:
        """Tell something that is worth a line of its own."""
        self._stream.write(text + "\n")
        self._stream.flush()


class Bar:
    """A bar per stretch of work."""

    def __init__(self, bars: rich.progress.Progress) -> None:
        self._bars = bars
        self._task: rich.progress.TaskID | None = None

    def begin(self, title: str, *, total: int) -> None:
        """Begin a stretch of work."""
        self._task = self._bars.add_task(title, total=total)

    def advance(self, rows: int) -> None:
        """Tell that so many rows are done."""
        if self._task is not None:
            self._bars.advance(self._task, rows)

    def note(self, text: str) -> None:
        """Tell something that is worth a line of its own."""
        self._bars.console.print(text, markup=False, highlight=False)


@contextmanager
def show_progress(stream: TextIO | None = None) -> Iterator[Progress]:
    """Show progress on stderr, as fits what stderr is."""
    out = stream or sys.stderr
    if not out.isatty():
        yield PlainLines(out)
        return
    columns = (
        rich.progress.TextColumn("{task.description}"),
        rich.progress.BarColumn(),
        rich.progress.MofNCompleteColumn(),
        rich.progress.TimeRemainingColumn(),
    )
    with rich.progress.Progress(*columns, console=Console(file=out)) as bars:
        yield Bar(bars)
