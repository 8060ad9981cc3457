"""The ASGI application: log-in, routing, bodies, errors, and the header every answer carries."""

from __future__ import annotations

import io
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from loaders.stand_in_org import auth, metadata_soap, partner_soap
from loaders.stand_in_org.call import Call, Part, answer, bearer_token, print_prettily
from loaders.stand_in_org.errors import ApiError, OAuthError, session_expired
from loaders.stand_in_org.routes import split_path
from loaders.stand_in_org.routing import ROUTER
from loaders.stand_in_org.site import Site
from loaders.stand_in_org.usage import DAILY_API_REQUESTS
from loaders.stand_in_org.versions import deprecation, listed_versions

MAX_ADDRESS = 16_384
# Where bodies lie while they come in.
UPLOADS = "uploads"
MAX_BODY = 60 * 1024 * 1024
_MAX_TEXT_PART = 60 * 1024 * 1024
# The first segment of the addresses that only a stand-in has.
STEERING = "_stand_in"
_SOAP = (metadata_soap.SERVICE, partner_soap.SERVICE)


@dataclass(frozen=True, slots=True)
class Application:
    """Answers the requests for one org."""

    site: Site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except ApiError as refused:
            response = answer(refused.body(), status=refused.status)
        except OAuthError as refused:
            response = answer(dict(refused.body()), status=refused.status)
        print_prettily(request, response)
        response.headers["Sforce-Limit-Info"] = self.site.usage.limit_info()
        if warning := self._warning(request):
            response.headers["Warning"] = warning
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        _check_length(request)
        segments = split_path(request.scope["raw_path"])
        open_answer = await self._without_token(request, segments)
        if open_answer is not None:
            return open_answer
        user_id = self._user(_token(request, segments), segments)
        if user_id is None:
            raise session_expired()
        if segments[:1] != [STEERING]:
            if not self.site.usage.has_room(DAILY_API_REQUESTS):
                raise ApiError(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
            self.site.usage.count(DAILY_API_REQUESTS)
        handler, params = ROUTER.find(_method(request), segments)
        call = Call(self.site, request, params, user_id)
        if "version" in params:
            # Refuses what is no version before anything is done.
            _ = call.version
        return await self._with_body(call, handler)

    def _warning(self, request: Request) -> str | None:
        """Give the warning for a version that is still answered, but not for long."""
        segments = split_path(request.scope["raw_path"])
        return deprecation(segments, before=self.site.org.settings.deprecated_before)

    def _user(self, token: str, segments: list[str]) -> str | None:
        if segments[:1] == [STEERING] and token == self.site.sessions.token:
            # An org whose sessions have all expired can still be steered.
            return self.site.org.admin_user_id
        return self.site.sessions.user_of(token)

    async def _without_token(self, request: Request, segments: list[str]) -> Response | None:
        """Answer what clients ask before they are logged in."""
        path = "/".join(segments).lower()
        if path == "services/data" and request.method == "GET":
            return answer(listed_versions())
        asked = [service for service in _SOAP if service.is_asked(segments)]
        if asked and request.method == "POST":
            # Its token is in the envelope.
            body = await _whole(request)
            return await run_in_threadpool(asked[0].answer, self.site, request, body)
        grants = {"services/oauth2/token": auth.token, "services/oauth2/revoke": auth.revoke}
        if path in grants and request.method == "POST":
            body = await request.body()
            return await run_in_threadpool(grants[path], self.site, request, body)
        return None

    async def _with_body(self, call: Call, handler: Callable[[Call], Response]) -> Response:
        request = call.request
        kind = request.headers.get("content-type", "").lower()
        if kind.startswith("multipart/"):
            return await _with_parts(call, handler)
        if request.method == "PUT":
            draft = await self._to_disk(request)
            try:
                return await run_in_threadpool(handler, _filled(call, upload=draft))
            finally:
                draft.unlink(missing_ok=True)
        body = await _whole(request)
        return await run_in_threadpool(handler, _filled(call, body=body))

    async def _to_disk(self, request: Request) -> Path:
        """Write a body to disk as it comes in, chunked or not."""
        folder = self.site.org.data / UPLOADS
        folder.mkdir(mode=0o700, exist_ok=True)
        draft = folder / secrets.token_hex(16)
        with draft.open("wb") as sink:
            async for chunk in request.stream():
                sink.write(chunk)
        return draft


def _filled(
    call: Call, *, body: bytes = b"", parts: tuple[Part, ...] = (), upload: Path | None = None
) -> Call:
    return Call(
        call.site, call.request, call.params, call.user_id, body=body, parts=parts, upload=upload
    )


def _check_length(request: Request) -> None:
    """
    Hold a request to the length of its address, and of its address and headers together.

    The codes in the bodies are unsure: of these two the documents name the status only.

    Raises:
        ApiError: 414 or 431 (contract 4.1).

    """
    address = len(request.scope["raw_path"]) + len(request.scope["query_string"]) + 1
    # A header takes a colon, a space and a line end beside its name and value.
    headers = sum(len(name) + len(value) + 4 for name, value in request.scope["headers"])
    if address > MAX_ADDRESS:
        raise ApiError(414, "URI_TOO_LONG", f"The URI exceeds the {MAX_ADDRESS}-byte limit")
    if address + headers > MAX_ADDRESS:
        raise ApiError(
            431,
            "REQUEST_HEADER_FIELDS_TOO_LARGE",
            f"The combined length of the URI and headers exceeds the {MAX_ADDRESS}-byte limit",
        )


def _method(request: Request) -> str:
    if request.method == "POST" and "_HttpMethod" in request.query_params:
        return request.query_params["_HttpMethod"].upper()
    return "GET" if request.method == "HEAD" else request.method


def _token(request: Request, segments: list[str]) -> str:
    # The identity address also takes its token from the query (contract 1.1).
    if segments[:1] == ["id"] and "oauth_token" in request.query_params:
        return request.query_params["oauth_token"]
    return bearer_token(request)


async def _whole(request: Request) -> bytes:
    received = bytearray()
    async for chunk in request.stream():
        received += chunk
        if len(received) > MAX_BODY:
            raise ApiError(413, "REQUEST_ENTITY_TOO_LARGE", "The request's body is too large")
    return bytes(received)


async def _with_parts(call: Call, handler: Callable[[Call], Response]) -> Response:
    parser = MultiPartParser(
        call.request.headers, call.request.stream(), max_part_size=_MAX_TEXT_PART
    )
    try:
        form = await parser.parse()
    except MultiPartException as problem:
        raise ApiError(
            400, "INVALID_MULTIPART_REQUEST", "The multipart body cannot be read"
        ) from problem
    try:
        parts = tuple(_part(name, value) for name, value in form.multi_items())
        return await run_in_threadpool(handler, _filled(call, parts=parts))
    finally:
        await form.close()


def _part(name: str, value: UploadFile | str) -> Part:
    if isinstance(value, str):
        return Part(name, "", None, io.BytesIO(value.encode("utf-8")))
    return Part(name, value.content_type or "", value.filename, value.file)
