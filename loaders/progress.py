"""Tell how far a long command is: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, TextIO

import rich.progress
from rich.console import Console


class Progress(Protocol):
    """Counts and object names only: never a key, never a value."""

    def begin(self, title: str, *, total: int) -> None:
        """Begin a stretch of work."""

    def advance(self, rows: int, *, of: str = "") -> None:
        """Tell that so many rows of a stretch are done; of the one that began last, if unnamed."""

    def note(self, text: str) -> None:
        """Tell something that is worth a line of its own."""


class PlainLines:
    """One line when a stretch of work is done."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._latest = ""
        self._totals: dict[str, int] = {}
        self._done: Counter[str] = Counter()

    def begin(self, title: str, *, total: int) -> None:
        """Begin a stretch of work."""
        self._latest, self._totals[title], self._done[title] = title, total, 0

    def advance(self, rows: int, *, of: str = "") -> None:
        """Tell that so many rows of a stretch are done."""
        title = of or self._latest
        left = self._totals[title] - self._done[title]
        # What met a lock goes again, and is no further row.
        self._done[title] += min(rows, left)
        if 0 < left <= rows:
            self.note(f"{title}: {self._done[title]:,} of {self._totals[title]:,} rows")

    def note(self, text: str) -> None:
        """Tell something that is worth a line of its own."""
        self._stream.write(text + "\n")
        self._stream.flush()


class Bar:
    """A bar per stretch of work."""

    def __init__(self, bars: rich.progress.Progress) -> None:
        self._bars = bars
        self._latest = ""
        self._tasks: dict[str, rich.progress.TaskID] = {}

    def begin(self, title: str, *, total: int) -> None:
        """Begin a stretch of work."""
        self._latest, self._tasks[title] = title, self._bars.add_task(title, total=total)

    def advance(self, rows: int, *, of: str = "") -> None:
        """Tell that so many rows of a stretch are done."""
        task = self._bars.tasks[self._tasks[of or self._latest]]
        self._bars.update(task.id, completed=min(task.completed + rows, task.total or 0))

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
