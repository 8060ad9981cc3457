"""Reads a MySQL or MariaDB database: in one consistent snapshot, every value as its own text."""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

import pymysql
from pymysql.constants import CR, ER
from pymysql.converters import encoders
from pymysql.cursors import SSCursor

from extract.errors import (
    ClinicAnswersBadly,
    ClinicUnreachable,
    SourceUnavailable,
    WrongCredentials,
    WrongUsage,
)

DEFAULT_PORT = 3306
CONNECT_SECONDS = 10
# Nothing is heard for so long only when the server or the way to it is gone.
READ_SECONDS = 600
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
UNREACHABLE = frozenset(
    {
        CR.CR_CONNECTION_ERROR,
        CR.CR_CONN_HOST_ERROR,
        CR.CR_SERVER_GONE_ERROR,
        CR.CR_SERVER_LOST,
        CR.CR_UNKNOWN_HOST,
    }
)
DENIED = frozenset({ER.ACCESS_DENIED_ERROR, ER.DBACCESS_DENIED_ERROR})
# An empty dictionary of decoders: each value stays the text in which the server wrote it, so that
# 12.50 keeps its zero, and a date of 0000-00-00, which no date type can hold, is not lost.
AS_TEXT = dict(encoders)
SNAPSHOT = (
    # What is of type TIMESTAMP is shown in the session's zone.
    "set time_zone = '+00:00'",
    "set transaction isolation level repeatable read",
    "start transaction with consistent snapshot, read only",
)
Value = str | bytes | None


@dataclass(frozen=True, slots=True)
class Address:
    """Where the database is, and as whom it is read."""

    host: str
    port: int
    user: str
    database: str

    @property
    def is_here(self) -> bool:
        """Tell whether what is read crosses no network."""
        return self.host in LOOPBACK


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; a touched one gets the time of every update from the server itself."""

    name: str
    is_touched: bool


@dataclass(frozen=True, slots=True)
class Described:
    """What the database says of one table."""

    columns: tuple[Column, ...]
    is_transactional: bool


@dataclass(frozen=True, slots=True)
class Database:
    """An open snapshot of a database."""

    address: Address
    connection: pymysql.Connection

    def rows(self, statement: str, values: Iterable[object] = ()) -> Iterator[tuple[Value, ...]]:
        """
        Run a query and yield its rows as the server sends them.

        Raises:
            SourceUnavailable: it cannot be run, or not to its end.

        """
        with database_errors(self.address), self.connection.cursor(SSCursor) as cursor:
            cursor.execute(statement, tuple(values))
            yield from cursor


def address_of(url: str) -> Address:
    """
    Read an address of the form mysql://user@host:port/database.

    Raises:
        WrongUsage: a part is missing, or the password stands where every process list shows it.

    """
    parts = urlsplit(url)
    if parts.password is not None:
        raise WrongUsage(
            "a password in --url can be read in the list of processes",
            hint="leave it out of --url and set SOURCES__OPENEMR__PASSWORD",
        )
    database = parts.path.strip("/")
    port = port_of(parts)
    if parts.scheme not in {"mysql", "mariadb"} or not (parts.hostname and parts.username):
        database = ""
    if not database or port is None:
        raise WrongUsage(
            "the database's address is mysql://user@host/database",
            hint="clinic-extract run openemr --url mysql://reader@db.example/openemr",
        )
    return Address(parts.hostname or "", port, unquote(parts.username or ""), unquote(database))


def port_of(parts: SplitResult) -> int | None:
    """Return the port of an address; None where it is no number."""
    try:
        return parts.port or DEFAULT_PORT
    except ValueError:
        return None


@contextmanager
def snapshot(
    address: Address, *, password: str | None, authority: str | None
) -> Iterator[Database]:
    """
    Open one snapshot of the whole database, which no writer changes while it is read.

    The transaction is read-only. Except to this machine, the connection is encrypted and the
    server's certificate is checked, by `authority` (a file) where the system does not know it.

    Raises:
        SourceUnavailable: the database cannot be opened.

    """
    with database_errors(address):
        connection = pymysql.connect(
            host=address.host,
            port=address.port,
            user=address.user,
            password=password or "",
            database=address.database,
            charset="utf8mb4",
            conv=AS_TEXT,
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            ssl=None if address.is_here else ssl.create_default_context(cafile=authority),
        )
    try:
        with database_errors(address), connection.cursor() as cursor:
            for statement in SNAPSHOT:
                cursor.execute(statement)
        yield Database(address, connection)
    finally:
        if connection.open:
            connection.close()


@contextmanager
def database_errors(address: Address) -> Iterator[None]:
    """
    Turn the driver's errors, which may quote values, into those that say what to do.

    Raises:
        SourceUnavailable: whatever went wrong.

    """
    try:
        yield
    except (pymysql.MySQLError, OSError, UnicodeDecodeError) as problem:
        raise understood(problem, address) from None


def understood(problem: Exception, address: Address) -> SourceUnavailable:
    """Return what an error of the driver means to the operator."""
    code = problem.args[0] if problem.args and isinstance(problem.args[0], int) else 0
    if code in DENIED:
        return WrongCredentials(
            f"the database does not let {address.user!r} in, or not see {address.database!r}",
            hint="set SOURCES__OPENEMR__PASSWORD; the user needs SELECT on the database",
        )
    if code in UNREACHABLE or isinstance(problem, OSError):
        return ClinicUnreachable(
            f"cannot reach the database at {address.host}:{address.port}"
            f" ({type(problem).__name__} {code})",
            hint="check --url and that the server runs; then run the same command again",
        )
    return ClinicAnswersBadly(
        f"the database at {address.host} cannot be read ({type(problem).__name__} {code})",
        hint="check that --url names OpenEMR's own database; then run the same command again",
    )


DESCRIBED = """
    select
        columns.table_name,
        columns.column_name,
        columns.extra like '%%on update current_timestamp%%',
        tables.engine = 'InnoDB'
    from information_schema.columns as columns
    inner join information_schema.tables as tables
        on
            columns.table_schema = tables.table_schema
            and columns.table_name = tables.table_name
    where columns.table_schema = %s and tables.table_type = 'BASE TABLE'
    order by columns.table_name, columns.ordinal_position
"""


def described(database: Database) -> dict[str, Described]:
    """Ask which tables the user may see, and what columns they have."""
    columns: dict[str, list[Column]] = {}
    transactional: dict[str, bool] = {}
    for table, column, is_touched, is_safe in database.rows(DESCRIBED, [database.address.database]):
        columns.setdefault(str(table), []).append(Column(str(column), is_touched == "1"))
        transactional[str(table)] = is_safe == "1"
    return {name: Described(tuple(found), transactional[name]) for name, found in columns.items()}
