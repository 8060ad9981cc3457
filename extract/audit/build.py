"""What the models made of the landed records, where the last build was of these very records."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from extract.audit.workspace import Database, Row, attach, rows, whole

# Two-way: a record that the build has and the landing has not makes it as stale as the reverse.
DIFFERENCES = """
    with built as (
        select source_system as system, raw_table as table_name, raw_id as id
        from warehouse.intermediate.int_clinic__source_records
        group by all
    )
    select
        (select count(*) from (
            select system, table_name, id from landed_record
            where (system, table_name) in (select distinct (system, table_name) from built)
            except all from built
        )) as only_landed,
        (select count(*) from (
            from built except all select system, table_name, id from landed_record
        )) as only_built
"""
LAST_LANDING = "select max(epoch(inserted_at)) as moment from raw.{schema}._dlt_loads"
COUNTS = "select * from warehouse.audit.audit_row_counts order by line, entity"
EXCLUSIONS = """
    select entity, reason, count(*) as records
    from warehouse.audit.audit_excluded_records
    group by all
    order by records desc, entity, reason
"""
NEEDED = {
    ("intermediate", "int_clinic__source_records"),
    ("audit", "audit_row_counts"),
    ("audit", "audit_excluded_records"),
    ("audit", "last_dbt_build"),
}
# Written by the macros begin_build and end_build; empty where all models are of one whole build.
NOT_WHOLE = "select why_not_whole from warehouse.audit.last_dbt_build"


@dataclass(frozen=True, slots=True)
class Build:
    """A build of the models, or why there is none to tell of."""

    is_current: bool
    why_not: str
    counts: tuple[Row, ...]
    exclusions: tuple[Row, ...]

    @property
    def open_entities(self) -> list[str]:
        """Name the entities whose source is not merged + excluded + loaded."""
        return [
            str(row["entity"])
            for row in self.counts
            if row["source_rows"] != sum(whole(row, name) for name in PARTS)
        ]


PARTS = ("merged_rows", "excluded_rows", "mart_rows")


def last_build(database: Database, warehouse: Path) -> Build:
    """
    Read what the models decided, if they were built from what is landed now.

    Raises:
        RawDatabaseBusy: dbt is building.

    """
    if not warehouse.exists():
        return no_build("dbt build was not run yet")
    attach(database, warehouse, name="warehouse")
    if stale := why_stale(database, warehouse):
        return no_build(stale)
    return Build(True, "", tuple(rows(database, COUNTS)), tuple(rows(database, EXCLUSIONS)))


def why_stale(database: Database, warehouse: Path) -> str:
    """
    Say why the warehouse is not built from what is landed now; nothing where it is.

    `raw` and `warehouse` are attached, and `landed_record` lists what is landed.
    """
    if NEEDED - tables_there(database):
        return "the last dbt build did not come to its end"
    (ended,) = rows(database, NOT_WHOLE)
    if ended["why_not_whole"]:
        return f"the last dbt build is not whole: {ended['why_not_whole']}"
    (difference,) = rows(database, DIFFERENCES)
    if any(difference.values()) or warehouse.stat().st_mtime < last_landing(database):
        return "records were landed since the last dbt build"
    return ""


def last_landing(database: Database) -> float:
    """Return when records were landed last; 0 where dlt did not write it down."""
    schemas = database.execute(
        "select schema_name from duckdb_tables()"
        " where database_name = 'raw' and table_name = '_dlt_loads'"
        " and not ends_with(schema_name, '_staging')"
    ).fetchall()
    landings = [
        whole(landing, "moment")
        for (schema,) in schemas
        for landing in rows(database, LAST_LANDING.format(schema=schema))
    ]
    return max(landings, default=0)


def no_build(why: str) -> Build:
    """Say why nothing is told of the models."""
    return Build(False, why, (), ())


def tables_there(database: Database) -> set[tuple[str, str]]:
    """List the tables of the warehouse."""
    found = database.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = 'warehouse'"
    ).fetchall()
    return {(str(schema), str(name)) for schema, name in found}
