"""Contract 2.5: what is rationed over a day, how large a job may be, how long it lives."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from loaders.stand_in_org.settings import Settings
from loaders.stand_in_org.usage import DAILY_BATCHES, DAILY_BULK_ROWS, DAILY_QUERY_JOBS
from loaders.stand_in_org.usage import DAILY_QUERY_MB as MB
from tests.loaders.contract.conftest import MovableOrg
from tests.loaders.contract.jobs import broken, close, ended, insert, raw, reaches, refusal
from tests.loaders.contract.schema import THING
from tests.loaders.stand_in_org.front_org import OrgClient

QUERY = {"operation": "query", "query": f"SELECT Id FROM {THING}"}


def remaining(org: OrgClient, name: str) -> int:
    return int(org.data("GET", "limits").json()[name]["Remaining"])


@pytest.fixture
def used_up(movable: MovableOrg) -> Iterator[Callable[[str, int], None]]:
    """Use an allowance up to so much; a day later it is there again."""
    usage = movable.client.running.site.usage
    yield lambda name, left: usage.count(name, by=left)
    movable.clock.forward(hours=25)


@pytest.mark.contract("2.5-1", "2.9-8")
@pytest.mark.stand_in_only
def test_rows_over_the_allowance_of_batches_are_in_no_result(
    movable: MovableOrg, used_up: Callable[[str, int], None]
) -> None:
    org = movable.client
    assert org.data("GET", "limits").json()["DailyBulkApiBatches"]["Max"] == 15_000
    used_up(DAILY_BATCHES, 15_000)
    assert remaining(org, DAILY_BATCHES) == 0
    lost = insert(org, "Title__c", "Lost")
    assert lost.info["state"] == "Failed"
    assert str(lost.info["errorMessage"]).startswith("ExceededQuota")
    assert (lost.successful, lost.failed, lost.unprocessed) == ([], [], [])
    # A day is 24 hours, not a date.
    movable.clock.forward(hours=23)
    assert insert(org, "Title__c", "Lost too").info["state"] == "Failed"
    movable.clock.forward(hours=2)
    assert insert(org, "Title__c", "Written").info["state"] == "JobComplete"
    assert remaining(org, DAILY_BATCHES) == 14_999


@pytest.mark.contract("2.5-2")
@pytest.mark.stand_in_only
def test_150_million_rows_a_day(movable: MovableOrg, used_up: Callable[[str, int], None]) -> None:
    used_up(DAILY_BULK_ROWS, 149_999_999)
    assert insert(movable.client, "Title__c", "Last").info["state"] == "JobComplete"
    assert insert(movable.client, "Title__c", "Over").info["state"] == "Failed"


@pytest.mark.contract("2.5-10", "2.5-1", "2.11-8")
@pytest.mark.parametrize(("name", "most"), [(DAILY_QUERY_JOBS, 10_000), (MB, 976_562)])
@pytest.mark.stand_in_only
def test_query_jobs_and_their_results_are_rationed(
    movable: MovableOrg, used_up: Callable[[str, int], None], name: str, most: int
) -> None:
    org = movable.client
    assert org.data("GET", "limits").json()[name]["Max"] == most
    batches = remaining(org, DAILY_BATCHES)
    job = org.data("POST", "jobs/query", json=QUERY).json()["id"]
    reaches(org, f"jobs/query/{job}", "JobComplete")
    assert (remaining(org, name), remaining(org, DAILY_BATCHES)) == (most - 1, batches)
    used_up(name, most - 1)
    refused = org.data("POST", "jobs/query", json=QUERY)
    assert refusal(refused)[:2] == (400, "EXCEEDEDQUOTA")


@pytest.mark.contract("2.5-3")
@pytest.mark.stand_in_only
def test_an_upload_has_its_largest_size(org: OrgClient, settings: Callable[..., None]) -> None:
    assert Settings().bulk_upload_mb == 100
    settings(bulk_upload_mb=1)
    job = org.open_job(THING, "insert")
    size = 1024 * 1024
    assert org.upload(job, b"x" * (size + 1)).status_code == 413
    assert org.upload(job, b"x" * size).status_code == 201


SAID = "InvalidBatch : Failed to parse CSV. "


@pytest.mark.contract("2.5-4")
def test_a_field_has_at_most_131_072_characters(org: OrgClient) -> None:
    # Two bytes each: characters count, not bytes.
    most = "é" * 131_072
    done = insert(org, "Long__c", most)
    assert done.successful[0]["Long__c"] == most
    message = broken(org, f"Long__c\n{most}é\n".encode())
    assert message == f"{SAID}Exceeded max field size: 131073"


@pytest.mark.contract("2.5-5")
def test_a_record_has_at_most_5_000_fields(org: OrgClient) -> None:
    def named(count: int) -> bytes:
        return (",".join(f"f{n}" for n in range(count)) + "\n").encode()

    assert broken(org, named(5_000)) == "InvalidBatch : Field name not found : f0"
    assert broken(org, named(5_001)) == f"{SAID}Exceeded max number of columns per record : 5000"


@pytest.mark.contract("2.5-6")
def test_a_record_has_at_most_400_000_characters(org: OrgClient) -> None:
    header = "Long__c,Title__c,Mail__c,Open_Key__c"
    row = ",".join("y" * 100_001 for _ in range(4))
    assert broken(org, f"{header}\n{row}\n".encode()) == (
        f"{SAID}Exceeded max length for one record: 400004. "
        "Max length for one record should be less than or equal to 400000"
    )
    fits = ",".join("y" * 100_000 for _ in range(4))
    assert len(insert(org, header, fits).failed) == 1


@pytest.mark.contract("2.5-7")
def test_a_header_has_at_most_32_000_characters(org: OrgClient) -> None:
    longest = "f" * 31_999 + "é"
    assert (
        broken(org, f"{longest}\n".encode()) == f"InvalidBatch : Field name not found : {longest}"
    )
    over = broken(org, f"{longest}é\n".encode())
    assert over != f"InvalidBatch : Field name not found : {longest}é"


@pytest.mark.contract("2.5-8")
@pytest.mark.stand_in_only
def test_a_job_stays_open_for_a_day(movable: MovableOrg) -> None:
    org, clock = movable.client, movable.clock
    job = org.open_job(THING, "insert")
    org.upload(job, b"Title__c\nLate\n")
    clock.forward(hours=23)
    assert org.data("GET", f"jobs/ingest/{job}").json()["state"] == "Open"
    clock.forward(hours=2)
    assert ended(org, job)["state"] == "Aborted"
    assert refusal(close(org, job))[:2] == (400, "INVALIDJOBSTATE")
    assert raw(org, job, "unprocessedrecords") == "Title__c\nLate\n"


@pytest.mark.contract("2.5-9")
@pytest.mark.stand_in_only
def test_a_job_and_its_results_are_kept_for_a_week(movable: MovableOrg) -> None:
    org, clock = movable.client, movable.clock
    job = str(insert(org, "Title__c", "Kept").info["id"])
    clock.forward(days=6, hours=23)
    assert "Kept" in raw(org, job, "successfulResults")
    clock.forward(hours=2)
    listed = org.data("GET", "jobs/ingest?jobType=V2Ingest").json()["records"]
    assert job not in {one["id"] for one in listed}
    for path in (f"jobs/ingest/{job}", f"jobs/ingest/{job}/successfulResults"):
        assert refusal(org.data("GET", path))[:2] == (404, "NOT_FOUND")


@pytest.mark.contract("2.5-14")
@pytest.mark.both_ways("open_jobs", 0, 25)
def test_more_than_25_jobs_can_be_open(org: OrgClient, way: int) -> None:
    body = {"object": "Product2", "operation": "insert"}
    answers = [org.data("POST", "jobs/ingest", json=body) for _ in range(26)]
    assert (answers[-1].status_code == 200) is (way == 0)
    for answer in answers:
        if answer.status_code == 200:
            close(org, answer.json()["id"], "Aborted")
