"""Estimated against actual: what a run really took, line by line, as the ledger tells it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb

from loaders.bench import bounded, scratch_name
from loaders.canonical import BASE64, literal, quoted
from loaders.estimate import Estimate
from loaders.estimate_range import NOT_KNOWN, Range, exactly
from loaders.estimate_rates import run_seconds, timed_jobs
from loaders.estimate_requests import COUNTED
from loaders.existing import FILE
from loaders.ledger import Ledger
from loaders.ledger_acts import Run
from loaders.ledger_outcomes import view_outcomes
from loaders.paths import make_private_folder, write_private
from loaders.plan_store import Plan, rows_file
from loaders.preflight_budget import FREE, RECORD_KB, megabytes_of, whole_megabytes


@dataclass(frozen=True, slots=True)
class Comparison:
    """One line: what was expected, and what came true where it was measured."""

    name: str
    unit: str
    estimated: Range
    actual: Range
    source: str

    @property
    def verdict(self) -> str:
        """Say whether the run stayed within what was expected."""
        least, most, real = self.estimated.low, self.estimated.high, self.actual.low
        if least is None or real is None:
            return "not comparable"
        if real < least:
            return "less"
        return "more" if most is not None and real > most else "within"


def compare(
    ledger: Ledger, run: Run, made: Estimate, *, plan: Plan, folder: Path
) -> tuple[Comparison, ...]:
    """Hold an estimate against a run, and keep the result beside the ledger."""
    real = actual(ledger, run, plan, folder)
    compared = tuple(
        Comparison(line.name, line.unit, line.amount, *real.get(line.name, _NOT_MEASURED))
        for line in made.lines
    )
    kept = make_private_folder(ledger.folder / "estimates") / f"{run.run}.actual.json"
    document = [{**asdict(each), "verdict": each.verdict} for each in compared]
    write_private(kept, (json.dumps(document, indent=2) + "\n").encode("utf-8"))
    return compared


_NOT_MEASURED = (NOT_KNOWN, "not measured by a push")


def actual(ledger: Ledger, run: Run, plan: Plan, folder: Path) -> dict[str, tuple[Range, str]]:
    """Measure what a run took: by line of an estimate, its amount and where that is from."""
    with bounded(ledger.folder / scratch_name("spill")) as db:
        view_outcomes(db, ledger.outcome_files(run.run))
        written = dict(
            db.execute(
                "select sobject, count(*) from finals"
                " where first_state in ('created', 'updated') group by sobject"
            ).fetchall()
        )
        file_bytes = _file_bytes(db, plan, folder)
    stored = sum(rows for sobject, rows in written.items() if sobject not in FREE)
    bulk = sum(job.channel == "bulk" for job in timed_jobs(ledger, run))
    seconds = run_seconds(run)
    return {
        "rows": (exactly(sum(written.values())), "rows created or updated"),
        "data storage": (
            exactly(megabytes_of(stored)),
            f"{stored:,} rows written x {RECORD_KB} KB",
        ),
        "file storage": (exactly(whole_megabytes(file_bytes)), "bytes of the files written"),
        "bulk jobs": (exactly(bulk), "jobs on the ledger"),
        "API calls": (_requests(ledger, run), "requests counted while planning and pushing"),
        "load time": (
            NOT_KNOWN if seconds is None else exactly(seconds),
            "from the run's beginning to its end",
        ),
    }


def _file_bytes(db: duckdb.DuckDBPyConnection, plan: Plan, folder: Path) -> int:
    total = 0
    for each in plan.objects:
        bodies = [column.name for column in each.columns if column.type == BASE64]
        if each.sobject != FILE or not bodies:
            continue
        rows = literal(str(rows_file(folder, each)))
        found = db.execute(
            f"""
            select sum({quoted(bodies[0])}.size)
            from read_parquet({rows}) as planned
            inner join finals on finals.sobject = {literal(FILE)} and finals.key = planned._key
            where finals.first_state = 'created'
            """  # noqa: S608 - names of the plan
        ).fetchone()
        total += int(found[0] or 0) if found else 0
    return total


def _requests(ledger: Ledger, run: Run) -> Range:
    """
    Add up what the plan and each push and resume of a run counted.

    A command that was killed told nothing: then it is at least so much.
    """
    counted = [act for act in ledger.chain.acts(COUNTED) if act["of"] in {run.run, run.plan}]
    if not any(act["of"] == run.run for act in counted):
        return NOT_KNOWN
    total = sum(int(act["requests"]) for act in counted)
    was_cut_off = any(job.state == "abandoned" for job in ledger.jobs(run.run))
    return Range(total, None) if was_cut_off else exactly(total)
