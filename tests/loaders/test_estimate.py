"""Each number of an estimate, worked out by hand beside what the code makes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from loaders.canonical import load_canonical
from loaders.contract import read_mapping
from loaders.estimate_calls import call_range, calls_of, polls
from loaders.estimate_facts import EntityFacts, Facts, FileFacts, MartFacts, read_facts
from loaders.estimate_lines import Basis, Line, lines_of, pace_of
from loaders.estimate_org import OrgFacts
from loaders.estimate_range import NOT_KNOWN, Range, exactly, product
from loaders.estimate_rates import Measured, Rate, quantile
from loaders.estimate_report import takes_much
from loaders.estimate_source import Reading
from loaders.mapping import Mapping
from loaders.paths import DataFolder
from loaders.session import Sending
from loaders.warehouse import attach_warehouse
from tests.loaders.estimating import NOTHING, mapped_clinic, mapping_of
from tests.loaders.mini_clinic import MiniClinic, mini_clinic

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def mapping(tmp_path_factory: pytest.TempPathFactory) -> Mapping:
    return mapping_of(tmp_path_factory.mktemp("clinic"))


def basis(mapping: Mapping, facts: Facts, **more: object) -> Basis:
    standard: dict[str, object] = {
        "readings": (),
        "measured": Measured(),
        "org": None,
        "sending": Sending(),
    }
    return Basis(mapping=mapping, facts=facts, **{**standard, **more})  # type: ignore[arg-type]


def lines(made: Basis) -> dict[str, Line]:
    return {line.name: line for line in lines_of(made, pace_of(made))}


def test_storage_is_two_kilobytes_a_row_and_lines_of_claims_are_free(mapping: Mapping) -> None:
    facts = replace(
        NOTHING,
        marts=(
            MartFacts("Contact", 1_000, 90_000, None),
            MartFacts("Task", 25, 100, None),
            MartFacts("OpportunityLineItem", 5_000, 9, None),
        ),
        files=FileFacts(files=3, bytes=3 * 1_048_576 + 1, largest=2_000_000),
    )
    found = lines(basis(mapping, facts))
    # 1,025 rows x 2 KB = 2,050 KB, which is 2.002 MB: three whole ones.
    assert found["data storage"].amount == exactly(3)
    assert found["data storage"].formula == "1,025 rows x 2 KB"
    assert found["file storage"].amount == exactly(4)
    assert found["data storage"].left is None


def test_bulk_jobs_are_cut_by_bytes_and_few_rows_go_in_requests_of_200(mapping: Mapping) -> None:
    facts = replace(
        NOTHING,
        marts=(
            MartFacts("Task", 400_000, 181_000_000, None),
            MartFacts("Account", 401, 90_000, None),
            MartFacts("User", 2_000, 90_000, None),
            MartFacts("Lead", 0, 0, None),
        ),
        # Two large files go alone, the 250 small ones in two requests.
        files=FileFacts(
            files=252, bytes=9_000_000, largest=4_000_000, small=250, small_bytes=9_000
        ),
    )
    calls = calls_of(facts, Sending(bulk_from=2_000, part_bytes=90_000_000))
    assert (calls.jobs, calls.requests, calls.objects) == (3, 3 + 10 + 4 + 3 * 4, 4)
    # 43 around, 9 for each of 4 objects, 8 for each of 3 jobs, 17 requests, and 3 canaries of 4.
    assert calls.least == 43 + 36 + 24 + 17 + 12
    assert call_range(calls, slow_job=None) == Range(132, None)
    # A job of half a second is asked after at 0, 0.2 and 0.52 s: two polls more than counted.
    assert polls(0.5) == 3
    assert call_range(calls, slow_job=0.5) == Range(132, 132 + (3 + 2 * 4 + 9) * 2)


def test_load_time_is_rows_by_the_measured_rates_and_open_where_an_object_was_not(
    mapping: Mapping,
) -> None:
    facts = replace(
        NOTHING,
        marts=(MartFacts("Account", 1_000, 1, None), MartFacts("Contact", 2_000, 1, None)),
        changes_per_hour=36.0,
    )
    account = Rate(rows=200, median=0.010, slow=0.020, failed_share=0.5)
    contact = Rate(rows=200, median=0.001, slow=0.002, failed_share=0.0)
    measured = Measured(runs=("r1",), rates={"Account": account, "Contact": contact}, between=0.001)
    found = lines(basis(mapping, facts, measured=measured))
    # Account 1,000 x (0.010 + 0.001), Contact 2,000 x (0.001 + 0.001); slow: failed rows on top.
    assert found["load time"].amount == Range(
        pytest.approx(11 + 4), pytest.approx(1_000 * (0.030 + 0.001) + 2_000 * 0.003)
    )
    # 36 changes an hour for 15 s are 0.15 rows, at 15 s for 3,000 rows.
    assert found["delta rows"].amount.low == pytest.approx(0.15)
    assert found["delta time"].amount.low == pytest.approx(0.15 * 15 / 3_000)
    half = lines(basis(mapping, facts, measured=replace(measured, rates={"Account": account})))
    assert half["load time"].amount == Range(pytest.approx(11), None)
    assert "not measured: Contact" in half["load time"].inputs
    none = lines(basis(mapping, facts))
    assert [none[name].amount for name in ("load time", "delta rows", "delta time")] == [
        NOT_KNOWN, NOT_KNOWN, NOT_KNOWN,
    ]  # fmt: skip


def test_extract_time_is_pages_by_the_requests_per_second_that_were_measured(
    mapping: Mapping,
) -> None:
    facts = replace(NOTHING, entities=(EntityFacts(2, "appointments", 200_000, 200_000),))
    reading = Reading("north", "paged", records=10_000, requests=100, seconds=100.0)
    found = lines(basis(mapping, facts, readings=(reading,)))
    # 100 a page are 2,000 pages; at one request a second that is 33 minutes.
    assert found["extract time"].amount == exactly(2_000)
    assert found["extract time"].amount.text("s") == "33.3 min"
    assert lines(basis(mapping, facts))["extract time"].amount.text("s") == "unknown"


def test_people_are_counted_by_an_assumption_and_no_price_is_told_unasked(
    mapping: Mapping,
) -> None:
    facts = replace(NOTHING, undecided=("shoe_size", "favourite_colour", "visits"))
    found = lines(basis(mapping, facts, rate_per_hour=100.0))
    assert found["human time"].amount == Range(3 * 2 * 60, 3 * 10 * 60)
    assert "assum" in found["human time"].formula
    # Six minutes to half an hour, at 100 an hour.
    assert found["price"].amount == Range(pytest.approx(10), pytest.approx(50))
    assert "price" not in lines(basis(mapping, facts))


def test_what_takes_more_than_four_fifths_of_what_is_left_is_called_much(mapping: Mapping) -> None:
    facts = replace(NOTHING, marts=(MartFacts("Contact", 512_000, 1, None),))
    for left, much in ((1_250, False), (1_249, True)):
        org = OrgFacts("UAT", "00D1", {"DataStorageMB": left}, {})
        storage = lines(basis(mapping, facts, org=org))["data storage"]
        # 512,000 rows x 2 KB are 1,000 MB: four fifths of 1,250.
        assert (storage.amount, storage.left, takes_much(storage)) == (exactly(1_000), left, much)


def test_ranges_multiply_and_stay_open() -> None:
    assert product(Range(2, 3), Range(10, 100)) == Range(20, 300)
    assert product(Range(2, None), exactly(10)) == Range(20, None)
    assert product(NOT_KNOWN, exactly(10)) == NOT_KNOWN
    assert [Range(90, 5_400).text("s"), Range(5, None).text("MB"), exactly(1_234).text("")] == [
        "1.5 min to 1.5 h", "5 MB to unknown", "1,234",
    ]  # fmt: skip


def test_quantiles_lie_between_their_neighbours() -> None:
    assert quantile([4.0], 0.9) == 4.0
    assert quantile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert quantile([0.0, 10.0], 0.9) == 9.0


def counted(clinic: MiniClinic) -> Facts:
    mapping = read_mapping(clinic.manifest)
    with duckdb.connect() as db:
        load_canonical(db)
        attach_warehouse(db, DataFolder(clinic.folder / "data"), database=mapping.database)
        return read_facts(db, mapping, now=NOW)


def test_facts_are_counted_in_the_warehouse(tmp_path: Path) -> None:
    clinic = mapped_clinic(tmp_path / "clinic")
    clinic.sql("insert into main_audit.audit_row_counts values (1, 'patients', 'Contact', 9,0,0,9)")
    clinic.sql(
        "insert into main_audit.audit_excluded_records values"
        " ('patients', 'p1', 'missing_name', null), ('patients', 'p2', 'test_patient', null),"
        " ('custom_field_values', 'v1', 'custom_field_not_mapped', 'shoe_size'),"
        " ('custom_field_values', 'v2', 'custom_field_not_mapped', 'shoe_size')"
    )
    clinic.sql(
        "insert into main_audit.audit_quality_flags values"
        " ('patients', 'p1', 'mononym', 'x', null), ('patients', 'p3', 'mononym', 'x', null)"
    )
    clinic.sql("insert into main_audit.audit_duplicate_candidates values ('p3', 'p4', 90)")
    facts = counted(clinic)
    # p1 twice over, p3 and its double p4; a test patient is a decision, not a defect.
    assert (facts.records, facts.defective, facts.undecided) == (9, 3, ("shoe_size",))
    # "SGVsbG8=" is "Hello".
    assert facts.files == FileFacts(files=1, bytes=5, largest=5, small=1, small_bytes=5)
    rows = {mart.sobject: (mart.rows, mart.largest_parent) for mart in facts.marts}
    assert rows["Contact"] == (3, 2)
    assert rows["Account"] == (3, None)
    assert facts.changes_per_hour is None


def test_changes_are_those_of_the_newest_month_and_none_of_the_future(tmp_path: Path) -> None:
    clinic = mini_clinic(tmp_path / "clinic", only=("sf_account",))
    account = clinic.marts["sf_account"]
    account["columns"][-1] = {**account["columns"][-1], "name": "Source_Modified_At__c"}
    times = ("2024-03-31 10:00:00", "2024-03-02 10:00:00", "2024-01-01 10:00:00")
    rows = [(*row[:-1], at) for row, at in zip(account["rows"], times, strict=True)]
    account["rows"] = [*rows, ("demo:payer:9", *rows[-1][1:-1], "2031-01-01 00:00:00")]
    clinic.write()
    facts = counted(clinic)
    # Two changes within the 30 days before the newest.
    assert facts.changes_per_hour == pytest.approx(2 / 720)
