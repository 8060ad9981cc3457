"""What was landed: the raw tables, how many records each holds, and the day they tell of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from extract.audit.workspace import Database, Row, rows, whole
from extract.errors import NothingLanded
from extract.raw_tables import NOT_TAKEN, QUARANTINED, RAW_TABLES, RECORD_TABLES

SEEN = """
    select
        count(*) as records,
        count(*) filter (not json_valid(doc)) as unreadable,
        cast(max(last_updated) as date) as newest,
        list(distinct system) as systems
    from {relation}
"""


@dataclass(frozen=True, slots=True)
class RawTable:
    """One raw table with records in it."""

    schema: str
    name: str
    records: int
    unreadable: int

    @property
    def relation(self) -> str:
        """Return its name in SQL."""
        return relation_of(self.schema, self.name)


@dataclass(frozen=True, slots=True)
class Landed:
    """Everything that was landed, and the day of the newest record."""

    tables: tuple[RawTable, ...]
    as_of: date
    systems: tuple[str, ...]
    quarantined: tuple[Row, ...]
    not_taken: tuple[Row, ...]

    @property
    def records(self) -> int:
        """Count all records."""
        return sum(table.records for table in self.tables)


def relation_of(schema: str, name: str) -> str:
    """Return a raw table's name in SQL."""
    return f'raw."{schema}"."{name}"'


def landed(database: Database) -> Landed:
    """
    List every raw table with records in it; a new source's tables are found like the first one's.

    Raises:
        NothingLanded: the tables are there, and empty.

    """
    tables, newest = [], []
    systems: set[str] = set()
    for found in rows(database, RECORD_TABLES):
        relation = relation_of(str(found["schema"]), str(found["name"]))
        (seen,) = rows(database, SEEN.format(relation=relation))
        if seen["records"]:
            counts = (whole(seen, name) for name in ("records", "unreadable"))
            tables.append(RawTable(str(found["schema"]), str(found["name"]), *counts))
            newest.append(seen["newest"])
            systems.update(seen["systems"] or ())  # type: ignore[arg-type]
    if not tables:
        raise NothingLanded("nothing was landed yet", hint="clinic-extract run demo")
    days = [day for day in newest if isinstance(day, date)]
    return Landed(
        tuple(tables),
        max(days, default=date(1970, 1, 1)),
        tuple(sorted(systems)),
        tuple(asides(database, QUARANTINED, "reason", "count(*)")),
        tuple(asides(database, NOT_TAKEN, "reason", "sum(resources)")),
    )


def asides(database: Database, table: str, reason: str, count: str) -> list[Row]:
    """Count what was read and not landed, of every source, by type and reason."""
    every = " union all ".join(
        f"from raw.{tables.schema}.{table} select *" for tables in RAW_TABLES.values()
    )
    return rows(
        database,
        f"select resource_type, {reason} as reason, cast({count} as bigint) as resources"  # noqa: S608
        f" from ({every}) group by all order by all",
    )
