"""Find the handler for a path, as tolerantly as the original: slashes and letter case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import unquote

from loaders.stand_in_org.errors import ApiError, not_found

Handler = TypeVar("Handler")


@dataclass(frozen=True, slots=True)
class Route(Generic[Handler]):
    """A method and a pattern such as `services/data/{version}/limits`."""

    method: str
    pattern: str
    handler: Handler

    def match(self, segments: list[str]) -> Mapping[str, str] | None:
        """Give the path's parameters, or nothing when the path is another one."""
        wanted = self.pattern.split("/")
        if len(wanted) != len(segments):
            return None
        params: dict[str, str] = {}
        for want, got in zip(wanted, segments, strict=True):
            if want.startswith("{"):
                params[want[1:-1]] = got
            elif want.lower() != got.lower():
                return None
        return params


def split_path(raw_path: bytes) -> list[str]:
    """
    Cut a raw path into decoded segments.

    Double and trailing slashes vanish (contract 2.1: real clients send both); an encoded slash
    inside an external id stays part of its segment.
    """
    text = raw_path.decode("ascii", errors="replace").split("?", 1)[0]
    return [unquote(segment) for segment in text.split("/") if segment]


class Router(Generic[Handler]):
    """The table of all routes; the first that fits wins."""

    def __init__(self, routes: Iterable[Route[Handler]]) -> None:
        self._routes = tuple(routes)

    def find(self, method: str, segments: list[str]) -> tuple[Handler, Mapping[str, str]]:
        """
        Find the handler and the path's parameters.

        Raises:
            ApiError: 404 for an unknown path, 405 for a known path with another method.

        """
        allowed: list[str] = []
        for route in self._routes:
            params = route.match(segments)
            if params is None:
                continue
            if route.method == method:
                return route.handler, params
            allowed.append(route.method)
        if not allowed:
            raise not_found()
        raise ApiError(
            405,
            "METHOD_NOT_ALLOWED",
            f"HTTP Method '{method}' not allowed. Allowed are {','.join(sorted(set(allowed)))}",
        )
