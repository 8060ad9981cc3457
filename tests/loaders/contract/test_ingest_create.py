"""Contract 2.2: what the creation of a job takes, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.loaders.contract.jobs import broken, ended, errors, made, refusal, sent
from tests.loaders.contract.schema import THING
from tests.loaders.stand_in_org.front_org import OrgClient

DELIMITERS = {
    "COMMA": ",", "TAB": "\t", "SEMICOLON": ";", "PIPE": "|", "CARET": "^", "BACKQUOTE": "`",
}  # fmt: skip
RULE = "01QHs0000000001AAA"


def create(org: OrgClient, **body: object) -> object:
    return org.data("POST", "jobs/ingest", json=body)


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        pytest.param({"object": THING, "operation": "Insert"}, "INVALIDJOB", "operation",
                     id="contract:2.2-2-case"),
        pytest.param({"object": THING, "operation": "undelete"}, "INVALIDJOB", "operation",
                     id="contract:2.2-2-unknown"),
        pytest.param({"object": THING, "operation": "upsert"}, "INVALIDJOB", "External ID",
                     id="contract:2.2-3-missing"),
        pytest.param({"object": THING, "operation": "upsert", "externalIdFieldName": "Title__c"},
                     "INVALIDJOB", "External ID", id="contract:2.2-3-not-indexed"),
        pytest.param({"object": THING, "operation": "insert", "contentType": "JSON"},
                     "INVALIDJOB", "contentType", id="contract:2.2-4"),
        pytest.param({"object": THING, "operation": "insert", "lineEnding": "CR"},
                     "INVALIDJOB", "lineEnding", id="contract:2.2-5"),
        pytest.param({"object": THING, "operation": "insert", "columnDelimiter": "SPACE"},
                     "INVALIDJOB", "columnDelimiter", id="contract:2.2-6"),
        pytest.param({"object": "Product2", "operation": "insert", "assignmentRuleId": RULE},
                     "INVALIDJOB", "assignment", id="contract:2.2-7"),
        pytest.param({"object": THING, "operation": "insert", "allOrNone": True},
                     "JSON_PARSER_ERROR", "allOrNone", id="contract:2.2-9"),
    ],
)  # fmt: skip
def test_what_no_job_can_have_is_refused(
    org: OrgClient, body: dict[str, object], code: str, words: str
) -> None:
    status, said, message = refusal(create(org, **body))
    assert (status, said) == (400, code)
    assert words in message


@pytest.mark.contract("2.2-1", "2.2-4", "2.2-5", "2.2-6", "2.2-8")
def test_what_is_left_out_has_its_default(org: OrgClient) -> None:
    info = create(org, object=THING, operation="insert").json()
    assert (info["object"], info["operation"]) == (THING, "insert")
    assert (info["contentType"], info["lineEnding"]) == ("CSV", "LF")
    assert (info["columnDelimiter"], info["concurrencyMode"]) == ("COMMA", "Parallel")


@pytest.mark.contract("2.2-2")
def test_every_operation_is_carried_out(org: OrgClient, key: Callable[[str], str]) -> None:
    mine = key("op")
    one = made(org.job(THING, "insert", f"Key__c,Title__c\n{mine},A\n"))
    org.job(THING, "update", f"Id,Title__c\n{one},B\n")
    again = org.job(THING, "upsert", f"Key__c,Title__c\n{mine},C\n", externalIdFieldName="Key__c")
    assert again.successful[0]["sf__Id"] == one
    assert org.records(f"SELECT Title__c FROM {THING} WHERE Id = '{one}'")[0]["Title__c"] == "C"
    assert not org.job(THING, "delete", f"Id\n{one}\n").failed
    assert org.records(f"SELECT Id FROM {THING} WHERE Id = '{one}'") == []


@pytest.mark.contract("2.2-3")
def test_the_key_of_an_upsert_is_a_column_of_its_file(org: OrgClient) -> None:
    for name in ("Key__c", "Id"):
        assert create(
            org, object=THING, operation="upsert", externalIdFieldName=name
        ).json()["externalIdFieldName"] == name  # fmt: skip
    message = broken(org, b"Title__c\nX\n", operation="upsert", externalIdFieldName="Key__c")
    assert str(message).startswith("InvalidBatch : Field name not found")


@pytest.mark.parametrize(
    "name", [pytest.param(one, id=f"contract:2.2-6,2.9-4-{one}") for one in DELIMITERS]
)
def test_each_delimiter_parts_cells_and_results(
    org: OrgClient, name: str, key: Callable[[str], str]
) -> None:
    mark = DELIMITERS[name]
    line = f'Key__c{mark}Title__c\n{key(name)}{mark}"a {mark} b"\n'
    job = sent(org, THING, "insert", line.encode(), columnDelimiter=name)
    assert ended(org, job)["numberRecordsFailed"] == 0
    text = org.data("GET", f"jobs/ingest/{job}/successfulResults").text
    head, row = text.splitlines()
    assert head == f'"sf__Id"{mark}"sf__Created"{mark}Key__c{mark}Title__c'
    assert row.endswith(f'"true"{mark}"{key(name)}"{mark}"a {mark} b"')


@pytest.mark.contract("2.2-5", "2.2-9", "2.9-4")
@pytest.mark.both_ways("results_line_ending", "job", "LF")
def test_a_crlf_file_is_announced_in_the_body_or_by_header(org: OrgClient, way: str) -> None:
    by_body = {"object": THING, "operation": "insert", "lineEnding": "CRLF"}
    by_header = {"object": THING, "operation": "insert"}
    for body, headers in ((by_body, {}), (by_header, {"Sforce-Line-Ending": "CRLF"})):
        job = org.data("POST", "jobs/ingest", json=body, headers=headers).json()
        assert job["lineEnding"] == "CRLF"
        org.upload(job["id"], b"Title__c\r\nCrlf\r\n")
        org.data("PATCH", f"jobs/ingest/{job['id']}", json={"state": "UploadComplete"})
        assert ended(org, job["id"])["numberRecordsFailed"] == 0
        text = org.data("GET", f"jobs/ingest/{job['id']}/successfulResults").text
        assert text.endswith("\r\n") is (way == "job")


@pytest.mark.contract("2.2-7")
@pytest.mark.stand_in_only
def test_an_assignment_rule_overrides_the_owners_of_the_file(
    org: OrgClient, settings: Callable[..., None], key: Callable[[str], str]
) -> None:
    queue = org.data("POST", "sobjects/Group", json={"Name": key("q"), "Type": "Queue"}).json()[
        "id"
    ]
    admin = org.running.site.org.admin_user_id
    body = {"object": "Lead", "operation": "insert", "assignmentRuleId": RULE}
    assert refusal(create(org, **body))[:2] == (400, "INVALIDJOB")
    settings(assignment_rules={RULE: queue})
    old = org.http.post("/services/data/v48.0/jobs/ingest", json=body)
    assert refusal(old)[:2] == (400, "JSON_PARSER_ERROR")
    assert create(org, **body).json()["assignmentRuleId"] == RULE
    done = org.job("Lead", "insert", f"LastName,Company,OwnerId\n{key('l')},C,{admin}\n",
                   assignmentRuleId=RULE)  # fmt: skip
    assert done.info["assignmentRuleId"] == RULE
    (lead,) = org.records(f"SELECT OwnerId FROM Lead WHERE Id = '{made(done)}'")
    assert lead["OwnerId"] == queue


@pytest.mark.contract("2.2-8")
def test_no_job_is_serial(org: OrgClient) -> None:
    answer = create(org, object=THING, operation="insert", concurrencyMode="Serial")
    assert answer.status_code == 400 or answer.json()["concurrencyMode"] == "Parallel"


@pytest.mark.contract("2.2-9", "2.10-7")
def test_no_header_lets_duplicates_through_bulk(org: OrgClient, key: Callable[[str], str]) -> None:
    row = f"Name,Phone\n{key('Twin')},555-0100-{key('')}\n"
    headers = {
        "Sforce-Duplicate-Rule-Header": "allowSave=true",
        "Sforce-Call-Options": "client=contract, defaultNamespace=none",
    }
    made(org.job("Account", "insert", row))
    job = org.data("POST", "jobs/ingest", headers=headers,
                   json={"object": "Account", "operation": "insert"}).json()["id"]  # fmt: skip
    org.data("PUT", f"jobs/ingest/{job}/batches", content=row.encode(),
             headers={**headers, "Content-Type": "text/csv"})  # fmt: skip
    org.data("PATCH", f"jobs/ingest/{job}", json={"state": "UploadComplete"}, headers=headers)
    assert errors(org.finished(job)) == ["DUPLICATES_DETECTED:Use one of these records?:--"]


@pytest.mark.contract("2.2-10", "2.11-8")
def test_hard_deletes_need_their_permission(org: OrgClient) -> None:
    answer = create(org, object=THING, operation="hardDelete")
    assert refusal(answer)[:2] == (400, "FEATURENOTENABLED")
