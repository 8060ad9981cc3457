"""Which working files go in a purge, which stay, and what stands in its way."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from loaders.errors import DONE, PurgeRefused, WrongUsage
from loaders.ledger import Ledger
from loaders.ledger_acts import Run
from loaders.paths import CERTIFICATES, DataFolder, open_private

# What the tools of the road write into the data folder, by name; nothing else there is touched.
_OURS = (
    "raw.duckdb", "raw.duckdb.wal", "warehouse.duckdb", "warehouse.duckdb.wal", "dlt", "incoming",
    "plans", "outbox", "reports", "schema", "spill", "mask.secret", "approval.json",
    "extracts.jsonl",
)  # fmt: skip
# What dbt writes, wherever it was told to; the folder itself may be anybody's.
_OF_TARGET = ("*.json", "graph.gpickle", "*.msgpack", "compiled", "run", "index.html")
_OF_LOGS = ("dbt.log*",)
# Of the ledger the acts stay; rows, values and keys of patients lie in files of this kind alone.
_ROWS = ".parquet"
LEDGER, _LOCK = "ledger", "extract.lock"
_CONFIRM_DIGITS = 12

LOST = (
    "no run can be rolled back, resumed, verified or reported any more: its plan and images go",
    "a new plan masks anew: it does not fit masked records that are still in a sandbox",
    "reports go as well: copy what has to be kept",
)


@dataclass(frozen=True, slots=True)
class Doomed:
    """A file that goes: where it lies, what the certificate calls it, and how large it is."""

    path: Path
    name: str
    bytes: int


@dataclass(frozen=True, slots=True)
class OpenRun:
    """A push that would be left half done for ever, and why."""

    run: str
    reason: str


@dataclass(frozen=True, slots=True)
class Purge:
    """What a purge would do."""

    files: tuple[Doomed, ...]
    # In the data folder, but of none of our tools; left alone.
    foreign: tuple[str, ...]
    open_runs: tuple[OpenRun, ...]

    @property
    def code(self) -> str:
        """Name this list of files, for a person to type: another list has another name."""
        text = "\n".join(f"{each.name} {each.bytes}" for each in self.files)
        return hashlib.sha256(text.encode("utf-8")).hexdigest()[:_CONFIRM_DIGITS]

    @property
    def bytes(self) -> int:
        """Add up what goes."""
        return sum(each.bytes for each in self.files)


def plan_purge(data: DataFolder, ledger: Ledger, environ: Mapping[str, str]) -> Purge:
    """List what goes, and what would be lost with it; changes nothing."""
    dbt = {"target": environ.get("DBT_TARGET_PATH"), "logs": environ.get("DBT_LOG_PATH")}
    folders = {name: Path(said or name).resolve() for name, said in dbt.items()}
    files = [
        *(each for name in _OURS for each in _under(data.root / name, name)),
        *(
            each
            for each in _under(data.ledger, LEDGER)
            if each.path.suffix == _ROWS or each.name.endswith(".partial")
        ),
        *_matching(folders["target"], _OF_TARGET, name="target"),
        *_matching(folders["logs"], _OF_LOGS, name="logs"),
    ]
    known = {*_OURS, LEDGER, CERTIFICATES, _LOCK}
    foreign = [
        path.name
        for path in sorted(data.root.iterdir())
        if path.is_symlink() or (path.name not in known and path not in folders.values())
    ]
    return Purge(
        tuple(sorted(files, key=lambda each: each.name)),
        tuple(foreign),
        tuple(_open_runs(ledger)),
    )


def _matching(folder: Path, patterns: Collection[str], *, name: str) -> Iterator[Doomed]:
    for path in sorted({path for pattern in patterns for path in folder.glob(pattern)}):
        yield from _under(path, f"{name}/{path.name}")


def _under(top: Path, name: str) -> Iterator[Doomed]:
    """List the files at and under a place; what a link points to is not ours."""
    if top.is_symlink():
        return
    if top.is_file():
        yield Doomed(top, name, top.stat().st_size)
    for folder, _, files in os.walk(top):
        for each in sorted(files):
            path = Path(folder, each)
            inside = f"{name}/{path.relative_to(top).as_posix()}"
            yield Doomed(path, inside, path.lstat().st_size)


def _open_runs(ledger: Ledger) -> Iterator[OpenRun]:
    """Name the runs that still need their files: to be finished, mended or proved."""
    # What was found last counts, and what was done last about a push.
    differences = {act["run"]: act["differences"] for act in ledger.chain.acts("verified")}
    undone = {run.of_run: run for run in ledger.runs(kind="rollback")}
    for run in ledger.runs():
        if reason := _open_reason(run, differences.get(run.run), undone.get(run.run)):
            yield OpenRun(run.run, reason)


def _open_reason(run: Run, differences: int | None, undone: Run | None) -> str | None:
    if run.finished_at is None:
        return "is not finished"
    if run.kind != "push" or run.state == "rolled_back":
        return None
    if run.exit_code != DONE:
        return "ended with rows that need a decision"
    if undone and undone.exit_code not in {None, DONE}:
        return f"was taken back by {undone.run}, which left rows that need a decision"
    if differences is None:
        return "was never verified"
    return f"was last verified with {differences:,} differences" if differences else None


def require_allowed(purge: Purge, *, by: str, code: str | None, abandoned: Collection[str]) -> None:
    """
    Let a purge through that leaves no run half done, and that a person confirmed as it is.

    Raises:
        WrongUsage: nobody gave a name.
        PurgeRefused: a run is open and nobody gave it up by name, or the code is another.

    """
    still_open = [each for each in purge.open_runs if each.run not in abandoned]
    if still_open:
        told = "; ".join(f"run {each.run} {each.reason}" for each in still_open)
        raise PurgeRefused(
            f"{told}: after a purge nothing can be done about it",
            hint="clinic-load status RUN, then resume, verify or rollback it, or give it up with"
            " --abandon RUN",
        )
    if code != purge.code:
        raise PurgeRefused(
            "nobody typed the code of what is there to be deleted now",
            hint="clinic-load purge --plan, which lists it and says the code",
        )
    if not by.strip():
        raise WrongUsage(
            "a certificate names who deleted",
            hint='clinic-load purge --by "A. Name" --confirm CODE',
        )


@contextmanager
def nobody_lands(data: DataFolder) -> Iterator[None]:
    """
    Keep an extract out meanwhile.

    Raises:
        PurgeRefused: one is running.

    """
    with open_private(data.root / _LOCK) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PurgeRefused(
                "clinic-extract is writing to this data folder",
                hint="wait until it is done, then clinic-load purge --plan",
            ) from None
        yield
