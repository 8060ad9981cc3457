"""Serve one org over http and https at once, from one process."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import uvicorn

from loaders.stand_in_org import metadata_deploys, outcomes
from loaders.stand_in_org.application import UPLOADS, Application
from loaders.stand_in_org.bulk_ingest import start as start_ingest
from loaders.stand_in_org.bulk_jobs import Jobs
from loaders.stand_in_org.bulk_query import start as start_query
from loaders.stand_in_org.certificates import Certificates, ensure_certificates
from loaders.stand_in_org.compressed import Compressed
from loaders.stand_in_org.connections import Connection
from loaders.stand_in_org.dump import RUNNING
from loaders.stand_in_org.faults import Faults
from loaders.stand_in_org.metadata_jobs import Deploys
from loaders.stand_in_org.metadata_retrieve import Retrieves
from loaders.stand_in_org.org import Org
from loaders.stand_in_org.pace import Pace
from loaders.stand_in_org.query_cursors import Cursors
from loaders.stand_in_org.request_faults import Troubled
from loaders.stand_in_org.request_log import RequestLog
from loaders.stand_in_org.sessions import Owner, Sessions
from loaders.stand_in_org.settings import Settings
from loaders.stand_in_org.site import Site
from loaders.stand_in_org.usage import Usage
from loaders.stand_in_org.worker import Worker

_HOST = "127.0.0.1"
_BACKLOG = 2048
_LONGEST_HEAD = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers; `ready` is what the command prints."""

    site: Site
    http: str
    https: str
    authority: Path
    _servers: tuple[uvicorn.Server, ...]
    _thread: threading.Thread

    @property
    def token(self) -> str:
        """Give a token of the org's administrator."""
        return self.site.sessions.token

    def ready(self) -> dict[str, str]:
        """Give what clients need to know."""
        return {
            "http": self.http,
            "https": self.https,
            "ca": str(self.authority),
            "token": self.token,
            "org_id": self.site.org.org_id,
        }

    def stop(self) -> None:
        """Stop answering, let the current chunk finish, close the database."""
        self.site.faults.running.set()
        self.site.faults.querying.set()
        for server in self._servers:
            server.should_exit = True
        self._thread.join()
        self.site.worker.stop()
        (self.site.org.data / RUNNING).unlink(missing_ok=True)
        self.site.org.close()


def open_site(
    data: Path,
    *,
    settings: Settings,
    clock: Callable[[], datetime],
    kill: Callable[[], None] | None = None,
) -> Site:
    """Open the org in a folder with everything that the front keeps beside it."""
    org = Org.open(data, settings=settings, clock=clock)
    outcomes.prepare(org)
    return Site(
        org=org,
        sessions=Sessions(
            data,
            owner=Owner(org.org_id, org.admin_user_id, settings.admin_username),
            settings=lambda: org.settings,
            clock=clock,
        ),
        jobs=Jobs(data / "jobs"),
        deploys=Deploys(data / "deploys"),
        retrieves=Retrieves(),
        cursors=Cursors(),
        usage=Usage(clock, lambda: org.settings),
        faults=Faults(kill=kill),
        requests=RequestLog(),
        worker=Worker(),
        pace=Pace(lambda: org.settings),
        clock=clock,
    )


def serve(
    data: Path,
    *,
    port: int,
    settings: Settings,
    clock: Callable[[], datetime],
    kill: Callable[[], None] | None = None,
) -> Running:
    """
    Start serving the org in this folder; port 0 is any free one.

    `kill` ends the process at once; given, a fault may use it.
    """
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    certificates = ensure_certificates(data, now=clock())
    plain, secure = _listen(port), _listen(0)
    site = open_site(data, settings=settings, clock=clock, kill=kill)
    _take_up_jobs(site)
    application = Troubled(Compressed(Application(site), site), site)
    servers = (_server(application, None), _server(application, certificates))
    thread = threading.Thread(
        target=asyncio.run,
        args=(_run(servers, (plain, secure)),),
        name="server",
        daemon=True,
    )
    thread.start()
    running = Running(
        site=site,
        http=f"http://{_HOST}:{plain.getsockname()[1]}",
        https=f"https://{_HOST}:{secure.getsockname()[1]}",
        authority=certificates.authority,
        _servers=servers,
        _thread=thread,
    )
    _leave_note(data, running)
    return running


def _leave_note(data: Path, running: Running) -> None:
    note = data / RUNNING
    note.touch(mode=0o600)
    note.write_text(json.dumps(running.ready()), encoding="utf-8")


def _take_up_jobs(site: Site) -> None:
    """Go on with the jobs that the last stop, or kill, left unfinished; clear up after others."""
    under_way = [job for job in site.jobs.all() if job.is_under_way]
    outcomes.keep_only(site.org, [job.id for job in under_way])
    for draft in (site.org.data / UPLOADS).glob("*"):
        # Nobody was told that these bodies had arrived.
        draft.unlink()
    for job in under_way:
        begin = start_ingest if job.kind == "ingest" else start_query
        begin(site, job.id)
    metadata_deploys.take_up(site)


def _listen(port: int) -> socket.socket:
    """Listen at once: who reads the ready line may connect before the loop runs."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Accepted connections inherit this; small answers must not wait for acknowledgements.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listener.bind((_HOST, port))
    listener.listen(_BACKLOG)
    return listener


def _server(application: Troubled, certificates: Certificates | None) -> uvicorn.Server:
    config = uvicorn.Config(
        application,
        http=Connection,
        loop="asyncio",
        # Longer than an address may be, so that the application is what refuses it.
        h11_max_incomplete_event_size=_LONGEST_HEAD,
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
        timeout_keep_alive=75,
        ssl_certfile=None if certificates is None else str(certificates.server),
        ssl_keyfile=None if certificates is None else str(certificates.key),
    )
    return uvicorn.Server(config)


async def _run(servers: tuple[uvicorn.Server, ...], sockets: tuple[socket.socket, ...]) -> None:
    await asyncio.gather(
        *(
            server.serve(sockets=[listener])
            for server, listener in zip(servers, sockets, strict=True)
        )
    )
