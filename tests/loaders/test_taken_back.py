"""After a part of a push is taken back, each command tells what is there and what is not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from loaders.errors import DONE
from loaders.ledger_acts import Run
from loaders.plan_store import Plan
from loaders.rollback_part import Wanted
from tests.loaders.loading import Loading, loading
from tests.loaders.mini_clinic import MiniClinic, mini_clinic
from tests.loaders.planning import ALIAS
from tests.loaders.test_rollback_part import begin_and_cut_off
from tests.loaders.test_trace import OTHER, tell_whose

COVERAGE = "Insurance_Coverage__c"
OF_OTHER = Wanted(patients=(OTHER,))


@dataclass(frozen=True, slots=True)
class Part:
    """A push of which one patient was taken back, and what was there before that."""

    desk: Loading
    plan: Plan
    rollback: Run
    before: dict[str, int]


def counted_clinic(folder: Path) -> MiniClinic:
    """Build the small clinic with the counts of what belongs to two people."""
    clinic = mini_clinic(folder)
    tell_whose(clinic)
    clinic.sql(
        "insert into main_audit.audit_row_counts values (1, 'patients', 'Contact', 3, 1, 0, 2),"
        f" (2, 'appointments', 'Event', 1, 0, 1, 0), (5, 'coverages', '{COVERAGE}', 2, 0, 0, 2)"
    )
    return clinic


@pytest.fixture(scope="module")
def part(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Part]:
    folder = tmp_path_factory.mktemp("part")
    with loading(template, folder / "org", counted_clinic(folder / "clinic")) as desk:
        plan = desk.plan()
        desk.approve(plan)
        assert desk.push(plan) == DONE
        before = in_org(desk)
        code, _ = desk.rollback(plan, wanted=OF_OTHER)
        assert code == DONE
        yield Part(desk, plan, desk.run("rollback"), before)


def in_org(desk: Loading) -> dict[str, int]:
    """Count what is there under a key of ours."""
    return {
        name: len(desk.soql(f"SELECT Id FROM {name} WHERE Clinic_Id__c LIKE 'demo:%'"))
        for name in ("Account", "Contact", COVERAGE, "Event")
    }


def counts(document: dict[str, Any], what: str) -> dict[str, int]:
    return {each["sobject"]: each[what] for each in document["objects"] if each[what]}


def reported(desk: Loading, run: str = "latest") -> dict[str, Any]:
    asked = desk.load("report", run, "--json")
    document = dict(asked.json())
    assert (asked.code == DONE) == document["complete"], asked.stderr
    return document


def test_status_counts_what_is_there_and_explains_what_was_taken_back(part: Part) -> None:
    asked = part.desk.load("status", "latest", "--json")
    assert asked.code == DONE
    document = asked.json()
    gone = counts(document, "taken_back")
    assert gone == {"Account": 1, "Contact": 1, COVERAGE: 1}
    there = in_org(part.desk)
    assert there != part.before
    created = counts(document, "created")
    assert {name: created[name] for name in there} == there
    entities = {each["entity"]: each for each in document["entities"]}
    patients = entities["patients"]
    assert (patients["loaded"], patients["taken_back"], patients["merged"]) == (1, 1, 1)
    assert all(each["closes"] for each in entities.values())
    assert "taken back" in part.desk.load("status", "latest").stdout


def test_verify_expects_what_is_left_and_that_the_rest_is_gone(part: Part) -> None:
    desk = part.desk
    assert desk.verify(part.plan).differences == 0
    desk.create("Contact", LastName="Back", Clinic_Id__c=OTHER)
    verdict = desk.verify(part.plan)
    assert [each.sobject for each in verdict.objects if each.extra] == ["Contact"]
    desk.delete("Contact", OTHER)
    assert desk.verify(part.plan).differences == 0


def test_the_report_names_the_part_and_not_the_whole(part: Part) -> None:
    part.desk.verify(part.plan)
    told = reported(part.desk)
    assert (told["complete"], told["stands"], told["undone_by"]) == (True, True, None)
    assert told["headline"].endswith(f"; 3 rows were taken back by rollback {part.rollback.run}")
    assert [each["run"] for each in told["rollbacks"]] == [part.rollback.run]
    folder = part.desk.data.reports / part.desk.run().run / "completion"
    assert "+ taken back +" in (folder / "completion.html").read_text("utf-8")


def test_the_runbook_s_gates_are_met_and_its_links_are_there(part: Part) -> None:
    part.desk.verify(part.plan)
    asked = part.desk.load("runbook", "latest", "--org", ALIAS, "--json")
    assert asked.code == DONE, asked.stderr
    gate = next(each for each in asked.json()["gates"] if each["what"] == "It still stands")
    assert part.rollback.run in gate["found"]
    people = {row["Id"] for row in part.desk.soql("SELECT Id FROM Contact")}
    assert {each["id"] for each in asked.json()["checks"]} <= people


@pytest.mark.soak
def test_what_later_runs_did_is_told_of_each_run_as_it_is(template: Path, tmp_path: Path) -> None:
    clinic = counted_clinic(tmp_path / "clinic")
    with loading(template, tmp_path / "org", clinic) as desk:
        whole = desk.plan()
        desk.push(whole)
        first = desk.run().run
        assert desk.rollback(whole, wanted=OF_OTHER)[0] == DONE
        clinic.sql(
            "update main_salesforce.sf_insurance_coverage set Member_ID__c = 'of the delta'"
            " where Clinic_Id__c = 'demo:coverage:1'"
        )
        delta = desk.plan(delta=True)
        assert desk.push(delta) == DONE

        # Made again, these are nothing that the first push should miss; they are not its own.
        asked = desk.load("verify", first, "--org", ALIAS, "--json").json()
        assert [(each["field"], each["rows"]) for each in asked["fields"]] == [("Member_ID__c", 1)]
        assert asked["differences"] == 1

        # One is given back as it was before the delta, the other is deleted.
        code, undone = desk.rollback(delta, wanted=Wanted(objects=(COVERAGE,)))
        assert (code, undone[COVERAGE].restored, undone[COVERAGE].deleted) == (DONE, 1, 1)
        assert desk.verify(delta).differences == 0
        assert sum(each.taken_back for each in desk.status(delta).objects) == 2

        # What an older run had made, and this one left as it was, is gone as well.
        assert desk.load("rollback", first, "--org", ALIAS, "--object", "Event").code == DONE
        assert desk.verify(delta).differences == 0
        taken = {each.sobject: each.taken_back for each in desk.status(delta).objects}
        assert taken["Event"] == 1

        begin_and_cut_off(desk, delta, Wanted(objects=("Contact",)))
        told = reported(desk)
        assert (told["complete"], told["stands"], told["undone_by"]) == (False, False, None)
        assert told["headline"].endswith("(not finished)")
        unfinished = desk.run("rollback").run
        assert f"clinic-load resume {unfinished}" in json.dumps(told["todo"])

        assert desk.load("resume", unfinished, "--org", ALIAS).code == DONE
        assert desk.rollback(delta)[0] == DONE
        told = reported(desk)
        assert told["headline"] == f"This run was taken back by rollback {told['undone_by']}"
        assert (desk.run().state, told["complete"]) == ("rolled_back", False)
