"""A page in a real browser, all its traffic led to a proxy that writes it down and refuses it."""

from __future__ import annotations

import shutil
import socket
import struct
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium")
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--disable-sync",
    "--hide-scrollbars",
    "--enable-logging=stderr",
)
# What Chromium asks for itself, whatever page it shows; a page could mean none of these.
BROWSERS_OWN = (
    "CONNECT www.google.com:",
    "CONNECT accounts.google.com:",
    "GET http://clients2.",
    "CONNECT update.googleapis.com:",
    "POST http://update.googleapis.com/service/update2/",
)
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="Chromium is not installed (Debian: apt-get install chromium)"
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a browser showed, complained about, and asked for."""

    picture: Path
    console: list[str]
    asked: list[str]

    @property
    def size(self) -> tuple[int, int]:
        width, height = struct.unpack(">II", self.picture.read_bytes()[16:24])
        return width, height


@contextmanager
def proxy(asked: list[str]) -> Iterator[int]:
    """Take every request that a browser makes to anybody, write it down, and refuse it."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def listen() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    first = connection.recv(4096).split(b"\r\n")[0]
                    if first:
                        asked.append(first.decode("latin-1"))
                        connection.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield int(listening.getsockname()[1])
        listening.shutdown(socket.SHUT_RDWR)
    thread.join(timeout=5)


def show(page: Path, folder: Path) -> Seen:
    """Open a page from disk in headless Chromium, all its traffic led to the proxy."""
    asked: list[str] = []
    picture = folder / "page.png"
    with proxy(asked) as port:
        done = subprocess.run(
            [
                str(CHROMIUM),
                *QUIET,
                f"--user-data-dir={folder / 'profile'}",
                f"--proxy-server=http://127.0.0.1:{port}",
                "--proxy-bypass-list=<-loopback>",
                "--window-size=1280,2400",
                f"--screenshot={picture}",
                page.as_uri(),
            ],
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
    console = [line for line in done.stderr.splitlines() if ":CONSOLE" in line]
    return Seen(picture, console, [line for line in asked if not line.startswith(BROWSERS_OWN)])
