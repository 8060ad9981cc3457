"""One table of OpenEMR: how its rows are asked for, and how they become records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import msgspec

from extract.sources.fhir_resources import Columns
from extract.sources.mysql_database import Database, Described, Value
from extract.sources.openemr_tables import SourceTable

PAGE_ROWS = 5_000
# Rows with a whole document in each must not fill the memory.
CHUNK_ROWS = 250


@dataclass(frozen=True, slots=True)
class Reader:
    """
    A table of this database: its landed columns, and where among them its key stands.

    `touched` is a column into which the server itself writes the time of every update: what an
    application is trusted to write is no proof that a row did not change.
    """

    name: str
    table: SourceTable
    columns: tuple[str, ...]
    key_places: tuple[int, ...]
    touched: str | None

    def page(self, *, since: str | None, after: Sequence[Value]) -> tuple[str, list[Value]]:
        """Return the query for the rows behind a key, in its order, and the query's values."""
        conditions = [self.table.only] if self.table.only else []
        values: list[Value] = []
        if since is not None:
            conditions.append(f"{quoted(self.touched or '')} >= %s")
            values.append(since)
        if after:
            condition, key = self.behind(after)
            conditions.append(condition)
            values += key
        where = f" where {' and '.join(f'({one})' for one in conditions)}" if conditions else ""
        return (
            f"select {listed(self.columns)} from {quoted(self.name)}{where}"  # noqa: S608 - names of the schema
            f" order by {listed(self.table.key)} limit {PAGE_ROWS}",
            values,
        )

    def behind(self, last: Sequence[Value]) -> tuple[str, list[Value]]:
        """
        Return the condition for the rows behind a key, and its values.

        It is spelled out column by column, for then the key's index is used; a comparison of whole
        keys is not, and each page would read the table from its start.
        """
        condition = "false"
        values: list[Value] = []
        for column, value in reversed(list(zip(self.table.key, last, strict=True))):
            name = quoted(column)
            condition = f"{name} >= %s and ({name} > %s or ({condition}))"
            values = [value, value, *values]
        return condition, values

    def key_of(self, row: Sequence[Value]) -> list[Value]:
        """Return the values of a row's key."""
        return [row[place] for place in self.key_places]

    def records_of(self, rows: Sequence[Sequence[Value]]) -> Columns:
        """
        Make records of rows: each the JSON of its columns, every value as the server wrote it.

        Binary values are in hexadecimal digits.
        """
        place = None if self.touched is None else self.columns.index(self.touched)
        return Columns(
            ids=[record_id(self.key_of(row)) for row in rows],
            stamps=[None if place is None else text_of(row[place]) for row in rows],
            docs=[
                msgspec.json.encode(dict(zip(self.columns, map(text_of, row), strict=True)))
                for row in rows
            ],
        )


def reader_of(name: str, table: SourceTable, described: Described) -> Reader:
    """Prepare to read a table of this database."""
    columns = tuple(column.name for column in described.columns if column.name not in table.secret)
    return Reader(
        name=name,
        table=table,
        columns=columns,
        key_places=tuple(columns.index(column) for column in table.key),
        touched=next((column.name for column in described.columns if column.is_touched), None),
    )


def records(database: Database, reader: Reader, *, since: str | None) -> Iterator[Columns]:
    """Yield a table's records in the order of its key, so many at a time as memory holds."""
    last: Sequence[Value] = ()
    while True:
        statement, values = reader.page(since=since, after=reader.key_of(last) if last else ())
        rows = database.rows(statement, values)
        count = 0
        while chunk := list(islice(rows, CHUNK_ROWS)):
            yield reader.records_of(chunk)
            count += len(chunk)
            last = chunk[-1]
        if count < PAGE_ROWS:
            return


def record_id(key: Iterable[Value]) -> str:
    """Return the id of a row: its key's values with `/` between them, escaped inside them."""
    return "/".join(str(text_of(value)).replace("%", "%25").replace("/", "%2F") for value in key)


def text_of(value: Value) -> str | None:
    """Return a value as text; binary ones as hexadecimal digits."""
    return value.hex() if isinstance(value, bytes) else value


def listed(columns: Iterable[str]) -> str:
    """Return names of columns as SQL writes them one after another."""
    return ", ".join(map(quoted, columns))


def quoted(name: str) -> str:
    """Return a name of the schema as SQL writes it; `%` is the driver's own sign."""
    return "`" + name.replace("`", "``").replace("%", "%%") + "`"
