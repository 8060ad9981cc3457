"""Contract 2.9: the three result sets, byte by byte."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import pytest

from tests.loaders.contract.jobs import (
    broken,
    close,
    insert,
    made,
    raw,
    refusal,
    sent,
    upsert,
)
from tests.loaders.contract.schema import THING
from tests.loaders.stand_in_org.front_org import OrgClient

SETS = ("successfulResults", "failedResults", "unprocessedrecords")


@pytest.mark.contract("2.9-1", "2.9-2", "2.9-3")
def test_headers_come_back_as_they_were_written_and_values_are_quoted(
    org: OrgClient, key: Callable[[str], str]
) -> None:
    good, bad = key("good"), key("bad")
    done = insert(org, '"Key__c",Title__c,"Kind__c"', f'{good},"A ""b""\nc",One', f"{bad},,Three")
    job = done.info["id"]
    one = done.successful[0]["sf__Id"]
    written = '"Key__c",Title__c,"Kind__c"\n'
    assert raw(org, job, "successfulResults") == (
        f'"sf__Id","sf__Created",{written}"{one}","true","{good}","A ""b""\nc","One"\n'
    )
    assert raw(org, job, "failedResults") == (
        f'"sf__Id","sf__Error",{written}"","INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST:Kind: bad '
        f'value for restricted picklist field: Three:Kind__c --","{bad}","","Three"\n'
    )
    # Nothing is left: the header line alone.
    assert raw(org, job, "unprocessedrecords") == written


@pytest.mark.contract("2.9-1", "2.9-3")
@pytest.mark.stand_in_only
def test_unprocessed_rows_come_without_the_org_s_columns(org: OrgClient) -> None:
    org.fault(fail_job={"after_rows": 1})
    done = insert(org, "Title__c", "Written", "Left")
    job = done.info["id"]
    assert raw(org, job, "unprocessedrecords") == 'Title__c\n"Left"\n'
    assert raw(org, job, "failedResults") == '"sf__Id","sf__Error",Title__c\n'


@pytest.mark.contract("2.9-5")
@pytest.mark.both_ways("echo", "converted", "verbatim")
def test_values_are_echoed_after_type_conversion(
    org: OrgClient, way: str, key: Callable[[str], str]
) -> None:
    cells = {
        "AnnualRevenue": ("912260031", "9.12260031E8"),
        "NumberOfEmployees": ("2676", "2676"),
        "Description": ("#N/A", ""),
    }
    name = key("echo")
    sent_cells, echoed = zip(*cells.values(), strict=True)
    done = insert(org, ",".join(["Name", *cells]), ",".join([name, *sent_cells]), sobject="Account")
    shown = echoed if way == "converted" else sent_cells
    assert tuple(done.successful[0][one] for one in cells) == shown
    done = insert(org, "Flag__c,Moment__c,Amount__c", "TRUE,2024-05-06T07:08:09+02:00,10")
    found = done.successful[0]
    assert (found["Flag__c"], found["Moment__c"], found["Amount__c"]) == (
        ("true", "2024-05-06T05:08:09.000Z", "10.0")
        if way == "converted"
        else ("TRUE", "2024-05-06T07:08:09+02:00", "10")
    )


@pytest.mark.contract("2.9-6")
def test_failed_updates_and_deletes_name_their_record(org: OrgClient) -> None:
    one = made(insert(org, "Title__c", "Once"))
    refused = org.job(THING, "update", f"Id,Kind__c\n{one},Three\n")
    assert refused.failed[0]["sf__Id"] == one
    org.job(THING, "delete", f"Id\n{one}\n")
    assert org.job(THING, "delete", f"Id\n{one}\n").failed[0]["sf__Id"] == one
    assert insert(org, "Kind__c", "Three").failed[0]["sf__Id"] == ""


@pytest.mark.contract("2.9-6")
def test_before_v53_failed_rows_name_nothing(org: OrgClient) -> None:
    one = made(insert(org, "Title__c", "Old"))
    base = "/services/data/v52.0/jobs/ingest"
    job = org.http.post(base, json={"object": THING, "operation": "update"}).json()["id"]
    kind = {"Content-Type": "text/csv"}
    org.http.put(f"{base}/{job}/batches", content=f"Id,Kind__c\n{one},Three\n", headers=kind)
    org.http.patch(f"{base}/{job}", json={"state": "UploadComplete"})
    assert org.finished(job).failed[0]["sf__Id"] == ""


@pytest.mark.contract("2.9-7")
def test_columns_that_match_no_field_are_not_in_the_results(org: OrgClient) -> None:
    job = sent(org, THING, "insert", b"Title__c,Nothing__c,Nobody__r.Key__c\nA,b,c\n")
    assert org.finished(job).info["state"] == "Failed"
    assert raw(org, job, "successfulResults") == '"sf__Id","sf__Created",Title__c\n'
    assert raw(org, job, "failedResults") == '"sf__Id","sf__Error",Title__c\n'


@pytest.mark.contract("2.9-7")
@pytest.mark.both_ways("miscased_columns", "kept", "dropped")
def test_a_column_of_another_letter_case_may_be_missing(
    org: OrgClient, way: str, key: Callable[[str], str]
) -> None:
    done = insert(org, "Key__c,title__c", f"{key('case')},T")
    assert done.successful[0].get("title__c") == ("T" if way == "kept" else None)
    assert done.successful[0]["Key__c"] == key("case")


@pytest.mark.contract("2.9-8")
@pytest.mark.stand_in_only
def test_a_lost_result_breaks_the_sum_that_loaders_check(org: OrgClient) -> None:
    org.fault(drop_results={"rows": 1})
    done = insert(org, "Title__c", "D1", "D2")
    found = len(done.successful) + len(done.failed) + len(done.unprocessed)
    assert (done.info["numberRecordsProcessed"], found) == (2, 1)


@pytest.mark.contract("2.9-8")
def test_sent_equals_successful_plus_failed_plus_unprocessed(
    org: OrgClient, key: Callable[[str], str]
) -> None:
    done = upsert(org, "Key__c,Kind__c", f"{key('s')}1,One", ",One", f"{key('s')}2,Three")
    assert (len(done.successful), len(done.failed), len(done.unprocessed)) == (1, 2, 0)


@pytest.mark.contract("2.9-9")
def test_results_are_compressed_for_who_asks_for_it(org: OrgClient) -> None:
    job = insert(org, "Title__c", "Zipped").info["id"]
    for results in SETS:
        path = f"jobs/ingest/{job}/{results}"
        plain = org.data("GET", path, headers={"Accept-Encoding": "identity"})
        assert "content-encoding" not in plain.headers
        request = org.http.build_request(
            "GET", f"/services/data/v67.0/{path}", headers={"Accept-Encoding": "gzip"}
        )
        answer = org.http.send(request, stream=True)
        assert answer.headers["content-encoding"] == "gzip"
        assert gzip.decompress(b"".join(answer.iter_raw())) == plain.content


@pytest.mark.contract("2.9-9")
@pytest.mark.both_ways("early_results", "refused", "no_content", "empty")
def test_results_before_the_end_of_the_job(org: OrgClient, way: str) -> None:
    job = org.open_job(THING, "insert")
    org.upload(job, b"Title__c\nEarly\n")
    for results in SETS:
        answer = org.data("GET", f"jobs/ingest/{job}/{results}")
        if way == "refused":
            assert refusal(answer)[:2] == (400, "INVALIDJOBSTATE")
        else:
            assert (answer.status_code, answer.content) == (200 if way == "empty" else 204, b"")
    close(org, job, "Aborted")
    assert raw(org, job, "unprocessedrecords") == "Title__c\nEarly\n"


@pytest.mark.contract("2.9-3", "2.11-7")
def test_a_job_whose_file_cannot_be_read_processed_nothing(org: OrgClient) -> None:
    assert broken(org, b'Title__c\n"A\n')
    job = sent(org, THING, "insert", b'Title__c\n"A\n')
    done = org.finished(job)
    assert (done.successful, done.failed) == ([], [])
    assert raw(org, job, "unprocessedrecords") == 'Title__c\n"A\n'
