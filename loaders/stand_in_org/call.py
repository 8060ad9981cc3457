"""One request on its way through the front, and the shapes of answers."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import duckdb
import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from loaders.stand_in_org import outcomes
from loaders.stand_in_org.errors import ApiError, broken_json, not_found, session_expired
from loaders.stand_in_org.model import Field, SObject
from loaders.stand_in_org.site import Site
from loaders.stand_in_org.versions import check_version

_PIECE = 1 << 18


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a multipart body; a large one lies on disk."""

    name: str
    content_type: str
    filename: str | None
    file: BinaryIO

    def read(self) -> bytes:
        """Read the whole part."""
        self.file.seek(0)
        return self.file.read()

    def size(self) -> int:
        """Count the bytes of the part."""
        return self.file.seek(0, io.SEEK_END)


@dataclass(frozen=True, slots=True)
class Call:
    """An authenticated request: who asks, with what parameters and body."""

    site: Site
    request: Request
    params: Mapping[str, str]
    user_id: str
    body: bytes = b""
    parts: tuple[Part, ...] = ()
    upload: Path | None = None
    # Open in a composite request that keeps all of its subrequests or none.
    connection: duckdb.DuckDBPyConnection | None = None

    @contextmanager
    def transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Write in the transaction of the whole request, else in one of this call's own."""
        if self.connection is not None:
            yield self.connection
            return
        with outcomes.transaction(self.site.org) as connection:
            yield connection

    @property
    def version(self) -> str:
        """Give the API version of the path, as "67.0"."""
        return check_version(self.params["version"])

    @property
    def data_path(self) -> str:
        """Give the root of this version's resources."""
        return f"/services/data/v{self.version}"

    @property
    def base_url(self) -> str:
        """Give scheme, host and port as the client addressed them."""
        return base_url(self.request)

    def argument(self, name: str) -> str | None:
        """Give a query parameter, whatever the letter case of its name."""
        for key, value in self.request.query_params.items():
            if key.lower() == name.lower():
                return value
        return None

    def json_object(self) -> dict[str, object]:
        """
        Read the body as a JSON object.

        Raises:
            ApiError: 400 JSON_PARSER_ERROR.

        """
        found = read_json(self.body)
        if not isinstance(found, dict):
            raise broken_json("Expected a JSON object")
        return found

    def sobject(self) -> tuple[SObject, dict[str, Field]]:
        """
        Give the object named by the path with the fields its user sees.

        Raises:
            ApiError: 404 when the user has no such object.

        """
        sobject = self.named_sobject()
        return sobject, self.site.org.visible_fields(sobject, self.user_id)

    def named_sobject(self) -> SObject:
        """
        Give the object named by the path, for whoever does not ask for its fields.

        Raises:
            ApiError: 404 when the user has no such object.

        """
        sobject = visible_sobject(self.site, self.params["sobject"], user_id=self.user_id)
        if sobject is None:
            raise not_found()
        return sobject


def visible_sobject(site: Site, name: str, *, user_id: str) -> SObject | None:
    """Find an object that exists and that the user may read."""
    sobject = site.org.sobject(name)
    if sobject is None or "read" not in site.org.object_permissions(sobject, user_id):
        return None
    return sobject


def base_url(request: Request) -> str:
    """Give scheme, host and port as the client addressed them."""
    return f"{request.url.scheme}://{request.headers.get('host', request.url.netloc)}"


def read_json(body: bytes) -> object:
    """
    Read JSON, keeping whole numbers whole.

    Raises:
        ApiError: 400 JSON_PARSER_ERROR; the text itself is not quoted back.

    """
    try:
        return json.loads(body)
    except (json.JSONDecodeError, UnicodeDecodeError) as problem:
        raise broken_json(f"Unexpected character in JSON ({type(problem).__name__})") from problem


def answer(content: object, *, status: int = 200) -> Response:
    """Answer with JSON."""
    body = msgspec.json.encode(content)
    return Response(body, status, media_type="application/json;charset=UTF-8")


def print_prettily(request: Request, response: Response) -> None:
    """Indent JSON where the request asks for it by X-PrettyPrint: 1 (contract 2.3)."""
    wanted = request.headers.get("x-prettyprint") == "1"
    if wanted and str(response.media_type).startswith("application/json"):
        response.body = msgspec.json.format(bytes(response.body), indent=2)
        response.headers["Content-Length"] = str(len(response.body))


def csv_answer(content: bytes, *, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with CSV."""
    return Response(content, media_type="text/csv", headers=headers)


def csv_file(path: Path) -> Response:
    """Answer with a file of CSV, piece by piece from the disk."""
    headers = {"Content-Length": str(path.stat().st_size)}
    return StreamingResponse(_pieces(path), media_type="text/csv", headers=headers)


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        while piece := source.read(_PIECE):
            yield piece


def no_content() -> Response:
    """Answer 204."""
    return Response(status_code=204)


def bearer_token(request: Request) -> str:
    """
    Take the token out of the Authorization header.

    Raises:
        ApiError: 401, with another code when the header is malformed (contract 1.4).

    """
    header = request.headers.get("authorization")
    if header is None:
        raise session_expired()
    found = re.fullmatch(r"(?:Bearer|OAuth)\s+(\S+)", header.strip(), flags=re.IGNORECASE)
    if found is None:
        raise ApiError(401, "INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE")
    return found[1]
