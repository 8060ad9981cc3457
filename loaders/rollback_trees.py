"""Delete roles and territories from the lowest up: Salesforce keeps one with others below it."""

from __future__ import annotations

from collections.abc import Iterator

from loaders.bench import scratch_name
from loaders.bulk_query import count
from loaders.existing import ROLE
from loaders.images import read_records
from loaders.references import TERRITORY
from loaders.session import Session

# By object: the field that names the record above.
TREES = {ROLE: "ParentRoleId", TERRITORY: "ParentTerritory2Id"}


def lowest_first(session: Session, sobject: str, rows: str) -> Iterator[str]:
    """
    Cut a table of records (key, id) into tables that can be deleted one after another.

    Each holds the records with none of those left below them; the table is empty at the end.
    """
    db = session.bench.db
    if count(db, rows) == 0:
        return
    parent = TREES[sobject]
    above, wave = read_records(session, sobject, [parent], ids=rows), scratch_name("wave")
    while count(db, rows):
        db.execute(
            f"""
            create or replace temp table {wave} as
            select * from {rows} where id not in (
                select {parent} from {above}
                where {parent} is not null and id in (select id from {rows})
            )
            """  # noqa: S608 - names of our own
        )
        if count(db, wave) == 0:
            raise AssertionError(f"{sobject} records cannot stand above each other in a circle")
        db.execute(f"delete from {rows} where id in (select id from {wave})")  # noqa: S608 - ours
        yield wave
