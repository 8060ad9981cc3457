"""GET deleted and updated: which records changed in a span (contract 4.12)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.loaders.stand_in_org.front_org import OrgClient, serving


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrgClient]:
    with serving(tmp_path_factory.mktemp("org")) as client:
        yield client


def ago(minutes: float) -> str:
    return (datetime.now(UTC) - timedelta(minutes=minutes)).isoformat(timespec="seconds")


def asked(org: OrgClient, what: str, *, start: str, end: str, sobject: str = "Lead") -> object:
    span = {"start": start, "end": end}
    answer = org.data("GET", f"sobjects/{sobject}/{what}", params=span)
    return answer.json() if answer.status_code == 200 else answer.json()[0]["errorCode"]


def test_deleted_and_changed_records_are_listed_by_span(org: OrgClient) -> None:
    kept, gone = (
        org.data("POST", "sobjects/Lead", json={"LastName": name, "Company": name}).json()["id"]
        for name in ("Kept", "Gone")
    )
    assert org.data("DELETE", f"sobjects/Lead/{gone}").status_code == 204
    now = {"start": ago(5), "end": ago(-5)}
    deleted, updated = asked(org, "deleted", **now), asked(org, "updated", **now)
    assert isinstance(deleted, dict)
    assert isinstance(updated, dict)
    assert [one["id"] for one in deleted["deletedRecords"]] == [gone]
    assert updated["ids"] == [kept]
    assert sorted(deleted) == ["deletedRecords", "earliestDateAvailable", "latestDateCovered"]
    (deletion,) = org.records(
        f"SELECT SystemModstamp FROM Lead WHERE Id = '{gone}'", path="queryAll"
    )
    assert deleted["deletedRecords"][0]["deletedDate"] == deletion["SystemModstamp"]
    before = {"start": ago(20), "end": ago(10)}
    assert asked(org, "updated", **before)["ids"] == []  # type: ignore[index]
    assert asked(org, "deleted", **before)["deletedRecords"] == []  # type: ignore[index]


@pytest.mark.parametrize(
    ("span", "code"),
    [
        ({"start": ago(5), "end": ago(5)}, "INVALID_REPLICATION_DATE"),
        ({"start": ago(60 * 24 * 31), "end": ago(0)}, "INVALID_REPLICATION_DATE"),
        ({"start": "yesterday", "end": ago(0)}, "INVALID_FIELD"),
    ],
)
def test_a_span_that_cannot_be_answered_is_refused(
    org: OrgClient, span: dict[str, str], code: str
) -> None:
    assert asked(org, "deleted", **span) == code
    assert asked(org, "updated", **span) == code


def test_what_is_no_record_of_its_own_is_not_replicated(org: OrgClient) -> None:
    span = {"start": ago(5), "end": ago(-5)}
    assert asked(org, "updated", sobject="EntityDefinition", **span) == "INVALID_TYPE_FOR_OPERATION"
