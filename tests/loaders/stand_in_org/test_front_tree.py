"""Records with their children in one request (contract 4.6)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.loaders.stand_in_org.composite_calls import named
from tests.loaders.stand_in_org.front_org import OrgClient, serving


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrgClient]:
    with serving(tmp_path_factory.mktemp("org")) as client:
        yield client


def leaf(name: str, kind: str = "Contact", **values: object) -> dict[str, Any]:
    return {"attributes": {"type": kind, "referenceId": name}, **values}


def grown(org: OrgClient, *records: dict[str, Any]) -> httpx.Response:
    return org.data("POST", "composite/tree/Account", json={"records": list(records)})


def test_contract_4_6_a_tree_is_created_level_by_level(org: OrgClient) -> None:
    contacts = {"records": [leaf("c1", LastName="One"), leaf("c2", LastName="Two")]}
    answer = grown(
        org,
        leaf("a1", "Account", Name="Tree One", Contacts=contacts),
        leaf("a2", "Account", Name="Tree Two"),
    )
    assert answer.status_code == 201, answer.text
    assert answer.json()["hasErrors"] is False
    ids = {one["referenceId"]: one["id"] for one in answer.json()["results"]}
    assert list(ids) == ["a1", "a2", "c1", "c2"]
    found = org.records("SELECT Id, AccountId FROM Contact WHERE Account.Name = 'Tree One'")
    assert {(one["Id"], one["AccountId"]) for one in found} == {
        (ids["c1"], ids["a1"]),
        (ids["c2"], ids["a1"]),
    }


def test_contract_4_6_a_refused_record_keeps_the_whole_tree_out(org: OrgClient) -> None:
    contacts = {"records": [leaf("good", LastName="Good"), leaf("bad", FirstName="Bad")]}
    answer = grown(org, leaf("root", "Account", Name="Tree Never", Contacts=contacts))
    assert answer.status_code == 400
    assert answer.json() == {
        "hasErrors": True,
        "results": [
            {
                "referenceId": "bad",
                "errors": [
                    {
                        "statusCode": "REQUIRED_FIELD_MISSING",
                        "message": "Required fields are missing: [LastName]",
                        "fields": ["LastName"],
                    }
                ],
            }
        ],
    }
    assert named(org, "Tree Never") == []


def deep(levels: int) -> dict[str, Any]:
    below = {} if levels == 1 else {"ChildAccounts": {"records": [deep(levels - 1)]}}
    return leaf(f"level{levels}", "Account", Name="Deep", **below)


BAD_TREES = {
    "an unknown field": ([leaf("r", "Account", Name="x", Nothing__c="y")], "INVALID_FIELD"),
    "an unknown relationship": (
        [leaf("r", "Account", Name="x", Leaves={"records": []})],
        "INVALID_FIELD",
    ),
    "another type than the address's": ([leaf("r", LastName="x")], "INVALID_INPUT"),
    "no reference id": ([{"attributes": {"type": "Account"}, "Name": "x"}], "INVALID_INPUT"),
    "201 records": (
        [leaf(f"r{n}", "Account", Name="x") for n in range(201)],
        "INVALID_INPUT",
    ),
    "six levels": ([deep(6)], "INVALID_INPUT"),
}


@pytest.mark.parametrize(("records", "code"), BAD_TREES.values(), ids=BAD_TREES.keys())
def test_contract_4_6_a_tree_that_breaks_a_rule_is_refused(
    org: OrgClient, records: list[dict[str, Any]], code: str
) -> None:
    answer = grown(org, *records)
    assert answer.status_code == 400
    assert answer.json()["hasErrors"] is True
    assert [one["errors"][0]["statusCode"] for one in answer.json()["results"]] == [code]


def test_contract_4_6_a_reference_id_given_twice_is_listed_twice(org: OrgClient) -> None:
    answer = grown(org, leaf("twice", "Account", Name="x"), leaf("twice", "Account", Name="y"))
    assert [one["referenceId"] for one in answer.json()["results"]] == ["twice", "twice"]


def test_contract_4_6_a_tree_takes_200_records_and_five_levels(org: OrgClient) -> None:
    assert grown(org, *(leaf(f"r{n}", "Account", Name="Many") for n in range(200))).is_success
    assert len(named(org, "Many")) == 200
    assert grown(org, deep(5)).status_code == 201
    assert len(named(org, "Deep")) == 5
