"""Rows whose record somebody else holds: refused so many times, then written (contract T12)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.loaders.stand_in_org.front_org import OrgClient, serving

CODE = "UNABLE_TO_LOCK_ROW"
SAID = f"{CODE}:unable to obtain exclusive access to this record"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrgClient]:
    with serving(tmp_path_factory.mktemp("org")) as client:
        yield client


@pytest.fixture
def org(served: OrgClient) -> Iterator[OrgClient]:
    yield served
    served.settings(row_locks=None)


def insert(org: OrgClient, names: list[str]) -> tuple[list[str], list[str]]:
    """Load accounts; give the names that were held, and the errors said."""
    done = org.job("Account", "insert", "Name\n" + "".join(f"{name}\n" for name in names))
    assert done.info["state"] == "JobComplete"
    return [row["Name"] for row in done.failed], [row["sf__Error"] for row in done.failed]


def test_the_same_share_of_rows_is_locked_so_often_and_then_written(org: OrgClient) -> None:
    org.settings(row_locks=[{"object": "Account", "share": 0.3, "seed": 7, "times": 2}])
    names = [f"Held {n}" for n in range(200)]
    first, errors = insert(org, names)
    assert 30 < len(first) < 90
    assert set(errors) == {f"{SAID}:--"}
    second, _ = insert(org, first)
    assert sorted(second) == sorted(first)
    assert insert(org, second) == ([], [])
    assert org.query("SELECT COUNT() FROM Account WHERE Name LIKE 'Held %'").json()[
        "totalSize"
    ] == len(names)


def test_locks_follow_the_seed_and_outlast_no_switch(org: OrgClient) -> None:
    names = [f"Seed {n}" for n in range(100)]
    found = []
    for seed in (1, 2):
        org.settings(row_locks=[{"share": 0.5, "seed": seed, "times": 1}])
        found.append(set(insert(org, names)[0]))
    assert found[0] != found[1]
    org.settings(row_locks=[])
    assert insert(org, names) == ([], [])


def test_children_of_a_held_parent_wait_for_it_in_collections(org: OrgClient) -> None:
    parents = [
        org.data("POST", "sobjects/Account", json={"Name": name}).json()["id"] for name in "AB"
    ]
    org.settings(row_locks=[{"object": "Contact", "parent": parents[0]}])
    records = [
        {"attributes": {"type": "Contact"}, "LastName": f"Of {parent}", "AccountId": parent}
        for parent in parents
    ]
    done = org.data("POST", "composite/sobjects", json={"records": records}).json()
    assert [row["success"] for row in done] == [False, True]
    assert done[0]["errors"] == [
        {
            "statusCode": CODE,
            "message": f"unable to obtain exclusive access to this record or 1 records: "
            f"{parents[0]}",
            "fields": [],
        }
    ]
    again = org.data("POST", "composite/sobjects", json={"records": records[:1]}).json()
    assert again[0]["success"]
    child = again[0]["id"]
    org.settings(row_locks=[{"parent": parents[0], "seed": 1}])
    for method, body in (("PATCH", {"Title": "x"}), ("DELETE", None)):
        held = org.data(method, f"sobjects/Contact/{child}", json=body)
        assert held.json()[0]["errorCode"] == CODE, method
        org.settings(row_locks=[{"parent": parents[0], "seed": 2}])
    assert org.data("DELETE", f"sobjects/Contact/{done[1]['id']}").status_code == 204


def test_the_first_rows_of_an_update_and_of_a_delete_are_locked(org: OrgClient) -> None:
    made = org.job("Account", "insert", "Name\nUp 1\nUp 2\nUp 3\n").successful
    ids = [row["sf__Id"] for row in sorted(made, key=lambda row: row["Name"])]
    org.settings(row_locks=[{"first": 2}])
    content = "Id,Site\n" + "".join(f"{one},x\n" for one in ids)
    done = org.job("Account", "update", content)
    assert {row["sf__Error"] for row in done.failed} == {
        f"{SAID} or 1 records: {one}:--" for one in ids[:2]
    }
    org.settings(row_locks=[{"first": 1, "object": "account", "seed": 1}])
    gone = org.job("Account", "delete", "Id\n" + "".join(f"{one}\n" for one in ids))
    assert [row["sf__Id"] for row in gone.failed] == ids[:1]
    assert org.data("DELETE", f"sobjects/Account/{ids[0]}").status_code == 204


def test_one_held_row_rolls_back_all_or_none(org: OrgClient) -> None:
    org.settings(row_locks=[{"first": 1}])
    records = [{"attributes": {"type": "Account"}, "Name": f"All {n}"} for n in range(2)]
    done = org.data("POST", "composite/sobjects", json={"records": records, "allOrNone": True})
    assert [row["errors"][0]["statusCode"] for row in done.json()] == [
        CODE, "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    ]  # fmt: skip
