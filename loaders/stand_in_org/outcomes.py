"""What became of each row of the jobs under way, written in the transaction that wrote the row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from loaders.stand_in_org.org import Org

_TABLE = """
    create schema if not exists front;
    create table if not exists front.outcomes (
        job_id varchar, row_number bigint, id varchar, success boolean, created boolean,
        status_code varchar, message varchar, fields varchar[]
    );
"""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows of a job have an outcome, and how many of those failed."""

    processed: int
    failed: int


@contextmanager
def transaction(org: Org) -> Iterator[duckdb.DuckDBPyConnection]:
    """Write to the org: everything or, when the block raises, nothing."""
    with org.write_lock:
        connection = org.cursor()
        connection.begin()
        try:
            yield connection
        except BaseException:
            connection.rollback()
            raise
        connection.commit()


def prepare(org: Org) -> None:
    """Make the table that outcomes are kept in."""
    with transaction(org) as connection:
        connection.execute(_TABLE)


def record(
    connection: duckdb.DuckDBPyConnection, job_id: str, result: pa.Table, *, first_row: int
) -> None:
    """Write a chunk's outcomes beside the rows it wrote, in the same transaction."""
    numbered = result.append_column("row_number", pa.arange(first_row, first_row + result.num_rows))
    connection.register("front_chunk", numbered)
    connection.execute(
        "insert into front.outcomes select ?, row_number, id, success, created, status_code, "
        "message, fields from front_chunk",
        [job_id],
    )
    connection.unregister("front_chunk")


def count(org: Org, job_id: str) -> Counts:
    """Count a job's outcomes."""
    found = (
        org.cursor()
        .execute(
            "select count(*), count(*) filter (not success) from front.outcomes where job_id = ?",
            [job_id],
        )
        .fetchone()
    )
    return Counts(0, 0) if found is None else Counts(int(found[0]), int(found[1]))


def read(org: Org, job_id: str, *, seed: str) -> pa.Table:
    """Give a job's outcomes in no order that a client could count on, the same for each seed."""
    return (
        org.cursor()
        .execute(
            "select row_number, id, success, created, status_code, message, fields "
            "from front.outcomes where job_id = ? order by hash(row_number, ?), row_number",
            [job_id, seed],
        )
        .to_arrow_table()
    )


def keep_only(org: Org, job_ids: Sequence[str]) -> None:
    """Drop the outcomes of all other jobs: of those that ended just before a kill."""
    with transaction(org) as connection:
        connection.execute(
            "delete from front.outcomes where not list_contains(cast(? as varchar[]), job_id)",
            [list(job_ids)],
        )


def forget(org: Org, job_id: str) -> None:
    """Drop the outcomes of a job whose result files are written."""
    with transaction(org) as connection:
        connection.execute("delete from front.outcomes where job_id = ?", [job_id])
