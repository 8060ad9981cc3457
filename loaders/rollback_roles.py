"""Delete roles from the lowest up: Salesforce keeps a role that another one reports to."""

from __future__ import annotations

from collections.abc import Iterator

from loaders.bench import scratch_name
from loaders.bulk_query import count
from loaders.existing import ROLE
from loaders.images import read_records
from loaders.session import Session


def lowest_first(session: Session, rows: str) -> Iterator[str]:
    """
    Cut a table of roles (key, id) into tables that can be deleted one after another.

    Each holds the roles that none of those left reports to; the table is empty at the end.
    """
    db = session.bench.db
    if count(db, rows) == 0:
        return
    above, wave = read_records(session, ROLE, ["ParentRoleId"], ids=rows), scratch_name("wave")
    while count(db, rows):
        db.execute(
            f"""
            create or replace temp table {wave} as
            select * from {rows} where id not in (
                select ParentRoleId from {above}
                where ParentRoleId is not null and id in (select id from {rows})
            )
            """  # noqa: S608 - names of our own
        )
        if count(db, wave) == 0:
            raise AssertionError("roles cannot report to each other in a circle")
        db.execute(f"delete from {rows} where id in (select id from {wave})")  # noqa: S608 - ours
        yield wave
