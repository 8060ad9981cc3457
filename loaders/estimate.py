"""An estimate: what a migration takes, from what was measured; kept, to be held against the run."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from loaders.bench import open_bench
from loaders.contract import read_mapping
from loaders.errors import RunNotFound
from loaders.estimate_axes import Axis, axes_of, grade, heaviest
from loaders.estimate_facts import read_facts
from loaders.estimate_lines import Basis, Line, Pace, lines_of, pace_of
from loaders.estimate_org import read_org
from loaders.estimate_range import Range
from loaders.estimate_rates import Rate, measured
from loaders.estimate_source import read_readings
from loaders.ledger import Ledger
from loaders.ledger_acts import Run
from loaders.map_parts import map_hash
from loaders.org_connection import Org
from loaders.paths import DataFolder, make_private_folder, write_private
from loaders.session import Sending
from loaders.warehouse import attach_warehouse, compare_with_warehouse


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is expected, and of which org; without one, its part is unknown."""

    at: str
    alias: str | None
    org_id: str | None
    map_hash: str
    grade: str
    axes: tuple[Axis, ...]
    # The names of the axes that would lower the grade most.
    heaviest: tuple[str, ...]
    lines: tuple[Line, ...]
    # What loading each object takes; empty where no push was measured.
    pace: tuple[Pace, ...]


@dataclass(frozen=True, slots=True)
class EstimateRequest:
    """What an estimate is made from, and the choices that come with it."""

    data: DataFolder
    manifest: Path
    sending: Sending
    rate_per_hour: float | None
    clock: Callable[[], datetime]


def make_estimate(request: EstimateRequest, *, org: Org | None, ledger: Ledger) -> Estimate:
    """
    Estimate from the manifest, the warehouse, the ledger and, where one is given, an org.

    Raises:
        MappingRefused: the manifest says something unknown.
        WarehouseDiffers: the tables are not what the manifest promises.
        Unavailable: the org or the warehouse cannot be read.

    """
    now = request.clock()
    mapping = read_mapping(request.manifest)
    with open_bench(request.data) as bench:
        attach_warehouse(bench.db, request.data, database=mapping.database)
        compare_with_warehouse(bench.db, mapping)
        facts = read_facts(bench.db, mapping, now=now)
    org_facts = read_org(org, mapping) if org else None
    readings = read_readings(request.data.reports)
    axes = axes_of(mapping, facts, readings, org_facts)
    basis = Basis(
        mapping=mapping,
        facts=facts,
        readings=readings,
        measured=measured(ledger, org_id=org.org_id if org else None),
        org=org_facts,
        sending=request.sending,
        rate_per_hour=request.rate_per_hour,
    )
    paces = pace_of(basis)
    made = Estimate(
        at=now.isoformat(),
        alias=org.alias if org else None,
        org_id=org.org_id if org else None,
        map_hash=map_hash(mapping),
        grade=grade(axes),
        axes=axes,
        heaviest=tuple(axis.name for axis in heaviest(axes)),
        lines=lines_of(basis, paces),
        pace=paces if basis.measured.runs else (),
    )
    _keep(ledger, made, now=now)
    return made


def _keep(ledger: Ledger, made: Estimate, *, now: datetime) -> None:
    """Keep the estimate beside the ledger: what comes true is told against it."""
    folder = make_private_folder(ledger.folder / "estimates")
    text = json.dumps(asdict(made), indent=2, ensure_ascii=False) + "\n"
    write_private(folder / f"{now.strftime('%Y%m%dT%H%M%S%fZ')}.json", text.encode("utf-8"))


def estimate_before(ledger: Ledger, run: Run) -> Estimate:
    """
    Find the newest estimate that was made for a run's org before it began; else for no org.

    Raises:
        RunNotFound: nobody had made one.

    """
    kept = [_estimate_from(path) for path in sorted((ledger.folder / "estimates").glob("*Z.json"))]
    began = datetime.fromisoformat(run.started_at)
    before = [each for each in kept if datetime.fromisoformat(each.at) < began]
    fitting = _of_org(before, run.org_id) or _of_org(before, None)
    if not fitting:
        raise RunNotFound(
            f"no estimate was made before run {run.run} began",
            hint=f"clinic-load estimate --org {run.alias}, before the next push",
        )
    return fitting[-1]


def _of_org(kept: Sequence[Estimate], org_id: str | None) -> list[Estimate]:
    return [each for each in kept if each.org_id == org_id]


def _estimate_from(path: Path) -> Estimate:
    said: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    lines = tuple(Line(**{**line, "amount": Range(**line["amount"])}) for line in said["lines"])
    pace = tuple(
        Pace(
            **{
                **each,
                "rate": Rate(**each["rate"]) if each["rate"] else None,
                "amount": Range(**each["amount"]),
            }
        )
        for each in said["pace"]
    )
    return Estimate(
        **{
            **said,
            "axes": tuple(Axis(**axis) for axis in said["axes"]),
            "heaviest": tuple(said["heaviest"]),
            "lines": lines,
            "pace": pace,
        }
    )
