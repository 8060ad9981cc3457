"""What the tests of files share: a clinic of five files, and a relay that spoils answers."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import httpx

from loaders.file_requests import SMALL_BYTES
from loaders.plan_store import Plan
from loaders.push import Push, push
from loaders.runs import push_run
from tests.conftest import serving
from tests.loaders.loading import SMALL, Loading
from tests.loaders.mini_clinic import MARTS, MiniClinic
from tests.loopback import loopback

FILES = 5
BIG = b"\x00\xff big " * (SMALL_BYTES // 6)
TOGETHER, ALONE = "composite/sobjects", "sobjects/ContentVersion"


def body(number: int) -> bytes:
    return BIG if number == 1 else b"\x00\xff\r\n--" + b"%d" % number * 100


def clinic_of(folder: Path, *, files: int) -> MiniClinic:
    mart = deepcopy(MARTS["sf_content_version"])
    mart["rows"] = [
        (
            f"demo:document:{number}",
            f"Letter {number}",
            f"letter-{number}.txt",
            base64.b64encode(body(number)).decode("ascii"),
        )
        for number in range(files)
    ]
    return MiniClinic(folder, {"sf_content_version": mart}).write()


@contextmanager
def desk_of(template: Path, folder: Path, **settings: object) -> Iterator[Loading]:
    """Serve an org of these settings beside a clinic with five files, the second of them big."""
    shutil.copytree(template, folder / "org")
    options = folder / "settings.json"
    options.write_text(json.dumps(settings), encoding="utf-8")
    clinic = clinic_of(folder / "clinic", files=FILES)
    org = serving(folder / "org", "--sandbox", "--settings", str(options))
    with org as served, httpx.Client() as api:
        yield Loading(clinic, served, api)


# Between loader and org: sees each request, and may spoil the answer to one of them.
Spoil = Callable[[bytes], bytes | None]


@dataclass(slots=True)
class Relay:
    """Passes requests on to an org; `spoil` is used up by the first answer at its path."""

    org: str
    path: str = ""
    spoil: Spoil | None = None
    seen: list[str] = field(default_factory=list)

    def pass_on(self, request: BaseHTTPRequestHandler) -> None:
        length = int(request.headers.get("Content-Length", "0"))
        resource = request.path.split("/", 4)[-1]
        self.seen.append(f"{request.command} {resource}")
        headers = {name: value for name, value in request.headers.items() if name != "Host"}
        answer = httpx.request(
            request.command,
            self.org + request.path,
            content=request.rfile.read(length),
            headers=headers,
            timeout=60,
        )
        content: bytes | None = answer.content
        if self.spoil is not None and resource == self.path:
            spoil, self.spoil = self.spoil, None
            content = spoil(answer.content)
        request.close_connection = True
        if content is None:
            return
        request.send_response(answer.status_code)
        for name, value in answer.headers.items():
            if name not in ("content-length", "content-encoding", "connection", "date"):
                request.send_header(name, value)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)


@contextmanager
def relaying(relay: Relay) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            relay.pass_on(self)

        do_POST = do_PATCH = do_PUT = do_DELETE = do_GET  # noqa: N815 - http.server's names

    with loopback(Handler) as address:
        yield address


def pushed(desk: Loading, plan: Plan, relay: Relay) -> int:
    """Push with the relay between loader and org."""
    headers = {"Authorization": f"Bearer {desk.org.token}"}
    with (
        desk.open() as opened,
        relaying(relay) as address,
        httpx.Client(base_url=address, headers=headers, timeout=60) as client,
    ):
        run = push_run(opened.ledger, plan, org=opened.org, reason=None)
        session = opened.session(run, sending=SMALL)
        session = replace(session, line=replace(session.line, client=client))
        return push(Push(session, plan, desk.folder(plan), True, frozenset())).code


def require_every_file_once(desk: Loading) -> None:
    held = {
        (row["Clinic_Id__c"], row["Checksum"])
        for row in desk.soql("SELECT Clinic_Id__c, Checksum FROM ContentVersion")
    }
    assert held == {
        (f"demo:document:{number}", hashlib.md5(body(number)).hexdigest())  # noqa: S324 the org's
        for number in range(FILES)
    }
    assert len(desk.soql("SELECT Id FROM ContentVersion")) == FILES
