"""What an estimate knows of the clinic's data: counted in the warehouse, never asked in a form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb

from loaders.canonical import BASE64, kind, literal, quoted
from loaders.contract import Mapping, Mart
from loaders.file_requests import SMALL_BYTES
from loaders.plan_bodies import body_of, body_sizes

CUSTOM_VALUES = "custom_field_values"
NOT_MAPPED = "custom_field_not_mapped"
MODIFIED = "Source_Modified_At__c"
# Reasons that a defect of the source gives; the others are rules or somebody's decision.
DEFECTS = frozenset(
    {
        "missing_name", "no_patient", "orphan_patient", "provider_unknown", "location_unknown",
        "no_start_time", "no_claim_date", "no_content", "claim_unknown", "file_not_fetched",
        "file_without_document", "custom_field_not_castable", "reserved_text",
    }
)  # fmt: skip
# Changes per hour are taken from the newest so many days of the source.
CHANGE_DAYS = 30


@dataclass(frozen=True, slots=True)
class MartFacts:
    """One mart, in numbers."""

    sobject: str
    rows: int
    # Of the cells as text, without file bodies.
    bytes: int
    # How many rows the parent that holds most has; None where no parent is locked.
    largest_parent: int | None


@dataclass(frozen=True, slots=True)
class EntityFacts:
    """One line of the closing table."""

    line: int
    entity: str
    source: int
    mart_rows: int


@dataclass(frozen=True, slots=True)
class FileFacts:
    """The files: how many, how large, and how many of them are small enough to share a request."""

    files: int = 0
    bytes: int = 0
    largest: int = 0
    small: int = 0
    small_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that the warehouse says."""

    marts: tuple[MartFacts, ...]
    entities: tuple[EntityFacts, ...]
    files: FileFacts
    # Source records with a defect, each counted once.
    defective: int
    # Custom fields of the source that no column takes, by name.
    undecided: tuple[str, ...]
    # None where no record says when it was changed.
    changes_per_hour: float | None

    @property
    def rows(self) -> int:
        """Count the rows of all marts."""
        return sum(mart.rows for mart in self.marts)

    @property
    def records(self) -> int:
        """Count the source's records; values of custom fields are no records."""
        return sum(each.source for each in self.entities if each.entity != CUSTOM_VALUES)


def read_facts(db: duckdb.DuckDBPyConnection, mapping: Mapping, *, now: datetime) -> Facts:
    """Count what the warehouse holds; it must be attached."""
    return Facts(
        marts=tuple(_mart(db, mart) for mart in mapping.marts),
        entities=_entities(db, mapping),
        files=_files(db, mapping),
        defective=_defective(db, mapping),
        undecided=_undecided(db, mapping),
        changes_per_hour=_changes_per_hour(db, mapping, now=now),
    )


def _mart(db: duckdb.DuckDBPyConnection, mart: Mart) -> MartFacts:
    sizes = " + ".join(
        f"coalesce(strlen(cast({quoted(column.name)} as varchar)), 0) + 1"
        for column in mart.columns
        if kind(column) != BASE64
    )
    rows, size = _one(db, f"select count(*), coalesce(sum({sizes}), 0) from {mart.relation}")  # noqa: S608 - the mapping's own names
    largest = None
    if mart.lock_parent:
        (largest,) = _one(
            db,
            f"""
            select coalesce(max(children), 0) from (
                select count(*) as children from {mart.relation}
                where {quoted(mart.lock_parent)} is not null group by {quoted(mart.lock_parent)}
            )
            """,  # noqa: S608 - the mapping's own names
        )
    return MartFacts(mart.sobject, rows, size, largest)


def _entities(db: duckdb.DuckDBPyConnection, mapping: Mapping) -> tuple[EntityFacts, ...]:
    found = db.execute(
        f"select line, entity, source_rows, mart_rows from {mapping.audit.row_counts} order by all"  # noqa: S608
    ).fetchall()
    return tuple(EntityFacts(int(row[0]), str(row[1]), int(row[2]), int(row[3])) for row in found)


def _files(db: duckdb.DuckDBPyConnection, mapping: Mapping) -> FileFacts:
    sizes = [size for mart in mapping.marts if body_of(mart) for size in body_sizes(db, mart)]
    small = [size for size in sizes if size <= SMALL_BYTES]
    return FileFacts(len(sizes), sum(sizes), max(sizes, default=0), len(small), sum(small))


def _defective(db: duckdb.DuckDBPyConnection, mapping: Mapping) -> int:
    audit = mapping.audit
    reasons = ", ".join(literal(reason) for reason in sorted(DEFECTS))
    (found,) = _one(
        db,
        f"""
        select count(*) from (
            select entity, record_key from {audit.quality_flags}
            union select entity, record_key from {audit.excluded_records}
            where reason in ({reasons})
            union select 'patients', patient_key from {audit.duplicate_candidates}
            union select 'patients', other_patient_key from {audit.duplicate_candidates}
        )
        """,  # noqa: S608 - the mapping's own names
    )
    return found


def _undecided(db: duckdb.DuckDBPyConnection, mapping: Mapping) -> tuple[str, ...]:
    found = db.execute(
        f"select distinct detail from {mapping.audit.excluded_records}"  # noqa: S608 - the mapping's
        f" where reason = {literal(NOT_MAPPED)} and detail is not null order by detail"
    ).fetchall()
    return tuple(str(row[0]) for row in found)


def _changes_per_hour(
    db: duckdb.DuckDBPyConnection, mapping: Mapping, *, now: datetime
) -> float | None:
    """Count the changes of the newest days that the source tells of; the future is no change."""
    told = [
        f"select {quoted(MODIFIED)} as changed_at from {mart.relation}"  # noqa: S608 - the mapping's
        for mart in mapping.marts
        if any(column.name == MODIFIED for column in mart.columns)
    ]
    if not told:
        return None
    today = literal(now.astimezone(UTC).replace(tzinfo=None).isoformat())
    changes, newest = db.execute(
        f"""
        with told as (
            select changed_at from ({" union all ".join(told)}) where changed_at <= {today}
        ),
        newest as (select max(changed_at) as newest_at from told)
        select count(*), any_value(newest_at) from told, newest
        where changed_at > newest_at - interval {CHANGE_DAYS} day
        """  # noqa: S608 - the mapping's own names
    ).fetchall()[0]
    return None if newest is None else changes / (CHANGE_DAYS * 24)


def _one(db: duckdb.DuckDBPyConnection, sql: str) -> tuple[int, ...]:
    return tuple(int(value) for value in db.execute(sql).fetchall()[0])
