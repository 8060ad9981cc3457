"""Push: what is sent, in which order, what becomes of each row, and what is never sent twice."""

from __future__ import annotations

import csv
import json
from functools import partial
from operator import itemgetter

import pytest

from loaders.errors import DONE, INCOMPLETE, JobStillRunning, OrgUnavailable
from loaders.plan_store import Plan
from loaders.status_report import write_failures
from tests.loaders.loading import BULK, Loading


def states(desk: Loading, plan: object) -> dict[str, tuple[int, int, int]]:
    """Give created, failed and held by object."""
    found = desk.status(plan)  # type: ignore[arg-type]
    return {each.sobject: (each.created, each.failed, each.held) for each in found.objects}


def failures(desk: Loading, plan: Plan) -> list[dict[str, str]]:
    """Read the list of what failed or is held, as a push leaves it."""
    with desk.open() as open_desk:
        path = write_failures(
            open_desk.ledger,
            desk.status(plan),
            open_desk.bench,
            planned=(plan, desk.folder(plan)),
            reports=desk.data.reports,
        )
    with path.open(encoding="utf-8", newline="") as listed:
        return list(csv.DictReader(listed))


def test_every_row_arrives_by_bulk_each_step_on_the_ledger_first_and_only_once(
    desk: Loading,
) -> None:
    plan = desk.plan()
    assert desk.push(plan, sending=BULK) == DONE
    assert states(desk, plan) == {
        "Account": (3, 0, 0),
        "ContentVersion": (1, 0, 0),
        "Contact": (3, 0, 0),
        "ContentDocumentLink": (1, 0, 0),
        "Event": (1, 0, 0),
        "Insurance_Coverage__c": (2, 0, 0),
    }
    planned = {act["job"]: act for act in desk.acts("job_planned") if act["channel"] == "bulk"}
    assert [(act["sobject"], act["operation"]) for act in planned.values()] == [
        ("Account", "upsert"),
        ("Contact", "upsert"),
        ("ContentDocumentLink", "insert"),
        ("Event", "upsert"),
        ("Insurance_Coverage__c", "upsert"),
    ]
    # And so the org has them.
    opened = {act["org_job"]: planned[act["job"]]["operation"] for act in desk.acts("job_opened")}
    assert len(opened) == len(planned)
    there = {job: desk.get(f"jobs/ingest/{job}") for job in opened}
    assert {job: told["operation"] for job, told in there.items()} == opened
    assert {(each["operation"], each.get("externalIdFieldName")) for each in there.values()} == {
        ("upsert", "Clinic_Id__c"), ("insert", None),
    }  # fmt: skip
    # The org's id stood on the ledger before the upload.
    steps = [(each, act["job"]) for each, act in desk.all_acts() if act.get("job") in planned]
    assert sorted(steps, key=itemgetter(1)) == [
        (f"job_{step}", job)
        for job in planned
        for step in ("planned", "opened", "uploaded", "closed", "settled")
    ]
    jobs = desk.acts("job_planned")
    assert desk.push(plan, sending=BULK) == DONE
    assert desk.acts("job_planned") == jobs
    assert desk.verify(plan).differences == 0


def test_a_lost_result_is_looked_up_by_key_and_a_busy_org_is_asked_again(desk: Loading) -> None:
    plan = desk.plan()
    desk.fault(drop_results={"rows": 2}, unavailable={"times": 2, "path": "jobs/ingest"})
    assert desk.push(plan, sending=BULK) == DONE
    assert len(desk.soql("SELECT Id FROM Account WHERE Clinic_Id__c != null")) == 3
    assert states(desk, plan)["Account"] == (3, 0, 0)


def test_a_record_that_a_lost_request_makes_late_is_ours_and_goes_with_a_rollback(
    desk: Loading,
) -> None:
    """The answer is lost, the look finds nothing, and the org writes it before we send it again."""
    before, plan = desk.objects(), desk.plan()
    late = []

    def meanwhile(_seconds: float) -> None:
        if not late and not desk.soql("SELECT Id FROM Account WHERE Clinic_Id__c != null"):
            (made,) = [row for row in desk.rows(plan, "Account") if row["_key"] == first]
            late.append(desk.create("Account", Clinic_Id__c=first, Name=made["Name"]))

    first = str(desk.rows(plan, "Account")[0]["_key"])
    cut = {"do": "cut", "when": "before", "method": "PATCH", "path": "composite/sobjects/Account"}
    desk.fault(request=cut)
    assert desk.push(plan, sleep=meanwhile) == DONE
    assert late == [desk.record_id("Account", first)]
    assert states(desk, plan)["Account"] == (3, 0, 0)
    assert desk.verify(plan).differences == 0
    code, undone = desk.rollback(plan)
    assert (code, undone["Account"].deleted) == (DONE, 3)
    assert desk.objects() == before


def test_a_job_that_fails_half_way_keeps_what_it_wrote_and_sends_the_rest_again(
    desk: Loading,
) -> None:
    plan = desk.plan()
    desk.fault(fail_job={"after_rows": 1})
    assert desk.push(plan, sending=BULK) == DONE
    accounts = [act for act in desk.acts("job_planned") if act["sobject"] == "Account"]
    assert [act["rows"] for act in accounts] == [3, 2]
    assert desk.verify(plan).differences == 0


def test_an_org_that_stays_away_ends_the_push_and_a_later_one_finishes_it(desk: Loading) -> None:
    plan = desk.plan()
    desk.fault(unavailable={"times": 50, "path": "jobs/ingest"})
    with pytest.raises(OrgUnavailable):
        desk.push(plan, sending=BULK, sleep=lambda _: None)
    assert desk.run().state == "running"
    desk.fault(unavailable={"times": 0, "path": ""})
    assert desk.push(plan, sending=BULK) == DONE
    assert desk.verify(plan).differences == 0


@pytest.mark.soak
def test_a_job_that_takes_too_long_is_left_to_a_later_push_under_the_same_id(
    desk: Loading,
) -> None:
    plan = desk.plan()
    desk.fault(hold_jobs={"queries": False})
    with pytest.raises(JobStillRunning):
        desk.push(plan, sending=BULK, patience=3.0)
    told = desk.load("status", "latest")
    assert told.code == INCOMPLETE
    assert "waiting: the org has jobs of this run (1)" in " ".join(told.stdout.split())
    live = json.loads(desk.load("status", "latest", "--json").stdout)["live"]
    assert [(job["sobject"], job["state"]) for job in live["jobs"]] == [("Account", "waiting")]
    assert "running" not in {each["state"] for each in live["objects"]}
    # It still runs when the later push asks after it, and ends while that waits.
    let_go = partial(desk.fault, hold_jobs=False)
    assert desk.push(plan, sending=BULK, sleep=lambda _: let_go()) == DONE
    accounts = [act for act in desk.acts("job_planned") if act["sobject"] == "Account"]
    assert len(accounts) == 1
    assert len(desk.soql("SELECT Id FROM Account WHERE Clinic_Id__c != null")) == 3


def test_children_of_a_refused_row_fail_with_the_name_of_the_lookup_and_are_not_sent(
    desk: Loading,
) -> None:
    desk.create("Account", Name="Invented Mutual", Phone="555 0100")
    desk.clinic.sql("update main_salesforce.sf_account set Phone = '555 0100' where Type = 'Payer'")
    plan = desk.plan()
    assert desk.push(plan, duplicates=False) == INCOMPLETE
    reasons = {(each.sobject, each.code, each.field) for each in desk.status(plan).reasons}
    assert reasons == {
        ("Account", "DUPLICATES_DETECTED", ""),
        ("Insurance_Coverage__c", "parent_failed", "Payer__c"),
    }
    sent = [act["rows"] for act in desk.acts("job_planned") if act["channel"] != "local"]
    assert sent == [3, 1, 3, 1, 1, 1]
    assert desk.verify(plan).differences == 0
    (orphan,) = [row for row in failures(desk, plan) if row["code"] == "parent_failed"]
    assert (orphan["key"], orphan["lookup"]) == ("demo:coverage:1", "Payer__c")
    assert (orphan["parent_key"], orphan["parent_state"]) == ("demo:payer:1", "failed")


def test_a_child_with_a_held_and_a_failed_parent_fails_and_names_the_one_that_failed(
    desk: Loading,
) -> None:
    desk.create("Account", Name="Invented Mutual", Phone="555 0100")
    desk.clinic.sql("update main_salesforce.sf_account set Phone = '555 0100' where Type = 'Payer'")
    plan = desk.plan()
    desk.create("Contact", LastName="Somebody's work", Clinic_Id__c="demo:patient:1")
    assert desk.push(plan, duplicates=False) == INCOMPLETE
    (child,) = [row for row in failures(desk, plan) if row["key"] == "demo:coverage:1"]
    assert (child["state"], child["code"]) == ("failed", "parent_failed")
    assert (child["lookup"], child["parent_state"]) == ("Payer__c", "failed")


def test_what_hangs_on_a_child_of_a_held_row_waits_as_well(desk: Loading) -> None:
    plan = desk.plan()
    desk.create("Account", Name="Somebody's work", Clinic_Id__c="demo:household:1")
    assert desk.push(plan) == INCOMPLETE
    held = {row["key"]: row["parent_key"] for row in failures(desk, plan) if row["lookup"]}
    # The account is held, so are its contacts, so is the coverage of one of them.
    assert held["demo:patient:1"] == "demo:household:1"
    assert held["demo:coverage:1"] == "demo:patient:1"
    assert {each.state for each in desk.status(plan).reasons} == {"held"}


def test_an_alert_rule_is_passed_by_collections_where_rules_were_approved(desk: Loading) -> None:
    desk.create("Account", Name="Invented Mutual", Phone="555 0100")
    desk.clinic.sql("update main_salesforce.sf_account set Phone = '555 0100' where Type = 'Payer'")
    plan = desk.plan()
    assert desk.push(plan, sending=BULK) == DONE
    accounts = [act for act in desk.acts("job_planned") if act["sobject"] == "Account"]
    assert [(act["channel"], act["rows"]) for act in accounts] == [("bulk", 3), ("collections", 1)]


def test_a_blocking_rule_refuses_its_row_once_and_says_so(desk: Loading) -> None:
    desk.create("Account", Name="Invented Mutual", Phone="555 0100")
    desk.clinic.sql("update main_salesforce.sf_account set Phone = '555 0100' where Type = 'Payer'")
    plan = desk.plan()
    # Since the plan, which would have stopped.
    desk.admin("settings", duplicate_rules_block=["Account"])
    assert desk.push(plan, sending=BULK) == INCOMPLETE
    accounts = [act for act in desk.acts("job_planned") if act["sobject"] == "Account"]
    # No permission to save helps against it: it is asked for once, and not again.
    sent = [(act["channel"], act["rows"]) for act in accounts if act["channel"] != "local"]
    assert sent == [("bulk", 3), ("collections", 1)]
    reasons = {each.code for each in desk.status(plan).reasons if each.sobject == "Account"}
    assert reasons == {"DUPLICATES_DETECTED"}


def test_a_record_that_appeared_since_the_plan_is_held_and_not_written_over(
    desk: Loading,
) -> None:
    plan = desk.plan()
    desk.create("Account", Name="Somebody's work", Clinic_Id__c="demo:payer:1")
    assert desk.push(plan) == INCOMPLETE
    assert states(desk, plan)["Account"] == (2, 0, 1)
    # Its child waits for the same answer: nothing of ours is hung on somebody's record.
    assert states(desk, plan)["Insurance_Coverage__c"] == (1, 0, 1)
    (child,) = [row for row in failures(desk, plan) if row["code"] == "parent_held"]
    assert (child["parent_key"], child["parent_state"]) == ("demo:payer:1", "held")
    assert "answer the question about the parent" in child["hint"]
    found = desk.soql("SELECT Name FROM Account WHERE Clinic_Id__c = 'demo:payer:1'")
    assert found[0]["Name"] == "Somebody's work"


def test_an_update_keeps_what_was_there_and_holds_what_a_user_changed_until_forced(
    desk: Loading,
) -> None:
    assert desk.push(desk.plan()) == DONE
    desk.clinic.sql("update main_salesforce.sf_contact set FirstName = 'Anew'")
    desk.change("Contact", "demo:patient:1", FirstName="Ann", Department="Reception")
    plan = desk.plan()
    assert plan.object("Contact").updates == 3
    assert desk.push(plan, sending=BULK) == INCOMPLETE
    contacts = next(each for each in desk.status(plan).objects if each.sobject == "Contact")
    assert (contacts.updated, contacts.held) == (2, 1)
    kinds = [(act["kind"], act["sobject"]) for act in desk.acts("image_kept")]
    assert kinds[-3:] == [(kind, "Contact") for kind in ("before", "left", "after")]

    again = desk.plan()
    assert again.object("Contact").updates == 1
    assert desk.push(again, forced=frozenset({"Contact"})) == DONE
    assert desk.verify(again).differences == 0


def test_an_emptied_cell_empties_the_field_by_bulk(desk: Loading) -> None:
    assert desk.push(desk.plan()) == DONE
    desk.clinic.sql(
        "update main_salesforce.sf_insurance_coverage set Payer__c = null, Copay__c = null"
    )
    plan = desk.plan()
    assert desk.push(plan, sending=BULK) == DONE
    assert desk.soql("SELECT Id FROM Insurance_Coverage__c WHERE Payer__c != null") == []
    assert desk.verify(plan).differences == 0
