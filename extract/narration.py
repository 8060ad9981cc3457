"""Tells on stderr how far a run is: counts, types and file names, never what a record says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn


class Narrator(Protocol):
    """Hears what a source does."""

    def begin(self, what: str, *, total: int | None) -> None:
        """Hear that a type or a file is being read."""

    def advance(self, count: int) -> None:
        """Hear that some more of it has been read."""

    def end(self, what: str, *, count: int) -> None:
        """Hear that it is read."""

    def say(self, line: str) -> None:
        """Hear anything else."""


@dataclass(frozen=True, slots=True)
class PlainNarrator:
    """One line for each thing that is done: for logs and pipes."""

    console: Console

    def begin(self, what: str, *, total: int | None) -> None:
        """Wait for the end."""

    def advance(self, count: int) -> None:
        """Wait for the end."""

    def end(self, what: str, *, count: int) -> None:
        """Write a line."""
        self.say(f"{what}: {count} read")

    def say(self, line: str) -> None:
        """Write a line."""
        self.console.print(line, markup=False, highlight=False, soft_wrap=True)


@dataclass(slots=True)
class BarNarrator:
    """A progress bar: for a person who watches."""

    progress: Progress
    task: TaskID

    def begin(self, what: str, *, total: int | None) -> None:
        """Name what is being read."""
        self.progress.reset(self.task, description=what, total=total)

    def advance(self, count: int) -> None:
        """Move the bar."""
        self.progress.advance(self.task, count)

    def end(self, what: str, *, count: int) -> None:
        """Fill the bar."""
        self.progress.update(self.task, description=what, total=count, completed=count)

    def say(self, line: str) -> None:
        """Write a line above the bar."""
        self.progress.console.print(line, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def narrator(console: Console) -> Iterator[Narrator]:
    """Give a bar on a terminal, and plain lines elsewhere."""
    if not console.is_terminal:
        yield PlainNarrator(console)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        yield BarNarrator(progress, progress.add_task("", total=None))
