"""Canonical text: which SQL turns a mart's column, or an org's answer, into the cell we send."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import duckdb

from loaders.mapping import Column, Mart

_DEFINITION = Path(__file__).with_name("canonical.sql")

TEXT = "text"
LONG_TEXT = "long_text"
# Several values of a picklist, as a set.
CHOICES = "choices"
BOOLEAN = "boolean"
DATE = "date"
DATETIME = "datetime"
NUMBER = "number"
BASE64 = "base64"
# A cell of exactly this text means "set to null" to Salesforce.
RESERVED_TEXT = "#N/A"

_KINDS = {"string": TEXT, "boolean": BOOLEAN, "date": DATE, "timestamp": DATETIME}
_LONG_TYPES = frozenset({"LongTextArea", "Html", "TextArea"})
# The one field of Salesforce that holds bytes.
_BYTES_FIELDS = frozenset({"VersionData"})


def canonical_sql() -> str:
    """Read the SQL that defines canonical text and the row hash."""
    return _DEFINITION.read_text(encoding="utf-8")


def canonical_sha256() -> str:
    """Name the version of the definition: another one is another map."""
    return hashlib.sha256(canonical_sql().encode("utf-8")).hexdigest()


def load_canonical(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the macros known to a connection, and its clock that of the warehouse."""
    connection.execute("set TimeZone = 'UTC'")
    connection.execute(canonical_sql())


def kind(column: Column) -> str:
    """Tell which sort of canonical text a column becomes."""
    if column.name in _BYTES_FIELDS:
        return BASE64
    if column.sf_type in _LONG_TYPES and column.data_type == "string":
        return LONG_TEXT
    return _KINDS.get(column.data_type, NUMBER)


def quoted(name: str) -> str:
    """Quote an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: str) -> str:
    """Quote an SQL string."""
    return "'" + value.replace("'", "''") + "'"


def cell(value: str, *, kind: str, scale: int) -> str:
    """Give the SQL of a mart column's canonical text; `value` is SQL as well."""
    by_kind = {
        TEXT: f"normalise({value})",
        LONG_TEXT: f"normalise({value})",
        CHOICES: f"canonical_choices({value})",
        BOOLEAN: f"canonical_boolean({value})",
        DATE: f"canonical_date({value})",
        DATETIME: f"canonical_datetime({value})",
        NUMBER: f"canonical_number({value}, {scale})",
        BASE64: value,
    }
    return by_kind[kind]


def cell_from_org(value: str, *, kind: str, scale: int) -> str:
    """Give the SQL of the canonical text of what the org answered as text; `value` is SQL."""
    by_kind = {
        TEXT: f"normalise({value})",
        LONG_TEXT: f"normalise({value})",
        CHOICES: f"canonical_choices({value})",
        BOOLEAN: f"coalesce(nullif(lower({value}), ''), 'false')",
        DATE: f"nullif({value}, '')",
        DATETIME: f"from_org_datetime({value})",
        NUMBER: f"from_org_number({value}, {scale})",
        BASE64: f"nullif({value}, '')",
    }
    return by_kind[kind]


def key_expression(mart: Mart) -> str:
    """Give the SQL of a row's key: its external id, or its natural key joined by `|`."""
    if mart.external_id:
        return f"normalise({quoted(mart.external_id)})"
    parts = " || '|' || ".join(f"normalise({quoted(name)})" for name in mart.natural_key)
    return f"({parts})"


def system_expression(key: str) -> str:
    """Give the SQL of the system that a key names; empty where it names none. `key` is SQL too."""
    return f"regexp_extract({key}, '^([a-z][a-z0-9_]*):', 1)"


def hash_expression(kinds: Mapping[str, str]) -> str:
    """
    Give the SQL of the row hash over canonical cells, by name, in the mart's own order.

    In place of a file stands what is known of it (see plan_bodies).
    """
    cells = (
        f"{quoted(name)}.sha256" if kind == BASE64 else quoted(name) for name, kind in kinds.items()
    )
    return f"row_hash([{', '.join(cells)}])"
