"""One request within another: how it is written, and what became of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from loaders.stand_in_org.call import Call
from loaders.stand_in_org.data_routes import DATA_ROUTES, router
from loaders.stand_in_org.errors import ApiError, broken_json
from loaders.stand_in_org.routes import split_path

MAX_SUBREQUESTS = 25
_METHODS = frozenset({"POST", "PUT", "PATCH", "GET", "DELETE"})
# What a client may leave as it is in an address; a per cent sign is an encoding of its own.
_AS_WRITTEN = "%/:?#[]@!$&'()*+,;=~"
_ROUTER = router(DATA_ROUTES)


@dataclass(frozen=True, slots=True)
class Subrequest:
    """What a composite or a batch asks for in one place."""

    method: str
    url: str
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Subanswer:
    """What a subrequest answered; a collection with a refused record has failed, too."""

    status: int
    body: object
    location: str | None = None

    @property
    def failed(self) -> bool:
        """Tell whether an all-or-none request has to be rolled back."""
        saved = self.body if isinstance(self.body, list) else []
        refused = any(isinstance(one, dict) and one.get("success") is False for one in saved)
        return refused or self.status >= 400  # noqa: PLR2004 where HTTP's errors begin


def subrequest_list(body: Mapping[str, object], name: str, *, most: int) -> list[dict[str, object]]:
    """
    Give the subrequests of a body, before any of them is looked at.

    Raises:
        ApiError: 400 when there are none, or too many (contract 4.5).

    """
    found = body.get(name)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise broken_json(f"{name} must be a list of objects")
    if not found:
        raise ApiError(400, "REQUIRED_FIELD_MISSING", f"{name} must not be empty")
    if len(found) > most:
        raise ApiError(400, "LIMIT_EXCEEDED", f"{name} holds at most {most} entries")
    return found


def method_and_url(given: Mapping[str, object]) -> tuple[str, str]:
    """
    Give a subrequest's method and address.

    Raises:
        ApiError: 400; methods are case-sensitive.

    """
    method, url = given.get("method"), given.get("url")
    if method not in _METHODS or not isinstance(method, str):
        raise broken_json("method must be one of POST, PUT, PATCH, GET, DELETE")
    if not isinstance(url, str) or not url:
        raise broken_json("url must be a text")
    return method, url


def perform(call: Call, wanted: Subrequest) -> Subanswer:
    """Carry out one subrequest as the user of the whole; a refusal is its answer."""
    try:
        response = _response(call, wanted)
    except ApiError as refused:
        return Subanswer(refused.status, refused.body())
    content = bytes(response.body)
    return Subanswer(
        response.status_code,
        json.loads(content) if content else None,
        response.headers.get("location"),
    )


def _response(call: Call, wanted: Subrequest) -> Response:
    path, _, arguments = wanted.url.partition("?")
    raw_path = quote(path, safe=_AS_WRITTEN).encode("ascii")
    handler, params = _ROUTER.find(wanted.method, split_path(raw_path))
    request = Request(
        {
            **call.request.scope,
            "method": wanted.method,
            "path": path,
            "raw_path": raw_path,
            "query_string": quote(arguments, safe=_AS_WRITTEN).encode("ascii"),
            "headers": _headers(call.request, wanted.headers),
        }
    )
    inner = replace(
        call,
        request=request,
        params=params,
        body=b"" if wanted.body is None else json.dumps(wanted.body).encode("utf-8"),
    )
    # Refuses what is no version before anything is done.
    _ = inner.version
    return handler(inner)


def _headers(request: Request, own: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """Lay a subrequest's own headers over those it inherits."""
    named = {name.lower().encode("latin-1"): text.encode("utf-8") for name, text in own.items()}
    inherited = [pair for pair in request.scope["headers"] if pair[0] not in named]
    return [*inherited, *named.items()]
