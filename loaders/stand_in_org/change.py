"""One write under way: what every step of it knows, and the few things that steps do."""

# ruff: noqa: S608 - names come from the catalogue and are quoted, so are the values
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from loaders.stand_in_org.dml_header import Target
from loaders.stand_in_org.dml_types import error_struct
from loaders.stand_in_org.model import Field, SObject
from loaders.stand_in_org.settings import Settings
from loaders.stand_in_org.store import literal, quoted

# Temporary tables of the writing connection.
DRAFT = "_draft"  # the incoming rows, typed
MATCH = "_match"  # the record that each row means, if there is one
IMAGE = "_image"  # the records as they will be, whole
OUTCOME = "_outcome"  # what became of each row
BEFORE = "_before"  # the records as they were, for the rows that update one

MADE_COLUMNS = (
    "IsDeleted, CreatedDate, CreatedById, LastModifiedDate, LastModifiedById, SystemModstamp"
)


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A job that writes, and those that were under way when it was handed in."""

    job: str
    beside: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class World:
    """The org around a write."""

    connection: duckdb.DuckDBPyConnection
    catalogue: Mapping[str, SObject]
    settings: Settings
    deployed: Mapping[str, str]
    data: Path
    now: datetime
    user_id: str
    permissions: frozenset[str]

    def run(self, sql: str, parameters: object = None) -> duckdb.DuckDBPyConnection:
        """Execute SQL on the writing connection."""
        return self.connection.execute(sql, parameters)

    def one(self, sql: str, parameters: object = None) -> Any:  # noqa: ANN401 - a cell of any type
        """Give the first cell of a query that has one row."""
        row = self.run(sql, parameters).fetchone()
        return None if row is None else row[0]

    def find(self, name: str) -> SObject | None:
        """Find an object by name, whatever its letter case."""
        return self.catalogue.get(name.lower())

    def moment(self) -> str:
        """Give now as an SQL value."""
        return f"TIMESTAMP '{self.now.isoformat(sep=' ')}'"

    def made(self) -> str:
        """
        Give the values of the system fields of a record that the org makes itself.

        In the order of `MADE_COLUMNS`.
        """
        moment, user = self.moment(), literal(self.user_id)
        return f"false, {moment}, {user}, {moment}, {user}, {moment}"

    def stamp(self) -> str:
        """Give the assignments that mark a record as changed now by this user."""
        moment, user = self.moment(), literal(self.user_id)
        return f"LastModifiedDate = {moment}, SystemModstamp = {moment}, LastModifiedById = {user}"


@dataclass(frozen=True, slots=True)
class Change:
    """An insert, update or upsert of one object."""

    world: World
    sobject: SObject
    operation: str
    targets: tuple[Target, ...]
    visible: Mapping[str, Field]
    key: int | None
    allow_duplicates: bool
    # Columns that rules computed: an update writes them beside the sent ones.
    touched: set[str] = field(default_factory=set)
    # None: written by a request, not by a job.
    under_way: UnderWay | None = None

    def run(self, sql: str, parameters: object = None) -> duckdb.DuckDBPyConnection:
        """Execute SQL on the writing connection."""
        return self.world.run(sql, parameters)

    def sent(self, name: str) -> str:
        """Give the SQL flag that tells whether a row sent this field."""
        return quoted(f"_s_{name}") if self.sends(name) else "false"

    def sends(self, name: str) -> bool:
        """Tell whether any column fills this field."""
        return any(target.field.name == name for target in self.targets)

    def fail(self, condition: str, *, code: str, message: str, fields: tuple[str, ...]) -> None:
        """Refuse the rows that meet the condition and were good so far; `message` is SQL."""
        # Mostly there are none, and counting costs half of an update that changes nothing.
        if not self.good(condition):
            return
        error = error_struct(code, message, fields)
        self.run(f"UPDATE {IMAGE} SET _e = {error} WHERE _e IS NULL AND ({condition})")

    def fill(self, column: str, expression: str, *, where: str = "true") -> None:
        """Compute a column of the records that are good so far."""
        self.fill_all({column: expression}, where=where)

    def fill_all(self, columns: Mapping[str, str], *, where: str = "true") -> None:
        """Compute columns of the records that are good so far, each from the values before."""
        self.touched.update(columns)
        sets = ", ".join(f"{quoted(name)} = {made}" for name, made in columns.items())
        self.run(f"UPDATE {IMAGE} SET {sets} WHERE _e IS NULL AND ({where})")

    def fill_from(self, columns: Mapping[str, str], *, source: str, on: str) -> None:
        """Compute columns of the good records from another table; `on` joins it to the image."""
        self.touched.update(columns)
        sets = ", ".join(f"{quoted(name)} = {made}" for name, made in columns.items())
        self.run(f"UPDATE {IMAGE} SET {sets} FROM {source} WHERE {IMAGE}._e IS NULL AND ({on})")

    def good(self, where: str = "true") -> int:
        """Count the rows that are good so far."""
        return int(
            self.world.one(f"SELECT count(*) FROM {IMAGE} WHERE _e IS NULL AND ({where})") or 0
        )
