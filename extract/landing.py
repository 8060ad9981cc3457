"""Lands what was read: Arrow batches through dlt into raw.duckdb, then counts what arrived."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass
from shutil import rmtree
from typing import Any

import dlt
import duckdb
import pyarrow as pa
from dlt.common.schema.typing import TUpsertStrategyDict
from dlt.destinations.impl.duckdb.configuration import DuckDbCredentials
from dlt.pipeline.exceptions import PipelineStepFailed

from extract.comparison import (
    Comparison,
    Verdict,
    compare,
    count_rows,
    quarantine_batches,
    rows_to_write,
)
from extract.data_folder import DataFolder
from extract.errors import LandingFailed, RowsWentMissing
from extract.incoming import Incoming
from extract.raw_tables import NOT_TAKEN, QUARANTINED, RAW_TABLES, RawTables, raw_database

STATE = "types"
UPSERT: TUpsertStrategyDict = {"disposition": "merge", "strategy": "upsert"}


@dataclass(frozen=True, slots=True)
class Target:
    """Where rows land: whose they are, how they were read, and the folder that holds them."""

    folder: DataFolder
    source: str
    system: str
    # The tables of an export, which are known only when it is there.
    found: RawTables | None = None

    @property
    def pipeline_name(self) -> str:
        """
        Return the name of the dlt pipeline, one for each source and system.

        Two systems in one pipeline would share cursors, and rows of the second would be missed.
        """
        return f"{self.source}_{self.system}"

    @property
    def tables(self) -> RawTables:
        """Return the raw tables of the source."""
        return self.found or RAW_TABLES[self.source]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one type is landed; kept in dlt's state, which is written with the rows."""

    cursor: str | None
    rows: int
    # Since when a list was being read, "" being its start, that is not known to be whole.
    doubted: str | None = None

    @property
    def settled(self) -> str | None:
        """Return the cursor before which nothing can be missing."""
        return self.cursor if self.doubted is None else self.doubted or None


@dataclass(frozen=True, slots=True)
class Landed:
    """What one landing did."""

    load_id: str | None
    verdicts: dict[str, Verdict]


def open_pipeline(target: Target) -> dlt.Pipeline:
    """
    Open the pipeline, and finish what an earlier run had begun to load.

    Raises:
        LandingFailed: what is pending cannot be loaded.

    """
    credentials = DuckDbCredentials(
        str(target.folder.raw_database), global_config=target.folder.landing_limits
    )
    pipeline = dlt.pipeline(
        pipeline_name=target.pipeline_name,
        # What is staged waits for the next run where this one is cut off: not for another system's.
        destination=dlt.destinations.duckdb(
            credentials, staging_dataset_name_layout=f"%s_{target.system}_staging"
        ),
        dataset_name=target.tables.schema,
        pipelines_dir=str(target.folder.pipelines),
    )
    with load_errors(target):
        pipeline.sync_destination()
        if pipeline.has_pending_data:
            pipeline.normalize()
            pipeline.load()
    return pipeline


@contextmanager
def load_errors(target: Target) -> Iterator[None]:
    """
    Turn dlt's and DuckDB's errors, which may quote rows, into one that does not.

    dlt writes what it was told into its working folder, where the rows lie that it had: both go.
    What was not loaded whole is read again, for the state of the last whole load is in raw.duckdb.

    Raises:
        LandingFailed: whatever went wrong.

    """
    hint = "free the disk, end other users of raw.duckdb, then run the same command again"
    try:
        yield
    except PipelineStepFailed as problem:
        rmtree(target.folder.pipelines / target.pipeline_name)
        cause = type(problem.exception).__name__
        raise LandingFailed(
            f"dlt could not {problem.step} the rows of {target.pipeline_name}: {cause}", hint=hint
        ) from None
    except duckdb.Error as problem:
        raise LandingFailed(
            f"raw.duckdb could not be written: {type(problem).__name__}", hint=hint
        ) from None


def opened_raw(
    target: Target, *, read_only: bool
) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
    """Open raw.duckdb to look at whole tables, while what was read waits in a database as well."""
    folder = target.folder
    return raw_database(folder.raw_database, read_only=read_only, limits=folder.landing_limits)


def progress_of(pipeline: dlt.Pipeline, target: Target) -> dict[str, Progress]:
    """
    Return how far each type is landed, as far as that can be believed.

    A cursor says "all before me is here". Where the table holds fewer rows than it did when the
    cursor was set, that is no longer so, and the type is read from its start.
    """
    state = pipeline.state.get("sources", {}).get(target.source, {}).get(STATE, {})
    with raw_database(target.folder.raw_database, read_only=True) as database:
        return {
            name: Progress(**known)
            for name, known in state.items()
            if name in target.tables
            and count_rows(database, target.tables.qualified(name), system=target.system)
            >= known["rows"]
        }


def land(
    incoming: Incoming,
    *,
    pipeline: dlt.Pipeline,
    target: Target,
    progress: Mapping[str, Progress],
    progress_after: Callable[[str, Comparison], Progress],
) -> tuple[Landed, dict[str, Progress]]:
    """
    Land one checkpoint: only what is new or changed is written.

    Raises:
        LandingFailed: nothing more can be written; what was landed before stays.
        RowsWentMissing: the tables do not hold what was written.

    """
    incoming.seal()
    comparison = compare(incoming, raw=target.folder.raw_database, system=target.system)
    reached = {name: progress_after(name, comparison) for name in comparison.verdicts}
    drop_out_of_date(comparison, target=target)
    resources = resources_of(incoming, comparison, target=target, reached=reached, before=progress)
    if not resources:
        return Landed(None, comparison.verdicts), reached
    with load_errors(target):
        pipeline.extract(
            dlt.source(lambda: resources, name=target.source)(), loader_file_format="parquet"
        )
        # All of it is in dlt's package now, and the load has the memory for itself.
        incoming.database.close()
        pipeline.normalize()
        # dlt makes no package of a cursor that stayed where it was.
        load_id = next(iter(pipeline.load().loads_ids), None)
    check_rows(comparison.verdicts, load_id=load_id, target=target)
    return Landed(load_id, comparison.verdicts), reached


def drop_out_of_date(comparison: Comparison, *, target: Target) -> None:
    """Delete what was put aside from an origin that has been read anew since."""
    stale = {
        (QUARANTINED, "position"): comparison.quarantine_out_of_date,
        (NOT_TAKEN, "resource_type"): comparison.not_taken_out_of_date,
    }
    if not any(rows.num_rows for rows in stale.values()):
        return
    schema = target.tables.schema
    with opened_raw(target, read_only=False) as database:
        for (table, key), rows in stale.items():
            database.register("stale", rows)
            database.execute(
                f"delete from {schema}.{table} as kept using stale where kept.system = ?"  # noqa: S608 - declared names
                f" and kept.origin = stale.origin and kept.{key} = stale.{key}",
                [target.system],
            )
            database.unregister("stale")


def resources_of(
    incoming: Incoming,
    comparison: Comparison,
    *,
    target: Target,
    reached: Mapping[str, Progress],
    before: Mapping[str, Progress],
) -> list[Any]:
    """Return a dlt resource for each table that has to be written, or whose cursor moved."""

    def rows_of(name: str) -> Callable[[], Iterator[pa.Table]]:
        def rows() -> Iterator[pa.Table]:
            state = dlt.current.source_state().setdefault(STATE, {})
            state[name] = asdict(reached[name])
            if comparison.verdicts[name].to_write:
                yield from rows_to_write(incoming, name, system=target.system)

        return rows

    aside, not_taken = comparison.quarantine_to_land, comparison.not_taken_to_land
    asides = (
        (QUARANTINED, ("system", "origin", "position"), aside, quarantine_batches(incoming)),
        (NOT_TAKEN, ("system", "origin", "resource_type"), not_taken.num_rows, [not_taken]),
    )
    return [
        dlt.resource(
            rows_of(name),
            name=target.tables.names[name],
            primary_key=("system", "id"),
            write_disposition=UPSERT,
        )
        for name, verdict in comparison.verdicts.items()
        if verdict.to_write or reached[name] != before.get(name)
    ] + [
        dlt.resource(rows, name=table, primary_key=key, write_disposition=UPSERT)
        for table, key, count, rows in asides
        if count
    ]


def check_rows(verdicts: Mapping[str, Verdict], *, load_id: str | None, target: Target) -> None:
    """
    Count each table after a load: what was there, plus what is new, each id once.

    Raises:
        RowsWentMissing: a count is off.

    """
    with opened_raw(target, read_only=True) as database:
        wrong = sorted(
            target.tables.names[name]
            for name, verdict in verdicts.items()
            if counts_after(database, name, load_id=load_id, target=target)
            != (verdict.before + verdict.new, verdict.before + verdict.new, verdict.to_write)
        )
    if wrong:
        raise RowsWentMissing(
            f"raw tables hold other rows than were landed: {', '.join(wrong)}",
            hint=f"clinic-extract run {target.source} --system {target.system} --full",
        )


def counts_after(
    database: duckdb.DuckDBPyConnection, name: str, *, load_id: str | None, target: Target
) -> tuple[int, int, int]:
    """Return rows, distinct ids, and rows of this load, of one type and system."""
    rows, ids, loaded = database.execute(
        "select count(*), count(distinct id), count(*) filter (where _dlt_load_id = ?)"  # noqa: S608 - declared names
        f" from {target.tables.qualified(name)} where system = ?",
        [load_id, target.system],
    ).fetchall()[0]
    return int(rows), int(ids), int(loaded)
