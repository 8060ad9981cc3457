"""Reaching an org: every way in, and one clear refusal for every way that is shut."""

from __future__ import annotations

import json
import ssl
import stat
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from loaders.errors import (
    REFUSED,
    UNAVAILABLE,
    LimitReached,
    LoaderError,
    OrgUnavailable,
    OrgUnknown,
    ProductionNotNamed,
    WrongCredentials,
)
from loaders.org_connection import API_VERSION, Org, connect, org_calls, require_named
from loaders.org_line import OrgLine, Request, ask, download
from loaders.orgs import report_org
from loaders.retrieves import list_components
from tests.conftest import StandIn, serving

ALIAS = "clinic"
LIMITS = Request("GET", "limits", safe=False)


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory):  # noqa: ANN201 - a fixture
    with serving(tmp_path_factory.mktemp("org") / "org", "--sandbox") as served:
        yield served


def environ(org: StandIn, **changes: str | None) -> dict[str, str]:
    """Give the environment of the org with some values changed or taken away."""
    found: dict[str, str | None] = {**org.environment("CLINIC"), "PATH": ""}
    found |= {f"SF_CLINIC_{name}": value for name, value in changes.items()}
    return {name: value for name, value in found.items() if value is not None}


def by_assertion(org: StandIn, **changes: str) -> dict[str, str]:
    """Give the environment of a login by signed assertion."""
    app = json.loads((org.data / "connected_app.json").read_text(encoding="utf-8"))
    return {
        "SF_CLINIC_LOGIN_URL": org.https,
        "SF_CLINIC_CLIENT_ID": app["client_id"],
        "SF_CLINIC_USERNAME": app["username"],
        "SF_CLINIC_PRIVATE_KEY_FILE": str(org.data / app["private_key_file"]),
        "SF_CLINIC_CA_BUNDLE": org.ca,
        **{f"SF_CLINIC_{name}": value for name, value in changes.items()},
    }


def refused(given: dict[str, str]) -> LoaderError:
    """Fail to connect, and give the reason."""
    with pytest.raises(LoaderError) as error:
        connect(ALIAS, environ=given)
    assert error.value.exit_code == UNAVAILABLE
    assert error.value.hint
    return error.value


def test_an_org_says_which_one_it_is(org: StandIn) -> None:
    connected = connect(ALIAS, environ=environ(org))
    assert connected.org_id == org.org_id
    assert connected.is_sandbox
    assert connected.api_version == API_VERSION
    assert connected.username == "admin@stand-in.invalid"
    connected.close()


def test_the_token_is_never_printed(org: StandIn) -> None:
    connected = connect(ALIAS, environ=environ(org))
    assert org.token not in repr(connected)
    connected.close()


def test_the_report_names_limits_and_settings(org: StandIn) -> None:
    connected = connect(ALIAS, environ=environ(org))
    report = report_org(connected)
    connected.close()
    assert report.kind == "sandbox"
    assert report.limits["DataStorageMB"] == (100_000, 100_000)
    assert report.settings["contacts can relate to multiple accounts"].startswith("off: Setup")


def test_a_signed_assertion_logs_in(org: StandIn) -> None:
    connected = connect(ALIAS, environ=by_assertion(org))
    assert connected.org_id == org.org_id
    connected.close()


def test_a_session_that_ends_is_begun_anew_once_and_a_token_from_outside_is_not(
    org: StandIn, tmp_path: Path
) -> None:
    given = by_assertion(org)
    with closing(connect(ALIAS, environ=given)) as connected:
        line = renewing(connected, given)
        for _ in range(2):
            end_sessions(org)
            assert ask(line, LIMITS).status_code == httpx.codes.OK
        end_sessions(org)
        download(line, LIMITS, to=tmp_path / "limits")
        assert "DailyApiRequests" in (tmp_path / "limits").read_text(encoding="utf-8")
        assert connected.rest.limits()
    given = environ(org)
    with closing(connect(ALIAS, environ=given)) as connected:
        line = renewing(connected, given)
        end_sessions(org)
        with pytest.raises(WrongCredentials):
            ask(line, LIMITS)


def test_a_session_that_ends_at_a_soap_call_is_renewed_and_goes_into_the_next_body(
    tmp_path: Path,
) -> None:
    with serving(tmp_path / "org", "--sandbox") as org:
        given = environ(org)
        with closing(connect(ALIAS, environ=given)) as connected:
            line = renewing(connected, given)
            strike(org, {"do": "expire", "path": "/Soap/"})
            with pytest.raises(WrongCredentials):
                list_components(connected, line, "CustomObject")
        given = by_assertion(org)
        with closing(connect(ALIAS, environ=given)) as connected:
            line = renewing(connected, given)
            for _ in range(2):
                strike(org, {"do": "expire", "path": "/Soap/"})
                assert list_components(connected, line, "CustomObject")


def renewing(connected: Org, given: dict[str, str]) -> OrgLine:
    return OrgLine(connected.http, API_VERSION, renew=lambda: connected.renew(environ=given))


def end_sessions(org: StandIn) -> None:
    """Refuse the next request with 401, as when the session it came with has ended."""
    strike(org, {"do": "refuse", "status": 401, "code": "INVALID_SESSION_ID", "path": "/limits"})


def strike(org: StandIn, fault: dict[str, object]) -> None:
    answer = httpx.post(
        f"{org.http}/_stand_in/fault",
        json={"request": fault},
        headers={"Authorization": f"Bearer {org.token}"},
    )
    assert answer.is_success


def test_an_assertion_of_an_unknown_app_is_refused(org: StandIn) -> None:
    assert isinstance(refused(by_assertion(org, CLIENT_ID="nobody")), WrongCredentials)


@pytest.mark.parametrize("content", [b"no key at all", b""])
def test_a_key_that_is_none_is_named(org: StandIn, tmp_path: Path, content: bytes) -> None:
    key = tmp_path / "some.key"
    key.write_bytes(content)
    error = refused(by_assertion(org, PRIVATE_KEY_FILE=str(key)))
    assert isinstance(error, OrgUnknown)
    assert "PRIVATE_KEY_FILE" in error.message


def test_a_login_begun_and_not_finished_names_what_is_missing(org: StandIn) -> None:
    assert "SF_CLINIC_ACCESS_TOKEN" in refused(environ(org, ACCESS_TOKEN=None)).message
    half = by_assertion(org)
    del half["SF_CLINIC_USERNAME"]
    assert "SF_CLINIC_USERNAME" in refused(half).message


def test_a_wrong_token_is_wrong_credentials(org: StandIn) -> None:
    wrong = refused(environ(org, ACCESS_TOKEN=f"{org.org_id}!nonsense"))
    assert isinstance(wrong, WrongCredentials)
    assert "nonsense" not in wrong.message + wrong.hint


def test_an_org_that_is_down_is_unavailable(org: StandIn) -> None:
    assert isinstance(refused(environ(org, INSTANCE_URL="https://127.0.0.1:9")), OrgUnavailable)


def test_a_certificate_that_nobody_vouches_for_is_refused(org: StandIn) -> None:
    assert isinstance(refused(environ(org, CA_BUNDLE=None)), OrgUnavailable)


def test_a_bundle_that_is_not_there_is_named(org: StandIn) -> None:
    assert "CA_BUNDLE" in refused(environ(org, CA_BUNDLE="/nowhere.pem")).message


def test_a_token_never_travels_in_the_clear(org: StandIn) -> None:
    assert "https" in refused(environ(org, INSTANCE_URL=org.http)).message


def test_without_credentials_and_without_the_sf_cli_both_are_named() -> None:
    error = refused({"PATH": ""})
    assert "SF_CLINIC_INSTANCE_URL" in error.message
    assert "sf CLI" in error.message


def fake_sf(folder: Path, answer: str, *, code: int = 0) -> dict[str, str]:
    """Put a program called sf on the path, which answers as the real one would."""
    program = folder / "sf"
    program.write_text(f"#!/bin/sh\ncat <<'END'\n{answer}\nEND\nexit {code}\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return {"PATH": f"{folder}:/usr/bin:/bin"}


def test_the_sf_cli_is_asked_where_the_environment_is_silent(org: StandIn, tmp_path: Path) -> None:
    result = {"accessToken": org.token, "instanceUrl": org.https}
    path = fake_sf(tmp_path, json.dumps({"status": 0, "result": result}))
    connected = connect(ALIAS, environ={**path, "SF_CLINIC_CA_BUNDLE": org.ca})
    assert connected.org_id == org.org_id
    connected.close()


@pytest.mark.parametrize(
    ("answer", "code", "kind"),
    [
        ('{"status": 1, "name": "NamedOrgNotFoundError"}', 1, OrgUnknown),
        ('{"status": 0, "result": {"instanceUrl": "https://x.example"}}', 0, OrgUnknown),
        ("not json", 0, OrgUnavailable),
    ],
)
def test_an_sf_cli_that_knows_no_such_org_is_said_so(
    tmp_path: Path, answer: str, code: int, kind: type[LoaderError]
) -> None:
    assert isinstance(refused(fake_sf(tmp_path, answer, code=code)), kind)


def test_production_is_written_to_only_by_its_name(tmp_path: Path) -> None:
    with serving(tmp_path / "org", "--production") as production:
        connected = connect(ALIAS, environ=production.environment("CLINIC"))
        connected.close()
    for given in (None, "00D000000000000AAA"):
        with pytest.raises(ProductionNotNamed) as error:
            require_named(connected, production=given)
        assert error.value.exit_code == REFUSED
    require_named(connected, production=production.org_id)


def test_a_sandbox_needs_no_name(org: StandIn) -> None:
    connected = connect(ALIAS, environ=environ(org))
    require_named(connected, production=None)
    connected.close()


def error_answer(status: int, body: str) -> httpx.HTTPStatusError:
    request = httpx.Request("GET", "https://org.example/")
    response = httpx.Response(status, text=body, request=request)
    return httpx.HTTPStatusError("refused", request=request, response=response)


QUOTING = r'[{"message":"no \"TESTFALL_ADA\" of Testfall","errorCode":"INVALID_FIELD"}]'


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (error_answer(401, "[]"), WrongCredentials),
        (error_answer(403, '[{"errorCode":"REQUEST_LIMIT_EXCEEDED"}]'), LimitReached),
        (error_answer(400, QUOTING), OrgUnavailable),
        (httpx.ReadTimeout("Testfall"), OrgUnavailable),
        (ssl.SSLError("Testfall"), OrgUnavailable),
        (KeyError("Testfall"), OrgUnavailable),
    ],
)
def test_a_refusal_is_sorted_by_its_code_and_quotes_nothing(
    raised: Exception, kind: type[LoaderError]
) -> None:
    with pytest.raises(kind) as error, org_calls(ALIAS):
        raise raised
    assert "testfall" not in error.value.message.lower()
