"""Contract 2.11 and 2.12: jobs that fail as a whole, and objects that no job takes."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.loaders.contract.jobs import broken, close, errors, insert, made, refusal
from tests.loaders.contract.schema import THING
from tests.loaders.stand_in_org.front_org import OrgClient

# Contract 2.11: the asynchronous codes as REST shows them.
CODES = {
    "CLIENTINPUTERROR", "EXCEEDEDQUOTA", "FEATURENOTENABLED", "INVALIDBATCH", "INVALIDJOB",
    "INVALIDJOBSTATE", "INVALIDOPERATION", "INVALIDSESSIONID", "INVALIDURL", "INVALIDUSER",
    "METHODNOTALLOWED", "NOTFOUND", "TIMEOUT", "TOOMANYLOCKFAILURE", "UNKNOWN", "INVALIDENTITY",
    "API_ERROR", "NOT_FOUND",
}  # fmt: skip


@pytest.mark.contract("2.11-1", "2.11-7")
def test_only_the_first_bad_column_is_named_be_it_unknown_or_closed(org: OrgClient) -> None:
    for name in ("Nothing__c", "Hidden__c"):
        message = broken(org, f"Title__c,{name},Wrong__c\na,b,c\n".encode())
        assert message == f"InvalidBatch : Field name not found : {name}"


@pytest.mark.contract("2.11-5", "2.11-1")
@pytest.mark.both_ways("wrapped_job_errors", False, True)
def test_older_orgs_wrap_what_they_say(org: OrgClient, way: bool) -> None:
    plain = "InvalidBatch : Field name not found : Nothing__c"
    wrapped = f"null:InvalidBatch : {plain}. Batch will not be retried."
    assert broken(org, b"Nothing__c\na\n") == (wrapped if way else plain)


@pytest.mark.contract("2.11-8")
def test_refusals_use_the_codes_of_the_guide(org: OrgClient) -> None:
    job = org.open_job(THING, "insert")
    path = f"jobs/ingest/{job}"
    answers = [
        close(org, job),
        org.data("PATCH", path, json={"state": "Done"}),
        org.data("DELETE", path),
        org.data("GET", f"{path}/failedResults"),
        org.data("GET", f"{path}/otherResults"),
        org.data("POST", "jobs/ingest", json={"object": "Nothing__c", "operation": "insert"}),
        org.data("POST", "jobs/ingest", json={"object": THING, "operation": "merge"}),
        org.data("POST", "jobs/ingest", json={"object": THING, "operation": "hardDelete"}),
    ]
    codes = {refusal(answer)[1] for answer in answers}
    assert codes <= CODES
    assert all(re.fullmatch("[A-Z_]+", code) for code in codes)


@pytest.mark.contract("2.11-8", "2.12-2")
@pytest.mark.both_ways("likely_texts", True, False)
def test_what_bulk_does_not_support_is_refused_at_creation(org: OrgClient, way: bool) -> None:
    for name in ("Nothing__c", "Profile", "ContentNote"):
        answer = org.data("POST", "jobs/ingest", json={"object": name, "operation": "insert"})
        status, code, message = refusal(answer)
        assert (status, message) == (400, f"Entity '{name}' is not supported by the Bulk API.")
        assert (code == "INVALIDENTITY") is way


@pytest.mark.contract("2.12-1", "2.5-12")
def test_no_bytes_travel_through_bulk(org: OrgClient) -> None:
    message = broken(
        org, b"Title,PathOnClient,VersionData\nT,t.txt,dA==\n", sobject="ContentVersion"
    )
    assert message == "InvalidBatch : Field name not found : VersionData"


@pytest.mark.contract("2.12-1")
@pytest.mark.both_ways("bulk_content_versions", True, False)
def test_rows_of_files_without_their_bytes_are_ordinary_rows(
    org: OrgClient, way: bool, key: Callable[[str], str]
) -> None:
    version = org.data(
        "POST",
        "sobjects/ContentVersion",
        json={"Title": "Old", "PathOnClient": "old.txt", "VersionData": "b2xk"},
    ).json()["id"]
    body = {"object": "ContentVersion", "operation": "update"}
    if not way:
        refused = org.data("POST", "jobs/ingest", json=body)
        assert refusal(refused)[0] == 400
        return
    assert not errors(org.job("ContentVersion", "update", f"Id,Title\n{version},New\n"))
    (found,) = org.records(
        f"SELECT Title, ContentDocumentId FROM ContentVersion WHERE Id = '{version}'"
    )
    assert found["Title"] == "New"
    parent = made(insert(org, "Name", key("linked"), sobject="Account"))
    link = insert(
        org, "ContentDocumentId,LinkedEntityId,ShareType",
        f"{found['ContentDocumentId']},{parent},V", sobject="ContentDocumentLink",
    )  # fmt: skip
    assert not errors(link)
