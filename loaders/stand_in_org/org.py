"""The org itself: one object through which everything in front of it reads and writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from loaders.stand_in_org import (
    automations,
    deploy,
    deploy_permissions,
    dml_delete,
    fresh_org,
    permissions,
    record_types,
    rules_activities,
    rules_duplicates,
    rules_validation,
    set_up_rows,
    store,
    writes,
)
from loaders.stand_in_org.change import UnderWay, World
from loaders.stand_in_org.model import (
    ChildRelationship,
    DeployResult,
    Field,
    RecordTypeInfo,
    SObject,
)
from loaders.stand_in_org.settings import (
    Settings,
    changed,
    keep_changes,
    kept_changes,
    with_changes,
)
from loaders.stand_in_org.switched_objects import present
from loaders.stand_in_org.write_lock import Told, WriteLock

# How a deploy has to end for its changes to stay.
_KEPT = ("Succeeded", "SucceededPartial")


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
        self._given = settings
        self.settings = changed(settings, kept_changes(data))
        self.write_lock = WriteLock()
        self._connection = connection
        self._clock = clock
        # By all requests and jobs since the start, a row that came twice counted twice.
        self.rows_asked = 0
        self._reload(connection)
        known = dict(connection.execute('SELECT key, value FROM "_org"').fetchall())
        self.org_id: str = known["org_id"]
        self.admin_user_id: str = known["admin_user_id"]

    @classmethod
    def open(cls, data: Path, *, settings: Settings, clock: Callable[[], datetime]) -> Org:
        """Open the org kept in `data`, or make a fresh one there."""
        connection = store.connect(data)
        if store.is_fresh(connection):
            fresh_org.make(connection, settings=settings, now=_moment(clock))
        org = cls(connection, data=data, settings=settings, clock=clock)
        org.archive_activities()
        return org

    def close(self) -> None:
        """Close the database; the org can be opened again."""
        self._connection.close()

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Give a connection of its own for reading."""
        return self._connection.cursor()

    def now(self) -> datetime:
        """Give the org's time: UTC without zone, to the millisecond."""
        return _moment(self._clock)

    def change_settings(self, wanted: Mapping[str, object]) -> None:
        """
        Change settings at once and for all later starts; null takes a change back.

        Raises:
            SettingRefused: there is no such setting, it is no such value's, or it comes too late.

        """
        with self.write_lock:
            changes = with_changes(kept_changes(self.data), wanted)
            settings = changed(self._given, changes)
            # What a settings file gave may wait for its fields; what is given now may not.
            if "validation_rules" in wanted:
                rules_validation.check_rules(self._catalogue, settings.validation_rules)
            if "automations" in wanted:
                automations.check_automations(self._catalogue, settings.automations)
            self.settings = settings
            keep_changes(self.data, changes)
            if "duplicate_rules" in wanted:
                rules_duplicates.activate(self._connection, active=self.settings.duplicate_rules)
            self._reload(self._connection)

    def _reload(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._deployed = store.settings_of(connection)
        self._catalogue = present(
            store.load_catalogue(connection), deployed=self._deployed, settings=self.settings
        )
        set_up_rows.write_set_up(connection, self.settings)
        self._schema_at = self.now()

    def schema_changed_at(self) -> datetime:
        """Tell when a deploy or a grant last changed what users see of the schema."""
        return self._schema_at

    @contextmanager
    def _writing(
        self, connection: duckdb.DuckDBPyConnection | None
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        """Hold the write lock and a transaction, the caller's own when it brings one."""
        with self.write_lock:
            if connection is not None:
                yield connection
                return
            with self.cursor() as own, store.transaction(own):
                yield own

    def sobject(self, name: str) -> SObject | None:
        """Find an object by name, whatever its letter case."""
        return self._catalogue.get(name.lower())

    def sobjects(self) -> list[SObject]:
        """List all objects that exist now, by name."""
        return sorted(self._catalogue.values(), key=lambda sobject: sobject.name)

    def object_permissions(self, sobject: SObject, user_id: str) -> frozenset[str]:
        """Tell what the user may do with the object: of create, read, edit, delete."""
        return self._answer(permissions.object_rights, sobject, user_id)

    def visible_fields(self, sobject: SObject, user_id: str) -> dict[str, Field]:
        """
        Give the fields the user may see, by lower-case name (field-level security applied).

        A field that the user may read but not edit comes with createable and updateable false.
        """
        return dict(self._answer(self._visible, sobject, user_id))

    def _visible(
        self, reader: duckdb.DuckDBPyConnection, sobject: SObject, user_id: str
    ) -> dict[str, Field]:
        # Whether the switch is on is a part of the answer, and is looked up with it.
        switched = deploy_permissions.audit_switch(self._deployed, settings=self.settings)
        return permissions.visible_fields(reader, sobject, user_id, org_sets_audit_fields=switched)

    def _answer(self, ask: Callable[..., Told], *about: SObject | str) -> Told:
        """Ask on a connection of its own, and only once between two writers."""

        def answer() -> Told:
            with self.cursor() as reader:
                return ask(reader, *about)

        # Of two objects of a name, before and after a deploy, each has an answer of its own.
        names = (each if isinstance(each, str) else id(each) for each in about)
        return self.write_lock.remembered((ask, *names), answer)

    def child_relationships(self, sobject: SObject) -> list[ChildRelationship]:
        """List the lookups of all objects that point at this one."""
        return dml_delete.child_relationships(self._catalogue, sobject)

    def record_types(self, sobject: SObject) -> list[RecordTypeInfo]:
        """List the object's record types, the master one last."""
        with self.cursor() as reader:
            return record_types.of(reader, sobject)

    def system_permissions(self, user_id: str) -> frozenset[str]:
        """List the system permissions ("BulkApiHardDelete", "CreateAuditFields") a user holds."""
        return self._answer(permissions.system_permissions, user_id)

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

    def dml(  # noqa: PLR0913 - the front is written against this signature
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
        under_way: UnderWay | None = None,
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
        order = writes.Order(
            sobject, operation, external_id, allow_duplicates, all_or_none, under_way
        )
        with self._writing(connection) as writer:
            self.rows_asked += rows.num_rows
            result = writes.carry_out(self._world(writer, user_id), order, rows)
        if sobject.lower() in permissions.GRANTS:
            self._schema_at = self.now()
        return result

    @contextmanager
    def acting(self, user_id: str) -> Iterator[World]:
        """Give the org as a user changes it: everything or, when the block raises, nothing."""
        with self._writing(None) as connection:
            yield self._world(connection, user_id)

    def deploy(
        self,
        package: bytes,
        *,
        options: Mapping[str, object],
        user_id: str,
        canceled: Callable[[], bool] = lambda: False,
    ) -> DeployResult:
        """
        Apply a metadata package (zip, MDAPI form).

        With `checkOnly`, when a component fails under `rollbackOnError`, or when somebody canceled
        it before its end, nothing is kept.
        """
        with self.write_lock:
            connection = self.cursor()
            connection.execute("BEGIN")
            kept = False
            try:
                world = self._world(connection, user_id)
                result = deploy.apply(world, package, options=options)
                if canceled():
                    result = replace(result, status="Canceled", success=False)
                kept = not result.check_only and result.status in _KEPT
            finally:
                connection.execute("COMMIT" if kept else "ROLLBACK")
                connection.close()
            if kept:
                self._reload(self._connection)
            return result

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
