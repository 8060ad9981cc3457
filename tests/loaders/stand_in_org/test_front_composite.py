"""Several requests in one: composite and batch (contract 4.5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.loaders.stand_in_org.composite_calls import HALTED, ROOT, named, step
from tests.loaders.stand_in_org.front_org import OrgClient, give_keys, serving


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrgClient]:
    with serving(tmp_path_factory.mktemp("org")) as client:
        give_keys(client, "Account", "Contact")
        yield client


def sent(org: OrgClient, *steps: dict[str, Any], **flags: object) -> httpx.Response:
    return org.data("POST", "composite", json={**flags, "compositeRequest": list(steps)})


def answers(org: OrgClient, *steps: dict[str, Any], **flags: object) -> dict[str, dict[str, Any]]:
    answer = sent(org, *steps, **flags)
    assert answer.status_code == 200, answer.text
    shown = answer.json()["compositeResponse"]
    assert [one["referenceId"] for one in shown] == [one["referenceId"] for one in steps]
    return {one["referenceId"]: one for one in shown}


def test_contract_4_5_a_later_subrequest_uses_what_an_earlier_one_answered(org: OrgClient) -> None:
    child = {"LastName": "Child", "AccountId": "@{parent.id}"}
    found = answers(
        org,
        step("parent", "POST", "sobjects/Account", {"Name": "Composite Parent"}),
        step("child", "POST", "sobjects/Contact", child),
        step("asked", "GET", "query/?q=SELECT Id, Name FROM Account WHERE Id = '@{parent.id}'"),
        step("again", "GET", "sobjects/Account/@{asked.records[0].Id}?fields=Name"),
        step("change", "PATCH", "sobjects/Account/@{parent.id}", {"Name": "@{again.Name} Ünd"}),
    )
    parent = found["parent"]["body"]["id"]
    assert [one["httpStatusCode"] for one in found.values()] == [201, 201, 200, 200, 204]
    assert found["parent"]["httpHeaders"] == {"Location": f"{ROOT}/sobjects/Account/{parent}"}
    assert found["change"]["body"] is None
    shown = org.records(f"SELECT Account.Name FROM Contact WHERE AccountId = '{parent}'")
    assert [one["Account"]["Name"] for one in shown] == ["Composite Parent Ünd"]  # type: ignore[index]


def test_contract_4_5_only_what_depends_on_a_failed_subrequest_is_left_out(org: OrgClient) -> None:
    found = answers(
        org,
        step("bad", "POST", "sobjects/Contact", {"FirstName": "No Last Name"}),
        step("depends", "POST", "sobjects/Contact", {"LastName": "x", "AccountId": "@{bad.id}"}),
        step("good", "POST", "sobjects/Account", {"Name": "Independent"}),
    )
    assert found["bad"]["body"][0]["errorCode"] == "REQUIRED_FIELD_MISSING"
    assert found["depends"]["httpStatusCode"] == 400
    assert found["depends"]["body"] == [
        {
            "errorCode": "PROCESSING_HALTED",
            "message": "Invalid reference specified. No value for bad.id found in bad",
        }
    ]
    assert found["good"]["httpStatusCode"] == 201
    assert len(named(org, "Independent")) == 1


def test_contract_4_5_all_or_none_keeps_nothing_when_one_fails(org: OrgClient) -> None:
    found = answers(
        org,
        step("first", "POST", "sobjects/Account", {"Name": "Rolled Back"}),
        step("seen", "GET", "query?q=SELECT COUNT() FROM Account WHERE Name = 'Rolled Back'"),
        step("bad", "POST", "sobjects/Contact", {"FirstName": "No Last Name"}),
        step("after", "POST", "sobjects/Account", {"Name": "Rolled Back"}),
        allOrNone=True,
    )
    assert [one["httpStatusCode"] for one in found.values()] == [400, 400, 400, 400]
    assert found["bad"]["body"][0]["errorCode"] == "REQUIRED_FIELD_MISSING"
    assert found["first"]["body"] == found["seen"]["body"] == found["after"]["body"] == HALTED
    assert named(org, "Rolled Back") == []


def test_contract_4_5_all_or_none_sees_its_own_rows_and_keeps_them(org: OrgClient) -> None:
    found = answers(
        org,
        step("upserted", "PATCH", "sobjects/Account/Clinic_Id__c/whole%3A1", {"Name": "Whole"}),
        step("seen", "GET", "query?q=SELECT COUNT() FROM Account WHERE Name = 'Whole'"),
        step("read", "GET", "sobjects/Account/@{upserted.id}?fields=Clinic_Id__c"),
        allOrNone=True,
        collateSubrequests=True,
    )
    assert found["upserted"]["httpStatusCode"] == 201
    assert found["seen"]["body"]["totalSize"] == 1
    assert found["read"]["body"]["Clinic_Id__c"] == "whole:1"
    assert len(named(org, "Whole")) == 1


@pytest.mark.parametrize("inner", [False, True])
def test_contract_4_5_a_collection_that_is_rolled_back_with_the_whole_keeps_what_it_says(
    org: OrgClient, inner: bool
) -> None:
    good = {"attributes": {"type": "Account"}, "Name": "Says Success"}
    bad = {"attributes": {"type": "Account"}, "Name": ""}
    collection = {"allOrNone": inner, "records": [good, bad]}
    found = answers(
        org,
        step("many", "POST", "composite/sobjects", collection),
        step("one", "POST", "sobjects/Contact", {"LastName": "Never"}),
        allOrNone=True,
    )
    assert found["many"]["httpStatusCode"] == 200
    assert [one["success"] for one in found["many"]["body"]] == [True, False]
    assert (found["one"]["httpStatusCode"], found["one"]["body"]) == (400, HALTED)
    assert named(org, "Says Success") == []


def test_contract_4_5_a_collection_of_its_own_transaction_keeps_its_good_rows(
    org: OrgClient,
) -> None:
    good = {"attributes": {"type": "Account"}, "Name": "Kept Row"}
    bad = {"attributes": {"type": "Account"}, "Name": ""}
    found = answers(org, step("many", "POST", "composite/sobjects", {"records": [good, bad]}))
    assert [one["success"] for one in found["many"]["body"]] == [True, False]
    assert len(named(org, "Kept Row")) == 1


def test_contract_4_5_a_subrequest_has_headers_of_its_own(org: OrgClient) -> None:
    twin = {"FirstName": "Comp", "LastName": "Twin", "Email": "comp.twin@example.invalid"}
    allow = {"Sforce-Duplicate-Rule-Header": "allowSave=true"}
    found = answers(
        org,
        step("first", "POST", "sobjects/Contact", twin),
        step("refused", "POST", "sobjects/Contact", twin),
        step("saved", "POST", "sobjects/Contact", twin, httpHeaders=allow),
    )
    assert found["refused"]["body"][0]["errorCode"] == "DUPLICATES_DETECTED"
    assert found["saved"]["httpStatusCode"] == 201


def test_contract_4_5_a_whole_composite_counts_as_one_request(org: OrgClient) -> None:
    def used() -> int:
        header = org.data("GET", "limits").headers["sforce-limit-info"]
        return int(header.split("=")[1].split("/")[0])

    before = used()
    answers(org, *(step(f"s{n}", "GET", "sobjects/Account") for n in range(25)))
    assert used() == before + 2


BAD_COMPOSITES = {
    "26 subrequests": [step(f"s{n}", "GET", "sobjects/Account") for n in range(26)],
    "6 collections or queries": [
        step(f"s{n}", "GET", "query?q=SELECT Id FROM Profile") for n in range(6)
    ],
    "none": [],
    "a method in small letters": [step("s", "get", "sobjects/Account")],
    "two of one name": [step("s", "GET", "sobjects/Account") for _ in range(2)],
    "no name": [{"method": "GET", "url": f"{ROOT}/sobjects/Account"}],
    "a header it inherits": [
        step("s", "GET", "sobjects/Account", httpHeaders={"Accept": "text/html"})
    ],
}


@pytest.mark.parametrize("steps", BAD_COMPOSITES.values(), ids=BAD_COMPOSITES.keys())
def test_contract_4_5_a_request_that_breaks_a_rule_is_refused_whole(
    org: OrgClient, steps: list[dict[str, Any]]
) -> None:
    answer = sent(org, *steps)
    assert answer.status_code == 400
    assert set(answer.json()[0]) == {"message", "errorCode"}


def test_contract_4_5_what_a_composite_cannot_ask_for_is_not_found(org: OrgClient) -> None:
    found = answers(
        org,
        step("job", "POST", "jobs/ingest", {"object": "Account", "operation": "insert"}),
        step("a-b", "GET", "sobjects/Account"),
    )
    assert found["job"]["httpStatusCode"] == 404
    assert found["a-b"]["httpStatusCode"] == 400
    assert "'a-b'" in found["a-b"]["body"][0]["message"]


def test_contract_4_5_a_batch_goes_on_after_a_failure_unless_told_to_halt(org: OrgClient) -> None:
    requests = [
        {"method": "POST", "url": "v67.0/sobjects/Account", "richInput": {"Name": "Batch"}},
        {"method": "GET", "url": "v67.0/sobjects/Nothing__c"},
        {"method": "GET", "url": f"{ROOT}/limits/recordCount?sObjects=Profile"},
    ]
    shown = org.data("POST", "composite/batch", json={"batchRequests": requests}).json()
    assert shown["hasErrors"] is True
    assert [one["statusCode"] for one in shown["results"]] == [201, 404, 200]
    assert shown["results"][2]["result"]["sObjects"] == [{"count": 4, "name": "Profile"}]
    halting = {"batchRequests": requests, "haltOnError": True}
    shown = org.data("POST", "composite/batch", json=halting).json()
    assert [one["statusCode"] for one in shown["results"]] == [201, 404, 412]
    assert shown["results"][2]["result"][0]["errorCode"] == "BATCH_PROCESSING_HALTED"
    # Each has a transaction of its own: what went before a failure stays.
    assert len(named(org, "Batch")) == 2
