"""Contract 2.4: internal batches of 10,000 rows, chunks of 200, and what is tried again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from loaders.row_errors import RETRYABLE
from tests.loaders.contract.conftest import MovableOrg
from tests.loaders.contract.jobs import COUNTS, errors, insert, sent, upsert
from tests.loaders.contract.schema import THING
from tests.loaders.stand_in_org.front_org import JobResult, OrgClient

ROWS = 20_400


@pytest.fixture(scope="module")
def large(movable: MovableOrg) -> tuple[JobResult, int]:
    """A job of two whole batches and a rest; how many batches it took off the allowance."""
    org = movable.client

    def left() -> int:
        return int(org.data("GET", "limits").json()["DailyBulkApiBatches"]["Remaining"])

    before = left()
    # The same key twice in one chunk of 200; and twice, in two chunks.
    twins = {199: 0, 400: 0, 10_000: 1, 20_399: 2}
    keys = [twins.get(n, n) for n in range(ROWS)]
    content = "Key__c,Title__c\n" + "".join(f"k{one},r{n}\n" for n, one in enumerate(keys))
    job = sent(org, THING, "upsert", content.encode(), externalIdFieldName="Key__c")
    done = org.finished(job)
    return done, before - left()


@pytest.mark.contract("2.4-1", "2.5-1")
@pytest.mark.stand_in_only
def test_a_file_is_cut_into_batches_of_10_000(large: tuple[JobResult, int]) -> None:
    done, batches = large
    assert batches == 3
    assert [done.info[name] for name in COUNTS] == [ROWS, 2]


@pytest.mark.contract("2.4-1", "2.8-2")
@pytest.mark.stand_in_only
def test_the_same_key_fails_within_a_chunk_and_updates_across_chunks(
    movable: MovableOrg, large: tuple[JobResult, int]
) -> None:
    done, _ = large
    said = "DUPLICATE_VALUE:Duplicate external id specified: k0:Key__c --"
    assert {row["Title__c"]: row["sf__Error"] for row in done.failed} == {"r0": said, "r199": said}
    again = {row["Title__c"]: row for row in done.successful if row["Title__c"] in ("r10000", "r1")}
    assert again["r10000"]["sf__Created"] == "false"
    assert again["r10000"]["sf__Id"] == again["r1"]["sf__Id"]
    (record,) = movable.client.records(f"SELECT Title__c FROM {THING} WHERE Key__c = 'k0'")
    assert record["Title__c"] == "r400"


@pytest.mark.contract("2.4-1", "2.9-5")
@pytest.mark.stand_in_only
def test_results_are_in_no_order_of_the_file(large: tuple[JobResult, int]) -> None:
    arrived = [int(row["Title__c"][1:]) for row in large[0].successful]
    assert arrived != sorted(arrived)
    assert len(set(arrived)) == ROWS - 2


@pytest.mark.contract("2.4-2")
@pytest.mark.stand_in_only
def test_a_slow_batch_is_tried_again_until_the_job_fails(
    org: OrgClient, settings: Callable[..., None]
) -> None:
    org.fault(slow_batches={"times": 20})
    done = insert(org, "Title__c", "Slow")
    assert (done.info["state"], done.info["retries"]) == ("JobComplete", 20)
    org.fault(slow_batches={"times": 21})
    failed = insert(org, "Title__c", "Slower")
    assert (failed.info["state"], failed.info["retries"]) == ("Failed", 20)
    assert failed.info["errorMessage"] == "InternalServerError : Tried more than 20 times"
    assert [row["Title__c"] for row in failed.unprocessed] == ["Slower"]
    # As the guide had it before v49.
    settings(batch_retries=10)
    org.fault(slow_batches={"times": 11})
    assert insert(org, "Title__c", "Old").info["retries"] == 10


@pytest.mark.contract("2.4-2")
@pytest.mark.stand_in_only
def test_too_many_locks_fail_a_job_and_leave_the_rest_unprocessed(org: OrgClient) -> None:
    said = "TooManyLockFailure : Too many lock failures while processing the current batch"
    org.fault(fail_job={"after_rows": 1, "message": said})
    done = insert(org, "Title__c", "Written", "Left")
    assert (done.info["state"], done.info["errorMessage"]) == ("Failed", said)
    assert [row["Title__c"] for row in done.unprocessed] == ["Left"]


@pytest.mark.contract("2.4-3", "2.10-4")
@pytest.mark.stand_in_only
def test_rows_that_stay_locked_fail_and_the_tries_are_counted(
    org: OrgClient, settings: Callable[..., None], key: Callable[[str], str]
) -> None:
    mine = key("locked")
    made = upsert(org, "Key__c,Title__c", f"{mine},Free").successful[0]["sf__Id"]
    settings(row_locks=[{"object": THING, "times": 2}])
    said = "UNABLE_TO_LOCK_ROW:unable to obtain exclusive access to this record or 1 records: "
    for _ in range(2):
        done = upsert(org, "Key__c,Title__c", f"{mine},Held")
        assert errors(done) == [f"{said}{made}:--"]
        assert (done.info["state"], done.info["retries"]) == ("JobComplete", 1)
    assert errors(upsert(org, "Key__c,Title__c", f"{mine},Held")) == []
    new = insert(org, "Key__c", key("new"))
    # The older wording, where no record is named.
    assert errors(new) == ["UNABLE_TO_LOCK_ROW:unable to obtain exclusive access to this record:--"]


@pytest.mark.contract("2.10-19")
def test_our_loader_sends_again_what_the_contract_calls_retryable() -> None:
    assert {
        "UNABLE_TO_LOCK_ROW", "SERVER_UNAVAILABLE", "REQUEST_RUNNING_TOO_LONG",
        "UNKNOWN_EXCEPTION",
    } <= set(RETRYABLE)  # fmt: skip
    assert not [code for code in RETRYABLE if code.startswith("TXN_SECURITY")]
