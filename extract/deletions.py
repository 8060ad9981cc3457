"""Compares what is landed with what the source still has, and sets aside what it has not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import pyarrow as pa

from extract.comparison import count_rows
from extract.landing import Target, load_errors, opened_raw
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
UNSEEN = """
    select count(*)
    from present
    anti join {landed} as landed on landed.system = $system and landed.id = present.id
"""
RETURNED = """
    delete from {deleted} as deleted
    where
        deleted.system = $system
        and deleted.resource_type = $name
        and exists (from present where present.id = deleted.id)
"""


def counts_landed(target: Target) -> dict[str, int]:
    """Count the landed records of each kind."""
    with raw_database(target.folder.raw_database, read_only=True) as database:
        return {
            name: count_rows(database, target.tables.qualified(name), system=target.system)
            for name in target.tables.names
        }


def counts_unseen(target: Target, present: Mapping[str, pa.Array]) -> dict[str, int]:
    """Count, kind by kind, the records that the source has and that are not landed."""
    unseen: dict[str, int] = {}
    with opened_raw(target, read_only=True) as database:
        for name, ids in present.items():
            database.register("present", pa.table({"id": ids}))
            counting = UNSEEN.format(landed=target.tables.qualified(name))
            counted = database.execute(counting, {"system": target.system}).fetchall()
            unseen[name] = int(counted[0][0])
            database.unregister("present")
    return unseen


def set_aside_deleted(
    target: Target, present: Mapping[str, pa.Array], *, at: datetime
) -> dict[str, int]:
    """
    Move landed records into the table of deleted ones, kind by kind; return how many of each.

    `present` has the ids that the source still has. What was deleted and is there again is no
    longer deleted.

    Raises:
        LandingFailed: raw.duckdb cannot be written.

    """
    gone: dict[str, int] = {}
    with load_errors(target), opened_raw(target, read_only=False) as database:
        database.execute("begin")
        for name, ids in present.items():
            tables = {
                "landed": target.tables.qualified(name),
                "deleted": f"{target.tables.schema}.{DELETED}",
            }
            whose = {"system": target.system}
            database.register("present", pa.table({"id": ids}))
            database.execute(RETURNED.format(**tables), whose | {"name": name})
            database.execute(GONE.format(**tables), whose | {"name": name, "at": at})
            counted = database.execute(LEAVE.format(**tables), whose).fetchall()
            gone[name] = int(counted[0][0])
            database.unregister("present")
        database.execute("commit")
    return gone
