"""Hooks for tests under `/_demo/`: faults, changes, the truth, what was asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from extract.demo_clinic.answers import outcome
from extract.demo_clinic.changes import add_patients, change_stamp, edit_patients
from extract.demo_clinic.clinic import Clinic, Fault
from extract.demo_clinic.kinds import TYPES
from extract.demo_clinic.removals import TooFewCharts, delete_charts
from extract.demo_clinic.shapes import Resource

Handler = Callable[[Request], Awaitable[Response]]
Count = Annotated[int, msgspec.Meta(ge=0)]


class _Change(msgspec.Struct, forbid_unknown_fields=True):
    """How many charts to delete, to edit (which extensions they get in turn) and to add."""

    delete: Count = 0
    edit: Count = 0
    add: Count = 0
    extensions: list[list[Resource]] = []


def _fault(clinic: Clinic) -> Handler:
    async def handle(request: Request) -> Response:
        try:
            clinic.fault = msgspec.json.decode(await request.body(), type=Fault)
        except msgspec.MsgspecError as refused:
            return outcome(400, code="invalid", text=str(refused))
        return JSONResponse({"armed": clinic.fault.times})

    return handle


def _change(clinic: Clinic) -> Handler:
    async def handle(request: Request) -> Response:
        try:
            asked = msgspec.json.decode(await request.body(), type=_Change)
            stamp = change_stamp(clinic.changes)
            deleted, fewer = delete_charts(
                clinic.store, count=asked.delete, stamp=stamp, truth=clinic.truth
            )
        except (msgspec.MsgspecError, TooFewCharts) as refused:
            return outcome(400, code="invalid", text=str(refused))
        edited = edit_patients(
            clinic.store, count=asked.edit, stamp=stamp, extensions=asked.extensions
        )
        added, counted = add_patients(
            clinic.store,
            count=asked.add,
            stamp=stamp,
            truth=clinic.truth,
            start=clinic.truth.patients + clinic.added + 1,
        )
        clinic.changes += 1
        clinic.added += asked.add
        return JSONResponse(
            {
                "last_updated": stamp,
                "deleted": deleted,
                "deleted_resources": fewer,
                "edited": edited,
                "added": added,
                "added_resources": counted,
            }
        )

    return handle


class _Show(msgspec.Struct, forbid_unknown_fields=True):
    """Which types are shown from now on; without a word, all."""

    types: tuple[str, ...] = TYPES


def _show(clinic: Clinic) -> Handler:
    async def handle(request: Request) -> Response:
        try:
            clinic.kinds = msgspec.json.decode(await request.body(), type=_Show).types
        except msgspec.MsgspecError as refused:
            return outcome(400, code="invalid", text=str(refused))
        return JSONResponse({"types": len(clinic.kinds)})

    return handle


def _truth(clinic: Clinic) -> Handler:
    async def handle(_: Request) -> Response:
        return JSONResponse(clinic.truth.as_json())

    return handle


def _requests(clinic: Clinic) -> Handler:
    async def handle(_: Request) -> Response:
        return JSONResponse(list(clinic.requests))

    return handle


def admin_routes(clinic: Clinic) -> list[tuple[str, str, Handler]]:
    """List the hooks."""
    return [
        ("/_demo/fault", "POST", _fault(clinic)),
        ("/_demo/change", "POST", _change(clinic)),
        ("/_demo/show", "POST", _show(clinic)),
        ("/_demo/truth", "GET", _truth(clinic)),
        ("/_demo/requests", "GET", _requests(clinic)),
    ]
