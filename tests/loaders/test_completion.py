"""The completion report: what a run came to, on a page that a person can sign off."""

from __future__ import annotations

import csv
import io
import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from loaders.errors import DONE, INCOMPLETE, USAGE
from loaders.row_errors import row_error
from loaders.sample import Sample
from tests.browser import CHROMIUM, needs_chromium, show
from tests.loaders.loading import Loading, loading
from tests.loaders.mini_clinic import mini_clinic
from tests.loaders.planning import ALIAS

REFUSED = "demo:coverage:2"
CHANGED = "demo:patient:1"


def report_files(desk: Loading) -> dict[str, bytes]:
    folder = desk.data.reports / desk.run().run / "completion"
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def rows(text: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.decode(), newline="")))


@pytest.fixture(scope="module")
def desk(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loading]:
    """Push a clinic whose second coverage the org refuses; then somebody changes a contact."""
    folder = tmp_path_factory.mktemp("completion")
    clinic = mini_clinic(folder / "clinic")
    clinic.sql(
        "update main_salesforce.sf_insurance_coverage set Member_ID__c = repeat('9', 41)"
        f" where Clinic_Id__c = '{REFUSED}'"
    )
    clinic.sql(
        "insert into main_audit.audit_record_targets select 'coverages', Clinic_Id__c,"
        " 'Insurance_Coverage__c', Clinic_Id__c from main_salesforce.sf_insurance_coverage"
    )
    clinic.sql(
        "insert into main_audit.audit_row_counts select 5, 'coverages', 'Insurance_Coverage__c',"
        " count(*) + 1, 0, 1, count(*) from main_salesforce.sf_insurance_coverage"
    )
    clinic.sql(
        "insert into main_audit.audit_excluded_records values"
        " ('coverages', 'demo:coverage:none', 'no_payer', null)"
    )
    with loading(template, folder / "org", clinic) as found:
        assert found.push(found.plan()) == INCOMPLETE
        yield found


@pytest.fixture(scope="module")
def facts(desk: Loading) -> dict[str, Any]:
    """Verify the run, in which one field differs, and report it."""
    desk.change("Contact", CHANGED, LastName="<b>Other</b>")
    assert desk.load("verify", "latest", "--org", ALIAS).code == INCOMPLETE
    asked = desk.load("report", "latest", "--json")
    assert asked.code == INCOMPLETE, asked.stderr
    kept = dict(json.loads(report_files(desk)["completion.json"]))
    assert asked.json() == {
        name: each for name, each in kept.items() if name not in {"failed", "side_by_side"}
    }
    return kept


def test_before_a_verify_the_report_says_that_the_org_was_not_read_back(desk: Loading) -> None:
    asked = desk.load("report", "latest")
    assert asked.code == INCOMPLETE
    assert "demo:" not in asked.stdout + asked.stderr
    page = report_files(desk)["completion.html"].decode()
    assert "never verified" in page
    assert "clinic-load verify" in page


def test_the_equation_and_the_objects_are_those_of_status(
    desk: Loading, facts: dict[str, Any]
) -> None:
    status = desk.load("status", "latest", "--json").json()
    assert facts["objects"] == status["objects"]
    assert [each["entity"] for each in facts["entities"]] == [
        each["entity"] for each in status["entities"]
    ]
    for each in facts["entities"]:
        parts = ("loaded", "merged", "excluded", "failed", "unexplained")
        assert each["source"] == sum(each[part] for part in parts)
    (coverages,) = facts["entities"]
    assert (coverages["excluded"], coverages["failed"], facts["unexplained"]) == (1, 1, 0)
    assert facts["headline"].startswith("Reconciled, with 2 rows")
    (excluded,) = facts["left_out"]
    assert (excluded["reason"], excluded["records"]) == ("no_payer", 1)


def test_each_row_that_failed_is_listed_with_its_reason_and_hint(
    desk: Loading, facts: dict[str, Any]
) -> None:
    (failed,) = facts["failed"]
    assert (failed["key"], failed["field"]) == (REFUSED, "Member_ID__c")
    assert failed["hint"] == row_error(failed["reason"]).hint
    assert rows(report_files(desk)["failed.csv"]) == [failed]
    assert REFUSED in report_files(desk)["completion.html"].decode()


def test_a_changed_field_is_shown_beside_what_was_planned(
    desk: Loading, facts: dict[str, Any]
) -> None:
    (cell,) = (cell for cell in facts["side_by_side"] if cell["differs"])
    assert (cell["key"], cell["field"], cell["in_org"]) == (CHANGED, "LastName", "<b>Other</b>")
    assert cell["planned"]
    assert cell["planned"] != cell["in_org"]
    seen = {(cell["sobject"], cell["key"]) for cell in facts["side_by_side"]}
    there = sum(each["created"] + each["updated"] for each in facts["objects"])
    assert len(seen) == min(50, there)
    page = report_files(desk)["completion.html"].decode()
    assert "&lt;b&gt;Other&lt;/b&gt;" in page
    assert facts["report"] == "Completion report"
    assert ["Contact", "LastName", 1] in facts["differing"]
    assert facts["covered"] == []


def test_a_report_made_again_has_the_same_bytes_and_is_private(
    desk: Loading, facts: dict[str, Any]
) -> None:
    before = report_files(desk)
    assert json.loads(before["completion.json"]) == facts
    assert desk.load("report", "latest").code == INCOMPLETE
    assert report_files(desk) == before
    folder = desk.data.reports / desk.run().run / "completion"
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_who_approved_which_hash_is_told(desk: Loading, facts: dict[str, Any]) -> None:
    told = {each["approved_by"]: each["parts"] for each in facts["approvals"]}
    assert told == {each["approved_by"]: each["parts"] for each in desk.acts("map_approved")}


def test_a_source_record_that_nothing_accounts_for_is_named_first(desk: Loading) -> None:
    counts = desk.folder(desk.plan_pushed()) / "audit" / "row_counts.parquet"
    kept = counts.read_bytes()
    with duckdb.connect() as db:
        db.execute(
            f"copy (select * replace (source_rows + 3 as source_rows)"
            f" from read_parquet('{counts}')) to '{counts}.new' (format parquet)"
        )
    try:
        Path(f"{counts}.new").replace(counts)
        asked = desk.load("report", "latest", "--json")
        assert asked.code == INCOMPLETE
        assert asked.json()["unexplained"] == 3
        assert asked.json()["headline"].startswith("Not reconciled: ")
    finally:
        counts.write_bytes(kept)
        assert desk.load("report", "latest").code == INCOMPLETE


def test_an_unknown_run_is_said(desk: Loading) -> None:
    assert desk.load("report", "never").code == USAGE


@needs_chromium
def test_the_page_shows_without_an_error_and_without_a_request(
    desk: Loading, facts: dict[str, Any], tmp_path: Path
) -> None:
    assert facts
    folder = desk.data.reports / desk.run().run / "completion"
    seen = show(folder / "completion.html", tmp_path)
    assert (seen.console, seen.asked) == ([], [])
    # A blank page of this size takes a tenth of that.
    assert seen.picture.stat().st_size > 100_000


def test_the_report_of_a_masked_sample_says_what_it_covers_and_tells_of_nobody(
    template: Path, tmp_path: Path
) -> None:
    clinic = mini_clinic(tmp_path / "clinic")
    # The ids of this clinic have one letter: a mask of one may well be another.
    clinic.sql("update main_salesforce.sf_contact set LastName = concat('Zarquon', LastName)")
    clinic.sql(
        "insert into main_audit.audit_quality_flags values"
        " ('patients', 'demo:patient:1', 'one_word_name', 'name', null)"
    )
    with loading(template, tmp_path / "org", clinic) as desk:
        assert desk.push(desk.plan(masked=True, sample=Sample(30, 1))) == DONE
        before = desk.load("report", "latest", "--json").json()
        assert (before["report"], before["opens_production"]) == ("Sample validation report", False)
        assert desk.load("verify", "latest", "--org", ALIAS).code == DONE
        asked = desk.load("report", "latest", "--json")
        assert asked.code in {DONE, INCOMPLETE}
        assert asked.json()["masked"] is True
        assert json.loads(report_files(desk)["completion.json"])["side_by_side"]
        assert (asked.json()["opens_production"], asked.json()["differing"]) == (True, [])
        covered = {each["what"]: each for each in asked.json()["covered"]}
        assert covered["object Contact"]["available"] == 3
        assert covered["flag one_word_name of patients"]["sampled"] == 1
        page = report_files(desk)["completion.html"].decode()
        assert "It opens production for this map" in page
        assert "flag one_word_name of patients" in page
        assert "LastName" in page[page.index("Masked fields") :]
        if CHROMIUM:
            there = desk.data.reports / desk.run().run / "completion" / "completion.html"
            seen = show(there, tmp_path)
            assert (seen.console, seen.asked) == ([], [])
        for name, content in report_files(desk).items():
            assert "zarquon" not in content.decode().lower(), name
            assert "Testfall" not in content.decode(), name
