"""The org itself: one object through which everything in front of it reads and writes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from loaders.stand_in_org import (
    deploy,
    deploy_permissions,
    dml,
    dml_delete,
    fresh_org,
    permissions,
    record_types,
    rules_activities,
    store,
)
from loaders.stand_in_org.change import Change, World
from loaders.stand_in_org.dml_header import Target, resolve
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

_RIGHT = {"insert": ("create",), "update": ("edit",), "upsert": ("create", "edit")}
# Objects that a fresh org does not have until a setting is deployed (contract 11).
_SWITCHED = {"accountcontactrelation": "AccountSettings.enableRelateContactToMultipleAccounts"}


class Org:
    """
    A Salesforce org in one DuckDB file and a folder of file bodies.

    Writers go one after another under `write_lock`; readers take a `cursor()` each.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        *,
        data: Path,
        settings: Settings,
        clock: Callable[[], datetime],
    ) -> None:
        self.data = data
        self.settings = settings
        self.write_lock = threading.RLock()
        self._connection = connection
        self._clock = clock
        self._reload(connection)
        known = dict(connection.execute('SELECT key, value FROM "_org"').fetchall())
        self.org_id: str = known["org_id"]
        self.admin_user_id: str = known["admin_user_id"]

    @classmethod
    def open(cls, data: Path, *, settings: Settings, clock: Callable[[], datetime]) -> Org:
        """Open the org kept in `data`, or make a fresh one there."""
        connection = store.connect(data)
        if store.is_fresh(connection):
            connection.execute("BEGIN")
            store.make_tables(connection)
            fresh_org.fill(connection, settings=settings, now=_moment(clock))
            deploy.write_definitions(connection, store.load_catalogue(connection))
            connection.execute("COMMIT")
        org = cls(connection, data=data, settings=settings, clock=clock)
        org.archive_activities()
        return org

    def close(self) -> None:
        """Close the database; the org can be opened again."""
        self._connection.close()

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Give a connection of its own for reading."""
        cursor = self._connection.cursor()
        cursor.execute("SET TimeZone = 'UTC'")
        return cursor

    def now(self) -> datetime:
        """Give the org's time: UTC without zone, to the millisecond."""
        return _moment(self._clock)

    def _reload(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._deployed = store.settings_of(connection)
        catalogue = store.load_catalogue(connection)
        for name, setting in _SWITCHED.items():
            on = self._deployed.get(setting) == "true"
            if not (on and self.settings.account_contact_relation_appears):
                catalogue.pop(name)
        self._catalogue = catalogue

    @contextmanager
    def _writing(
        self, connection: duckdb.DuckDBPyConnection | None
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        """Hold the write lock and a transaction, the caller's own when it brings one."""
        with self.write_lock:
            if connection is not None:
                yield connection
                return
            own = self.cursor()
            own.execute("BEGIN")
            done = False
            try:
                yield own
                own.execute("COMMIT")
                done = True
            finally:
                if not done:
                    own.execute("ROLLBACK")
                own.close()

    def sobject(self, name: str) -> SObject | None:
        """Find an object by name, whatever its letter case."""
        return self._catalogue.get(name.lower())

    def sobjects(self) -> list[SObject]:
        """List all objects that exist now, by name."""
        return sorted(self._catalogue.values(), key=lambda sobject: sobject.name)

    def object_permissions(self, sobject: SObject, user_id: str) -> frozenset[str]:
        """Tell what the user may do with the object: of create, read, edit, delete."""
        return permissions.object_rights(self.cursor(), sobject, user_id)

    def visible_fields(self, sobject: SObject, user_id: str) -> dict[str, Field]:
        """
        Give the fields the user may see, by lower-case name (field-level security applied).

        A field that the user may read but not edit comes with createable and updateable false.
        """
        return self._visible(self.cursor(), sobject, user_id)

    def _visible(
        self, connection: duckdb.DuckDBPyConnection, sobject: SObject, user_id: str
    ) -> dict[str, Field]:
        return permissions.visible_fields(
            connection,
            sobject,
            user_id,
            org_sets_audit_fields=deploy_permissions.audit_switch(
                self._deployed, by_setup=self.settings.audit_fields
            ),
        )

    def child_relationships(self, sobject: SObject) -> list[ChildRelationship]:
        """List the lookups of all objects that point at this one."""
        return [
            ChildRelationship(
                child=child.name,
                field=field.name,
                relationship_name=field.child_relationship_name,
                cascade_delete=field.delete_constraint == "Cascade",
                restricted_delete=field.delete_constraint == "Restrict",
            )
            for child, field in dml_delete.lookups_to(self._catalogue, sobject)
        ]

    def record_types(self, sobject: SObject) -> list[RecordTypeInfo]:
        """List the object's record types, the master one last."""
        return record_types.of(self.cursor(), sobject)

    def system_permissions(self, user_id: str) -> frozenset[str]:
        """List the system permissions ("BulkApiHardDelete", "CreateAuditFields") a user holds."""
        return permissions.system_permissions(self.cursor(), user_id)

    def _world(self, connection: duckdb.DuckDBPyConnection, user_id: str) -> World:
        return World(
            connection=connection,
            catalogue=self._catalogue,
            settings=self.settings,
            deployed=self._deployed,
            data=self.data,
            now=self.now(),
            user_id=user_id,
            permissions=permissions.system_permissions(connection, user_id),
        )

    def _allowed(
        self,
        connection: duckdb.DuckDBPyConnection,
        name: str,
        *,
        rights: tuple[str, ...],
        user_id: str,
    ) -> SObject:
        """
        Find the object that the user may treat so.

        Raises:
            PermissionDenied: it does not exist for the user, or the right is missing.

        """
        sobject = self.sobject(name)
        held = (
            frozenset()
            if sobject is None
            else permissions.object_rights(connection, sobject, user_id)
        )
        if sobject is None or "read" not in held:
            raise PermissionDenied("INVALID_TYPE", f"sObject type '{name}' is not supported.")
        if not set(rights) <= held:
            raise PermissionDenied(
                "INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id"
            )
        return sobject

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
        """
        Insert, update, upsert, delete or hardDelete rows, set-wise.

        Every column of `rows` is text, named by a field or a reference path. The result has one row
        per input row, in input order: id, success, created, status_code, message, fields.
        With `connection` (a `cursor()` inside a begun transaction, the caller holding
        `write_lock`) the caller commits: a chunk and its outcome rows become one transaction.

        Raises:
            HeaderError: a column answers to no field or relationship.
            PermissionDenied: the user may not do this to the object at all.

        """
        with self._writing(connection) as writer:
            world = self._world(writer, user_id)
            if operation in ("delete", "hardDelete"):
                return self._delete(world, sobject, rows, operation, all_or_none=all_or_none)
            found = self._allowed(writer, sobject, rights=_RIGHT[operation], user_id=user_id)
            change = self._change(
                world,
                found,
                operation,
                columns=rows.column_names,
                key_name="Id" if operation == "update" else external_id,
                allow_duplicates=allow_duplicates,
            )
            return dml.save(change, rows, all_or_none=all_or_none)

    def _delete(
        self, world: World, name: str, rows: pa.Table, operation: str, *, all_or_none: bool
    ) -> pa.Table:
        found = self._allowed(world.connection, name, rights=("delete",), user_id=world.user_id)
        hard = operation == "hardDelete"
        if hard and "BulkApiHardDelete" not in world.permissions:
            raise PermissionDenied("FEATURENOTENABLED", "hardDelete is not enabled for this user")
        return dml_delete.delete(world, found, rows, all_or_none=all_or_none, hard=hard)

    def _change(
        self,
        world: World,
        sobject: SObject,
        operation: str,
        *,
        columns: list[str],
        key_name: str | None,
        allow_duplicates: bool,
    ) -> Change:
        visible = self._visible(world.connection, sobject, world.user_id)
        targets = resolve(
            columns,
            visible,
            find=self.sobject,
            fields_of=lambda parent: self._visible(world.connection, parent, world.user_id),
        )
        return Change(
            world=world,
            sobject=sobject,
            operation=operation,
            targets=tuple(targets),
            visible=visible,
            key=None if operation == "insert" else _key_position(targets, key_name or ""),
            allow_duplicates=allow_duplicates,
        )

    def deploy(
        self, package: bytes, *, options: Mapping[str, object], user_id: str
    ) -> DeployResult:
        """
        Apply a metadata package (zip, MDAPI form).

        With `checkOnly`, or when a component fails under `rollbackOnError`, nothing is kept.
        """
        with self.write_lock:
            connection = self.cursor()
            connection.execute("BEGIN")
            kept = False
            try:
                world = self._world(connection, user_id)
                result = deploy.apply(world, package, options=options)
                kept = not result.check_only and (result.success or not result.rollback_on_error)
            finally:
                connection.execute("COMMIT" if kept else "ROLLBACK")
                connection.close()
            if kept:
                self._reload(self._connection)
            return result

    def typed_text(self, sobject: SObject, field: Field) -> str:
        """Give the SQL expression that renders the column as the API prints it in CSV."""
        name = store.quoted(field.name)
        if field.type in ("address", "base64"):
            return "CAST(NULL AS VARCHAR)"
        match field.type:
            case "boolean":
                return f"CASE WHEN {name} THEN 'true' ELSE 'false' END"
            case "datetime":
                return f"strftime({name}, '%Y-%m-%dT%H:%M:%S.%gZ')"
            case "date":
                return f"strftime({name}, '%Y-%m-%d')"
            case "double" | "currency" | "percent":
                text = f"CAST({name} AS VARCHAR)"
                pointed = text if field.scale else f"{text} || '.0'"
                return f"regexp_replace({pointed}, '(\\.\\d+?)0+$', '\\1')"
            case _:
                return f"CAST({name} AS VARCHAR)"

    def archive_activities(self) -> int:
        """Archive closed tasks and events older than 365 days; tell how many rows moved."""
        with self._writing(None) as connection:
            return rules_activities.archive(self._world(connection, self.admin_user_id))

    def file_path(self, record_id: str) -> Path:
        """Say where the body of a base64 field (VersionData) of this record lies on disk."""
        return self.data / "files" / record_id


def _moment(clock: Callable[[], datetime]) -> datetime:
    now = clock().astimezone(UTC).replace(tzinfo=None)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def _key_position(targets: list[Target], name: str) -> int:
    """
    Find the key's column.

    Raises:
        HeaderError: there is no such column, or the field cannot be a key.

    """
    for position, target in enumerate(targets):
        field = target.field
        if field.name.lower() == name.lower() and (field.external_id or field.id_lookup):
            return position
    raise HeaderError("InvalidBatch", f"Field name not found : {name}", column=name)
