"""Print every live record of every object, a JSON line each, always in the same order."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import duckdb

from loaders.stand_in_org.dump_names import is_content, is_named, write_names
from loaders.stand_in_org.model import Field, SObject
from loaders.stand_in_org.org import Org
from loaders.stand_in_org.store import literal, quoted, stored_fields

MASK = "*"
# A running server leaves its address and token here, for it alone may open the database.
RUNNING = "running.json"
_BATCH = 5_000


def dump_lines(org: Org, *, portable: bool) -> Iterator[bytes]:
    """
    Give the lines of the dump, object by object, each object's lines sorted.

    Empty fields are left out, so that a field nobody filled is no difference. A portable dump names
    records by keys instead of ids and masks what clocks and counters filled.
    """
    cursor = org.cursor()
    # One transaction: the dump shows one moment, whatever is written meanwhile.
    cursor.begin()
    try:
        sobjects = org.sobjects()
        if portable:
            write_names(cursor, sobjects)
        for sobject in sobjects:
            yield from _lines(cursor, sobject, portable=portable)
    finally:
        cursor.rollback()


def _lines(
    cursor: duckdb.DuckDBPyConnection, sobject: SObject, *, portable: bool
) -> Iterator[bytes]:
    fields = stored_fields(sobject)
    named = portable and is_named(sobject)
    joins = [f for f in fields if named and f.type in ("id", "reference") and is_content(f)]
    aliases = {field.name: f"n{place}" for place, field in enumerate(joins)}
    members = [f"'sobject', {literal(sobject.name)}"]
    members += [
        f"{literal(field.name)}, {_value(field, alias=aliases.get(field.name), portable=portable)}"
        for field in fields
    ]
    joined = " ".join(
        f"left join portable_names as {alias} on {alias}.id = rows.{quoted(name)}"
        for name, alias in aliases.items()
    )
    cursor.execute(
        # A merge patch drops the members that are null.
        f"select cast(json_merge_patch('{{}}', json_object({', '.join(members)})) as varchar) "  # noqa: S608 catalogue names
        f"as line from {quoted(sobject.table)} as rows {joined} "
        'where rows."IsDeleted" is not true order by line'
    )
    while batch := cursor.fetchmany(_BATCH):
        yield from (line.encode("utf-8") for (line,) in batch)


def _value(field: Field, *, alias: str | None, portable: bool) -> str:
    column = f"rows.{quoted(field.name)}"
    if not portable:
        return column
    if not is_content(field):
        return literal(MASK)
    if alias is not None:
        return f"case when {column} is not null then coalesce({alias}.name, '?') end"
    return column


def running_dump(data: Path, *, portable: bool) -> Iterator[bytes] | None:
    """
    Ask the server that runs on this folder; nothing when none runs.

    A server that was killed leaves its note behind: then nobody answers at that address.
    """
    note = data / RUNNING
    if not note.exists():
        return None
    running = json.loads(note.read_text(encoding="utf-8"))
    request = urllib.request.Request(  # noqa: S310 our own loopback address
        f"{running['http']}/_stand_in/dump?portable={'true' if portable else 'false'}",
        headers={"Authorization": f"Bearer {running['token']}"},
    )
    try:
        answer = urllib.request.urlopen(request, timeout=600)  # noqa: S310 as above
    except OSError:
        return None
    return (line.rstrip(b"\n") for line in answer)
