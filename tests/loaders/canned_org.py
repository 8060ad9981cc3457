"""An org on loopback that gives the answers it was told to: what no honest org would say."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

from loaders.org_line import OrgLine


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
        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

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

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{server.server_port}") as client:
                yield OrgLine(client, "67.0", first_pause=0.0)
        finally:
            server.shutdown()
