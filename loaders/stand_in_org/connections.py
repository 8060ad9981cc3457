"""The HTTP connections of the server, which a fault may cut."""

from __future__ import annotations

import asyncio

from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

# The member of the scope that holds the connection a request came by.
TRANSPORT = "stand_in.transport"


class Connection(H11Protocol):
    """A connection that tells the application which one it is."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Name the transport to every request that comes by it."""
        super().connection_made(transport)
        inner = self.app

        async def known(scope: Scope, receive: Receive, send: Send) -> None:
            scope[TRANSPORT] = transport
            await inner(scope, receive, send)

        self.app = known
