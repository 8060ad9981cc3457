"""An org on loopback that gives the answers it was told to: what no honest org would say."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

import httpx

from loaders.org_line import OrgLine
from tests.loopback import loopback


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered to every request of one method and resource."""

    body: object
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        """Give the bytes: text as it is, anything else as JSON."""
        text = self.body if isinstance(self.body, str) else json.dumps(self.body)
        return text.encode("utf-8")


@contextmanager
def canned(answers: Mapping[str, Answer]) -> Iterator[OrgLine]:
    """Serve the answers, each under `METHOD resource`, and open a line to them."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", "0")))
            resource = self.path.split("?")[0].removeprefix("/services/data/v67.0/")
            found = answers[f"{self.command} {resource}"]
            self.send_response(found.status)
            for name, value in found.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(found.content)))
            self.end_headers()
            self.wfile.write(found.content)

        do_GET = do_POST = do_PATCH = answer  # noqa: N815 - names of http.server

    with loopback(Handler) as address, httpx.Client(base_url=address) as client:
        yield OrgLine(client, "67.0", first_pause=0.0)
