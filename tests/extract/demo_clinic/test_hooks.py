"""The hooks under /_demo/ let tests break and change a running clinic."""

from __future__ import annotations

import pytest

from tests.extract.demo_clinic.reading import read_everything, search
from tests.extract.demo_clinic.running import Running

REFERENCE = "2026-11-16"


@pytest.mark.parametrize(("status", "code"), [(429, "throttled"), (503, "transient")])
def test_fault_is_shown_so_many_times_and_then_over(
    own_clinic: Running, status: int, code: str
) -> None:
    asked = {"status": status, "times": 2, "retry_after": 3}
    own_clinic.client.post("/_demo/fault", json=asked).raise_for_status()
    answers = [own_clinic.client.get("/Patient") for _ in range(3)]
    assert [one.status_code for one in answers] == [status, status, 200]
    assert answers[0].headers["retry-after"] == "3"
    assert answers[0].json()["issue"][0]["code"] == code
    assert "retry-after" not in answers[2].headers


def test_fault_can_wait_for_the_middle_of_a_read(own_clinic: Running) -> None:
    own_clinic.client.post("/_demo/fault", json={"status": 503, "times": 1, "after": 2})
    statuses = [own_clinic.client.get("/Patient").status_code for _ in range(4)]
    assert statuses == [200, 200, 503, 200]


def test_fault_reaches_the_capability_statement_too(own_clinic: Running) -> None:
    own_clinic.client.post("/_demo/fault", json={"status": 503, "times": 1})
    assert own_clinic.client.get("/metadata").status_code == 503
    assert own_clinic.client.get("/metadata").status_code == 200


@pytest.mark.parametrize("body", ["", "[]", '{"status": "bad"}', "{"])
def test_hook_refuses_what_it_cannot_read(own_clinic: Running, body: str) -> None:
    assert own_clinic.client.post("/_demo/fault", content=body).status_code == 400
    assert own_clinic.client.post("/_demo/change", content='{"drop": 1}').status_code == 400


def test_change_is_exactly_what_an_incremental_read_finds(own_clinic: Running) -> None:
    before = read_everything(own_clinic.client)
    assert not search(own_clinic.client, f"/Patient?_lastUpdated=ge{REFERENCE}")
    told = own_clinic.client.post("/_demo/change", json={"edit": 3, "add": 2}).json()
    found = search(own_clinic.client, f"/Patient?_lastUpdated=ge{REFERENCE}&_sort=_lastUpdated")
    assert {one["id"] for one in found} == {*told["edited"], *told["added"]}
    assert {one["meta"]["lastUpdated"] for one in found} == {told["last_updated"]}
    after = read_everything(own_clinic.client)
    grown = {
        kind: len(records) - len(before.by_type[kind])
        for kind, records in after.by_type.items()
        if len(records) != len(before.by_type[kind])
    }
    assert grown == told["added_resources"]
    changed = [one for one in before.all() if after.by_type[one["resourceType"]][one["id"]] != one]
    assert {one["id"] for one in changed} == set(told["edited"])


def test_each_change_is_later_than_the_one_before(own_clinic: Running) -> None:
    stamps = [
        own_clinic.client.post("/_demo/change", json={"edit": 1}).json()["last_updated"]
        for _ in range(26)
    ]
    assert stamps == sorted(set(stamps))


def test_requests_are_remembered_as_they_came(own_clinic: Running) -> None:
    own_clinic.client.get("/Patient?_count=1")
    own_clinic.client.get("/Nothing")
    assert own_clinic.client.get("/_demo/requests").json() == [
        "200 /Patient?_count=1",
        "404 /Nothing",
    ]
