"""Start a demo clinic on a loopback port and say when it is ready."""

from __future__ import annotations

import secrets
import socket
import sys
from collections.abc import Callable
from contextlib import closing

import msgspec
import uvicorn

from extract.demo_clinic import store
from extract.demo_clinic.clinic import Clinic
from extract.demo_clinic.defects import Truth
from extract.demo_clinic.generator import generate
from extract.demo_clinic.server import build_app

_LOOPBACK = "127.0.0.1"


def _listen(port: int) -> socket.socket:
    # asyncio sets TCP_NODELAY only where the protocol is named; without, an answer takes 40 ms.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((_LOOPBACK, port))
    return listening


def _announce(clinic: Clinic) -> Callable[[], None]:
    def say() -> None:
        line = msgspec.json.encode({"url": clinic.base, "token": clinic.token})
        sys.stdout.buffer.write(line + b"\n")
        sys.stdout.buffer.flush()

    return say


def serve(*, patients: int, seed: int, port: int, when_filled: Callable[[Truth], None]) -> None:
    """
    Fill a store and serve it until a signal comes.

    Raises:
        OSError: the port is taken.

    """
    with _listen(port) as listening, closing(store.open_store()) as connection:
        truth = Truth(patients=patients, seed=seed)
        store.fill(connection, records=generate(patients=patients, seed=seed, truth=truth))
        when_filled(truth)
        clinic = Clinic(
            store=connection,
            truth=truth,
            token=secrets.token_urlsafe(24),
            base=f"http://{_LOOPBACK}:{listening.getsockname()[1]}",
        )
        app = build_app(clinic, when_ready=_announce(clinic))
        config = uvicorn.Config(app, log_level="warning", access_log=False)
        uvicorn.Server(config).run(sockets=[listening])
