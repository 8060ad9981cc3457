"""Finds out how dates and numbers of an export are written: the form that reads most of them."""

from __future__ import annotations

import duckdb

from extract.propose.column_profile import ExportProfile
from extract.propose.matching import HALF
from extract.raw_tables import FILES

# Of two that read as many, the earlier one: month first, as in the United States.
DATE_FORMATS = (
    "%Y-%m-%d",
    "%m/%d/%Y",
    "%d/%m/%Y",
    "%d.%m.%Y",
    "%Y%m%d",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M:%SZ",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %I:%M %p",
    "%m/%d/%Y %I:%M:%S %p",
    "%d/%m/%Y %H:%M",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y %H:%M:%S",
)
COMMA, POINT = ",", "."
DATES = """
    select count(try_strptime(trim(json_extract_string(doc, $path)), $form))
    from {relation} where system = $system
"""
COMMAS = """
    select
        count(*) filter (regexp_matches(value, ',\\d{{1,2}}$')),
        count(*) filter (regexp_matches(value, '\\.\\d{{1,2}}$'))
    from (
        select trim(json_extract_string(doc, $path)) as value
        from {relation} where system = $system
    )
"""


def column_formats(
    database: duckdb.DuckDBPyConnection, export: ExportProfile, *, system: str
) -> dict[tuple[str, str], str]:
    """Give the format of each column of dates (for `strptime`) or numbers (their decimal sign)."""
    made = {}
    for table, columns in export.tables.items():
        relation = f'raw.{FILES.schema}."{table}"'
        for column in columns:
            asked = {"path": f'$."{column.name}"', "system": system}
            if column.looks_like.get("date", 0.0) >= HALF:
                counts = {
                    form: _counts(database, DATES, relation, asked | {"form": form})[0]
                    for form in DATE_FORMATS
                }
                made[table, column.name] = max(counts, key=counts.__getitem__)
            elif max(column.looks_like.get(form, 0.0) for form in ("number", "money")) >= HALF:
                commas, points = _counts(database, COMMAS, relation, asked)
                made[table, column.name] = COMMA if commas > points else POINT
    return made


def _counts(
    database: duckdb.DuckDBPyConnection, query: str, relation: str, asked: dict[str, str]
) -> tuple[int, ...]:
    found = database.execute(query.format(relation=relation), asked).fetchall()
    return tuple(found[0])
