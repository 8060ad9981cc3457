"""An org in use: what it has already is proposed, decided by a person, and never made twice."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from loaders.errors import DONE, INCOMPLETE, REFUSED, USAGE
from loaders.plan_store import Plan
from loaders.rollback_part import Wanted
from tests.loaders.loading import Loading, deployed_org, loading
from tests.loaders.mini_clinic import MiniClinic, field, mini_clinic
from tests.loaders.planning import ALIAS, OWNER

PATIENTS = ("1", "2", "A")


def clinic(folder: Path) -> MiniClinic:
    """Build the small clinic with a record number, an e-mail address, and rules to match by."""
    made = mini_clinic(folder, only=("sf_account", "sf_contact", "sf_insurance_coverage"))
    contact = made.marts["sf_contact"]
    contact["salesforce"]["match"] = {"strong": [["MRN__c"]], "weak": [["Email", "Birthdate"]]}
    contact["columns"] += [field("MRN__c", custom=True), field("Email")]
    contact["rows"] = [
        (*row, f"MRN-{name}", f"{name}@Home.example")
        for row, name in zip(contact["rows"], PATIENTS, strict=True)
    ]
    return made.write()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    return deployed_org(folder / "org", clinic(folder / "clinic"))


@pytest.fixture
def desk(template: Path, tmp_path: Path) -> Iterator[Loading]:
    with loading(template, tmp_path / "org", clinic(tmp_path / "clinic")) as found:
        yield found


def proposals(desk: Loading, plan: Plan) -> list[dict[str, str]]:
    with (desk.folder(plan) / "matches.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def decide(desk: Loading, plan: Plan, **decisions: str) -> Path:
    """Write decisions by record id into a copy of the plan's file."""
    rows: list[dict[str, Any]] = [
        {**row, "decision": decisions.get(row["id"], row["decision"])}
        for row in proposals(desk, plan)
    ]
    file = desk.clinic.folder / "decided.csv"
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return file


def contact(desk: Loading, key: str) -> dict[str, Any]:
    (found,) = desk.soql(
        "SELECT Id, LastName, Email, Department FROM Contact "
        f"WHERE Clinic_Id__c = 'demo:patient:{key}'"
    )
    return found


def test_a_strong_match_is_stamped_and_changed_and_taken_back(desk: Loading) -> None:
    ours = desk.create("Contact", LastName="Old name", MRN__c="MRN-1", Department="Front desk")
    before = desk.objects()
    plan = desk.plan()
    (row,) = proposals(desk, plan)
    assert (row["key"], row["id"], row["rule"]) == ("demo:patient:1", ours, "MRN__c")
    # Of record number and last name, which both have, the first agrees.
    assert (row["score"], row["decision"]) == ("0.5", "match")
    assert (desk.folder(plan) / "matches.csv").stat().st_mode & 0o777 == 0o600

    named = desk.load("approve", plan.plan, "--by", "Ada")
    assert "matches" in named.stderr
    push = ("push", plan.plan, "--org", ALIAS, "--json")
    refused = desk.load(*push)
    assert (refused.code, "--matches" in refused.stderr) == (REFUSED, True)
    assert desk.load("approve", plan.plan, "--by", "Ada", "--matches").code == DONE
    done = desk.load(*push)
    assert done.code == DONE, done.stderr
    assert contact(desk, "1") | {"Email": None} == {
        "Id": ours, "LastName": "Testfall", "Email": None, "Department": "Front desk",
    } | {"attributes": contact(desk, "1")["attributes"]}  # fmt: skip
    assert desk.soql("SELECT Id FROM Insurance_Coverage__c WHERE Patient__c = '" + ours + "'")
    assert len(desk.soql("SELECT Id FROM Contact")) == 3
    assert desk.verify(plan).differences == 0

    # Given back without our key, it is still the record that its coverage has to name.
    code, undone = desk.rollback(plan, wanted=Wanted(objects=("Contact",)))
    assert (code, undone["Contact"].restored, undone["Contact"].deleted) == (DONE, 1, 2)
    assert desk.soql("SELECT Id FROM Insurance_Coverage__c WHERE Patient__c = '" + ours + "'")
    assert desk.verify(plan).differences == 0

    assert desk.rollback(plan)[0] == DONE
    assert desk.objects() == before


def test_a_match_of_which_nothing_may_be_changed_gets_its_key_alone_and_only_once(
    desk: Loading,
) -> None:
    for column in desk.clinic.marts["sf_contact"]["columns"][1:]:
        column["salesforce"] |= {"create_only": True}
    desk.clinic.write()
    ours = desk.create("Contact", LastName="Old name", MRN__c="MRN-1")
    plan = desk.plan()
    assert desk.push(plan) == DONE
    found = contact(desk, "1")
    assert (found["Id"], found["LastName"]) == (ours, "Old name")
    jobs = desk.acts("job_planned")
    assert desk.push(plan) == DONE
    assert desk.acts("job_planned") == jobs


def test_a_match_whose_record_got_another_key_since_the_plan_is_held(desk: Loading) -> None:
    taken = desk.create("Contact", LastName="Old name", MRN__c="MRN-1")
    plan = desk.plan()
    theirs = {"Clinic_Id__c": "other:patient:9"}
    desk.admin("act", do="edit", object="Contact", ids=[taken], fields=theirs)
    assert desk.push(plan) == INCOMPLETE
    (left,) = desk.soql(f"SELECT LastName, Clinic_Id__c FROM Contact WHERE Id = '{taken}'")
    assert (left["LastName"], left["Clinic_Id__c"]) == ("Old name", "other:patient:9")
    assert {each.code for each in desk.status(plan).reasons} >= {"key_taken"}


def test_a_file_that_was_changed_after_the_plan_is_refused(desk: Loading) -> None:
    ours = desk.create("Contact", LastName="Old name", MRN__c="MRN-1")
    plan = desk.plan()
    desk.load("approve", plan.plan, "--by", "Ada")
    desk.load("approve", plan.plan, "--by", "Ada", "--matches")
    file = decide(desk, plan, **{ours: "new"})
    (desk.folder(plan) / "matches.csv").write_bytes(file.read_bytes())
    refused = desk.load("push", plan.plan, "--org", ALIAS)
    assert (refused.code, "was changed" in refused.stderr) == (REFUSED, True)
    assert desk.soql("SELECT Id FROM Contact WHERE Clinic_Id__c != null") == []


def test_a_weak_match_asks_and_its_row_is_held_until_somebody_decides(desk: Loading) -> None:
    ours = desk.create(
        "Contact", LastName="Testfall", Email="1@home.example", Birthdate="1980-02-29"
    )
    other = desk.create("Contact", LastName="Other", Email="2@home.example", Birthdate="1900-01-01")
    plan = desk.plan()
    assert {row["decision"] for row in proposals(desk, plan)} == {""}
    assert plan.object("Contact").held == 2
    assert desk.push(plan) == INCOMPLETE
    assert len(desk.soql("SELECT Id FROM Contact")) == 3
    reasons = {(each.code, each.rows) for each in desk.status(plan).reasons if each.state == "held"}
    # What points to them waits with them: nothing failed, one answer frees them all.
    assert reasons == {("match_undecided", 2), ("parent_held", 1)}
    assert not [each for each in desk.status(plan).reasons if each.state == "failed"]

    file = decide(desk, plan, **{ours: "match", other: "new"})
    assert desk.push(desk.plan(matches=file)) == DONE
    assert contact(desk, "1")["Id"] == ours
    assert contact(desk, "2")["Id"] != other
    assert len(desk.soql("SELECT Id FROM Contact")) == 4
    # The decisions that were carried out can be read again.
    assert desk.plan(matches=file).object("Contact").unchanged == 3


def test_two_records_for_a_row_or_two_rows_for_a_record_are_never_a_match(desk: Loading) -> None:
    one, two = (desk.create("Contact", LastName=name, MRN__c="MRN-1") for name in ("One", "Two"))
    desk.clinic.sql(
        "update main_salesforce.sf_contact set MRN__c = 'MRN-2' where Clinic_Id__c like '%A'"
    )
    three = desk.create("Contact", LastName="Three", MRN__c="MRN-2")
    plan = desk.plan()
    assert plan.object("Contact").held == 3
    assert {row["decision"] for row in proposals(desk, plan)} == {""}
    assert {code for _, code, _ in desk.failures(plan, "Contact")} == {"match_ambiguous"}
    both = decide(desk, plan, **{one: "match", two: "match", three: "match"})
    options = ("--default-owner", OWNER, "--matches", str(both))
    assert desk.load("plan", "--org", ALIAS, *options).code == USAGE
    # One of two records is said to be the patient; the other pair stays a question.
    one_of_two = decide(desk, plan, **{one: "match", two: "new"})
    assert desk.plan(matches=one_of_two).object("Contact").held == 2


def test_somebody_who_changes_a_match_between_plan_and_push_keeps_their_work(
    desk: Loading,
) -> None:
    ours = desk.create("Contact", LastName="Old name", MRN__c="MRN-1")
    taken = desk.create("Contact", LastName="Old name", MRN__c="MRN-2")
    gone = desk.create("Contact", LastName="Old name", MRN__c="MRN-A")
    plan = desk.plan()
    edit = {"do": "edit", "object": "Contact"}
    desk.admin("act", **edit, ids=[ours], fields={"LastName": "Theirs"})
    desk.admin("act", **edit, ids=[taken], fields={"Clinic_Id__c": "other:patient:9"})
    desk.admin("act", do="delete", object="Contact", ids=[gone])
    assert desk.push(plan) == INCOMPLETE
    found = {
        each["Id"]: each for each in desk.soql("SELECT Id, LastName, Clinic_Id__c FROM Contact")
    }
    assert {key: (each["LastName"], each["Clinic_Id__c"]) for key, each in found.items()} == {
        ours: ("Theirs", "demo:patient:1"),
        taken: ("Old name", "other:patient:9"),
    }
    codes = {each.code for each in desk.status(plan).reasons if each.sobject == "Contact"}
    assert codes == {"changed_since", "key_taken", "ENTITY_IS_DELETED"}
    # The conflict stays one in the next plan.
    assert desk.push(desk.plan()) == INCOMPLETE
    assert contact(desk, "1")["LastName"] == "Theirs"


def test_what_somebody_deleted_or_merged_is_not_made_again(desk: Loading) -> None:
    assert desk.push(desk.plan()) == DONE
    ids = {name: contact(desk, name)["Id"] for name in PATIENTS}
    desk.admin("act", do="merge", object="Contact", master=ids["2"], losers=[ids["1"]])
    desk.admin("act", do="delete", object="Insurance_Coverage__c",
               where="Clinic_Id__c = 'demo:coverage:2'")  # fmt: skip
    desk.clinic.sql(
        "insert into main_salesforce.sf_insurance_coverage (Clinic_Id__c, Patient__c)"
        " values ('demo:coverage:3', 'demo:patient:1')"
    )
    plan = desk.plan()
    assert (plan.object("Contact").aliases, plan.object("Insurance_Coverage__c").held) == (1, 1)
    assert desk.push(plan) == INCOMPLETE
    assert len(desk.soql("SELECT Id FROM Contact")) == 2
    found = desk.soql("SELECT Clinic_Id__c, Patient__c FROM Insurance_Coverage__c")
    assert {each["Clinic_Id__c"]: each["Patient__c"] for each in found} == {
        "demo:coverage:1": ids["2"],
        "demo:coverage:3": ids["2"],
    }
    (reason,) = desk.status(plan).reasons
    assert (reason.state, reason.code) == ("held", "deleted_in_org")
    verdict = desk.verify(plan)
    assert verdict.differences == 0
    survived = [each for each in verdict.normalised if each.rule == "merged_survivor"]
    assert [(each.field, each.cells) for each in survived] == [("Patient__c", 2)]

    (row,) = (each for each in proposals(desk, plan) if each["rule"] == "deleted")
    again = desk.plan(matches=decide(desk, plan, **{row["id"]: "new"}))
    assert again.object("Insurance_Coverage__c").creates == 1
    assert desk.push(again) == DONE
    assert len(desk.soql("SELECT Id FROM Insurance_Coverage__c")) == 3


def test_what_somebody_took_out_of_the_bin_or_from_under_its_key_is_known_again(
    desk: Loading,
) -> None:
    assert desk.push(desk.plan()) == DONE
    ids = {name: contact(desk, name)["Id"] for name in PATIENTS}
    where = "Clinic_Id__c = 'demo:coverage:1'"
    desk.admin("act", do="delete", object="Insurance_Coverage__c", where=where)
    desk.admin("act", do="undelete", object="Insurance_Coverage__c", where=where)
    desk.admin("act", do="edit", object="Contact", ids=[ids["A"]], fields={"Clinic_Id__c": None})
    plan = desk.plan()
    assert plan.object("Insurance_Coverage__c").unchanged == 2
    (row,) = proposals(desk, plan)
    assert (row["id"], row["rule"], row["decision"]) == (ids["A"], "ledger", "match")
    assert desk.push(plan) == DONE
    assert contact(desk, "A")["Id"] == ids["A"]
