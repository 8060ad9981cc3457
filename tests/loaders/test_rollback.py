"""Rollback: the org is as it was before, and nobody's work since is touched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from loaders.errors import DONE, INCOMPLETE
from tests.loaders.loading import BULK, Loading, deployed_org, loading
from tests.loaders.planning import ALIAS
from tests.loaders.wide_clinic import wide_clinic


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    return deployed_org(folder / "org", wide_clinic(folder / "clinic"))


@pytest.fixture
def desk(template: Path, tmp_path: Path) -> Iterator[Loading]:
    with loading(template, tmp_path / "org", wide_clinic(tmp_path / "clinic")) as found:
        yield found


def test_a_push_by_bulk_and_its_rollback_leave_the_org_as_it_was_but_for_retired_users(
    desk: Loading,
) -> None:
    before = desk.objects()
    plan = desk.plan()
    assert plan.object("Account").second_pass == ("ParentId",)
    assert desk.push(plan, sending=BULK) == DONE
    assert desk.verify(plan).differences == 0
    assert desk.soql("SELECT Amount FROM Opportunity")[0]["Amount"] == 12.34
    owner = desk.soql("SELECT Owner.Email FROM Opportunity")[0]["Owner"]["Email"]
    assert owner.startswith("ada@clinic.example")

    code, undone = desk.rollback(plan, sending=BULK)
    assert code == DONE
    assert undone["User"].retired == 1
    assert (undone["Opportunity"].deleted, undone["OpportunityLineItem"].deleted) == (1, 2)
    assert [each for each in desk.objects() if "retired-" not in str(each)] == before
    (user,) = desk.soql("SELECT IsActive, Clinic_Id__c FROM User WHERE LastName = 'Muster'")
    assert (user["IsActive"], user["Clinic_Id__c"]) == (False, None)
    assert desk.run().state == "rolled_back"

    assert desk.push(plan) == DONE
    assert desk.verify(plan).differences == 0


def test_what_a_user_edited_is_held_with_its_parents_until_it_is_forced(desk: Loading) -> None:
    plan = desk.plan()
    assert desk.push(plan) == DONE
    desk.change("Insurance_Coverage__c", "demo:coverage:1", Member_ID__c="corrected")
    desk.change("Opportunity", "demo:claim:1", NextStep="call them")

    code, undone = desk.rollback(plan)
    assert code == INCOMPLETE
    held = {name: each.held for name, each in undone.items() if each.held}
    # The coverage and the claim, the patient and the payer under them, and the household above.
    assert held == {"Insurance_Coverage__c": 1, "Opportunity": 1, "Contact": 1, "Account": 2}
    kept = desk.soql("SELECT Member_ID__c FROM Insurance_Coverage__c")
    assert [each["Member_ID__c"] for each in kept] == ["corrected"]
    assert desk.run().state == "partly_rolled_back"

    done = desk.load("rollback", "latest", "--org", ALIAS, "--force", "Insurance_Coverage__c",
                     "--force", "Opportunity")  # fmt: skip
    assert done.code == DONE, [row for row in desk.outcomes("rollback") if row[2] == "held"]
    assert desk.soql("SELECT Id FROM Contact WHERE Clinic_Id__c != null") == []


def test_a_record_that_somebody_put_below_ours_holds_it(desk: Loading) -> None:
    plan = desk.plan()
    assert desk.push(plan) == DONE
    patient = desk.record_id("Contact", "demo:patient:2")
    desk.create("Task", Subject="Call back", WhoId=patient)
    looked = desk.load("rollback", "latest", "--org", ALIAS, "--plan", "--json")
    assert looked.code == DONE
    ahead = {each["sobject"]: each["held"] for each in looked.json()["objects"]}
    code, undone = desk.rollback(plan)
    assert code == INCOMPLETE
    assert {name: each.held for name, each in undone.items() if each.held} == {
        "Contact": 1,
        "Account": 1,
    }
    assert {name: held for name, held in ahead.items() if held} == {"Contact": 1, "Account": 1}
    assert len(desk.soql("SELECT Id FROM Task")) == 1


def test_a_newer_version_of_a_file_holds_it_and_its_link(desk: Loading) -> None:
    plan = desk.plan()
    assert desk.push(plan) == DONE
    (version,) = desk.soql("SELECT ContentDocumentId FROM ContentVersion")
    desk.create(
        "ContentVersion",
        ContentDocumentId=version["ContentDocumentId"],
        PathOnClient="letter.txt",
        VersionData="bmV3ZXI=",
    )
    code, undone = desk.rollback(plan)
    assert code == INCOMPLETE
    assert (undone["ContentVersion"].held, undone["ContentDocumentLink"].held) == (1, 1)
    assert undone["Contact"].held == 1
    assert len(desk.soql("SELECT Id FROM ContentVersion")) == 2


def test_changed_records_get_their_old_values_back_also_those_that_were_empty(
    desk: Loading,
) -> None:
    assert desk.push(desk.plan()) == DONE
    before = desk.objects()
    desk.clinic.sql("update main_salesforce.sf_contact set FirstName = 'Anew'")
    desk.clinic.sql("update main_salesforce.sf_insurance_coverage set Payer__c = null, Rank__c = 7")
    desk.clinic.sql("update main_salesforce.sf_account set ParentId = null")
    plan = desk.plan()
    assert desk.push(plan, sending=BULK) == DONE
    assert desk.objects() != before
    code, undone = desk.rollback(plan, sending=BULK)
    assert code == DONE
    assert {name: each.restored for name, each in undone.items() if each.restored} == {
        "Account": 1,
        "Contact": 3,
        "Insurance_Coverage__c": 2,
    }
    assert desk.objects() == before


def test_what_somebody_deleted_already_counts_as_undone(desk: Loading) -> None:
    plan = desk.plan()
    assert desk.push(plan) == DONE
    desk.delete("Insurance_Coverage__c", "demo:coverage:1")
    code, undone = desk.rollback(plan)
    assert code == DONE
    assert undone["Insurance_Coverage__c"].deleted == 2
