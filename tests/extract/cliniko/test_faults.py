"""Whatever goes wrong while Cliniko is read, in the end all of it is landed, once."""

from __future__ import annotations

from unittest.mock import ANY

import pytest

from extract.errors import ClinicAnswersBadly, ClinicUnreachable, WrongCredentials, WrongUsage
from extract.report import exit_code
from extract.sources.cliniko import base_of
from tests.extract.cliniko.account import many_alerts
from tests.extract.cliniko.conftest import Reader
from tests.extract.cliniko.vendor import KEY, SHARD, Answer, refused

ALERTS = "medical_alerts"


@pytest.fixture
def alerts(account: Reader) -> Reader:
    """An account with more than a page of one kind."""
    many_alerts(account.vendor)
    return account


@pytest.mark.parametrize(
    ("troubles", "waited"),
    [([(503, {"Retry-After": "2"}, b"")] * 5, [2.0] * 5), (["cut", "cut"], [0.25, 0.5])],
    ids=["503", "dropped connection"],
)
def test_trouble_that_passes_costs_time_and_nothing_else(
    alerts: Reader, troubles: list[Answer | str], waited: list[float]
) -> None:
    # Between the first page and the second, where a reader could think that it is at the end.
    def after(path: str) -> None:
        if path == f"/v1/{ALERTS}" and troubles:
            alerts.vendor.trouble.extend(troubles)
            troubles.clear()

    alerts.vendor.after = after
    assert exit_code(alerts.read(ALERTS)) == 0
    assert alerts.landed() == alerts.truth(ALERTS)
    assert alerts.slept == waited


def test_the_limit_of_a_minute_is_waited_for_as_long_as_cliniko_says(alerts: Reader) -> None:
    alerts.vendor.limit = 2
    assert exit_code(alerts.read(ALERTS)) == 0
    assert alerts.landed() == alerts.truth(ALERTS)
    assert len(alerts.slept) == 1
    assert 0 < alerts.slept[0] <= 60


def test_a_key_that_dies_in_the_middle_is_replaced_and_the_rest_is_read(alerts: Reader) -> None:
    alerts.vendor.after = lambda _path: alerts.vendor.dead_keys.add(KEY)
    with pytest.raises(WrongCredentials, match="401"):
        alerts.read(ALERTS)
    alerts.vendor.after = lambda _path: None
    alerts.vendor.dead_keys.clear()
    alerts.read(ALERTS)
    assert alerts.landed() == alerts.truth(ALERTS)


def test_a_list_that_shifts_while_it_is_read_is_read_again(alerts: Reader) -> None:
    def after(path: str) -> None:
        # The first alert goes after its page: the first of the next page slides into this one.
        if path == f"/v1/{ALERTS}":
            alerts.vendor.held[ALERTS, ""].pop("111", None)

    alerts.vendor.after = after
    alerts.read(ALERTS)
    assert alerts.landed() == alerts.truth(ALERTS) | {(ALERTS, "111"): ANY}
    assert "the list changed while it was read" in alerts.said.getvalue()


def test_the_key_is_never_shown_to_another_host(alerts: Reader) -> None:
    alerts.vendor.next_link = lambda link: link.replace("127.0.0.1", "localhost")
    with pytest.raises(ClinicAnswersBadly, match="links to another address"):
        alerts.read(ALERTS)


def test_a_list_that_the_key_may_not_see_is_told_and_the_rest_lands(account: Reader) -> None:
    account.vendor.forbidden.add("users")
    assert exit_code(account.read("users", "contacts")) == 4
    assert account.landed() == account.truth("contacts")
    account.vendor.forbidden.add("contacts")
    with pytest.raises(WrongCredentials, match="403"):
        account.read("users", "contacts")


@pytest.mark.parametrize(
    ("setting", "value", "failure"),
    [
        ("KEY", KEY.replace(SHARD, "au1"), WrongCredentials),
        ("KEY", "", WrongUsage),
        ("CONTACT", "nobody", WrongUsage),
        ("URL", "http://api.uk2.cliniko.example/v1", WrongUsage),
    ],
)
def test_who_asks_wrongly_is_told_what_to_set(
    account: Reader,
    monkeypatch: pytest.MonkeyPatch,
    setting: str,
    value: str,
    failure: type[Exception],
) -> None:
    monkeypatch.setenv(f"SOURCES__CLINIKO__{setting}", value)
    if setting == "URL":
        account.vendor.url = ""
    with pytest.raises(failure) as told:
        account.read("users")
    assert KEY not in str(told.value)


def test_the_end_of_a_key_says_which_host_it_is_for() -> None:
    assert base_of(KEY) == "https://api.uk2.cliniko.com/v1"
    assert base_of("old-keys-have-none") == "https://api.au1.cliniko.com/v1"
    assert base_of("x-au1.evil.example/") == "https://api.au1.cliniko.com/v1"


@pytest.mark.parametrize(
    "answer",
    [
        (200, {}, b"<html>Please log in</html>"),
        (200, {}, b'{"contacts": []}'),
        (301, {"Location": "https://elsewhere.example/v1/users"}, b""),
    ],
    ids=["no JSON", "another list", "a redirect"],
)
def test_a_page_that_is_no_page_ends_the_run_in_words(account: Reader, answer: Answer) -> None:
    account.vendor.trouble.append(answer)
    with pytest.raises(ClinicAnswersBadly):
        account.read("users")
    assert account.landed() == {}


@pytest.mark.parametrize("trouble", [refused(403, "expired"), (200, {}, b"half a"), "cut"])
def test_a_file_is_asked_for_again_at_a_new_address(account: Reader, trouble: Answer | str) -> None:
    account.vendor.trouble_of_storage.append(trouble)
    assert exit_code(account.read("patient_attachments")) == 0
    addresses = [one for one in account.vendor.requests if one.endswith("/content")]
    assert len(addresses) == 2
    assert account.query("select id from raw_cliniko.patient_attachment_content") == [("341",)]


@pytest.mark.parametrize(("status", "reason"), [(403, "unreadable_file"), (404, "missing_file")])
def test_a_file_that_cannot_be_had_is_put_aside_and_asked_for_the_next_time(
    account: Reader, status: int, reason: str
) -> None:
    account.vendor.trouble_of_storage.extend([refused(status, "no")] * 6)
    assert exit_code(account.read("patient_attachments")) == 4
    found = account.query("select resource_type, reason from raw_cliniko.quarantined")
    assert found == [("patient_attachment_content", reason)]
    account.vendor.trouble_of_storage.clear()
    assert exit_code(account.read("patient_attachments")) == 0
    assert account.query("select count(*) from raw_cliniko.quarantined") == [(0,)]


def test_a_server_that_is_not_there_is_said_to_be(account: Reader) -> None:
    account.vendor.url = "http://127.0.0.1:1/v1"
    with pytest.raises(ClinicUnreachable):
        account.read("users")


@pytest.mark.soak
def test_a_killed_read_is_completed_by_the_next(alerts: Reader) -> None:
    def after(path: str) -> None:
        if path == "/v1/attendees/cancelled":
            alerts.vendor.trouble.extend([(429, {"Retry-After": "60"}, b"")] * 50)

    alerts.vendor.after = after
    command = ("cliniko", "--system", "willow", "--url", alerts.vendor.url)
    alerts.kill_while_it_waits(*command, "--checkpoint", "3")
    alerts.vendor.trouble.clear()
    alerts.vendor.after = lambda _path: None
    assert 0 < len(alerts.landed()) < len(alerts.truth())
    alerts.run()
    assert alerts.landed() == alerts.truth()
