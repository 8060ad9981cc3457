"""Several composite requests in one (contract 4.5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.loaders.stand_in_org.composite_calls import HALTED, named, step
from tests.loaders.stand_in_org.front_org import OrgClient, serving


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrgClient]:
    with serving(tmp_path_factory.mktemp("org")) as client:
        yield client


def graph(name: str, *steps: dict[str, Any]) -> dict[str, Any]:
    return {"graphId": name, "compositeRequest": list(steps)}


def test_contract_4_5_each_graph_is_kept_or_rolled_back_by_itself(org: OrgClient) -> None:
    def tie(account: str, contact: dict[str, Any]) -> list[dict[str, Any]]:
        child = {**contact, "AccountId": "@{parent.id}"}
        return [
            step("parent", "POST", "sobjects/Account", {"Name": account}),
            step("child", "POST", "sobjects/Contact", child),
        ]

    graphs = [
        graph("good", *tie("Graph Good", {"LastName": "Child"})),
        graph("bad", *tie("Graph Bad", {"FirstName": "No Last Name"})),
        graph("last", *tie("Graph Last", {"LastName": "Child"})),
    ]
    answer = org.data("POST", "composite/graph", json={"graphs": graphs})
    assert answer.status_code == 200, answer.text
    shown = {one["graphId"]: one for one in answer.json()["graphs"]}
    assert {name: one["isSuccessful"] for name, one in shown.items()} == {
        "good": True,
        "bad": False,
        "last": True,
    }
    parent, child = shown["bad"]["graphResponse"]["compositeResponse"]
    assert parent["body"] == HALTED
    assert child["body"][0]["errorCode"] == "REQUIRED_FIELD_MISSING"
    kept = org.records("SELECT Name FROM Account WHERE Name LIKE 'Graph %' ORDER BY Name")
    assert [one["Name"] for one in kept] == ["Graph Good", "Graph Last"]


def test_contract_4_5_after_14_failed_graphs_the_others_are_halted(org: OrgClient) -> None:
    bad = step("bad", "POST", "sobjects/Contact", {"FirstName": "x"})
    good = step("good", "POST", "sobjects/Account", {"Name": "Graph Halted"})
    graphs = [graph(f"g{n}", bad) for n in range(14)] + [graph("g14", good)]
    shown = org.data("POST", "composite/graph", json={"graphs": graphs}).json()["graphs"]
    assert [one["isSuccessful"] for one in shown] == [False] * 15
    assert shown[14]["graphResponse"]["compositeResponse"][0]["body"] == HALTED
    assert named(org, "Graph Halted") == []


NODE = step("n", "GET", "sobjects/Account/001000000000001AAA")
BAD_GRAPHS = {
    "76 graphs": [graph(f"g{n}", NODE) for n in range(76)],
    "501 nodes": [
        graph(f"g{g}", *({**NODE, "referenceId": f"n{n}"} for n in range(167))) for g in range(3)
    ],
    "16 kinds of nodes": [
        graph("g", *(step(f"n{n}", "POST", f"sobjects/Object{n}__c", {}) for n in range(16)))
    ],
    "a query": [graph("g", step("n", "GET", "query?q=SELECT Id FROM Profile"))],
    "two of one name": [graph("g", NODE), graph("g", NODE)],
    "no name": [graph("", NODE)],
}


@pytest.mark.parametrize("graphs", BAD_GRAPHS.values(), ids=BAD_GRAPHS.keys())
def test_contract_4_5_graphs_that_break_a_rule_are_refused_whole(
    org: OrgClient, graphs: list[dict[str, Any]]
) -> None:
    answer = org.data("POST", "composite/graph", json={"graphs": graphs})
    assert answer.status_code == 400
    assert set(answer.json()[0]) == {"message", "errorCode"}
