"""Bulk API 2.0 ingest: what each moment answers, and how strictly a file is read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.loaders.stand_in_org.front_org import OrgClient, give_keys, serving

SHORT = [
    "id", "operation", "object", "createdById", "createdDate", "systemModstamp", "state",
    "concurrencyMode", "contentType", "apiVersion",
]  # fmt: skip
TIMES = ["retries", "totalProcessingTime", "apiActiveProcessingTime", "apexProcessingTime"]
COUNTS = ["numberRecordsProcessed", "numberRecordsFailed"]


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrgClient]:
    with serving(tmp_path_factory.mktemp("org")) as client:
        give_keys(client, "Account", "Contact")
        yield client


def keys(org: OrgClient, job: str) -> list[str]:
    return list(org.data("GET", f"jobs/ingest/{job}").json())


@pytest.mark.parametrize("contract", ["2.3 exactly which keys appear when"])
def test_each_moment_of_a_job_shows_its_own_keys(org: OrgClient, contract: str) -> None:
    created = org.data(
        "POST", "jobs/ingest", json={"object": "account", "operation": "insert"}
    ).json()
    assert list(created) == [*SHORT, "contentUrl", "lineEnding", "columnDelimiter"], contract
    job = created["id"]
    assert (created["state"], created["object"]) == ("Open", "Account")
    assert created["contentUrl"] == f"services/data/v67.0/jobs/ingest/{job}/batches"
    assert created["apiVersion"] == 67.0
    assert (len(job), job[:3]) == (18, "750")
    around = ["jobType", "contentUrl", "lineEnding", "columnDelimiter"]
    assert keys(org, job) == [*SHORT, *around, *TIMES]
    uploaded = org.upload(job, b"Name\nAcme\n")
    assert (uploaded.status_code, uploaded.content) == (201, b"")
    assert keys(org, job) == [*SHORT, *around, *COUNTS, *TIMES]
    closed = org.data("PATCH", f"jobs/ingest/{job}", json={"state": "UploadComplete"})
    assert closed.status_code == 200
    assert list(closed.json()) == SHORT
    assert closed.json()["state"] == "UploadComplete"
    done = org.finished(job)
    assert list(done.info) == [*SHORT, "jobType", "lineEnding", "columnDelimiter", *COUNTS, *TIMES]
    assert done.info["jobType"] == "V2Ingest"


def test_a_short_job_is_done_by_the_first_poll(org: OrgClient) -> None:
    job = org.open_job("Account", "insert")
    org.upload(job, b"Name\nQuick\n")
    org.data("PATCH", f"jobs/ingest/{job}", json={"state": "UploadComplete"})
    assert org.data("GET", f"jobs/ingest/{job}").json()["state"] == "JobComplete"


def test_paths_may_have_more_slashes_and_other_letter_case(org: OrgClient) -> None:
    job = org.data("POST", "jobs/ingest//", json={"object": "Account", "operation": "insert"})
    name = job.json()["id"]
    sent = org.data(
        "PUT",
        f"jobs/ingest/{name}/batches/",
        content=iter([b"Name\n", b"Chun", b"ked\n"]),
        headers={"Content-Type": "text/csv"},
    )
    assert sent.status_code == 201
    assert sent.request.headers["transfer-encoding"] == "chunked"
    org.data("PATCH", f"jobs/ingest/{name}/", json={"state": "UploadComplete"})
    assert org.finished(name).info["numberRecordsProcessed"] == 1
    for spelling in ("unprocessedRecords", "unprocessedrecords/", "SuccessfulResults"):
        assert org.data("GET", f"jobs/ingest/{name}/{spelling}").status_code == 200


def test_results_quote_everything_and_echo_converted_values(org: OrgClient) -> None:
    content = (
        "Clinic_Id__c,Name,AnnualRevenue,NumberOfEmployees,Description\n"
        'r:1,"A; ""B""\nC",912260031,2676,#N/A\n'
        "r:2,Plain,1000,,\n"
    )
    job = org.open_job("Account", "upsert", externalIdFieldName="Clinic_Id__c")
    org.upload(job, content.encode())
    org.data("PATCH", f"jobs/ingest/{job}", json={"state": "UploadComplete"})
    org.finished(job)
    text = org.data("GET", f"jobs/ingest/{job}/successfulResults").text
    head = '"sf__Id","sf__Created",Clinic_Id__c,Name,AnnualRevenue,NumberOfEmployees,Description\n'
    assert text.startswith(head)
    assert '"true","r:1","A; ""B""\nC","9.12260031E8","2676",""\n' in text
    assert '"true","r:2","Plain","1000.0","",""\n' in text
    empty = org.data("GET", f"jobs/ingest/{job}/failedResults").text
    assert empty == head.replace("sf__Created", "sf__Error")
    rest = org.data("GET", f"jobs/ingest/{job}/unprocessedrecords").text
    assert rest == head.replace('"sf__Id","sf__Created",', "")


def test_results_come_in_another_order_than_the_request(org: OrgClient) -> None:
    rows = "".join(f"o:{n},Order {n}\n" for n in range(300))
    done = org.job(
        "Account", "upsert", "Clinic_Id__c,Name\n" + rows, externalIdFieldName="Clinic_Id__c"
    )
    arrived = [row["Clinic_Id__c"] for row in done.successful]
    assert sorted(arrived) == sorted(f"o:{n}" for n in range(300))
    assert arrived != [f"o:{n}" for n in range(300)]


def test_sent_equals_success_plus_failed_plus_unprocessed(org: OrgClient) -> None:
    done = org.job(
        "Contact",
        "upsert",
        "Clinic_Id__c,LastName,Account.Clinic_Id__c\ns:1,Ok,\ns:2,,\ns:3,Lost,nowhere\n",
        externalIdFieldName="Clinic_Id__c",
    )
    assert done.info["state"] == "JobComplete"
    assert (done.info["numberRecordsProcessed"], done.info["numberRecordsFailed"]) == (3, 2)
    assert (len(done.successful), len(done.failed), len(done.unprocessed)) == (1, 2, 0)
    errors = {row["Clinic_Id__c"]: row["sf__Error"] for row in done.failed}
    assert errors == {
        "s:2": "REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --",
        "s:3": "INVALID_FIELD:Foreign key external ID: nowhere not found for field Clinic_Id__c "
        "in entity Account:--",
    }
    assert {row["sf__Id"] for row in done.failed} == {""}


def test_an_empty_id_column_beside_the_external_id_is_accepted(org: OrgClient) -> None:
    content = "Id,Clinic_Id__c,Name\n,j:1,From an array\n,j:2,Another\n"
    done = org.job("Account", "upsert", content, externalIdFieldName="Clinic_Id__c")
    assert (len(done.successful), len(done.failed)) == (2, 0)
    again = org.job("Account", "upsert", content, externalIdFieldName="Clinic_Id__c")
    assert {row["sf__Created"] for row in again.successful} == {"false"}


def test_refused_updates_and_deletes_name_their_record(org: OrgClient) -> None:
    made = org.job("Account", "insert", "Name\nOnce\n").successful[0]["sf__Id"]
    assert org.job("Account", "delete", f"Id\n{made}\n").successful[0]["sf__Id"] == made
    again = org.job("Account", "delete", f"Id\n{made}\n")
    assert again.failed[0]["sf__Id"] == made
    assert again.failed[0]["sf__Error"].startswith("ENTITY_IS_DELETED:entity is deleted:")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"Name\r\nA\r\n", "ClientInputError : LineEnding is invalid on user data. "
         "Current LineEnding setting is LF"),
        (b'Name\n"A\r\nB"\n', "ClientInputError : LineEnding is invalid on user data. "
         "Current LineEnding setting is LF"),
        (b"\xef\xbb\xbfName\nA\n", "InvalidBatch : Field name not found : \ufeffName"),
        (b'\xef\xbb\xbf"Name"\nA\n', "InvalidBatch : Failed to parse CSV. Found unescaped quote. "
         "A value with quote should be within a quote"),
        (b'Name\nA "b" c\n', "InvalidBatch : Failed to parse CSV. Found unescaped quote. "
         "A value with quote should be within a quote"),
        (b'Name\n"A\nB\n', "InvalidBatch : Failed to parse CSV. EOF reached before closing an "
         "opened quote"),
        (b"Name,Wrong__c\nA,b\n", "InvalidBatch : Field name not found : Wrong__c"),
        (b"Name,Boss.Clinic_Id__c\nA,b\n", "InvalidBatch : Unable to find relationship: Boss"),
        (b"Name,User:Owner.Username\nA,b\n",
         "InvalidBatch : type is not needed for non polymorphic foreign key references: Owner"),
    ],
)  # fmt: skip
def test_a_file_that_breaks_a_rule_fails_its_job_and_writes_nothing(
    org: OrgClient, content: bytes, message: str
) -> None:
    before = org.query("SELECT COUNT() FROM Account").json()["totalSize"]
    job = org.open_job("Account", "insert")
    org.upload(job, content)
    org.data("PATCH", f"jobs/ingest/{job}", json={"state": "UploadComplete"})
    info = org.data("GET", f"jobs/ingest/{job}").json()
    assert (info["state"], info["errorMessage"]) == ("Failed", message)
    assert (info["numberRecordsProcessed"], info["numberRecordsFailed"]) == (0, 0)
    assert org.query("SELECT COUNT() FROM Account").json()["totalSize"] == before


def test_crlf_files_pass_as_crlf_and_other_delimiters_work(org: OrgClient) -> None:
    done = org.job(
        "Account",
        "insert",
        'Name|Type\r\n"Pipe | d"|Other\r\n',
        lineEnding="CRLF",
        columnDelimiter="PIPE",
    )
    assert done.info["numberRecordsFailed"] == 0
    raw = org.data("GET", f"jobs/ingest/{done.info['id']}/successfulResults").content
    assert b'"true"|"Pipe | d"|"Other"\r\n' in raw


def test_a_delete_file_holds_ids_and_nothing_else(org: OrgClient) -> None:
    done = org.job("Account", "delete", "Id,Name\n001000000000001AAA,x\n")
    assert done.info["errorMessage"] == "InvalidBatch : The 'delete' batch must contain only ids"
    assert len(done.unprocessed) == 1


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        ({"object": "Nothing__c", "operation": "insert"}, "INVALIDENTITY",
         "Entity 'Nothing__c' is not supported by the Bulk API."),
        ({"object": "Profile", "operation": "insert"}, "INVALIDENTITY", "not supported"),
        ({"object": "Account", "operation": "Insert"}, "INVALIDJOB", "operation"),
        ({"object": "Account", "operation": "upsert"}, "INVALIDJOB", "External ID was blank"),
        ({"object": "Account", "operation": "upsert", "externalIdFieldName": "Name"},
         "INVALIDJOB", "does not match an External ID"),
        ({"object": "Account", "operation": "insert", "contentType": "JSON"}, "INVALIDJOB",
         "contentType"),
        ({"object": "Account", "operation": "hardDelete"}, "FEATURENOTENABLED", "hardDelete"),
        ({"object": "Account", "operation": "insert", "allOrNone": True}, "JSON_PARSER_ERROR",
         "allOrNone"),
    ],
)  # fmt: skip
def test_a_job_that_cannot_be_is_not_created(
    org: OrgClient, body: dict[str, object], code: str, words: str
) -> None:
    answer = org.data("POST", "jobs/ingest", json=body)
    assert answer.status_code == 400
    (error,) = answer.json()
    assert error["errorCode"] == code
    assert words in error["message"]


def test_a_multipart_job_starts_at_once(org: OrgClient) -> None:
    answer = org.data(
        "POST",
        "jobs/ingest",
        files={
            "job": (None, '{"object":"Account","operation":"insert"}', "application/json"),
            "content": ("content", "Name\nMultipart\n", "text/csv"),
        },
    )
    assert (answer.status_code, answer.json()["state"]) == (200, "UploadComplete")
    assert len(org.finished(answer.json()["id"]).successful) == 1
