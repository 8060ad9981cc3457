"""The org itself: one object through which everything in front of it reads and writes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from loaders.stand_in_org.model import (
    NULL,
    ChildRelationship,
    DeployMessage,
    DeployResult,
    Field,
    HeaderError,
    PermissionDenied,
    RecordTypeInfo,
    RowError,
    SObject,
)
from loaders.stand_in_org.settings import Settings

__all__ = [
    "NULL",
    "ChildRelationship",
    "DeployMessage",
    "DeployResult",
    "Field",
    "HeaderError",
    "Org",
    "PermissionDenied",
    "RecordTypeInfo",
    "RowError",
    "SObject",
    "Settings",
]


class Org:
    """A Salesforce org in one DuckDB file and a folder of file bodies.

    Writers go one after another under `write_lock`; readers take a `cursor()` each.
    """

    org_id: str
    admin_user_id: str
    settings: Settings
    write_lock: threading.RLock
    data: Path

    @classmethod
    def open(cls, data: Path, *, settings: Settings, clock: Callable[[], datetime]) -> Org:
        """Open the org kept in `data`, or make a fresh one there."""
        raise RuntimeError("in the making")

    def close(self) -> None:
        """Close the database; the org can be opened again."""
        raise RuntimeError("in the making")

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Give a connection of its own for reading."""
        raise RuntimeError("in the making")

    def sobject(self, name: str) -> SObject | None:
        """Find an object by name, whatever its letter case."""
        raise RuntimeError("in the making")

    def sobjects(self) -> list[SObject]:
        """List all objects that exist now, by name."""
        raise RuntimeError("in the making")

    def object_permissions(self, sobject: SObject, user_id: str) -> frozenset[str]:
        """Tell what the user may do with the object: of create, read, edit, delete."""
        raise RuntimeError("in the making")

    def visible_fields(self, sobject: SObject, user_id: str) -> dict[str, Field]:
        """Give the fields the user may see, by lower-case name (field-level security applied).

        A field that the user may read but not edit comes with createable and updateable false.
        """
        raise RuntimeError("in the making")

    def child_relationships(self, sobject: SObject) -> list[ChildRelationship]:
        """List the lookups of all objects that point at this one."""
        raise RuntimeError("in the making")

    def record_types(self, sobject: SObject) -> list[RecordTypeInfo]:
        """List the object's record types, the master one last."""
        raise RuntimeError("in the making")

    def system_permissions(self, user_id: str) -> frozenset[str]:
        """List the system permissions ("BulkApiHardDelete", "CreateAuditFields") a user holds."""
        raise RuntimeError("in the making")

    def dml(
        self,
        sobject: str,
        operation: str,
        rows: pa.Table,
        *,
        user_id: str,
        external_id: str | None = None,
        allow_duplicates: bool = False,
        all_or_none: bool = False,
        connection: duckdb.DuckDBPyConnection | None = None,
    ) -> pa.Table:
        """Insert, update, upsert, delete or hardDelete rows, set-wise.

        Every column of `rows` is text, named by a field or a reference path. The result has one row
        per input row, in input order: id, success, created, status_code, message, fields.
        With `connection` (a `cursor()` inside a begun transaction, the caller holding
        `write_lock`) the caller commits: a chunk and its outcome rows become one transaction.

        Raises:
            HeaderError: a column answers to no field or relationship.
            PermissionDenied: the user may not do this to the object at all.
        """
        raise RuntimeError("in the making")

    def deploy(
        self, package: bytes, *, options: Mapping[str, object], user_id: str
    ) -> DeployResult:
        """Apply a metadata package (zip, MDAPI form)."""
        raise RuntimeError("in the making")

    def typed_text(self, sobject: SObject, field: Field) -> str:
        """Give the SQL expression that renders the column as the API prints it in CSV."""
        raise RuntimeError("in the making")

    def archive_activities(self) -> int:
        """Archive closed tasks and events older than 365 days; tell how many rows moved."""
        raise RuntimeError("in the making")

    def file_path(self, record_id: str) -> Path:
        """Say where the body of a base64 field (VersionData) of this record lies on disk."""
        raise RuntimeError("in the making")
