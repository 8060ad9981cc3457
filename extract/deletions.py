"""Sets aside landed records that their source no longer has, as they were landed last."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa

from extract.comparison import count_rows
from extract.landing import Target, load_errors
from extract.raw_tables import DELETED, raw_database

GONE = """
    insert into {deleted}
    select landed.system, $name, landed.id, landed.doc, landed.doc_sha256, $at
    from {landed} as landed
    anti join present on landed.id = present.id
    where landed.system = $system
"""
LEAVE = """
    delete from {landed} as landed
    where landed.system = $system and not exists (from present where present.id = landed.id)
"""
RETURNED = """
    delete from {deleted} as deleted
    where
        deleted.system = $system
        and deleted.resource_type = $name
        and exists (from present where present.id = deleted.id)
"""


def count_landed(target: Target, name: str) -> int:
    """Count the landed records of a type."""
    with raw_database(target.folder.raw_database, read_only=True) as database:
        return count_rows(database, target.tables.qualified(name), system=target.system)


def set_aside_deleted(target: Target, name: str, *, present: pa.Array, at: datetime) -> int:
    """
    Move the landed records that are not present into the table of deleted ones; return how many.

    What was deleted and is there again is no longer deleted.

    Raises:
        LandingFailed: raw.duckdb cannot be written.

    """
    tables = {
        "landed": target.tables.qualified(name),
        "deleted": f"{target.tables.schema}.{DELETED}",
    }
    whose = {"system": target.system}
    with (
        load_errors(target),
        raw_database(target.folder.raw_database, read_only=False) as database,
    ):
        database.register("present", pa.table({"id": present}))
        database.execute("begin")
        database.execute(RETURNED.format(**tables), whose | {"name": name})
        database.execute(GONE.format(**tables), whose | {"name": name, "at": at})
        gone = database.execute(LEAVE.format(**tables), whose).fetchall()[0][0]
        database.execute("commit")
    return int(gone)
