"""A delta sends what changed since the last push, and nothing else; deletions are decisions."""

from __future__ import annotations

import csv
import stat
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path

import pytest

from loaders.approve_counts import Excess, above_caps
from loaders.errors import DONE, INCOMPLETE, REFUSED, USAGE
from loaders.ledger import Ledger
from loaders.plan_store import Plan
from tests.loaders.landed import build, land
from tests.loaders.loading import Loading, loading
from tests.loaders.planning import ALIAS
from tests.loaders.test_sample import larger_clinic

RENAME = "update main_salesforce.sf_contact set FirstName = '{}' where Clinic_Id__c = '{}'"


@pytest.fixture(scope="module")
def desk(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loading]:
    """A clinic whose rows are all in the org."""
    folder = tmp_path_factory.mktemp("delta")
    clinic = larger_clinic(folder / "clinic")
    land(clinic)
    build(clinic)
    with loading(template, folder / "org", clinic) as found:
        plan = found.plan()
        found.approve(plan)
        assert found.push(plan) == DONE
        yield found


def rows_asked(desk: Loading) -> int:
    """Ask the org how many rows it was asked to write since it began."""
    answer = desk.api.get(
        f"{desk.org.http}/_stand_in/requests",
        headers={"Authorization": f"Bearer {desk.org.token}"},
    )
    counted: int = answer.json()["rows"]
    return counted


def rows_found(desk: Loading) -> list[int]:
    """List how many rows each query job found, in the order of the jobs."""
    jobs = sorted(desk.get("jobs/query")["records"], key=itemgetter("createdDate", "id"))
    return [desk.get(f"jobs/query/{job['id']}")["numberRecordsProcessed"] for job in jobs]


def operations(plan: Plan) -> tuple[int, int, int, int]:
    names = ("rows", "creates", "updates", "unchanged")
    rows, creates, updates, unchanged = (
        sum(getattr(each, name) for each in plan.objects) for name in names
    )
    return rows, creates, updates, unchanged


def test_an_untouched_clinic_gives_a_delta_of_nothing(desk: Loading) -> None:
    rows, *sent, unchanged = operations(desk.plan(delta=True))
    assert (sent, unchanged) == ([0, 0], rows)


def test_a_delta_sends_only_what_changed_and_touches_no_work_of_users(desk: Loading) -> None:
    desk.change("Contact", "demo:patient:m3", LastName="Married")
    desk.clinic.sql(RENAME.format("Lou", "demo:patient:m5"))
    plan = desk.plan(delta=True)
    rows, creates, updates, _ = operations(plan)
    assert (creates, updates) == (0, 1)
    before = rows_asked(desk)
    assert desk.push(plan) == DONE
    # As the org counts them, beside what lies there: one row of more than a hundred.
    assert rows_asked(desk) - before == 1 <= 0.011 * rows
    people = desk.soql(
        "SELECT FirstName, LastName FROM Contact WHERE Clinic_Id__c IN"
        " ('demo:patient:m3', 'demo:patient:m5') ORDER BY Clinic_Id__c"
    )
    assert [(one["FirstName"], one["LastName"]) for one in people] == [
        ("Kim", "Married"), ("Lou", "Muster5"),
    ]  # fmt: skip
    assert operations(desk.plan(delta=True))[1:3] == (0, 0)


def test_a_row_that_the_source_deleted_stays_and_is_listed_as_a_decision(desk: Loading) -> None:
    mart, one = "main_salesforce.sf_insurance_coverage", "Clinic_Id__c = 'demo:coverage:m7-1'"
    desk.clinic.sql(f"create table main.kept as from {mart} where {one}")
    desk.clinic.sql(f"delete from {mart} where {one}")
    plan = desk.plan(delta=True)
    desk.clinic.sql(f"insert into {mart} from main.kept")
    (finding,) = (each for each in plan.findings if each.code == "deleted_in_source")
    assert (finding.sobject, finding.count) == ("Insurance_Coverage__c", 1)
    file = desk.folder(plan) / "deletions.csv"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    (row,) = csv.DictReader(file.read_text("utf-8").splitlines())
    assert (row["key"], row["decision"]) == ("demo:coverage:m7-1", "")
    assert row["id"] == desk.record_id("Insurance_Coverage__c", row["key"])


def test_what_was_rolled_back_is_sent_again(desk: Loading) -> None:
    desk.clinic.sql(RENAME.format("Mo", "demo:patient:m9"))
    plan = desk.plan(delta=True)
    assert (desk.push(plan), desk.rollback(plan)[0]) == (DONE, DONE)
    assert operations(desk.plan(delta=True))[1:3] == (0, 1)
    desk.clinic.sql(RENAME.format("Kim", "demo:patient:m9"))


def test_a_wave_moves_only_what_failed_once_its_cause_is_mended(desk: Loading) -> None:
    desk.clinic.sql(
        "insert into main_salesforce.sf_contact values ('demo:patient:x', 'demo:household:1',"
        " 'New', 'Nia', null, false, 'Stranger')"
    )
    failing = desk.plan(delta=True)
    assert desk.push(failing) == INCOMPLETE
    run = desk.run().run
    desk.clinic.sql(
        "update main_salesforce.sf_contact set Patient_Record_Type__c = 'Individual'"
        " where Clinic_Id__c = 'demo:patient:x'"
    )
    desk.clinic.sql(RENAME.format("Not in it", "demo:patient:m11"))
    wave = desk.plan(only_failed=run)
    assert operations(wave) == (1, 1, 0, 0)
    assert desk.push(wave) == DONE, (desk.outcomes("push"), desk.status(wave))
    assert desk.verify(wave).differences == 0
    assert desk.record_id("Contact", "demo:patient:x")
    # One row of many opens production for nobody.
    report = desk.load("report", "latest", "--json").json()
    assert (report["opens_production"], report["exit_code"]) == (False, DONE)
    nothing = desk.load("plan", "--org", ALIAS, "--no-mask", "--only-failed", desk.run().run)
    assert (nothing.code, "no row of run" in nothing.stderr) == (USAGE, True)


def test_a_delta_is_stale_when_a_row_that_goes_changes_the_others_are_for_the_next(
    desk: Loading,
) -> None:
    desk.clinic.sql(RENAME.format("Ida", "demo:patient:m21"))
    plan = desk.plan(delta=True)
    desk.approve(plan)
    desk.clinic.sql(RENAME.format("Ada", "demo:patient:m21"))
    refused = desk.load("push", plan.plan, "--org", ALIAS)
    assert (refused.code, "Contact: its rows have changed" in refused.stderr) == (REFUSED, True)
    desk.clinic.sql(RENAME.format("Ida", "demo:patient:m21"))
    desk.clinic.sql(RENAME.format("Mia", "demo:patient:m22"))
    assert desk.push(plan) == DONE
    later = desk.plan(delta=True)
    assert operations(later)[1:3] == (0, 1)
    assert desk.push(later) == DONE
    names = desk.soql(
        "SELECT FirstName FROM Contact WHERE Clinic_Id__c IN"
        " ('demo:patient:m21', 'demo:patient:m22') ORDER BY Clinic_Id__c"
    )
    assert [one["FirstName"] for one in names] == ["Ida", "Mia"]


def test_what_a_delta_reads_of_the_org_goes_by_its_rows_not_by_the_orgs(desk: Loading) -> None:
    desk.clinic.sql(
        "insert into main_salesforce.sf_contact values ('demo:patient:y', 'demo:household:1',"
        " 'New', 'Nils', null, false, 'Individual')"
    )
    plan = desk.plan(delta=True)
    before = len(rows_found(desk))
    assert desk.push(plan) == DONE
    # Who uses the org and what it calls things is read as a whole; there are a dozen of each.
    assert max(rows_found(desk)[before:]) < 20 < plan.object("Contact").rows
    assert desk.record_id("Contact", "demo:patient:y")


def test_a_delta_above_what_was_approved_is_refused_until_somebody_approves_it(
    desk: Loading,
) -> None:
    people = len(desk.soql("SELECT Id FROM Contact"))
    desk.clinic.sql(RENAME.format("Sam", "demo:patient:m7"))
    small = desk.plan(delta=True)
    desk.clinic.sql("update main_salesforce.sf_contact set FirstName = concat(FirstName, ' Q.')")
    large = desk.plan(delta=True)
    ledger = Ledger.open(desk.data.ledger)
    seen = above_caps(ledger, small), above_caps(ledger, large)
    ledger.close()
    # What was approved is the full load: so many new ones, and no change.
    updates = large.object("Contact").updates
    assert seen == ((), (Excess("Contact", "updates", updates, 10),))
    assert updates > 0.9 * people

    runs = len(desk.acts("run_started"))
    refused = desk.load("push", large.plan, "--org", ALIAS)
    assert (refused.code, len(desk.acts("run_started"))) == (REFUSED, runs)
    assert f"{updates} updates of Contact (cap 10)" in " ".join(refused.stderr.split())
    # Who confirms something else of it has not confirmed its size.
    assert desk.load("approve", large.plan, "--by", "Ada", "--settings").code == DONE
    assert desk.load("push", large.plan, "--org", ALIAS).code == REFUSED
    assert desk.load("approve", large.plan, "--by", "Ada").code == DONE
    assert desk.load("push", large.plan, "--org", ALIAS).code != REFUSED
    renamed = desk.soql("SELECT Id FROM Contact WHERE FirstName LIKE '% Q.'")
    assert len(renamed) > 0.9 * people
