"""Reads into checkpoints and lands each, so that a killed run goes on where it was landed last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import dlt
import pyarrow as pa

from extract.comparison import Comparison, Reach, Verdict
from extract.deletions import counts_landed, counts_unseen, set_aside_deleted
from extract.incoming import NOT_LISTED, Incoming, open_incoming
from extract.landing import Progress, Target, land, open_pipeline, progress_of
from extract.sources.fhir_resources import Cut

# Where a server allows 500 requests an hour, a checkpoint's worth of resources takes most of one.
LANDED_EVERY = timedelta(minutes=5)
NOTHING_READ = Reach(None, is_in_order=True, is_timed=True)


@dataclass(slots=True)
class Tally:
    """What a run did, type by type."""

    new: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    repeated_identical: Counter[str] = field(default_factory=Counter)
    repeated_different: Counter[str] = field(default_factory=Counter)
    deleted: Counter[str] = field(default_factory=Counter)
    not_seen: Counter[str] = field(default_factory=Counter)
    quarantined: Counter[str] = field(default_factory=Counter)
    not_taken: Counter[str] = field(default_factory=Counter)
    not_listed: Counter[str] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)
    load_ids: list[str] = field(default_factory=list)
    # The whole read since which nobody looked for deletions, where this run could not see any.
    deletions_unseen_since: str | None = None
    # For who wants it explained: what was asked for and how, and why something was not landed.
    asked: dict[str, str] = field(default_factory=dict)
    why_quarantined: Counter[tuple[str, str]] = field(default_factory=Counter)
    why_not_taken: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, name: str, verdict: Verdict) -> None:
        """Add one type's share of one landing."""
        self.new[name] += verdict.new
        self.changed[name] += verdict.changed
        self.unchanged[name] += verdict.unchanged
        self.repeated_identical[name] += verdict.repeated_identical
        self.repeated_different[name] += verdict.repeated_different

    @property
    def readable(self) -> int:
        """Return how many resources could be read, landed or not."""
        counters = (self.new, self.changed, self.unchanged, self.not_taken)
        return sum(counter.total() for counter in counters)


@dataclass(slots=True)
class Landings:
    """
    Collects what a source reads, and lands it whenever enough has come together.

    A source calls `begin` for each origin, `take` for each page or file, and `end` when the origin
    is read to its end; only then, or while it comes in the order of time, may its cursor move.
    """

    target: Target
    pipeline: dlt.Pipeline
    progress: dict[str, Progress]
    incoming: Incoming
    now: Callable[[], datetime]
    begun_at: datetime
    tally: Tally = field(default_factory=Tally)
    size: int | None = None
    number: int = 1
    ended: set[str] = field(default_factory=set)
    stated: dict[str, str] = field(default_factory=dict)
    limits: dict[str, str] = field(default_factory=dict)
    with_cursor: set[str] = field(default_factory=set)
    unordered: set[str] = field(default_factory=set)
    untimed: set[str] = field(default_factory=set)
    doubted: dict[str, str] = field(default_factory=dict)

    def begin(
        self,
        origin: str,
        *,
        is_fresh: bool = True,
        has_cursor: bool = False,
        is_in_order: bool = True,
    ) -> None:
        """
        Begin an origin; a fresh one is read from its start.

        One that is not asked for in the order of time gets its cursor at its end, whatever the
        order in which the first of it happen to come.
        """
        if is_fresh:
            self.incoming.fresh_origins.add(origin)
        if has_cursor:
            self.with_cursor.add(origin)
        if not is_in_order:
            self.unordered.add(origin)

    def take(self, cut: Cut, *, origin: str) -> None:
        """Take what a page or a file gave."""
        self.incoming.take(cut, origin=origin)
        if self.size is not None and self.incoming.size >= (1 if self.is_late() else self.size):
            self.land()

    def is_late(self) -> bool:
        """Tell whether what waits to be landed has waited for long."""
        return self.now() - self.begun_at >= LANDED_EVERY

    def leave(self, origin: str, *, count: int) -> None:
        """Count resources of a type that no clinic entity is made of."""
        self.incoming.leave(origin, resource_type=origin, count=count)

    def refuse(
        self, origin: str, *, resource_type: str | None = None, count: int | None = None
    ) -> None:
        """Note a type that the server does not show, and how many of it, if that is known."""
        name = resource_type or origin
        self.incoming.refuse(origin, resource_type=name, count=count)
        self.tally.refused.append(name)

    def landed(self) -> dict[str, int]:
        """Count the landed records of each type."""
        return counts_landed(self.target)

    def unseen(self, present: Mapping[str, pa.Array]) -> dict[str, int]:
        """Land what was read, and count the ids still there, type by type, that are not landed."""
        self.land()
        return counts_unseen(self.target, present)

    def forget(self, present: Mapping[str, pa.Array], *, at: datetime) -> None:
        """Set aside the landed records, type by type, that are not among the ids still there."""
        self.tally.deleted.update(set_aside_deleted(self.target, present, at=at))

    def end(self, origin: str, *, not_after: str | None = None) -> None:
        """
        End an origin: everything in it has been taken.

        Its cursor stays at `not_after`, where what has changed later may have been missed.
        """
        self.ended.add(origin)
        if not_after is not None:
            self.limits[origin] = not_after

    def doubt(self, name: str, *, since: str | None) -> None:
        """
        Begin a list that may turn out not to be whole.

        A run that is cut off leaves this doubt with its cursor. One that ends in doubt leaves its
        cursor where the list began.
        """
        self.doubted[name] = since or ""

    def settle(self, name: str) -> None:
        """Know that a list was whole."""
        self.doubted.pop(name, None)

    def miss(self, name: str, *, count: int) -> None:
        """Count the records that a list did not give; what it missed before may be there now."""
        origin = f"{name} list"
        self.begin(origin)
        if count:
            self.incoming.leave(origin, resource_type=name, count=count, reason=NOT_LISTED)
            self.tally.not_listed[name] += count

    def end_at(self, name: str, *, cursor: str) -> None:
        """End a type of which the source states up to when it gave everything, be it nothing."""
        self.stated[name] = cursor
        self.with_cursor.add(name)
        self.end(name)
        # A type that is not named here is not landed, and neither is its cursor.
        self.incoming.read[name] += 0

    def land(self) -> None:
        """Land what came together, and start a new checkpoint."""
        landed, reached = land(
            self.incoming,
            pipeline=self.pipeline,
            target=self.target,
            progress=self.progress,
            progress_after=self.progress_after,
        )
        self.progress |= reached
        for name, verdict in landed.verdicts.items():
            self.tally.add(name, verdict)
        for (name, reason), count in self.incoming.quarantined.items():
            self.tally.quarantined[name] += count
            self.tally.why_quarantined[name, reason] += count
        if landed.load_id:
            self.tally.load_ids.append(landed.load_id)
        self.start_anew()

    def start_anew(self) -> None:
        """Replace the landed checkpoint by an empty one; counts of what is not taken go on."""
        counted = self.incoming.not_taken
        self.incoming.close()
        self.number += 1
        self.incoming = open_checkpoint(self.target, self.number)
        self.begun_at = self.now()
        self.incoming.not_taken = counted

    def finish(self) -> Tally:
        """Land the rest, and return what the run did."""
        counted = self.incoming.not_taken
        self.land()
        for (_, resource_type, reason), count in counted.items():
            self.tally.not_taken[resource_type] += count or 0
            self.tally.why_not_taken[resource_type, reason] += count or 0
        return self.tally

    def progress_after(self, name: str, comparison: Comparison) -> Progress:
        """Return how far a type is landed after this landing."""
        verdict = comparison.verdicts[name]
        return Progress(
            self.cursor_after(name, comparison),
            verdict.before + verdict.new,
            self.doubted.get(name),
        )

    def cursor_after(self, name: str, comparison: Comparison) -> str | None:
        """Return the cursor that a type may have after this landing."""
        if name in self.doubted and name in self.ended:
            return self.doubted[name] or None
        known = self.progress.get(name)
        before = known.cursor if known else None
        reach = comparison.reaches.get(name, NOTHING_READ)
        if not reach.is_timed:
            self.untimed.add(name)
        if not reach.is_in_order:
            self.unordered.add(name)
        cursor = self.stated.get(name, reach.cursor)
        if name not in self.with_cursor or name in self.untimed or cursor is None:
            return None
        if name in self.unordered and name not in self.ended:
            return before
        cursor = min(cursor, self.limits.get(name, cursor))
        return max(before or cursor, cursor)


@contextmanager
def landings(
    target: Target, *, is_full: bool, size: int | None, now: Callable[[], datetime]
) -> Iterator[Landings]:
    """Open the pipeline of a source and system, and an empty checkpoint."""
    pipeline = open_pipeline(target)
    progress = {} if is_full else progress_of(pipeline, target)
    opened = Landings(
        target=target,
        pipeline=pipeline,
        progress=progress,
        incoming=open_checkpoint(target, 1),
        now=now,
        begun_at=now(),
        size=size,
    )
    try:
        yield opened
    finally:
        opened.incoming.close()


def open_checkpoint(target: Target, number: int) -> Incoming:
    """Open an empty checkpoint in a folder of its own."""
    return open_incoming(
        target.folder.incoming / str(number),
        tables=target.tables,
        limits=target.folder.landing_limits,
    )
