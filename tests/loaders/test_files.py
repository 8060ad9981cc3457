"""Files on their way: many in a request, each with its own outcome, none lost and none twice."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from loaders.collections import RECORDS
from loaders.errors import DONE, INCOMPLETE, OrgUnavailable
from loaders.file_requests import REQUEST_BYTES, SMALL_BYTES, Upload, in_requests
from loaders.files import LANES, WAVE_BYTES, in_waves
from loaders.plan_store import Plan
from loaders.push import Push, push
from loaders.runs import push_run
from tests.conftest import serving
from tests.loaders.loading import SMALL, Loading, deployed_org
from tests.loaders.mini_clinic import MARTS, MiniClinic
from tests.loaders.planning import parquet

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


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    return deployed_org(folder / "org", clinic_of(folder / "clinic", files=1))


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
        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            relay.pass_on(self)

        do_POST = do_PATCH = do_PUT = do_DELETE = do_GET  # noqa: N815 - http.server's names

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


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
        return push(Push(session, plan, desk.folder(plan), True, frozenset()))


def uploads_seen(relay: Relay) -> list[str]:
    return sorted(each for each in relay.seen if each in (f"POST {TOGETHER}", f"POST {ALONE}"))


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


def files(*sizes: int) -> list[Upload]:
    return [Upload(str(number), {}, "x", bytes(size)) for number, size in enumerate(sizes)]


def test_a_request_is_full_at_200_files_or_at_its_bytes_and_a_big_file_goes_alone() -> None:
    small = files(*[1] * (RECORDS + 1))
    assert [len(group) for group in in_requests(small)] == [RECORDS, 1]
    heavy = files(*[SMALL_BYTES] * (REQUEST_BYTES // SMALL_BYTES + 1))
    assert [len(group) for group in in_requests(heavy)] == [REQUEST_BYTES // SMALL_BYTES, 1]
    mixed = list(in_requests(files(1, SMALL_BYTES + 1, 1)))
    assert [[upload.key for upload in group] for group in mixed] == [["1"], ["0", "2"]]


def test_not_more_requests_nor_bytes_travel_at_a_time_than_fit_into_memory() -> None:
    light = [[upload] for upload in files(*[1] * (LANES + 1))]
    assert [len(wave) for wave in in_waves(light)] == [LANES, 1]
    heavy = [[upload] for upload in files(WAVE_BYTES // 2, WAVE_BYTES // 2, 1)]
    assert [len(wave) for wave in in_waves(heavy)] == [2, 1]
    huge = [[upload] for upload in files(WAVE_BYTES + 1, 1)]
    assert [len(wave) for wave in in_waves(huge)] == [1, 1]


def test_small_files_travel_together_and_big_ones_alone(template: Path, tmp_path: Path) -> None:
    with desk_of(template, tmp_path) as desk:
        plan = desk.plan()
        relay = Relay(desk.org.http)
        assert pushed(desk, plan, relay) == DONE
        assert uploads_seen(relay) == [f"POST {TOGETHER}", f"POST {ALONE}"]
        require_every_file_once(desk)
        assert [(act["channel"], act["rows"]) for act in desk.acts("job_planned")] == [
            ("files", FILES)
        ]
        assert desk.verify(plan).differences == 0


def test_files_whose_connection_was_cut_are_looked_up_and_not_made_twice(
    template: Path, tmp_path: Path
) -> None:
    with desk_of(template, tmp_path) as desk:
        plan = desk.plan()
        cut = Relay(desk.org.http, TOGETHER, lambda _: None)
        with pytest.raises(OrgUnavailable):
            pushed(desk, plan, cut)
        (settled,) = desk.acts("job_settled")
        states = [row["state"] for row in parquet(desk.data.ledger / settled["outcomes"])]
        # The big one got through beside the four that nobody gave account of.
        assert sorted(map(str, states)) == ["created", *["unknown"] * (FILES - 1)]
        again = Relay(desk.org.http)
        assert pushed(desk, plan, again) == DONE
        assert uploads_seen(again) == []
        require_every_file_once(desk)


@pytest.mark.parametrize(
    "spoil",
    [lambda content: json.dumps(json.loads(content)[1:]).encode(), lambda _: b"<html>"],
    ids=["an entry is missing", "it is not JSON"],
)
def test_an_answer_that_does_not_fit_its_request_is_not_guessed_at(
    template: Path, tmp_path: Path, spoil: Spoil
) -> None:
    with desk_of(template, tmp_path) as desk:
        plan = desk.plan()
        with pytest.raises(OrgUnavailable):
            pushed(desk, plan, Relay(desk.org.http, TOGETHER, spoil))
        assert pushed(desk, plan, Relay(desk.org.http)) == DONE
        require_every_file_once(desk)


def test_one_refused_file_leaves_the_others_of_its_request(template: Path, tmp_path: Path) -> None:
    # The org has room for one megabyte: the fourth file no longer fits, nor does what follows.
    with desk_of(template, tmp_path, file_storage_mb=1) as desk:
        desk.clinic.sql(
            "update main_salesforce.sf_content_version set VersionData = repeat('AAAA', 200000)"
            " where Clinic_Id__c in ('demo:document:1', 'demo:document:3')"
        )
        plan = desk.plan()
        relay = Relay(desk.org.http)
        assert pushed(desk, plan, relay) == INCOMPLETE
        assert uploads_seen(relay) == [f"POST {TOGETHER}"]
        reasons = [(each.code, each.rows) for each in desk.status(plan).reasons]
        assert reasons == [("STORAGE_LIMIT_EXCEEDED", 2)]
        held = desk.soql("SELECT Clinic_Id__c FROM ContentVersion ORDER BY Clinic_Id__c")
        assert [row["Clinic_Id__c"] for row in held] == [
            f"demo:document:{number}" for number in (0, 1, 2)
        ]


def test_where_the_org_takes_no_files_together_each_goes_on_its_own(
    template: Path, tmp_path: Path
) -> None:
    with desk_of(template, tmp_path, collection_files_mb=0) as desk:
        plan = desk.plan()
        relay = Relay(desk.org.http)
        assert pushed(desk, plan, relay) == DONE
        assert uploads_seen(relay) == [f"POST {TOGETHER}", *[f"POST {ALONE}"] * FILES]
        require_every_file_once(desk)
