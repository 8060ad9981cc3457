"""What a sample shows of all that there is, class by class; kept with the plan for its report."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from loaders.bench import Bench
from loaders.canonical import literal
from loaders.plan_store import audit_file
from loaders.sample import CHOSEN, CLASSES

_TABLE = "sample_classes"


@dataclass(frozen=True, slots=True)
class Covered:
    """An object, a value of a list, or a finding of an audit: in the sample, and in all."""

    what: str
    sampled: int
    available: int


def write_coverage(bench: Bench, folder: Path) -> None:
    """Count each class of the sample that was just chosen; it names no row."""
    bench.db.execute(
        f"""
        copy (
            select classes.class as what, count(chosen.key) as sampled, count(*) as available
            from (select distinct class, sobject, key from {CLASSES}) as classes
            left join {CHOSEN} as chosen
                on chosen.sobject = classes.sobject and chosen.key = classes.key
            group by classes.class order by classes.class
        ) to {literal(str(audit_file(folder, _TABLE)))} (format parquet)
        """  # noqa: S608 - our own names
    )


def read_coverage(db: duckdb.DuckDBPyConnection, folder: Path) -> tuple[Covered, ...]:
    """Read what a plan's sample shows; nothing for a plan that is no sample."""
    file = audit_file(folder, _TABLE)
    if not file.is_file():
        return ()
    rows = db.execute(f"from read_parquet({literal(str(file))}) order by what").fetchall()
    return tuple(Covered(*row) for row in rows)
