"""Bulk Data `$export`: the kick-off, the wait, the manifest, the files, the end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from extract.demo_clinic import store
from extract.demo_clinic.answers import FHIR_JSON, outcome
from extract.demo_clinic.clinic import Clinic
from extract.demo_clinic.exports import Export, Manner
from extract.demo_clinic.search import SearchRefused

Handler = Callable[[Request], Awaitable[Response]]
NDJSON = "application/fhir+ndjson"
EVERYBODY = "everybody"
ERRORS, DELETED = "errors.ndjson", "deleted.ndjson"


def _kick_off(clinic: Clinic, *, is_of_patients: bool) -> Handler:
    async def handle(request: Request) -> Response:
        wants = request.headers.get("accept", "")
        if "respond-async" not in request.headers.get("prefer", "") or FHIR_JSON not in wants:
            return outcome(400, code="invalid", text="Prefer: respond-async, and Accept, please.")
        if request.path_params.get("group", EVERYBODY) != EVERYBODY:
            return outcome(404, code="not-found", text="There is no such group.")
        try:
            ident = clinic.exports.begin(
                clinic.store,
                asked=request.query_params.multi_items(),
                shown=clinic.kinds,
                changes=clinic.changes,
                is_of_patients=is_of_patients,
            )
        except SearchRefused as refused:
            return outcome(400, code="not-supported", text=str(refused))
        place = f"{clinic.base}/export/{ident}"
        return Response(status_code=202, headers={"Content-Location": place})

    return handle


def _of_an_export(clinic: Clinic, answer: Callable[[Request, Export], Response]) -> Handler:
    async def handle(request: Request) -> Response:
        export = clinic.exports.by_id.get(request.path_params["export"])
        if export is None:
            return outcome(404, code="not-found", text="There is no such export (any more).")
        return answer(request, export)

    return handle


def _status(clinic: Clinic) -> Callable[[Request, Export], Response]:
    def answer(request: Request, export: Export) -> Response:
        if export.polls_left:
            export.polls_left -= 1
            wait = {"X-Progress": f"{100 // (export.polls_left + 2)}%"}
            wait |= {"Retry-After": str(export.manner.retry_after)}
            return Response(status_code=202, headers=wait)
        return JSONResponse(_manifest(clinic, export, base=f"{clinic.base}{request.url.path}"))

    return answer


def _manifest(clinic: Clinic, export: Export, *, base: str) -> dict[str, object]:
    def file(kind: str, name: str, **more: int) -> dict[str, object]:
        signed = f"?signature={export.signature}" if export.manner.signed else ""
        return {"type": kind, "url": f"{base}/{name}{signed}", **more}

    manner = export.manner
    is_any_gone = export.since and store.gone_since(clinic.store, stamp=export.since)
    return {
        "transactionTime": export.at,
        "request": f"{clinic.base}/$export",
        "requiresAccessToken": not export.manner.signed,
        "output": [
            file(search.kind, name, count=count + len(manner.broken) + manner.miscounted)
            for name, (search, count) in export.files.items()
        ],
        "deleted": [file("Bundle", DELETED)] if is_any_gone else [],
        "error": [file("OperationOutcome", ERRORS)] if export.manner.failing else [],
    }


def _file(clinic: Clinic) -> Callable[[Request, Export], Response]:
    def answer(request: Request, export: Export) -> Response:
        if export.manner.signed and "authorization" in request.headers:
            return outcome(400, code="invalid", text="One way in is enough: no token, please.")
        name = request.path_params["file"]
        lines = {
            ERRORS: lambda: [_failed(kind) for kind in export.manner.failing],
            DELETED: lambda: [_deleted(clinic, export)],
        }.get(name, lambda: _resources(clinic, export, name))()
        if not lines:
            return outcome(404, code="not-found", text="There is no such file.")
        return Response(b"".join(line + b"\n" for line in lines), media_type=NDJSON)

    return answer


def _resources(clinic: Clinic, export: Export, name: str) -> list[bytes]:
    if name not in export.files:
        return []
    search, count = export.files[name]
    rows = store.page(clinic.store, search=search, limit=count)
    return [row.doc for row in rows] + [line.encode() for line in export.manner.broken]


def _failed(kind: str) -> bytes:
    issue = {"severity": "error", "code": "exception", "diagnostics": f"{kind} was not written."}
    return msgspec.json.encode({"resourceType": "OperationOutcome", "issue": [issue]})


def _deleted(clinic: Clinic, export: Export) -> bytes:
    gone = store.gone_since(clinic.store, stamp=export.since)
    entries = [{"request": {"method": "DELETE", "url": f"{kind}/{ident}"}} for kind, ident in gone]
    return msgspec.json.encode({"resourceType": "Bundle", "type": "transaction", "entry": entries})


def _end(clinic: Clinic) -> Callable[[Request, Export], Response]:
    def answer(request: Request, _: Export) -> Response:
        del clinic.exports.by_id[request.path_params["export"]]
        return Response(status_code=202)

    return answer


def _manner(clinic: Clinic) -> Handler:
    async def handle(request: Request) -> Response:
        try:
            clinic.exports.manner = msgspec.json.decode(await request.body(), type=Manner)
        except msgspec.MsgspecError as refused:
            return outcome(400, code="invalid", text=str(refused))
        return JSONResponse({"open": len(clinic.exports.by_id)})

    return handle


def bulk_routes(clinic: Clinic) -> list[tuple[str, str, Handler]]:
    """List the addresses; how exports go is told by a hook for tests."""
    return [
        ("/$export", "GET", _kick_off(clinic, is_of_patients=False)),
        ("/Patient/$export", "GET", _kick_off(clinic, is_of_patients=True)),
        ("/Group/{group}/$export", "GET", _kick_off(clinic, is_of_patients=True)),
        ("/export/{export}", "GET", _of_an_export(clinic, _status(clinic))),
        ("/export/{export}", "DELETE", _of_an_export(clinic, _end(clinic))),
        ("/export/{export}/{file}", "GET", _of_an_export(clinic, _file(clinic))),
        ("/_demo/export", "POST", _manner(clinic)),
    ]
