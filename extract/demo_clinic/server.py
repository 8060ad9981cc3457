"""The FHIR R4 server: search with paging, read, tokens, and hooks for tests."""

from __future__ import annotations

import hmac
from base64 import b64decode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from extract.demo_clinic import store
from extract.demo_clinic.admin import admin_routes
from extract.demo_clinic.answers import bundle, capability_statement, fhir_response, outcome
from extract.demo_clinic.bulk import bulk_routes
from extract.demo_clinic.clinic import Clinic, Fault
from extract.demo_clinic.search import (
    SearchRefused,
    page_token,
    read_search,
    read_token,
)
from extract.demo_clinic.smart import CONFIGURATION, TOKEN, smart_routes

Handler = Callable[[Request], Awaitable[Response]]
# Whoever has no token yet may ask here how to get one.
_OPEN = frozenset({"/metadata", CONFIGURATION, TOKEN})
_Lifespan = AbstractAsyncContextManager[None]


def _run(clinic: Clinic, *, search: store.Search) -> Response:
    total = search.total
    if total < 0:
        total = store.total(clinic.store, search=search)
    rows = store.page(clinic.store, search=search, limit=search.count + 1)
    shown = rows[: search.count]
    next_url = ""
    if len(rows) > search.count:
        token = page_token(replace(search, after=shown[-1].place, total=total))
        next_url = f"{clinic.base}?_getpages={token}"
    return bundle(shown, kind=search.kind, base=clinic.base, total=total, next_url=next_url)


def _unknown_type() -> Response:
    return outcome(404, code="not-supported", text="The practice has no such resource type.")


def _search(clinic: Clinic) -> Handler:
    async def handle(request: Request) -> Response:
        kind = request.path_params["kind"]
        if kind not in clinic.kinds:
            return _unknown_type()
        try:
            search = read_search(kind, asked=request.query_params.multi_items())
        except SearchRefused as refused:
            return outcome(400, code="not-supported", text=str(refused))
        return _run(clinic, search=search)

    return handle


def _next_page(clinic: Clinic) -> Handler:
    async def handle(request: Request) -> Response:
        try:
            search = read_token(request.query_params.get("_getpages", ""))
        except SearchRefused as refused:
            return outcome(410, code="expired", text=str(refused))
        return _run(clinic, search=search)

    return handle


def _read(clinic: Clinic) -> Handler:
    async def handle(request: Request) -> Response:
        kind, ident = request.path_params["kind"], request.path_params["ident"]
        if kind not in clinic.kinds:
            return _unknown_type()
        doc = store.one(clinic.store, kind=kind, ident=ident)
        if doc is None and store.is_gone(clinic.store, kind=kind, ident=ident):
            return outcome(410, code="deleted", text=f"This {kind} was deleted.")
        if doc is None:
            return outcome(404, code="not-found", text=f"There is no such {kind}.")
        if kind == "Binary" and "json" not in request.headers.get("accept", ""):
            binary = msgspec.json.decode(doc)
            return Response(b64decode(binary["data"]), media_type=binary["contentType"])
        return fhir_response(msgspec.Raw(doc))

    return handle


class _Half(Response):
    """Promises an answer, gives half of it, and hangs up."""

    def __init__(self, whole: Response) -> None:
        super().__init__(whole.body, whole.status_code, headers=dict(whole.headers))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start = {"type": "http.response.start", "status": self.status_code}
        await send({**start, "headers": self.raw_headers})
        half = bytes(self.body)[: len(self.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})


def _is_known(clinic: Clinic, request: Request) -> bool:
    """Tell whether a request may be answered: it has a token, or needs none."""
    path = request.url.path
    if path in _OPEN or clinic.exports.is_signed(path, request.query_params.get("signature", "")):
        return True
    said = request.headers.get("authorization", "")
    is_own = hmac.compare_digest(said.encode(), f"Bearer {clinic.token}".encode())
    return is_own or clinic.desk.knows(said.removeprefix("Bearer "))


def _refusal(clinic: Clinic, *, request: Request, fault: Fault | None) -> Response | None:
    """Turn away who is not known, or show a fault."""
    if fault is not None and fault.revoke:
        clinic.desk.revoke()
    if not _is_known(clinic, request):
        headers = {"WWW-Authenticate": "Bearer"}
        return outcome(401, code="login", text="A valid bearer token is needed.", headers=headers)
    if fault is None or fault.revoke or fault.cut:
        return None
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    code = "throttled" if fault.status == 429 else "transient"  # noqa: PLR2004 - HTTP's number
    return outcome(fault.status, code=code, text="Asked for by a test.", headers=headers)


def _guarded(clinic: Clinic, *, handler: Handler) -> Handler:
    async def handle(request: Request) -> Response:
        path = request.url.path
        is_hook = path.startswith("/_demo/")
        fault = None if is_hook else clinic.due_fault(path)
        answer = _refusal(clinic, request=request, fault=fault) or await handler(request)
        if not is_hook:
            asked = path + ("?" + request.url.query if request.url.query else "")
            clinic.requests.append(f"{answer.status_code} {asked}")
        return _Half(answer) if fault is not None and fault.cut else answer

    return handle


def _metadata(clinic: Clinic) -> Handler:
    async def handle(_: Request) -> Response:
        return fhir_response(capability_statement(clinic.kinds))

    return handle


async def _nothing_here(_: Request) -> Response:
    return outcome(404, code="not-found", text="There is nothing at this address.")


def _announcing(when_ready: Callable[[], None]) -> Callable[[Starlette], _Lifespan]:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        when_ready()
        yield

    return lifespan


def build_app(clinic: Clinic, *, when_ready: Callable[[], None]) -> Starlette:
    """Build the server around a clinic."""
    routes = [
        ("/metadata", "GET", _metadata(clinic)),
        ("/", "GET", _next_page(clinic)),
        *admin_routes(clinic),
        *smart_routes(clinic),
        *bulk_routes(clinic),
        ("/{kind}", "GET", _search(clinic)),
        ("/{kind}/{ident}", "GET", _read(clinic)),
        ("/{rest:path}", "GET", _nothing_here),
    ]
    return Starlette(
        routes=[
            Route(path, _guarded(clinic, handler=handler), methods=[method])
            for path, method, handler in routes
        ],
        lifespan=_announcing(when_ready),
    )
