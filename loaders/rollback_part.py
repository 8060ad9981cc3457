"""A part of a push that is undone by itself: what was asked for, and the records that it is."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from loaders.errors import WrongUsage
from loaders.ledger import Ledger
from loaders.ledger_acts import Run
from loaders.ledger_outcomes import write_parquet

PART_KEPT = "rollback_part_kept"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part was asked for: at most one of these; none of them is the whole push."""

    objects: tuple[str, ...] = ()
    location: str | None = None
    system: str | None = None
    # Keys of charts; one that was merged stands for the person.
    patients: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Part:
    """The records that go, chosen before anything is done."""

    wanted: Wanted
    # sobject, key
    rows: pa.Table = field(repr=False)

    @property
    def counts(self) -> dict[str, int]:
        """Count what goes by object."""
        found = self.rows.group_by("sobject").aggregate([("key", "count")]).sort_by("sobject")
        return dict(zip(found["sobject"].to_pylist(), found["key_count"].to_pylist(), strict=True))


def wanted_part(
    objects: list[str] | None, location: str | None, system: str | None, file: Path | None
) -> Wanted:
    """
    Give what a command line asks for.

    Raises:
        WrongUsage: it names parts of more than one kind.

    """
    if sum(each is not None for each in (objects, location, system, file)) > 1:
        raise WrongUsage(
            "a part is of objects, at a location, of a system, or of patients",
            hint="give one of --object, --location, --system and --patients at a time",
        )
    return Wanted(tuple(objects or ()), location, system, _read_keys(file) if file else ())


def _read_keys(file: Path) -> tuple[str, ...]:
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as nonsense:
        raise WrongUsage(
            "the file of patients is not UTF-8 text", hint="save it as text, a key a line"
        ) from nonsense
    keys = sorted({line.strip() for line in lines} - {""})
    if not keys:
        raise WrongUsage("the file of patients names nobody", hint="write a chart's key on a line")
    return tuple(keys)


def keep_part(ledger: Ledger, pushed: Run, part: Part) -> str:
    """Keep which records go, and give the file's name in the ledger: a resumed run takes these."""
    name = f"runs/{pushed.run}/part-{uuid.uuid4().hex[:12]}.parquet"
    sha256, _ = write_parquet(ledger.folder / name, part.rows.to_reader())
    ledger.chain.record(
        PART_KEPT,
        {
            "run": pushed.run,
            "file": name,
            "sha256": sha256,
            "objects": list(part.wanted.objects),
            "location": part.wanted.location,
            "system": part.wanted.system,
            "patients": len(part.wanted.patients),
            "counts": part.counts,
        },
    )
    return name


def part_of(ledger: Ledger, run: Run) -> Mapping[str, Any] | None:
    """Give what was written down of the part that a rollback is of; none of a whole one."""
    started = next(act for act in ledger.chain.acts("run_started") if act["run"] == run.run)
    name = started.get("part")
    return next((act for act in ledger.chain.acts(PART_KEPT) if act["file"] == name), None)


def part_file(ledger: Ledger, run: Run) -> Path | None:
    """Name the file of the records that a rollback is of; none of a whole one."""
    part = part_of(ledger, run)
    return ledger.folder / part["file"] if part else None
