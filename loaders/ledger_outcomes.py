"""Row outcomes and images: immutable parquet files, each written whole or not at all."""

from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet

from loaders.canonical import literal
from loaders.paths import make_private_folder, write_private

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


def write_parquet(path: Path, table: pa.Table) -> str:
    """Write a table under a final name, synced, and give its sha256."""
    make_private_folder(path.parent)
    sink = io.BytesIO()
    pyarrow.parquet.write_table(table, sink, compression="zstd")
    content = sink.getvalue()
    write_private(path, content)
    sync_folder(path.parent)
    return hashlib.sha256(content).hexdigest()


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
    bench.execute(f"create or replace temp table outcomes as {source}")
    bench.execute(
        """
        create or replace temp table finals as
        with latest as (
            select sobject, key, "pass", arg_max(outcomes, job) as last
            from outcomes group by sobject, key, "pass"
        ),
        firsts as (select * from latest where "pass" = 1),
        seconds as (select * from latest where "pass" = 2)
        select
            firsts.sobject,
            firsts.key,
            firsts.last.id as id,
            -- What is in the org, and what is to be reported, differ when only the second
            -- pass was refused.
            firsts.last.state as first_state,
            case when seconds.last.state in ('failed', 'held') then seconds.last.state
                else firsts.last.state end as state,
            coalesce(seconds.last.code, firsts.last.code) as code,
            coalesce(seconds.last.field, firsts.last.field) as field,
            coalesce(seconds.last.template, firsts.last.template) as template,
            firsts.last.lookup as lookup,
            firsts.last.parent_state as parent_state,
            seconds.last.state as second_state
        from firsts
        left join seconds on firsts.sobject = seconds.sobject and firsts.key = seconds.key
        """
    )
    bench.execute(
        f"""
        create or replace temp table touched as
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
