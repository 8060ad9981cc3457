"""Profiles an export that was landed: how each column looks, and which columns share values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from extract.audit.workspace import Row, whole
from extract.raw_tables import FILES

HERE = Path(__file__).parent
DETECTORS = (
    "npi",
    "cpt",
    "cdt",
    "hcpcs",
    "icd_10",
    "loinc",
    "ndc",
    "zip",
    "phone",
    "email",
    "ssn",
    "money",
    "number",
    "date",
)
# A word is shown only where it cannot tell somebody apart: so few words, each in so many rows.
MOST_WORDS = 20
FEW_ROWS = 5
LONGEST_WORD = 30
SHARE = "sum(if(is_{detector}(value), row_count, 0)) / sum(row_count) as {detector},"
# In the order in which the export has its columns, those without any value included.
PROFILES = """
    with members as (
        select json_keys(doc) as names from {relation} where system = $system
    ),
    named as (
        select unnest(names) as column_name, generate_subscripts(names, 1) as place from members
    ),
    places as (
        select column_name, min(place) as place from named group by column_name
    )
    select
        places.column_name,
        coalesce(column_profile.filled, 0) as filled,
        column_profile.* exclude (column_name, filled),
        (select count(*) from members) as rows
    from places
    left join column_profile using (column_name)
    order by places.place, places.column_name
"""
KEEP_VALUES = """
    insert into known_value
    select $table as table_name, column_name, value, is_unique
    from value_count
    inner join column_profile using (column_name)
"""
# A column points at another one where all but few of its values are there, each only once.
OVERLAPS = """
    with pairs as (
        select
            pointing.table_name as table_name,
            pointing.column_name as column_name,
            target.table_name as target_table,
            target.column_name as target_column,
            count(*) as shared
        from known_value as pointing
        inner join known_value as target on pointing.value = target.value
        where target.is_unique and pointing.table_name != target.table_name
        group by all
    ),
    sizes as (
        select table_name, column_name, count(*) as distinct_values
        from known_value group by all
    )
    select pairs.* exclude (shared), shared / distinct_values as share
    from pairs
    inner join sizes using (table_name, column_name)
    where shared / distinct_values >= $least_share
    order by share desc, table_name, column_name, target_table, target_column
"""
LEAST_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """How a column looks: counts, shares and forms."""

    name: str
    rows: int
    filled: int
    distinct_values: int
    shortest: int
    longest: int
    is_unique: bool
    looks_like: Mapping[str, float]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Overlap:
    """A column most of whose values are the values of another table's unique column."""

    table: str
    column: str
    target_table: str
    target_column: str
    share: float


@dataclass(frozen=True, slots=True)
class ExportProfile:
    """All tables of a system's export, and how they hang together."""

    tables: Mapping[str, tuple[ColumnProfile, ...]] = field(default_factory=dict)
    overlaps: tuple[Overlap, ...] = ()


def profile_export(
    database: duckdb.DuckDBPyConnection, *, system: str, tables: tuple[str, ...]
) -> ExportProfile:
    """Profile a system's tables in a database that has raw.duckdb attached as `raw`."""
    define_detectors(database)
    database.execute(
        "create or replace temp table known_value"
        " (table_name varchar, column_name varchar, value varchar, is_unique boolean)"
    )
    profiles = {name: profile_table(database, name, system=system) for name in tables}
    found = database.execute(OVERLAPS, {"least_share": LEAST_SHARE}).fetchall()
    return ExportProfile(profiles, tuple(Overlap(*each) for each in found))


def define_detectors(database: duckdb.DuckDBPyConnection) -> None:
    """Make the detectors known to a database, as macros `is_npi`, `is_zip` and so on."""
    for statement in (HERE / "detectors.sql").read_text("utf-8").split(";\n"):
        if statement.strip():
            database.execute(statement)


def profile_table(
    database: duckdb.DuckDBPyConnection, name: str, *, system: str
) -> tuple[ColumnProfile, ...]:
    """Profile one table; its values stay for the comparison between tables."""
    relation = f'raw.{FILES.schema}."{name}"'
    shares = " ".join(SHARE.format(detector=detector) for detector in DETECTORS)
    counting, describing = (
        (HERE / "profile.sql")
        .read_text("utf-8")
        .format(relation=relation, shares=shares)
        .split(";\n", 1)
    )
    whose = {"system": system}
    words = {"most_words": MOST_WORDS, "few_rows": FEW_ROWS, "longest_word": LONGEST_WORD}
    database.execute(counting, whose)
    database.execute(describing, words)
    database.execute(KEEP_VALUES, {"table": name})
    found = database.execute(PROFILES.format(relation=relation), whose).to_arrow_table()
    return tuple(profile_of(row) for row in found.to_pylist())


def profile_of(row: Row) -> ColumnProfile:
    """Make a profile of a row of counts."""
    looks = {name: float(str(row[name] or 0)) for name in DETECTORS}
    words = row["words"]
    return ColumnProfile(
        name=str(row["column_name"]),
        rows=whole(row, "rows"),
        filled=whole(row, "filled"),
        distinct_values=whole(row, "distinct_values"),
        shortest=whole(row, "shortest"),
        longest=whole(row, "longest"),
        is_unique=bool(row["is_unique"]),
        looks_like={name: share for name, share in looks.items() if share},
        words=tuple(map(str, words)) if isinstance(words, list) else (),
    )
