"""The server's memory: an SQLite file of finished resources, read by keyset."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from extract.demo_clinic.export import ENCODER
from extract.demo_clinic.shapes import Resource

_SCHEMA = """
    pragma journal_mode = off;
    pragma synchronous = off;
    create table resource (
        seq integer primary key,
        kind text not null,
        id text not null,
        last_updated text not null,
        doc blob not null
    );
    create table gone (
        kind text not null,
        id text not null,
        last_updated text not null
    );
"""
_INDEXES = """
    create unique index by_id on resource (kind, id);
    create index by_time on resource (kind, last_updated, id);
    create index by_seq on resource (kind, seq);
"""
_BATCH = 2000


@dataclass(frozen=True, slots=True)
class Bound:
    """One condition on lastUpdated; stamps of the store compare as text."""

    sign: str
    stamp: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: the next one begins behind it."""

    seq: int
    last_updated: str
    id: str


@dataclass(frozen=True, slots=True)
class Search:
    """A search of one type, or where one goes on."""

    kind: str
    count: int = 100
    by_time: bool = False
    bounds: tuple[Bound, ...] = ()
    after: Place | None = None
    total: int = -1


@dataclass(frozen=True, slots=True)
class Row:
    """One stored resource."""

    seq: int
    id: str
    last_updated: str
    doc: bytes

    @property
    def place(self) -> Place:
        """Tell where the row stands in either order."""
        return Place(self.seq, self.last_updated, self.id)


def open_store() -> sqlite3.Connection:
    """Open a new, empty store: a temporary file that SQLite itself removes when it is closed."""
    connection = sqlite3.connect("")
    connection.executescript(_SCHEMA)
    return connection


Entry = tuple[str, str, str, bytes]


def entries_of(records: Iterable[Resource]) -> Iterator[Entry]:
    """Give each resource as the store keeps it: type, id, lastUpdated, bytes."""
    for record in records:
        stamp = record["meta"]["lastUpdated"]
        yield record["resourceType"], record["id"], stamp, ENCODER.encode(record)


def fill(connection: sqlite3.Connection, *, records: Iterable[Resource]) -> None:
    """Store resources in batches, then index them."""
    rows = entries_of(records)
    while batch := list(islice(rows, _BATCH)):
        connection.executemany(
            "insert into resource (kind, id, last_updated, doc) values (?, ?, ?, ?)", batch
        )
    connection.executescript(_INDEXES)
    connection.commit()


def put(connection: sqlite3.Connection, *, entries: Iterable[Entry]) -> None:
    """Add resources, or replace those of the same type and id."""
    connection.executemany(
        "insert into resource (kind, id, last_updated, doc) values (?, ?, ?, ?)"
        " on conflict (kind, id) do update"
        " set last_updated = excluded.last_updated, doc = excluded.doc",
        entries,
    )
    connection.commit()


def remove(connection: sqlite3.Connection, *, keys: Iterable[tuple[str, str]], stamp: str) -> None:
    """Delete resources, named by type and id; that they were there is remembered, and till when."""
    named = list(keys)
    connection.executemany("delete from resource where kind = ? and id = ?", named)
    connection.executemany(
        "insert into gone (kind, id, last_updated) values (?, ?, ?)",
        [(*key, stamp) for key in named],
    )
    connection.commit()


def is_gone(connection: sqlite3.Connection, *, kind: str, ident: str) -> bool:
    """Tell whether a resource was there and was deleted."""
    asked = "select 1 from gone where kind = ? and id = ?"
    return connection.execute(asked, (kind, ident)).fetchone() is not None


def gone_since(connection: sqlite3.Connection, *, stamp: str) -> list[tuple[str, str]]:
    """Give type and id of what was deleted from a moment on."""
    asked = "select kind, id from gone where last_updated >= ? order by kind, id"
    return connection.execute(asked, (stamp,)).fetchall()


def documents(connection: sqlite3.Connection) -> Iterator[tuple[str, str, bytes]]:
    """Give each resource's type, id and bytes, in the order of arrival."""
    yield from connection.execute("select kind, id, doc from resource order by seq")


def one(connection: sqlite3.Connection, *, kind: str, ident: str) -> bytes | None:
    """Give one resource's bytes, or nothing."""
    found = connection.execute(
        "select doc from resource where kind = ? and id = ?", (kind, ident)
    ).fetchone()
    return None if found is None else bytes(found[0])


def counts(connection: sqlite3.Connection) -> dict[str, int]:
    """Count what is stored, by type."""
    return dict(
        connection.execute("select kind, count(*) from resource group by kind order by kind")
    )


def _conditions(search: Search) -> tuple[str, list[str | int]]:
    # A bound's sign is one of four that the parser made, never a client's text.
    text = "".join(f" and last_updated {bound.sign} ?" for bound in search.bounds)
    return text, [search.kind, *(bound.stamp for bound in search.bounds)]


def total(connection: sqlite3.Connection, *, search: Search) -> int:
    """Count what a search finds."""
    text, values = _conditions(search)
    query = f"select count(*) from resource where kind = ?{text}"  # noqa: S608 - see above
    return int(connection.execute(query, values).fetchone()[0])


def page(connection: sqlite3.Connection, *, search: Search, limit: int) -> list[Row]:
    """Give the rows behind a place, in the order of time and id, or of arrival."""
    text, values = _conditions(search)
    if search.after is not None and search.by_time:
        text += " and (last_updated, id) > (?, ?)"
        values += [search.after.last_updated, search.after.id]
    elif search.after is not None:
        text += " and seq > ?"
        values.append(search.after.seq)
    order = "last_updated, id" if search.by_time else "seq"
    query = (
        f"select seq, id, last_updated, doc from resource where kind = ?{text}"  # noqa: S608 - see above
        f" order by {order} limit ?"
    )
    return [Row(*found) for found in connection.execute(query, (*values, limit))]
