"""Compares what was read with what is landed, set-wise, and finds what has to be written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from extract.errors import RawDatabaseBusy
from extract.incoming import Incoming, quoted
from extract.raw_tables import NOT_TAKEN, QUARANTINED

# The same resource may come several times in one load (bundles repeat their organizations, pages
# move while they are read): the newest stands, and among equals the one that came last.
VERDICTS = """
    insert into verdicts
    with ranked as (
        select
            position,
            id,
            doc_sha256,
            row_number() over newest as place,
            first_value(doc_sha256) over newest as kept_sha256
        from facts
        where type_name = $type_name
        window newest as (
            partition by id order by last_updated desc nulls last, position desc
        )
    )
    select
        $type_name,
        ranked.position,
        case
            when place > 1 and ranked.doc_sha256 = kept_sha256 then 'repeated_identical'
            when place > 1 then 'repeated_different'
            when landed.id is null then 'new'
            when landed.doc_sha256 = ranked.doc_sha256 then 'unchanged'
            else 'changed'
        end
    from ranked
    left join {landed} as landed
        on landed.system = $system and landed.id = ranked.id
"""
# A cursor stands where nothing before it can have been missed: the type was read to its end, or
# in the order of time so far. A resource without a time would never be seen again: no cursor.
CURSORS = """
    with steps as (
        select
            type_name,
            last_updated,
            last_updated < lag(last_updated) over (
                partition by type_name order by position
            ) as is_step_back
        from facts
    )
    select
        type_name,
        strftime(max(last_updated) - to_seconds($overlap), '%Y-%m-%dT%H:%M:%S.%fZ'),
        coalesce(bool_or(is_step_back), false),
        count(*) > count(last_updated)
    from steps
    group by type_name
"""
# Transactions of the clinic's server may end later than their time stamps say.
OVERLAP_SECONDS = 60
BATCH_ROWS = 20_000

# A table and no answer: of a large export, what is put aside is large as well.
QUARANTINE_TO_LAND = """
    create table quarantine_to_land as
    with landed as (
        select * from raw.{schema}.{table} where system = $system
    ),
    read_on as (
        select origin, max(position) + 1 as next_position
        from landed
        where not list_contains($fresh, origin)
        group by origin
    )
    select
        $system as system,
        broken.* replace (broken.position + coalesce(read_on.next_position, 0) as position)
    from broken
    left join read_on on broken.origin = read_on.origin
    anti join landed
        on
            broken.origin = landed.origin
            and broken.doc_sha256 = landed.doc_sha256
            and (broken.position = landed.position or not list_contains($fresh, broken.origin))
"""
QUARANTINE_OUT_OF_DATE = """
    select landed.origin, landed.position
    from raw.{schema}.{table} as landed
    anti join broken
        on
            broken.origin = landed.origin
            and broken.position = landed.position
            and broken.doc_sha256 = landed.doc_sha256
    where landed.system = $system and list_contains($fresh, landed.origin)
"""
NOT_TAKEN_TO_LAND = """
    select $system as system, origin, resource_type, resources, reason
    from not_taken
    anti join raw.{schema}.{table} as landed
        on
            landed.system = $system
            and landed.origin = not_taken.origin
            and landed.resource_type = not_taken.resource_type
            and landed.reason = not_taken.reason
            and landed.resources is not distinct from not_taken.resources
"""
NOT_TAKEN_OUT_OF_DATE = """
    select landed.origin, landed.resource_type
    from raw.{schema}.{table} as landed
    anti join not_taken
        on
            landed.origin = not_taken.origin
            and landed.resource_type = not_taken.resource_type
    where landed.system = $system and list_contains($fresh, landed.origin)
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one type's resources compare with what is landed."""

    before: int
    new: int
    changed: int
    unchanged: int
    repeated_identical: int
    repeated_different: int

    @property
    def to_write(self) -> int:
        """Return how many rows the load has to write."""
        return self.new + self.changed


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a type was read: its cursor, and what the cursor's worth depends on."""

    cursor: str | None
    is_in_order: bool
    is_timed: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that landing needs to know about one checkpoint."""

    verdicts: dict[str, Verdict]
    reaches: dict[str, Reach]
    # How many rows; `quarantine_batches` has them.
    quarantine_to_land: int
    quarantine_out_of_date: pa.Table
    not_taken_to_land: pa.Table
    not_taken_out_of_date: pa.Table


def compare(incoming: Incoming, *, raw: Path, system: str) -> Comparison:
    """
    Compare a sealed checkpoint with raw.duckdb, which is let go of again.

    Raises:
        RawDatabaseBusy: another process is writing to it.

    """
    database = incoming.database
    database.execute("create table verdicts (type_name varchar, position bigint, verdict varchar)")
    register_not_taken(incoming)
    types = sorted(incoming.read)
    with attached(database, raw):
        verdicts = {name: verdict_of(incoming, name, system=system) for name in types}
        asides = {"system": system, "fresh": sorted(incoming.fresh_origins)}
        return Comparison(
            verdicts,
            reaches(database),
            keep_quarantine(incoming, asides),
            rows_of(incoming, QUARANTINE_OUT_OF_DATE, QUARANTINED, asides),
            rows_of(incoming, NOT_TAKEN_TO_LAND, NOT_TAKEN, {"system": system}),
            rows_of(incoming, NOT_TAKEN_OUT_OF_DATE, NOT_TAKEN, asides),
        )


@contextmanager
def attached(database: duckdb.DuckDBPyConnection, raw: Path) -> Iterator[None]:
    """Attach raw.duckdb for reading, and detach it before dlt wants to write to it."""
    try:
        database.execute(f"attach {quoted(raw)} as raw (read_only)")
    except duckdb.IOException:
        raise RawDatabaseBusy(
            f"another process has {raw.name} open",
            hint="end the other process (dbt, a SQL shell), then run the same command again",
        ) from None
    try:
        yield
    finally:
        database.execute("detach raw")


def register_not_taken(incoming: Incoming) -> None:
    """Make the counts of what is not landed a table."""
    keys = sorted(incoming.not_taken)
    batch = pa.table(
        {
            "origin": pa.array([origin for origin, _, _ in keys], pa.string()),
            "resource_type": pa.array([name for _, name, _ in keys], pa.string()),
            "resources": pa.array([incoming.not_taken[key] for key in keys], pa.int64()),
            "reason": pa.array([reason for _, _, reason in keys], pa.string()),
        }
    )
    incoming.database.register("counted", batch)
    incoming.database.execute("create or replace table not_taken as select * from counted")
    incoming.database.unregister("counted")


def verdict_of(incoming: Incoming, name: str, *, system: str) -> Verdict:
    """Judge each resource of a type, and count the judgements."""
    database = incoming.database
    landed = f"raw.{incoming.tables.qualified(name)}"
    database.execute(VERDICTS.format(landed=landed), {"type_name": name, "system": system})
    counts = dict(
        database.execute(
            "select verdict, count(*) from verdicts where type_name = ? group by verdict", [name]
        ).fetchall()
    )
    return Verdict(
        before=count_rows(database, landed, system=system),
        new=counts.get("new", 0),
        changed=counts.get("changed", 0),
        unchanged=counts.get("unchanged", 0),
        repeated_identical=counts.get("repeated_identical", 0),
        repeated_different=counts.get("repeated_different", 0),
    )


def count_rows(database: duckdb.DuckDBPyConnection, table: str, *, system: str) -> int:
    """Count a system's rows of a table."""
    counted = database.execute(
        f"select count(*) from {table} where system = ?",  # noqa: S608 - a declared name
        [system],
    )
    return int(counted.fetchall()[0][0])


def reaches(database: duckdb.DuckDBPyConnection) -> dict[str, Reach]:
    """Return how far each type was read."""
    rows = database.execute(CURSORS, {"overlap": OVERLAP_SECONDS}).fetchall()
    return {
        str(name): Reach(cursor, is_in_order=not steps_back, is_timed=not has_timeless)
        for name, cursor, steps_back, has_timeless in rows
    }


def rows_of(incoming: Incoming, query: str, table: str, values: Mapping[str, object]) -> pa.Table:
    """Run one of the queries above for a table."""
    statement = query.format(schema=incoming.tables.schema, table=table)
    return incoming.database.execute(statement, values).to_arrow_table()


def keep_quarantine(incoming: Incoming, values: Mapping[str, object]) -> int:
    """Keep what is to be put aside in a table, which may spill to disk; return how much it is."""
    statement = QUARANTINE_TO_LAND.format(schema=incoming.tables.schema, table=QUARANTINED)
    return int(incoming.database.execute(statement, values).fetchall()[0][0])


def quarantine_batches(incoming: Incoming) -> Iterator[pa.Table]:
    """Yield what is to be put aside, a batch at a time, while others ask the same database."""
    reader = incoming.database.cursor().execute("from quarantine_to_land")
    for batch in reader.to_arrow_reader(BATCH_ROWS):
        yield pa.Table.from_batches([batch])


def rows_to_write(incoming: Incoming, name: str, *, system: str) -> Iterator[pa.Table]:
    """Yield the new and changed rows of a type, one batch at a time, in the order they came."""
    parquet = pq.ParquetFile(incoming.file_of(name))
    with parquet:
        for batch in row_groups(parquet):
            wanted = incoming.database.execute(
                "select position from verdicts where type_name = ? and position between ? and ?"
                " and verdict in ('new', 'changed')",
                [name, batch["position"][0].as_py(), batch["position"][-1].as_py()],
            ).to_arrow_table()
            chosen = batch.filter(pc.is_in(batch["position"], wanted["position"]))
            if chosen.num_rows:
                whose = pa.array([system], pa.string()).take(pa.array([0] * chosen.num_rows))
                yield chosen.drop_columns(["position"]).add_column(0, "system", whose)


def row_groups(parquet: pq.ParquetFile) -> Iterable[pa.Table]:
    """Read a file one batch at a time, as it was written."""
    return (parquet.read_row_group(index) for index in range(parquet.num_row_groups))
