"""Joining a job's results to what was sent: by key, in any order, each row exactly one outcome."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet
import pytest

from loaders.bench import Bench
from loaders.bulk import JobInfo, ResultFiles
from loaders.collections import outcome_of, replies
from loaders.job_outcomes import Question, settle_bulk_job
from loaders.row_errors import NO_CODE
from loaders.shipment import Shipment

HEAD_GOOD, HEAD_BAD = '"sf__Id","sf__Created",Key__c,Name', '"sf__Id","sf__Error",Key__c,Name'


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with duckdb.connect() as db:
        yield Bench(db, tmp_path)


def settle(  # noqa: PLR0913 - three result sets and what kind of job it was
    bench: Bench,
    *,
    good: list[str] = [],  # noqa: B006 - never changed
    bad: list[str] = [],  # noqa: B006 - never changed
    rest: list[str] = [],  # noqa: B006 - never changed
    operation: str = "upsert",
    state: str = "JobComplete",
    message: str = "",
    head_good: str = HEAD_GOOD,
) -> dict[str, tuple[str | None, ...]]:
    keys = ["k1", "k2", "k3"]
    folder = bench.folder
    pyarrow.parquet.write_table(pa.table({"_key": keys, "Key__c": keys}), folder / "keys.parquet")
    files = ResultFiles(folder / "good", folder / "bad", folder / "rest")
    for path, head, rows in (
        (files.successful, head_good, good),
        (files.failed, HEAD_BAD, bad),
        (files.unprocessed, "Key__c,Name", rest),
    ):
        path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    info = JobInfo("750", state, len(good) + len(bad), len(bad), message, "005")
    question = Question(operation, folder / "keys.parquet", frozenset({"Name", "Payer__c"}), False)
    found = settle_bulk_job(bench, info, files, question=question).outcomes.to_pylist()
    assert sorted(row["key"] for row in found) == keys
    return {row["key"]: (row["id"], row["state"], row["code"], row["field"]) for row in found}


def test_shuffled_results_land_on_their_own_keys(bench: Bench) -> None:
    found = settle(
        bench,
        good=['"003C","true","k3","c"', '"003A","false","k1","a"'],
        bad=['"","REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --","k2","b"'],
    )
    assert found == {
        "k1": ("003A", "updated", None, None),
        "k2": (None, "failed", "REQUIRED_FIELD_MISSING", "Name"),
        "k3": ("003C", "created", None, None),
    }


def test_a_row_in_no_result_set_or_in_two_is_unknown(bench: Bench) -> None:
    found = settle(
        bench,
        good=['"003A","true","k1","a"', '"003B","true","k2","b"'],
        bad=['"","UNKNOWN_EXCEPTION:x:--","k2","b"'],
    )
    assert found["k2"][1:3] == ("unknown", "UNACCOUNTED")
    assert found["k3"][1:3] == ("unknown", "UNACCOUNTED")


@pytest.mark.parametrize(
    ("error", "operation", "state"),
    [
        (
            "UNABLE_TO_LOCK_ROW:unable to obtain exclusive access to this record:--",
            "upsert",
            "retry",
        ),
        ("DUPLICATE_VALUE:duplicate value found: Key__c duplicates 003:--", "insert", "unknown"),
        ("DUPLICATE_VALUE:duplicate value found: Key__c duplicates 003:--", "update", "failed"),
        ("ENTITY_IS_DELETED:entity is deleted:--", "delete", "deleted"),
        ("ENTITY_IS_DELETED:entity is deleted:--", "update", "failed"),
        ("DUPLICATES_DETECTED:Use one of these records?:--", "upsert", "failed"),
    ],
)
def test_an_error_is_sorted_by_what_happens_next(
    bench: Bench, error: str, operation: str, state: str
) -> None:
    assert settle(bench, bad=[f'"","{error}","k1","a"'], operation=operation)["k1"][1] == state


def test_what_was_not_processed_is_sent_again_unless_the_org_could_not_read_it(
    bench: Bench,
) -> None:
    rest = ['"k1","a"', '"k2","b"', '"k3","c"']
    cut_off = settle(bench, rest=rest[1:], good=['"003A","true","k1","a"'], state="Failed")
    assert cut_off["k2"][1:3] == ("retry", "UNPROCESSED")
    not_begun = settle(bench, rest=rest, state="Failed", message="InternalServerError : stopped")
    assert not_begun["k2"][1:3] == ("retry", "UNPROCESSED")
    unreadable = "InvalidBatch : Field name not found : X"
    refused = settle(bench, rest=rest, state="Failed", message=unreadable)
    assert refused["k2"][1:3] == ("failed", "job_failed")


def test_no_word_of_an_error_text_is_kept_but_a_field_that_the_object_has(bench: Bench) -> None:
    found = settle(
        bench,
        bad=[
            '"","STRING_TOO_LONG:Name: data value too large: Invented Person (max length=80)'
            ':Name --","k1","a"',
            '"","FIELD_CUSTOM_VALIDATION_EXCEPTION:born too late:Invented --","k2","b"',
            '"","INVALID_FIELD:Foreign key external ID: demo:payer:9 not found for field Payer__c'
            ' in entity X:--","k3","c"',
        ],
    )
    assert [found[key][3] for key in ("k1", "k2", "k3")] == ["Name", None, "Payer__c"]


def test_what_stands_where_a_code_should_and_is_none_is_not_kept(bench: Bench) -> None:
    said = ("Invented Person: too late:--", "Invented Person", "MRN_1:not unique:--")
    found = settle(bench, bad=[f'"","{text}","k{n}","a"' for n, text in enumerate(said, start=1)])
    assert {outcome[1:] for outcome in found.values()} == {("failed", NO_CODE, None)}
    answer = [{"success": False, "errors": [{"statusCode": "Invented Person"}]}]
    (reply,) = replies(
        answer, Shipment("Account", "upsert", None, 1, "rows", (), (), {}), expected=1
    )
    assert reply.code == NO_CODE


@pytest.mark.parametrize(
    ("code", "operation", "may_retry", "state"),
    [
        ("UNABLE_TO_LOCK_ROW", "upsert", True, "retry"),
        ("ENTITY_IS_DELETED", "delete", True, "deleted"),
        ("ENTITY_IS_DELETED", "update", True, "failed"),
        ("DUPLICATE_VALUE", "upsert", True, "unknown"),
        ("DUPLICATE_VALUE", "update", True, "failed"),
        ("DUPLICATES_DETECTED", "insert", True, "retry"),
        # It was allowed to be saved already: a rule that blocks is not asked twice.
        ("DUPLICATES_DETECTED", "insert", False, "failed"),
        ("STRING_TOO_LONG", "upsert", True, "failed"),
    ],
)
def test_an_error_of_collections_is_sorted_by_what_happens_next(
    code: str, operation: str, may_retry: bool, state: str
) -> None:
    shipment = Shipment("Account", operation, None, 1, "rows", (), (), {}, allow_duplicates=True)
    (reply,) = replies(
        [{"success": False, "errors": [{"statusCode": code, "fields": ["Odd", "Name"]}]}],
        shipment,
        expected=1,
    )
    known = frozenset({"Name"})
    found = outcome_of("k1", reply, shipment, may_retry=may_retry, known=known)
    assert (found["state"], found["code"], found["field"]) == (state, code, "Name")


def test_a_result_set_without_the_key_column_matches_nothing(bench: Bench) -> None:
    found = settle(bench, head_good="sf__Id,sf__Created,Name", good=["001A,true,Ann"])
    assert {row[:2] for row in found.values()} == {(None, "unknown")}
