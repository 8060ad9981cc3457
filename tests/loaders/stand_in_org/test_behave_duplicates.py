"""Duplicate rules that alert, that block, and that are switched off (contract 4.3, 11, T21)."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.loaders.stand_in_org.front_org import OrgClient, serving

ALLOW = {"Sforce-Duplicate-Rule-Header": "allowSave=true"}
ADA = {"LastName": "Testperson", "Phone": "5550100"}
SAID = "Use one of these records?"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrgClient]:
    with serving(tmp_path_factory.mktemp("org")) as client:
        assert client.data("POST", "sobjects/Contact", json=ADA).status_code == 201
        yield client


@pytest.fixture
def org(served: OrgClient) -> Iterator[OrgClient]:
    yield served
    served.settings(duplicate_rules=None, duplicate_rules_block=None)


def row(org: OrgClient, headers: dict[str, str]) -> httpx.Response:
    return org.data("POST", "sobjects/Contact", json=ADA, headers=headers)


def collection(org: OrgClient, headers: dict[str, str]) -> dict[str, object]:
    records = [{"attributes": {"type": "Contact"}, **ADA}]
    return dict(
        org.data("POST", "composite/sobjects", json={"records": records}, headers=headers).json()[0]
    )


def bulk_errors(org: OrgClient) -> list[str]:
    done = org.job("Contact", "insert", "LastName,Phone\nTestperson,5550100\n")
    return [failed["sf__Error"] for failed in done.failed]


def test_an_alert_refuses_unless_the_client_allows_it(org: OrgClient) -> None:
    refused = row(org, {})
    assert (refused.status_code, refused.json()[0]["errorCode"]) == (400, "DUPLICATES_DETECTED")
    assert collection(org, {})["errors"] == [
        {"statusCode": "DUPLICATES_DETECTED", "message": SAID, "fields": []}
    ]
    assert bulk_errors(org) == [f"DUPLICATES_DETECTED:{SAID}:--"]
    assert row(org, ALLOW).status_code == 201
    assert collection(org, ALLOW)["success"]


def test_a_rule_that_blocks_is_not_talked_round(org: OrgClient) -> None:
    org.settings(duplicate_rules_block=["Contact"])
    assert row(org, ALLOW).json()[0]["errorCode"] == "DUPLICATES_DETECTED"
    assert not collection(org, ALLOW)["success"]
    org.settings(duplicate_rules_block=["Lead"])
    assert row(org, ALLOW).status_code == 201


def test_rules_that_are_off_refuse_nothing_and_their_records_say_so(org: OrgClient) -> None:
    def active() -> set[object]:
        return {
            found["IsActive"]
            for found in org.records("SELECT DeveloperName, IsActive FROM DuplicateRule")
        }

    assert active() == {True}
    org.settings(duplicate_rules=False)
    assert active() == {False}
    assert bulk_errors(org) == []
    assert row(org, {}).status_code == 201
    org.settings(duplicate_rules=None)
    assert active() == {True}
    assert row(org, {}).status_code == 400
