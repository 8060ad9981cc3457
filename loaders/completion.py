"""What a run came to: gathered from the ledger, the plan and what lies beside them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from loaders.access_report import read_access
from loaders.approve import standing
from loaders.bench import bounded, scratch_name
from loaders.canonical import literal
from loaders.errors import RunNotFound
from loaders.estimate import estimate_before
from loaders.estimate_actual import Comparison, actual, compare
from loaders.estimate_range import Range
from loaders.estimate_rates import timed_jobs
from loaders.gone_states import GONE_STATES
from loaders.ledger import Ledger
from loaders.ledger_acts import Approval, Run
from loaders.paths import DataFolder
from loaders.plan_scope import SAMPLE
from loaders.plan_store import Plan, audit_file, plan_folder, read_plan
from loaders.push_gates import rehearsals
from loaders.row_errors import row_error
from loaders.sample_coverage import Covered, read_coverage
from loaders.status import RunStatus, status_of, view_states
from loaders.taken_back import TAKEN_BACK, Undo, undos
from loaders.verify_rules import NORMALISED_FILE, Normalised, read_normalised
from loaders.verify_sample import SAMPLE as SIDE_BY_SIDE

FILES = "ContentVersion"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Source records of one entity that were meant to stay behind, and why."""

    entity: str
    # excluded | merged
    state: str
    reason: str
    records: int


@dataclass(frozen=True, slots=True)
class Refused:
    """One row that is not in the org as planned."""

    sobject: str
    key: str
    state: str
    field: str
    reason: str
    meaning: str
    hint: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of a record, as planned and as the org had it when it was verified."""

    sobject: str
    key: str
    field: str
    planned: str | None
    in_org: str | None
    differs: bool


@dataclass(frozen=True, slots=True)
class Timing:
    """The jobs of one object."""

    sobject: str
    jobs: int
    rows: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Completion:
    """Everything that the completion report tells."""

    run: Run
    plan: Plan
    status: RunStatus
    left_out: tuple[LeftOut, ...]
    refused: tuple[Refused, ...]
    cells: tuple[Cell, ...]
    # Of the last time the run was verified; None: it was not.
    differences: int | None
    timings: tuple[Timing, ...]
    measured: Mapping[str, tuple[Range, str]]
    estimated: tuple[Comparison, ...]
    approvals: tuple[Approval, ...]
    # The rollbacks that took back records of this run, oldest first, and what they held.
    undos: tuple[Undo, ...]
    held_back: int
    # What a sample shows, class by class; of other runs, nothing.
    covered: tuple[Covered, ...]
    # Whether it lets its map into production.
    opens_gate: bool
    # Fields whose values differ from the plan, as last verified: object, field, records.
    differing: tuple[tuple[str, str, int], ...]
    # Fields that hold other text which some rule takes as the same, as last verified.
    normalised: tuple[Normalised, ...]
    # What the audit exported for those who build the automations anew; None: there was no audit.
    rebuild: tuple[Mapping[str, Any], ...] | None
    # What the org said last of who can see what; None: it was not asked.
    access: Mapping[str, Any] | None

    @property
    def title(self) -> str:
        """Name the report: a sample in a sandbox is there to be validated."""
        is_sample = self.plan.settings.scope == SAMPLE and self.run.is_sandbox
        return "Sample validation report" if is_sample else "Completion report"

    @property
    def unexplained(self) -> int:
        """Count the source records that nothing accounts for."""
        return sum(abs(each.unexplained) for each in self.status.entities)

    @property
    def is_reconciled(self) -> bool:
        """Tell whether every source record is accounted for, whatever became of it."""
        return self.unexplained == 0

    @property
    def undone_by(self) -> str | None:
        """Name the rollback after which nothing of the run was left."""
        return self.undos[-1].run if self.run.state == "rolled_back" and self.undos else None

    @property
    def stands(self) -> bool:
        """Tell whether nobody undid it, but for parts that were chosen, each to its end."""
        in_parts = all(each.is_of_part and each.is_finished for each in self.undos)
        return in_parts and self.undone_by is None

    @property
    def is_complete(self) -> bool:
        """Tell whether all arrived, was read back without a difference, and still stands."""
        return self.status.is_complete and self.differences == 0 and self.stands


def completion(ledger: Ledger, data: DataFolder, name: str) -> Completion:
    """
    Gather what is known of a push; of a rollback, what is known of the push it undid.

    The same ledger and files give the same facts, whenever they are asked.
    """
    found = ledger.run(name)
    run = ledger.run(found.of_run) if found.of_run else found
    plan, folder = read_plan(data.plans, run.plan), plan_folder(data.plans, run.plan)
    with bounded(ledger.folder / scratch_name("spill")) as db:
        view_states(db, ledger, run, plan, folder)
        status = status_of(db, run, folder)
        left_out, refused = _left_out(db, folder), _refused(db)
        cells = _cells(db, data.reports / run.run / SIDE_BY_SIDE)
        differing = _differing(db, data.reports / run.run / "differences.csv")
        covered = read_coverage(db, folder)
        held_back = _held_back(db)
    return Completion(
        run=run,
        plan=plan,
        status=status,
        left_out=left_out,
        refused=refused,
        cells=cells,
        differences=_differences(ledger, run),
        timings=_timings(ledger, run),
        measured=actual(ledger, run, plan, folder),
        estimated=_estimated(ledger, run, plan, folder),
        approvals=standing(ledger, plan),
        undos=undos(ledger, run),
        held_back=held_back,
        covered=covered,
        opens_gate=run.run in rehearsals(ledger, map_hash=run.map_hash),
        differing=differing,
        normalised=read_normalised(data.reports / run.run / NORMALISED_FILE),
        rebuild=_rebuild(data.reports),
        access=read_access(data.reports, run.run),
    )


def _left_out(db: duckdb.DuckDBPyConnection, folder: Path) -> tuple[LeftOut, ...]:
    excluded, merged = (
        literal(str(audit_file(folder, name))) for name in ("excluded_records", "merged_records")
    )
    rows = db.execute(
        f"""
        select entity, 'excluded' as state, reason, count(*) as records
        from read_parquet({excluded}) group by entity, reason
        union all
        select entity, 'merged', 'stands under another record', count(*)
        from read_parquet({merged}) group by entity
        order by state, records desc, entity, reason
        """  # noqa: S608 - our own paths
    ).fetchall()
    return tuple(LeftOut(*row) for row in rows)


def _refused(db: duckdb.DuckDBPyConnection) -> tuple[Refused, ...]:
    cells = "position, sobject, key, state, field, code"
    rows = db.execute(
        "select sobject, key, state, coalesce(field, ''), coalesce(code, '') "  # noqa: S608 - ours
        f"from (select {cells} from states union all select {cells} from {GONE_STATES}) "
        "where state in ('failed', 'held', 'waiting') order by position, key"
    ).fetchall()
    return tuple(
        Refused(sobject, key, state, field, code, *_explained(state, code))
        for sobject, key, state, field, code in rows
    )


def _explained(state: str, code: str) -> tuple[str, str]:
    """Say what a reason means and what to do about it."""
    if state == "waiting":
        return "was not sent yet", "clinic-load resume RUN"
    error = row_error(code)
    return error.template, error.hint


def _cells(db: duckdb.DuckDBPyConnection, sample: Path) -> tuple[Cell, ...]:
    if not sample.exists():
        return ()
    rows = db.execute(f"select * from read_parquet({literal(str(sample))})").fetchall()  # noqa: S608
    return tuple(Cell(*row) for row in rows)


def _differing(db: duckdb.DuckDBPyConnection, file: Path) -> tuple[tuple[str, str, int], ...]:
    if not file.exists():
        return ()
    rows = db.execute(
        f"""
        select sobject, coalesce(field, '(the whole record)'), count(*) as records
        from read_csv({literal(str(file))}, header = true, all_varchar = true)
        group by all order by records desc, sobject, coalesce(field, '(the whole record)')
        """  # noqa: S608 - our own path
    ).fetchall()
    return tuple((str(row[0]), str(row[1]), int(row[2])) for row in rows)


def _differences(ledger: Ledger, run: Run) -> int | None:
    counts = [
        int(act["differences"]) for act in ledger.chain.acts("verified") if act["run"] == run.run
    ]
    return counts[-1] if counts else None


def _timings(ledger: Ledger, run: Run) -> tuple[Timing, ...]:
    jobs = timed_jobs(ledger, run)
    return tuple(
        Timing(
            sobject,
            len(own := [job for job in jobs if job.sobject == sobject]),
            sum(job.rows for job in own),
            round(sum(job.seconds for job in own), 1),
        )
        for sobject in dict.fromkeys(job.sobject for job in jobs)
    )


def _estimated(ledger: Ledger, run: Run, plan: Plan, folder: Path) -> tuple[Comparison, ...]:
    try:
        made = estimate_before(ledger, run)
    except RunNotFound:
        return ()
    return compare(ledger, run, made, plan=plan, folder=folder)


def _held_back(db: duckdb.DuckDBPyConnection) -> int:
    count: int = db.execute(
        f"select count(*) from {TAKEN_BACK} where state in ('held', 'failed')"  # noqa: S608 - ours
    ).fetchall()[0][0]
    return count


def _rebuild(reports: Path) -> tuple[Mapping[str, Any], ...] | None:
    audit = reports / "audit" / "audit.json"
    if not audit.exists():
        return None
    return tuple(json.loads(audit.read_text(encoding="utf-8"))["left_behind"])
