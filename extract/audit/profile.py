"""How each field looks: how often it is filled, with what type, and in which shapes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from extract.audit.evidence import read_csv
from extract.audit.landed import Landed, RawTable
from extract.audit.workspace import Database, Row, rows, sql_about, whole
from extract.narration import Narrator

# Fewer records than this could tell somebody apart: their shapes are told as one.
RARE = 5
SHOWN = 6
# What an open path holds is a code; should somebody have written a sentence there, it is held back.
CODE = "[A-Za-z0-9_.:/#|+-]+"

FIELDS = """
    select
        path,
        list_sort(list(distinct type)) as json_types,
        any_value(is_open) as is_open,
        count(*) as occurrences,
        count(distinct record) as records,
        min(length) as shortest,
        max(length) as longest,
        count(distinct fingerprint) as distinct_values,
        bool_and(type != 'VARCHAR') as is_typed,
        bool_and(regexp_full_match(shown, '9999(-99(-99)?)?')) as is_date,
        bool_and(regexp_matches(shown, '^9999-99-99A99:99')) as is_time,
        bool_and(regexp_full_match(shown, '-?9+')) as is_digits
    from leaf
    group by path
    order by path
"""
SHAPES = """
    with counted as (
        select path, is_open, shown, count(*) as occurrences, count(distinct record) as records
        from leaf
        group by path, is_open, shown
    ),
    guarded as (
        select
            path,
            case
                when records < $rare and not (is_open and regexp_full_match(shown, $code))
                    then '(rare)'
                else shown
            end as shown,
            sum(occurrences) as occurrences
        from counted
        group by all
    )
    select path, shown, cast(occurrences as bigint) as occurrences
    from guarded
    qualify row_number() over (
        partition by path order by shown = '(rare)', occurrences desc, shown
    ) <= $shown
    order by path, shown = '(rare)', occurrences desc, shown
"""
TYPES = {
    "BOOLEAN": "yes or no",
    "DOUBLE": "number",
    "BIGINT": "whole number",
    "UBIGINT": "whole number",
    "NULL": "nothing",
}


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape, or at an open path a value, and how often it occurs."""

    shown: str
    occurrences: int


@dataclass(frozen=True, slots=True)
class Field:
    """One path of one table's documents."""

    path: str
    kind: str
    is_open: bool
    records: int
    occurrences: int
    shortest: int
    longest: int
    distinct_values: int
    shapes: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class TableProfile:
    """One raw table and its fields."""

    schema: str
    table: str
    records: int
    unreadable: int
    # Records that the profile has seen; with the unreadable ones they have to be all.
    profiled: int
    fields: tuple[Field, ...]

    def fill(self, field: Field) -> float:
        """Return in which share of the records a field says something."""
        return field.records / self.records


def profile(database: Database, landed: Landed, *, narrator: Narrator) -> list[TableProfile]:
    """Profile every table, one at a time, so that memory holds one table's leaves at most."""
    profiles = []
    narrator.begin("profiles", total=landed.records)
    for table in landed.tables:
        profiles.append(profile_of(database, table))
        narrator.advance(table.records)
    narrator.end("profiles", count=landed.records)
    database.execute("drop table if exists leaf")
    return profiles


def profile_of(database: Database, table: RawTable) -> TableProfile:
    """Profile one table; what is not listed as open is taken for patient data."""
    database.execute(
        sql_about(table.relation, "profile.sql"), {"open_paths": open_paths_of(table.name)}
    )
    shapes: dict[str, list[Shape]] = {}
    for row in rows(database, SHAPES, {"rare": RARE, "shown": SHOWN, "code": CODE}):
        shape = Shape(str(row["shown"]), whole(row, "occurrences"))
        shapes.setdefault(str(row["path"]), []).append(shape)
    fields = (field_of(row, shapes[str(row["path"])]) for row in rows(database, FIELDS))
    (seen,) = rows(database, "select count(distinct record) as records from leaf")
    return TableProfile(
        schema=table.schema,
        table=table.name,
        records=table.records,
        unreadable=table.unreadable,
        profiled=whole(seen, "records"),
        fields=tuple(fields),
    )


def open_paths_of(table: str) -> str:
    """Return the pattern of a table's paths whose values may be seen: a committed list."""
    listed = [row["path"] for row in read_csv("open_paths.csv") if row["table"] in ("*", table)]
    patterns = (re.escape(path).replace(r"\*", ".*") for path in listed)
    return f"^({'|'.join(patterns)})$"


def field_of(row: Row, shapes: list[Shape]) -> Field:
    """Describe one field."""
    return Field(
        path=str(row["path"]),
        kind=kind_of(row),
        is_open=bool(row["is_open"]),
        records=whole(row, "records"),
        occurrences=whole(row, "occurrences"),
        shortest=whole(row, "shortest"),
        longest=whole(row, "longest"),
        distinct_values=whole(row, "distinct_values"),
        shapes=tuple(shapes),
    )


def kind_of(row: Row) -> str:
    """Tell a field's type from its JSON types, and a text's from the shapes that it has."""
    json_types = list(row["json_types"])  # type: ignore[call-overload]
    if row["is_typed"]:
        return " or ".join(dict.fromkeys(TYPES.get(name, name.lower()) for name in json_types))
    if len(json_types) > 1:
        return "mixed"
    if str(row["path"]).endswith("reference"):
        return "reference"
    forms = {"is_date": "date", "is_time": "date and time", "is_digits": "digits"}
    return next((kind for form, kind in forms.items() if row[form]), "text")
