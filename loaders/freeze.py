"""Whether the source stood still since a push was planned, or what moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from loaders.bench import Bench, copy_privately
from loaders.canonical import literal
from loaders.errors import NothingToRead, RunNotFound
from loaders.landed_source import LANDED, read_landed
from loaders.ledger import LATEST, Ledger
from loaders.ledger_acts import Run
from loaders.masking import load_masks
from loaders.paths import DataFolder, make_private_folder
from loaders.plan_scope import DELTA, WHOLE
from loaders.preflight_extracts import read_extracts
from loaders.run_scope import runs_of

_THEN = "source_then"


@dataclass(frozen=True, slots=True)
class Standing:
    """One type of record: how many there were and are, and how many moved."""

    system: str
    type: str
    then: int
    now: int
    last_modified: str
    hash_then: str
    hash_now: str
    new: int
    changed: int
    gone: int

    @property
    def moved(self) -> int:
        """Count the records that are not as they were."""
        return self.new + self.changed + self.gone


def run_to_hold_against(ledger: Ledger, name: str, *, alias: str | None) -> Run:
    """
    Find the push that brought the source over as a whole, so that it can be held against it.

    It is of all rows or a delta, came to its end and stands, and so do those before it: a wave or
    a sample says nothing of the other rows, and what was taken back is not in the org.

    Raises:
        RunNotFound: the run is not such a push, or there is none.

    """
    named = None if name == LATEST else ledger.run(name, kind="push")
    runs, of_all = ledger.runs(), runs_of(ledger, WHOLE) | runs_of(ledger, DELTA)
    found = [
        run
        for at, run in enumerate(runs)
        if named in {None, run}
        and alias in {None, run.alias}
        and (run.kind, run.state) == ("push", "finished")
        and run.run in of_all
        and not _is_undermined(runs, at)
    ]
    if not found:
        raise RunNotFound(
            f"{f'run {named.run} is' if named else 'there is'} no push of all rows or a delta that"
            " came to its end and stands, as do those before it",
            hint="clinic-load plan --delta --org ALIAS, then approve and push it",
        )
    return found[-1]


def _is_undermined(runs: list[Run], at: int) -> bool:
    """Tell whether an earlier push to the org was taken back after this one."""
    earlier = {run.run for run in runs[:at]}
    return any(run.of_run in earlier for run in runs[at:] if run.org_id == runs[at].org_id)


def require_read_since(data: DataFolder, then: Path, *, since: str) -> None:
    """
    Let a comparison through for which the whole source was read anew.

    Raises:
        NothingToRead: a system was not, or the plan kept nothing of its source.

    """
    if not then.is_file() or not data.raw.is_file():
        raise NothingToRead(
            "the plan of the last push kept nothing of its source",
            hint="clinic-extract run SOURCE, then clinic-load plan --delta --org ALIAS",
        )
    with duckdb.connect() as db:
        found = db.execute("select distinct system from read_parquet(?)", [str(then)]).fetchall()
    planned = datetime.fromisoformat(since)
    read = {
        each["system"]
        for each in read_extracts(data)
        # One that was cut off may have left out what moved.
        if each["full"] and each.get("ended") and datetime.fromisoformat(each["at"]) > planned
    }
    if missing := sorted({str(row[0]) for row in found} - read):
        raise NothingToRead(
            f"the source was not read as a whole since the plan: {', '.join(missing)}",
            hint="clinic-extract run SOURCE --system NAME --full, for each of these",
        )


def compare_source(
    bench: Bench, data: DataFolder, then: Path, *, moved: Path, masked: bool
) -> list[Standing]:
    """
    Hold the source as it was read last against what a plan was made from; list what moved.

    Beside masked reports the list names nobody: in place of an id stands its mask.

    Raises:
        NothingToRead: the source is being read at this moment.

    """
    read_landed(bench, data)
    db = bench.db
    db.execute("detach raw")
    db.execute(
        f"create temp table {_THEN} as select * from read_parquet({literal(str(then))})"  # noqa: S608
    )
    db.execute(
        f"""
        create temp table moved as
        select coalesce(later.system, earlier.system) as system,
            coalesce(later.type, earlier.type) as type, coalesce(later.id, earlier.id) as id,
            case when earlier.id is null then 'new' when later.id is null then 'gone'
                else 'changed' end as how
        from {LANDED} as later
        full join {_THEN} as earlier using (system, type, id)
        where later.hash is distinct from earlier.hash
        """  # noqa: S608 - constants
    )
    make_private_folder(moved.parent)
    load_masks(db, data)
    named = "left(mask_hash(id), 24)" if masked else "id"
    copy_privately(db, f"select * replace ({named} as id) from moved order by all", moved)  # noqa: S608
    return [Standing(*row) for row in db.execute(_STANDINGS).fetchall()]


# Of any number of records, whatever their order, without holding them.
_WHOLE_HASH = "md5(cast(sum(cast(md5_number_lower(id || ' ' || hash) as hugeint)) as varchar))"
_STANDINGS = f"""
    with counted as (
        select system, type, true as is_now, count(*) as records, max(modified) as modified,
            {_WHOLE_HASH} as hash
        from {LANDED} group by system, type
        union all
        select system, type, false, count(*), max(modified),
            {_WHOLE_HASH}
        from {_THEN} group by system, type
    ),
    sides as (
        select system, type,
            coalesce(max(records) filter (not is_now), 0) as earlier,
            coalesce(max(records) filter (is_now), 0) as later,
            coalesce(cast(max(modified) filter (is_now) as varchar), '') as modified,
            coalesce(max(hash) filter (not is_now), '') as hash_then,
            coalesce(max(hash) filter (is_now), '') as hash_now
        from counted group by system, type
    )
    select sides.*,
        count(*) filter (moved.how = 'new'),
        count(*) filter (moved.how = 'changed'),
        count(*) filter (moved.how = 'gone')
    from sides left join moved on moved.system = sides.system and moved.type = sides.type
    group by all order by sides.system, sides.type
    """  # noqa: S608 - constants
