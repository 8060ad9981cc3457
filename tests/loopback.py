"""A server of a few lines, on a free port of this machine."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# A status, headers and a body.
Answer = tuple[int, dict[str, str], bytes]


class Speaking(BaseHTTPRequestHandler):
    """Sends whole answers, and hangs up in the middle of one where it is told to."""

    protocol_version = "HTTP/1.1"

    def send(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """Send an answer."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def is_in_trouble(self, troubles: deque[Answer | str]) -> bool:
        """Give the next trouble, if there is any; a text means to hang up after half an answer."""
        trouble = troubles.popleft() if troubles else None
        if isinstance(trouble, str):
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b'{"half')
            self.close_connection = True
        elif trouble:
            self.send(*trouble)
        return trouble is not None


@contextmanager
def loopback(handler: type[BaseHTTPRequestHandler], **served: object) -> Iterator[str]:
    """
    Let a handler, which finds what it serves as its own attributes, answer until the end.

    It logs nothing.
    """
    own = {"log_message": lambda *_: None, **served}
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("ItsHandler", (handler,), own))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
