"""What is landed of the source: kept with a plan, and a stop where dbt built something else."""

from __future__ import annotations

from pathlib import Path

from extract.audit.build import why_stale
from extract.raw_tables import RECORD_TABLES
from loaders.bench import Bench
from loaders.canonical import literal, quoted
from loaders.paths import DataFolder
from loaders.plan_store import Finding
from loaders.warehouse import attach_to_read

LANDED = "source_now"
STALE_BUILD = "build_is_stale"


def source_file(folder: Path) -> Path:
    """Name the parquet of the source as it was when a plan was made: no document, only its hash."""
    return folder / "source.parquet"


def keep_source(bench: Bench, data: DataFolder, *, to: Path) -> tuple[Finding, ...]:
    """
    Keep with a plan which records its source had, and as what; nothing where none is at hand.

    The warehouse is attached, so nobody builds meanwhile. Where it was built from other records
    the plan is stopped: what it keeps would pass for what it sends.

    Raises:
        NothingToRead: the source is being read at this moment.

    """
    if not data.raw.is_file():
        return ()
    read_landed(bench, data)
    db = bench.db
    db.execute(f"copy {LANDED} to {literal(str(to))} (format parquet, compression zstd)")
    db.execute(
        "create or replace temp view landed_record as"  # noqa: S608 - a constant
        f" select system, substr(type, strpos(type, '.') + 1) as table_name, id from {LANDED}"
    )
    why = why_stale(db, data.warehouse)
    db.execute("detach raw")
    if not why:
        return ()
    hint = "dbt build, then clinic-load plan once more"
    return (Finding(STALE_BUILD, "stop", sobject="", field="", count=1, message=why, hint=hint),)


def read_landed(bench: Bench, data: DataFolder) -> None:
    """
    List every landed record with the hash of its document; `raw` stays attached.

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
    db.execute(f"create or replace temp table {LANDED} as {' union all '.join([none, *selects])}")
