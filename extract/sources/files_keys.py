"""Tells rows of a table apart: by a column that does, or by all that they say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import duckdb

from extract.incoming import Incoming, quoted
from extract.sources.files_lines import literal
from extract.sources.files_stage import Staged

KEY_NAMES = {"id", "uuid", "guid", "key", "rowid", "recordid", "nr", "no", "num", "number"}
# A name alone says that a column is a key. The first column may be one by its looks: a number in
# each value, no blanks, and no dates.
NAMED_KEY = r"\S{1,64}"
NUMBERED_KEY = r"\S{0,63}\d\S{0,63}"
DATE = r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}.*"
IS_KEY = """
    with found as (select {key} as id from {rows})
    select
        count(*) = count(id)
        and coalesce(bool_and(regexp_full_match(id, $shape)), false)
        and not bool_and(regexp_full_match(id, $date))
        and not exists (select id from found group by id having count(*) > 1)
    from found
"""
# A row without a key of its own is what it says; the second row that says the same is the second.
BY_CONTENT = """
    select
        position,
        origin,
        number,
        doc_sha256,
        'row:' || doc_sha256 || if(copy > 1, '~' || copy, '') as id,
        'row' as verdict
    from (
        select *, row_number() over (partition by doc_sha256 order by position) as copy
        from {rows}
    )
"""
# With a key that a person or an earlier export settled, two rows may share it: which of them is
# right, nobody can tell here. The first one stands.
BY_KEY = """
    select
        position,
        origin,
        number,
        doc_sha256,
        id,
        case
            when id is null then 'no_id'
            when doc_sha256 != first_value(doc_sha256) over same then 'repeated_key'
            else 'row'
        end as verdict
    from (select *, {key} as id from {rows})
    window same as (partition by id order by position)
"""


def choose_key(
    staged: Staged, columns: Sequence[str], *, database: duckdb.DuckDBPyConnection
) -> tuple[str, ...]:
    """
    Choose the column that tells rows apart: one that is called like it, or the first one.

    None is chosen where it is empty or comes twice: then a row is known by all that it says, and
    a changed row cannot be told from one that went and one that came.
    """
    own = {f"{name}{ending}" for name in stems(staged.name) for ending in KEY_NAMES}
    called = [name for name in columns if bare(name) in KEY_NAMES | own]
    candidates = [(name, NAMED_KEY) for name in called]
    candidates += [(name, NUMBERED_KEY) for name in columns[:1]]
    for name, shape in candidates:
        query = IS_KEY.format(key=key_of((name,)), rows=rows_in(staged.path))
        if database.execute(query, {"shape": shape, "date": DATE}).fetchall()[0][0]:
            return (name,)
    return ()


def bare(name: str) -> str:
    """Return a name's letters and digits."""
    return re.sub(r"[\W_]+", "", name.lower())


def stems(table: str) -> set[str]:
    """Return what one row of a table may be called: `patients` -> `patient`."""
    name = bare(table)
    return {name, name.removesuffix("s"), name.removesuffix("es"), name.removesuffix("ies") + "y"}


def rows_in(path: Path) -> str:
    """Return staged rows as SQL reads them."""
    return f"read_parquet({quoted(path)})"


def key_of(columns: Sequence[str]) -> str:
    """
    Return a row's key in SQL: null when a column of it is empty.

    One column's value stays as it is; several are joined, their own slashes escaped.
    """
    values = [f"nullif(json_extract_string(doc, {pointer(name)}), '')" for name in columns]
    if len(values) == 1:
        return values[0]
    return " || '/' || ".join(
        f"replace(replace({value}, '%', '%25'), '/', '%2F')" for value in values
    )


def pointer(name: str) -> str:
    """Return how SQL points at a member of a JSON object, whatever it is called."""
    return literal("/" + name.replace("~", "~0").replace("/", "~1"))


def identify(staged: Staged, key: Sequence[str], *, incoming: Incoming) -> None:
    """Give each staged row its id, and tell those whose key does not identify them."""
    query = BY_KEY if key else BY_CONTENT
    rows = rows_in(staged.path)
    incoming.database.execute(
        "create or replace temp table identified as"
        f" {query.format(rows=rows, key=key_of(key))} order by position"
    )
