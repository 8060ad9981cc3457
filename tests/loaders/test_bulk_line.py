"""The border to the org: no httpx exception passes it, and nothing unsafe is sent twice."""

from __future__ import annotations

import inspect
import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import httpx
import pytest

from loaders.bench import Bench
from loaders.bulk import abort_job, close_job, create_job, fetch_results, find_job
from loaders.bulk_query import query_into
from loaders.canonical import load_canonical
from loaders.collections import batches
from loaders.errors import OrgRefused, OrgUnavailable, WrongCredentials
from loaders.org_line import HTTPX_EXCEPTIONS, OrgLine, Request, ask, download
from loaders.soql import id_filters, soql_literal
from tests.conftest import StandIn, serving
from tests.loaders.canned_org import Answer, canned


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    with serving(tmp_path_factory.mktemp("line") / "org", "--sandbox") as served:
        yield served


@pytest.fixture
def line(org: StandIn) -> Iterator[OrgLine]:
    headers = {"Authorization": f"Bearer {org.token}"}
    with httpx.Client(base_url=org.http, headers=headers) as client:
        yield OrgLine(client, "67.0", first_pause=0.0)


def fault(line: OrgLine, **wanted: object) -> None:
    ask(line, Request("POST", "/_stand_in/fault", safe=False, json=wanted))


def test_every_exception_that_httpx_can_raise_is_wrapped() -> None:
    raised = [
        value
        for value in vars(httpx).values()
        if inspect.isclass(value) and issubclass(value, Exception)
    ]
    assert len(raised) > 20
    assert [each.__name__ for each in raised if not issubclass(each, HTTPX_EXCEPTIONS)] == []


def test_an_org_that_is_not_there_is_unavailable_and_its_address_is_not_told() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        line = OrgLine(client, "67.0", first_pause=0.0, attempts=2)
        with pytest.raises(OrgUnavailable) as caught:
            ask(line, Request("GET", "query", safe=True, params={"q": "SELECT Secret FROM X"}))
    assert "ConnectError" in str(caught.value)
    assert "Secret" not in str(caught.value)


def test_a_busy_org_is_asked_again_but_not_for_ever(line: OrgLine) -> None:
    fault(line, unavailable={"times": 2, "path": "limits"})
    assert ask(line, Request("GET", "limits", safe=True)).status_code == 200
    fault(line, unavailable={"times": 99, "path": "limits"})
    with pytest.raises(OrgUnavailable):
        ask(line, Request("GET", "limits", safe=True))
    fault(line, unavailable={"times": 0, "path": ""})


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_org_says_how_long_to_wait(line: OrgLine, status: int, tmp_path: Path) -> None:
    waited: list[float] = []
    patient = replace(line, sleep=waited.append)
    busy = {"do": "refuse", "status": status, "path": "limits", "seconds": 7}
    fault(line, request=busy)
    assert ask(patient, Request("GET", "limits", safe=False)).status_code == 200
    fault(line, request=busy)
    download(patient, Request("GET", "limits", safe=True), to=tmp_path / "limits")
    assert waited == [7.0, 7.0]


def test_a_download_that_breaks_off_is_begun_anew_but_not_for_ever(
    line: OrgLine, tmp_path: Path
) -> None:
    to, limits = tmp_path / "limits", Request("GET", "limits", safe=True)
    broken = {"do": "cut", "when": "middle", "path": "limits"}
    fault(line, request=broken)
    download(line, limits, to=to)
    assert "DailyApiRequests" in json.loads(to.read_text("utf-8"))
    fault(line, request={**broken, "times": line.attempts})
    with pytest.raises(OrgUnavailable):
        download(line, limits, to=to)


def test_a_refusal_keeps_its_code_and_drops_its_text(line: OrgLine) -> None:
    with pytest.raises(OrgRefused) as caught:
        ask(line, Request("GET", "query", safe=True, params={"q": "SELECT Nothing FROM Account"}))
    assert (caught.value.status, caught.value.code) == (400, "INVALID_FIELD")
    assert "Nothing" not in str(caught.value)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("<html>Down for maintenance</html>", "NOT_JSON"),
        ({"errorCode": "ALONE"}, "ALONE"),
        ([], "NO_CODE"),
        (["no object"], "NO_CODE"),
    ],
)
def test_a_refusal_in_any_shape_is_a_refusal(body: object, code: str) -> None:
    with canned({"GET limits": Answer(body, 404)}) as line, pytest.raises(OrgRefused) as caught:
        ask(line, Request("GET", "limits", safe=True))
    assert caught.value.code == code


def test_a_stale_session_is_said_to_be_one(org: StandIn) -> None:
    headers = {"Authorization": "Bearer 00D000000000001!nobody"}
    with (
        httpx.Client(base_url=org.http, headers=headers) as client,
        pytest.raises(WrongCredentials),
    ):
        ask(OrgLine(client, "67.0"), Request("GET", "limits", safe=True))


def test_a_job_nobody_knows_is_none_and_an_aborted_one_says_so(line: OrgLine) -> None:
    assert find_job(line, "750000000000001AAA") is None
    job = create_job(line, sobject="Account", operation="insert")
    abort_job(line, job)
    found = find_job(line, job)
    assert found is not None
    assert found.state == "Aborted"


def test_a_job_that_may_not_be_asked_after_is_not_taken_for_a_forgotten_one(line: OrgLine) -> None:
    job = create_job(line, sobject="Account", operation="insert")
    fault(line, request={"do": "refuse", "status": 403, "code": "API_DISABLED", "path": job})
    with pytest.raises(OrgRefused):
        find_job(line, job)
    assert find_job(line, job) is not None


def test_a_job_that_the_org_does_not_close_is_not_waited_for(line: OrgLine) -> None:
    job = create_job(line, sobject="Account", operation="insert")
    fault(line, request={"do": "refuse", "status": 400, "code": "INVALIDJOB", "method": "PATCH"})
    with pytest.raises(OrgRefused, match="INVALIDJOB"):
        close_job(line, job)


def test_results_that_are_refused_leave_no_file(line: OrgLine, tmp_path: Path) -> None:
    with pytest.raises(OrgRefused):
        fetch_results(line, "750000000000001AAA", folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


QUERY_JOB = {"id": "750Q", "state": "JobComplete", "numberRecordsProcessed": 2}


@pytest.mark.parametrize(
    ("job", "said"),
    [
        (QUERY_JOB, "found 2 rows, but gave 1"),
        (QUERY_JOB | {"state": "Failed"}, "ended as Failed"),
        (QUERY_JOB | {"state": "Aborted"}, "ended as Aborted"),
    ],
)
def test_a_query_that_failed_or_came_short_is_not_taken_for_its_rows(
    tmp_path: Path, job: dict[str, object], said: str
) -> None:
    answers = {
        "POST jobs/query": Answer(QUERY_JOB),
        "GET jobs/query/750Q": Answer(job),
        # Without a locator nobody can ask for a second page.
        "GET jobs/query/750Q/results": Answer("Id\n001A\n"),
    }
    with canned(answers) as line, duckdb.connect() as db, pytest.raises(OrgUnavailable, match=said):
        query_into(line, Bench(db, tmp_path), "SELECT Id FROM Account", table="accounts")
    assert list(tmp_path.iterdir()) == []


def test_nothing_to_send_is_no_request() -> None:
    assert list(batches([])) == []


def test_a_query_lands_as_text_with_empty_cells_as_null(line: OrgLine, tmp_path: Path) -> None:
    with duckdb.connect() as db:
        load_canonical(db)
        bench = Bench(db, tmp_path)
        rows = query_into(line, bench, "SELECT Id, Name, Division FROM User", table="users")
        assert rows >= 1
        assert db.execute("select count(*) from users where Division is null").fetchone() == (rows,)
        assert query_into(line, bench, "SELECT Id FROM Lead", table="none") == 0
    assert list(tmp_path.iterdir()) == []


def test_values_are_escaped_and_lists_fit_a_query() -> None:
    assert soql_literal("O'Muster \\ Söhne") == "'O\\'Muster \\\\ Söhne'"
    filters = id_filters("Id", [f"003{n:015d}" for n in range(10_000)])
    assert max(map(len, filters)) < 100_000
    assert sum(each.count("'003") for each in filters) == 10_000
