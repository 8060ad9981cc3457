"""The hooks under /_demo/ let tests break and change a running clinic."""

from __future__ import annotations

import pytest

from tests.extract.demo_clinic.reading import read_everything, references, search
from tests.extract.demo_clinic.running import Running, run_clinic

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


def test_deleted_charts_leave_with_all_that_hangs_on_them(own_clinic: Running) -> None:
    before = read_everything(own_clinic.client)
    told = own_clinic.client.post("/_demo/change", json={"delete": 3}).json()
    after = read_everything(own_clinic.client)
    assert not set(told["deleted"]) & after.by_type["Patient"].keys()
    lost = {
        kind: len(records) - len(after.by_type[kind])
        for kind, records in before.by_type.items()
        if len(records) != len(after.by_type[kind])
    }
    assert lost == told["deleted_resources"]
    assert lost["Patient"] == len(told["deleted"]) == 3
    left = {name for record in after.all() for name in references(record)}
    assert not left & {f"Patient/{one}" for one in told["deleted"]}
    # Nothing that is left has lost what it names.
    assert {name for name in left if before.has(name)} == {n for n in left if after.has(n)}
    files = {record["id"] for record in after.of("Binary")}
    named = {
        record["content"][0]["attachment"].get("url", "").partition("/")[2]
        for record in after.of("DocumentReference")
    }
    orphans = own_clinic.get("/_demo/truth")["defects"]["orphan_binary"]["ids"]
    assert files - named == {one.partition("/")[2] for one in orphans}


def test_a_deleted_chart_is_gone_and_not_unknown(own_clinic: Running) -> None:
    (chart,) = own_clinic.client.post("/_demo/change", json={"delete": 1}).json()["deleted"]
    answer = own_clinic.client.get(f"/Patient/{chart}")
    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (410, "deleted")
    assert own_clinic.client.get("/Patient/nobody").status_code == 404
    added = own_clinic.client.post("/_demo/change", json={"add": 2}).json()["added"]
    assert chart not in added
    assert len(set(added)) == 2


def test_truth_follows_what_was_deleted_and_added(own_clinic: Running) -> None:
    before = own_clinic.get("/_demo/truth")
    told = own_clinic.client.post("/_demo/change", json={"delete": 3, "edit": 2, "add": 1}).json()
    truth, there = own_clinic.get("/_demo/truth"), read_everything(own_clinic.client)
    assert truth["counts"] == {kind: len(there.of(kind)) for kind in truth["counts"]}
    assert truth["people"] == before["people"] - 3 + 1
    assert not set(told["edited"]) & set(told["deleted"])
    planted = {one for defect in truth["defects"].values() for one in defect["ids"]}
    assert all(there.has(one) for one in planted)


def test_the_same_seed_loses_the_same_charts_and_never_too_many(own_clinic: Running) -> None:
    with run_clinic("--patients", "40", "--seed", "3") as twin:
        first, second = (
            each.client.post("/_demo/change", json={"delete": 2}).json()
            for each in (own_clinic, twin)
        )
    assert first == second
    refused = own_clinic.client.post("/_demo/change", json={"delete": 39, "edit": 1})
    assert refused.status_code == 400
    assert len(search(own_clinic.client, "/Patient")) == 38
    assert not search(own_clinic.client, f"/Patient?_lastUpdated=ge{REFERENCE}")


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
