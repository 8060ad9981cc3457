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

    Each holds the records with none of those left below them. There are at most as many as records,
    and the last ones are empty where several could go at once.
    """
    db = session.bench.db
    parent = TREES[sobject]
    above, wave = read_records(session, sobject, [parent], ids=rows), scratch_name("wave")
    for _ in range(count(db, rows)):
        db.execute(
            f"""
            create or replace temp table {wave} as
            select * from {rows} where id not in (
                select {parent} from {above}
                where {parent} is not null and id in (select id from {rows})
            )
            """  # noqa: S608 - names of our own
        )
        db.execute(f"delete from {rows} where id in (select id from {wave})")  # noqa: S608 - ours
        yield wave
