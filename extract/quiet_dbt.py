"""
A plugin of dbt-duckdb (profiles.yml names it): DuckDB's errors without the values they quote.

dbt prints an error, and writes it to its log and to run_results.json: "Could not convert string
'Jane Doe' to DATE" would put a patient into all three.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import duckdb
from dbt.adapters.duckdb.environments import local
from dbt.adapters.duckdb.plugins import BasePlugin

# These speak of statements, tables, files and memory, and never of what a row says.
_OF_STATEMENTS = (
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.ConnectionException,
    duckdb.DependencyException,
    duckdb.InterruptException,
    duckdb.IOException,
    duckdb.OutOfMemoryException,
    duckdb.ParserException,
    duckdb.PermissionException,
    duckdb.TransactionException,
)
_NOT_NULL = re.compile(r"Constraint Error: NOT NULL constraint failed: [\w.]+")
_KIND = re.compile(r"[A-Z][A-Za-z ]{2,30} Error(?=:)")
_LINE = re.compile(r"\n\nLINE (\d+): ")
_KEPT_OUT = "a value; which one is kept out of the logs, for it may be a patient's"


class Plugin(BasePlugin):
    """Lets dbt talk to DuckDB through a cursor that quotes no values."""

    def initialize(self, plugin_config: dict[str, object]) -> None:
        """Put our cursor where dbt-duckdb makes its own: no setting of either would do it."""
        local.DuckDBCursorWrapper = QuietCursor  # type: ignore[misc]


class QuietCursor(local.DuckDBCursorWrapper):
    """A cursor of DuckDB whose errors say which statement failed and how, not on which value."""

    def __getattr__(self, name: str) -> object:
        """Hand on whatever else dbt asks for: rows come late, and with them errors."""
        found = getattr(self._cursor, name)
        return self._quietly(found, "") if callable(found) else found

    def execute(self, sql: str, bindings: object = None) -> QuietCursor:
        """Run a statement."""
        self._quietly(self._cursor.execute, sql)(sql, bindings)
        return self

    def _quietly(self, act: Callable[..., object], sql: str) -> Callable[..., object]:
        def quiet(*given: object, **named: object) -> object:
            try:
                return act(*given, **named)
            except duckdb.Error as error:
                failed = type(error)(without_values(error, sql))
            # Not where the other is being handled: a traceback would show both.
            raise failed

        return quiet


def without_values(error: duckdb.Error, sql: str) -> str:
    """Say what DuckDB says, but only as much as comes from us: kind, and line of the statement."""
    said = str(error)
    if isinstance(error, _OF_STATEMENTS) or _NOT_NULL.fullmatch(said):
        return said
    kind = _KIND.match(said)
    numbers = _LINE.findall(said)
    lines = dict(enumerate(sql.splitlines(), start=1))
    # A value may look like DuckDB's own words: the line is read from the statement itself.
    where = lines.get(int(numbers[-1])) if numbers else None
    place = f"\n\nLINE {numbers[-1]}: {where.strip()}" if where else ""
    return f"{kind.group() if kind else type(error).__name__}: {_KEPT_OUT}{place}"
