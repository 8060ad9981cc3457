"""Let pending faults happen to requests: before one is handled, after it, or within its answer."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from loaders.stand_in_org.acts_later import perform_later
from loaders.stand_in_org.connections import TRANSPORT
from loaders.stand_in_org.errors import ApiError
from loaders.stand_in_org.faults import RequestFault
from loaders.stand_in_org.site import Site

# Under this path an org is steered; nothing there is counted or goes wrong.
STEERING = "/_stand_in/"


class _Gone(Exception):
    """The connection is cut: whatever would be sent goes nowhere."""


@dataclass(slots=True)
class _Answer:
    """One answer on its way, with the faults that wait for it."""

    scope: Scope
    receive: Receive
    send: Send
    site: Site
    after: list[RequestFault]
    middle: list[RequestFault]
    status: int = 0
    replaced: bool = False

    async def pass_on(self, message: Message) -> None:
        if self.replaced:
            return
        if message["type"] == "http.response.start":
            self.status = message["status"]
            for fault in self.after:
                await self.happen(fault)
        if self.replaced:
            return
        if message["type"] == "http.response.body" and self.middle:
            await self._in_two(message)
            return
        await self.send(message)

    async def _in_two(self, message: Message) -> None:
        half = len(message["body"]) // 2
        head, tail = message["body"][:half], message["body"][half:]
        if head:
            await self.send({**message, "body": head, "more_body": True})
        faults, self.middle = self.middle, []
        for fault in faults:
            await self.happen(fault)
        await self.send({**message, "body": tail})

    async def happen(self, fault: RequestFault) -> None:
        """
        Let one fault happen.

        Raises:
            _Gone: the connection is cut.

        """
        match fault.do:
            case "wait":
                await asyncio.sleep(fault.seconds)
            case "expire":
                self.site.sessions.expire()
            case "refuse":
                await self._refuse(fault)
            case "act" if fault.act is not None:
                await run_in_threadpool(perform_later, self.site, fault.act)
            case "kill" if self.site.faults.kill is not None:
                self.site.faults.kill()
            case _:
                await self._cut(fault)

    async def _refuse(self, fault: RequestFault) -> None:
        body = msgspec.json.encode(ApiError(fault.status, fault.code, fault.message).body())
        headers = [
            (b"content-type", b"application/json;charset=UTF-8"),
            (b"content-length", str(len(body)).encode("ascii")),
        ]
        if fault.seconds:
            headers.append((b"retry-after", str(int(fault.seconds)).encode("ascii")))
        if fault.when == "before":
            await self._drain()
        self.status, self.replaced = fault.status, True
        await self.send({"type": "http.response.start", "status": fault.status, "headers": headers})
        await self.send({"type": "http.response.body", "body": body})

    async def _drain(self) -> None:
        """Read the body to its end: who still sends would not see the refusal."""
        while (await self.receive()).get("more_body", False):
            pass

    async def _cut(self, fault: RequestFault) -> None:
        transport: asyncio.Transport = self.scope[TRANSPORT]
        if fault.when == "middle":
            # What was sent has to arrive, so that the answer really breaks off in the middle.
            transport.close()
        else:
            transport.abort()
        # The loop tells the server about the loss in its next turn.
        await asyncio.sleep(0)
        raise _Gone


@dataclass(frozen=True, slots=True)
class Troubled:
    """The application behind the faults that are pending, and the log of what was asked."""

    inner: ASGIApp
    site: Site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, if nothing comes between."""
        if scope["type"] != "http" or scope["path"].startswith(STEERING):
            await self.inner(scope, receive, send)
            return
        too_many = self._too_many()
        entry = self.site.requests.note(scope["method"], scope["path"])
        struck = self.site.faults.strike(scope["method"], scope["path"])
        waiting: dict[str, list[RequestFault]] = {"before": [], "after": [], "middle": []}
        for fault in struck:
            waiting[fault.when].append(fault)
        onward = _Answer(scope, receive, send, self.site, waiting["after"], waiting["middle"])
        try:
            for fault in (*too_many, *waiting["before"]):
                await onward.happen(fault)
            if not onward.replaced:
                await self.inner(scope, receive, onward.pass_on)
        except _Gone:
            return
        finally:
            self.site.requests.answered(entry, onward.status)

    def _too_many(self) -> list[RequestFault]:
        """Refuse a request while too many long ones run (contract 1.4)."""
        settings = self.site.org.settings
        if self.site.requests.long(settings.long_request_seconds) < settings.long_requests:
            return []
        return [
            RequestFault(
                do="refuse",
                status=403,
                code="REQUEST_LIMIT_EXCEEDED",
                message="ConcurrentRequests (Concurrent API Requests) Limit exceeded.",
            )
        ]
