"""Compress answers for the clients that accept it."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from loaders.stand_in_org.site import Site

_SMALLEST = 1_024
# On loopback the network costs nothing: the fastest level is the right one.
_LEVEL = 1


@dataclass(frozen=True, slots=True)
class Compressed:
    """The application, its answers compressed unless the org's settings say otherwise."""

    inner: ASGIApp
    site: Site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        answering = self.inner
        if self.site.org.settings.compress:
            answering = GZipMiddleware(answering, minimum_size=_SMALLEST, compresslevel=_LEVEL)
        await answering(scope, receive, send)
