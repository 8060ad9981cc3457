"""Row outcomes and images: immutable parquet files, each written whole or not at all."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet

from loaders.canonical import literal
from loaders.paths import make_private_folder, writing_private

# No text of the org is kept here: it quotes values. `template` is a sentence of our own.
OUTCOME_COLUMNS = (
    "key",
    "id",
    "state",
    "code",
    "field",
    "template",
    "lookup",
    "parent_state",
)
# Before a record is changed: the key that makes it ours.
STAMP_PASS = 0
OUTCOMES = pa.schema(
    [
        ("job", pa.int64()),
        ("sobject", pa.string()),
        ("pass", pa.int32()),
        *((name, pa.string()) for name in OUTCOME_COLUMNS),
    ]
)


def write_parquet(path: Path, rows: pa.RecordBatchReader) -> tuple[str, int]:
    """Write rows as they come under a final name, synced; give sha256 and number."""
    make_private_folder(path.parent)
    count = 0
    with (
        writing_private(path) as file,
        pyarrow.parquet.ParquetWriter(file, rows.schema, compression="zstd") as writer,
    ):
        for batch in rows:
            writer.write_batch(batch)
            count += batch.num_rows
    sync_folder(path.parent)
    with path.open("rb") as written:
        return hashlib.file_digest(written, "sha256").hexdigest(), count


def sync_folder(folder: Path) -> None:
    """Make a rename in a folder last through a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def view_outcomes(bench: duckdb.DuckDBPyConnection, files: list[Path]) -> None:
    """
    Make `outcomes`, `finals` and `touched` of a run.

    Every attempt; one row per object and key; every record that the run made or changed.
    """
    if files:
        names = ", ".join(literal(str(path)) for path in files)
        source = f"select * from read_parquet([{names}])"  # noqa: S608 - our own paths
    else:
        empty = ", ".join(f"cast(null as varchar) as {name}" for name in OUTCOME_COLUMNS)
        source = (
            "select cast(null as bigint) as job, cast(null as varchar) as sobject, "
            f'cast(null as integer) as "pass", {empty} where false'
        )
    # The files never change: they are read where they lie, not held in memory.
    bench.execute(f"create or replace temp view outcomes as {source}")
    bench.execute(
        """
        create or replace temp table finals as
        with newest as (
            select sobject, key, "pass", max(job) as job
            from outcomes group by sobject, key, "pass"
        ),
        latest as (
            select outcomes.* from outcomes
            inner join newest on outcomes.job = newest.job and outcomes."pass" = newest."pass"
                and outcomes.sobject = newest.sobject
                and outcomes.key is not distinct from newest.key
        ),
        firsts as (select * from latest where "pass" = 1),
        seconds as (select * from latest where "pass" = 2)
        select
            firsts.sobject,
            firsts.key,
            firsts.id as id,
            -- What is in the org, and what is to be reported, differ when only the second
            -- pass was refused.
            firsts.state as first_state,
            case when seconds.state in ('failed', 'held') then seconds.state
                else firsts.state end as state,
            coalesce(seconds.code, firsts.code) as code,
            coalesce(seconds.field, firsts.field) as field,
            coalesce(seconds.template, firsts.template) as template,
            firsts.lookup as lookup,
            firsts.parent_state as parent_state,
            seconds.state as second_state
        from firsts
        left join seconds on firsts.sobject = seconds.sobject and firsts.key = seconds.key
        """
    )
    bench.execute(
        f"""
        create or replace temp view touched as
        select sobject, key, id, first_state as was from finals
        where first_state in ('created', 'updated') and id is not null
        union all
        -- What got its key and was held after that.
        select distinct sobject, key, id, 'updated' from outcomes
        where "pass" = {STAMP_PASS} and state = 'updated' and not exists (
            select 1 from finals
            where finals.sobject = outcomes.sobject and finals.key = outcomes.key
                and finals.first_state in ('created', 'updated') and finals.id is not null
        )
        """  # noqa: S608 - a constant
    )
