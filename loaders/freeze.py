"""Whether the source stood still since a push was planned, or what moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from extract.raw_tables import RECORD_TABLES
from loaders.bench import Bench, copy_privately
from loaders.canonical import literal, quoted
from loaders.errors import NothingToRead
from loaders.paths import DataFolder, make_private_folder
from loaders.preflight_extracts import read_extracts
from loaders.warehouse import attach_to_read

_NOW, _THEN = "source_now", "source_then"


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


def source_file(folder: Path) -> Path:
    """Name the parquet of the source as it was when a plan was made: no document, only its hash."""
    return folder / "source.parquet"


def keep_source(bench: Bench, data: DataFolder, *, to: Path) -> None:
    """Keep with a plan which records the source had, and as what; nothing where none is at hand."""
    if data.raw.is_file():
        _read_source(bench, data)
        bench.db.execute(f"copy {_NOW} to {literal(str(to))} (format parquet, compression zstd)")


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
        if each["full"] and datetime.fromisoformat(each["at"]) > planned
    }
    if missing := sorted({str(row[0]) for row in found} - read):
        raise NothingToRead(
            f"the source was not read as a whole since the plan: {', '.join(missing)}",
            hint="clinic-extract run SOURCE --system NAME --full, for each of these",
        )


def compare_source(bench: Bench, data: DataFolder, then: Path, *, moved: Path) -> list[Standing]:
    """
    Hold the source as it was read last against what a plan was made from; list what moved.

    Raises:
        NothingToRead: the source is being read at this moment.

    """
    _read_source(bench, data)
    db = bench.db
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
        from {_NOW} as later
        full join {_THEN} as earlier using (system, type, id)
        where later.hash is distinct from earlier.hash
        """  # noqa: S608 - constants
    )
    make_private_folder(moved.parent)
    copy_privately(db, "from moved order by all", moved)
    return [Standing(*row) for row in db.execute(_STANDINGS).fetchall()]


# Of any number of records, whatever their order, without holding them.
_WHOLE_HASH = "md5(cast(sum(cast(md5_number_lower(id || ' ' || hash) as hugeint)) as varchar))"
_STANDINGS = f"""
    with counted as (
        select system, type, true as is_now, count(*) as records, max(modified) as modified,
            {_WHOLE_HASH} as hash
        from {_NOW} group by system, type
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


def _read_source(bench: Bench, data: DataFolder) -> None:
    """
    List every landed record with the hash of its document.

    Raises:
        NothingToRead: the source is being read at this moment.

    """
    db = bench.db
    attach_to_read(
        db,
        data.raw,
        name="raw",
        busy="the landed records cannot be read: another process is writing them",
        hint="wait for clinic-extract to end",
    )
    tables = db.execute(RECORD_TABLES).fetchall()
    selects = [
        f"select system, {literal(f'{schema}.{table}')} as type, id, last_updated as modified, "  # noqa: S608
        f"doc_sha256 as hash from raw.{quoted(schema)}.{quoted(table)}"
        for schema, table in tables
    ]
    none = (
        "select null::varchar as system, null::varchar as type, null::varchar as id,"
        " null::timestamptz as modified, null::varchar as hash where false"
    )
    db.execute(f"create or replace temp table {_NOW} as {' union all '.join([none, *selects])}")
    db.execute("detach raw")
