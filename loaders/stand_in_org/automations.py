"""Flows of the org: what happens to a record, in the same transaction, once it is saved."""

# ruff: noqa: S608 - names come from the catalogue and are quoted, so are the values
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pyarrow as pa
import pyarrow.compute as pc

from loaders.stand_in_org import dml
from loaders.stand_in_org.change import Change, World
from loaders.stand_in_org.dml_header import resolve
from loaders.stand_in_org.model import HeaderError, PermissionDenied, SObject
from loaders.stand_in_org.set_up import Automation
from loaders.stand_in_org.settings import SettingRefused, Settings
from loaders.stand_in_org.store import insert_rows, literal, quoted

_PROCESS = "autoproc@stand-in.invalid"
_PROCESS_ID = "005000000000zzzAAA"
# A flow's own save comes after the save that set it off.
_LATER = timedelta(milliseconds=1)


def run(world: World, sobject: SObject, done: pa.Table) -> None:
    """
    Let the automations of an object happen to the rows that were written.

    Raises:
        PermissionDenied: an automation cannot do what it is to; then nothing was written.

    """
    later = replace(world, now=world.now + _LATER)
    for automation in world.settings.automations:
        if automation.object.lower() != sobject.name.lower() or not _is_awake(automation, world):
            continue
        ids = _struck(automation, done)
        if len(ids) and automation.fields:
            _touch(later, sobject, ids, automation)
        if len(ids) and automation.task:
            _add_tasks(later, sobject, ids, automation)


def _is_awake(automation: Automation, world: World) -> bool:
    """Tell whether an automation's fields exist: one of a settings file may wait for them."""
    try:
        check_automations(world.catalogue, [automation])
    except SettingRefused:
        return False
    return True


def _struck(automation: Automation, done: pa.Table) -> pa.ChunkedArray:
    """Give the ids of the rows that set an automation off."""
    good = done["success"]
    if automation.on == "create":
        good = pc.and_(good, done["created"])
    elif automation.on == "update":
        good = pc.and_(good, pc.invert(done["created"]))
    return done["id"].filter(good).unique()


def _touch(world: World, sobject: SObject, ids: pa.Array, automation: Automation) -> None:
    columns = {"Id": ids}
    for name, value in automation.fields.items():
        columns[name] = pa.array([value] * len(ids), pa.string())
    _write(world, sobject, "update", pa.table(columns), automation)


def _add_tasks(world: World, sobject: SObject, ids: pa.Array, automation: Automation) -> None:
    """Give each record a task of its own."""
    task = world.catalogue["task"]
    points_at = "WhoId" if sobject.name in ("Contact", "Lead") else "WhatId"
    columns = {points_at: ids}
    for name, value in automation.task.items():
        columns[name] = pa.array([value] * len(ids), pa.string())
    _write(world, task, "insert", pa.table(columns), automation)


def _write(
    world: World, sobject: SObject, operation: str, rows: pa.Table, automation: Automation
) -> None:
    """Write in system context: no field is closed to an automation, and rules still hold."""
    targets = resolve(
        rows.column_names,
        sobject.fields,
        find=world.find,
        fields_of=lambda parent: parent.fields,
        settings=world.settings,
    )
    change = Change(
        world=world,
        sobject=sobject,
        operation=operation,
        targets=tuple(targets),
        visible=sobject.fields,
        key=0 if operation == "update" else None,
        allow_duplicates=True,
    )
    done = dml.save(change, rows, all_or_none=False)
    for row in done.filter(pc.invert(done["success"])).to_pylist():
        raise PermissionDenied(
            "CANNOT_EXECUTE_FLOW_TRIGGER",
            f"We can't save this record because the process failed. {row['status_code']}:"
            f" {row['message']}",
        )
    if automation.by == "process":
        _sign(world, sobject, done["id"], created=operation == "insert")


def _sign(world: World, sobject: SObject, ids: pa.ChunkedArray, *, created: bool) -> None:
    """Name the automated process as who wrote the records."""
    user = literal(_process_user(world))
    sets = f"LastModifiedById = {user}" + (f", CreatedById = {user}" if created else "")
    world.connection.register("_signed", pa.table({"id": ids}))
    world.run(f"UPDATE {quoted(sobject.table)} SET {sets} WHERE Id IN (SELECT id FROM _signed)")
    world.connection.unregister("_signed")


def _process_user(world: World) -> str:
    """Give the id of the user that automations run as; an org has one from the start."""
    if not world.one('SELECT count(*) FROM "User" WHERE Id = ?', [_PROCESS_ID]):
        row = {
            "Id": _PROCESS_ID, "IsDeleted": False, "Username": _PROCESS, "Email": _PROCESS,
            "LastName": "Automated Process", "Name": "Automated Process", "Alias": "autoproc",
            "CommunityNickname": "autoproc", "IsActive": True, "UserType": "AutomatedProcess",
            "CreatedDate": world.now, "LastModifiedDate": world.now, "SystemModstamp": world.now,
            "CreatedById": world.user_id, "LastModifiedById": world.user_id,
        }  # fmt: skip
        insert_rows(world.connection, "User", [row])
    return _PROCESS_ID


def check_automations(catalogue: Mapping[str, SObject], automations: Sequence[Automation]) -> None:
    """
    Refuse automations whose object or fields are not there.

    Raises:
        SettingRefused: with what is missing.

    """
    for automation in automations:
        sobject = catalogue.get(automation.object.lower())
        if sobject is None:
            raise SettingRefused(f"automation: there is no object {automation.object}")
        for owner, names in ((sobject, automation.fields), (catalogue["task"], automation.task)):
            try:
                resolve(
                    list(names),
                    owner.fields,
                    find=lambda _name: None,
                    fields_of=lambda _one: {},
                    settings=Settings(),
                )
            except HeaderError as problem:
                raise SettingRefused(f"automation: {problem.message}") from problem
