"""Rollback: the org is as it was before, and nobody's work since is touched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from loaders.errors import DONE, INCOMPLETE, REFUSED, USAGE
from tests.loaders.loading import BULK, Loading, loading
from tests.loaders.planning import ALIAS
from tests.loaders.wide_clinic import wide_clinic


@pytest.fixture
def desk(wide_template: Path, tmp_path: Path) -> Iterator[Loading]:
    with loading(wide_template, tmp_path / "org", wide_clinic(tmp_path / "clinic")) as found:
        yield found


def test_a_push_by_bulk_and_its_rollback_leave_the_org_as_it_was_but_for_retired_users(
    desk: Loading, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Records are read as of a large clinic: by our key, and by id those that carry none.
    monkeypatch.setattr("loaders.images.FEW", 0)
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


def test_what_somebody_worked_on_is_held_with_all_above_it_until_it_is_forced(
    desk: Loading,
) -> None:
    plan = desk.plan()
    assert desk.push(plan) == DONE
    desk.change("Insurance_Coverage__c", "demo:coverage:1", Member_ID__c="corrected")
    desk.change("Opportunity", "demo:claim:1", NextStep="call them")
    desk.delete("Insurance_Coverage__c", "demo:coverage:2")
    desk.create("Task", Subject="Call back", WhoId=desk.record_id("Contact", "demo:patient:A"))
    (file,) = desk.soql("SELECT ContentDocumentId FROM ContentVersion")
    newer = {"PathOnClient": "letter.txt", "VersionData": "bmV3ZXI="}
    desk.create("ContentVersion", ContentDocumentId=file["ContentDocumentId"], **newer)

    held = {
        "Insurance_Coverage__c": 1,
        "Opportunity": 1,
        "ContentVersion": 1,
        "ContentDocumentLink": 1,
        # The patient of the coverage and of the file, and the one whom somebody will call.
        "Contact": 2,
        "Account": 3,
    }
    looked = desk.load("rollback", "latest", "--org", ALIAS, "--plan", "--json")
    assert looked.code == DONE, looked.stderr
    ahead = {each["sobject"]: each["held"] for each in looked.json()["objects"]}
    assert {name: count for name, count in ahead.items() if count} == held
    assert len(desk.soql("SELECT Id FROM Contact")) == 3

    code, undone = desk.rollback(plan)
    assert code == INCOMPLETE
    assert {name: each.held for name, each in undone.items() if each.held} == held
    # What somebody deleted already counts as undone.
    assert undone["Insurance_Coverage__c"].deleted == 1
    kept = desk.soql("SELECT Member_ID__c FROM Insurance_Coverage__c")
    assert [each["Member_ID__c"] for each in kept] == ["corrected"]
    assert (len(desk.soql("SELECT Id FROM Task")), desk.run().state) == (1, "partly_rolled_back")

    done = desk.load("rollback", "latest", "--org", ALIAS, "--hard")
    assert (done.code, "FEATURENOTENABLED" in done.stderr) == (REFUSED, True)
    assert desk.load("rollback", "latest", "--org", ALIAS, "--force", "Nonsense").code == USAGE

    forced = ("Insurance_Coverage__c", "Opportunity", "ContentVersion")
    options = [option for name in forced for option in ("--force", name)]
    done = desk.load("rollback", "latest", "--org", ALIAS, *options)
    assert done.code == INCOMPLETE, done.stdout + done.stderr
    # Somebody's task still needs its patient, the patient a household, and that the one above it.
    assert [each["LastName"] for each in desk.soql("SELECT LastName FROM Contact")] == ["O'Muster"]
    households = desk.soql("SELECT Clinic_Id__c, Parent.Clinic_Id__c FROM Account ORDER BY Name")
    above = {each["Clinic_Id__c"]: each["Parent"] for each in households}
    assert above.keys() == {"demo:household:1", "demo:household:2"}
    assert above["demo:household:2"]["Clinic_Id__c"] == "demo:household:1"


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
