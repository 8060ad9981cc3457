"""A part of a push is taken back, and all else is as if nothing had happened."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from loaders.errors import (
    DONE,
    INCOMPLETE,
    REFUSED,
    USAGE,
    RecordUnknown,
    RollbackRefused,
    WrongUsage,
)
from loaders.plan_store import Plan
from loaders.rollback import Undone
from loaders.rollback_choice import choose_part
from loaders.rollback_part import Wanted, wanted_part
from loaders.runs import rollback_run
from tests.loaders.loading import Loading, loading
from tests.loaders.mini_clinic import MiniClinic
from tests.loaders.planning import ALIAS
from tests.loaders.test_trace import CHART, MERGED, OTHER, tell_whose
from tests.loaders.wide_clinic import wide_clinic

PLACE = "demo:location:1"
# A chart that was merged stands for the person.
ONE = Wanted(patients=(MERGED,))
ANOTHER = Wanted(patients=(OTHER,))


def clinic_with_a_place(folder: Path) -> MiniClinic:
    """Build the wide clinic of which it is known whose each record is, with a location."""
    clinic = wide_clinic(folder)
    tell_whose(clinic)
    clinic.sql(
        "insert into main_salesforce.sf_account by name"
        f" select * replace ('{PLACE}' as Clinic_Id__c, 'Main Street' as Name)"
        " from main_salesforce.sf_account where Clinic_Id__c = 'demo:payer:1'"
    )
    clinic.sql(
        f"update main_salesforce.sf_insurance_coverage set Payer__c = '{PLACE}'"
        " where Clinic_Id__c = 'demo:coverage:1'"
    )
    clinic.sql(
        "insert into main_audit.audit_record_targets values"
        f" ('locations', '{PLACE}', 'Account', '{PLACE}')"
    )
    return clinic


@pytest.fixture(scope="module")
def desk(wide_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loading]:
    """Push once; the last test takes all of it back, part by part."""
    folder = tmp_path_factory.mktemp("parts")
    with loading(wide_template, folder / "org", clinic_with_a_place(folder / "clinic")) as found:
        (folder / "before").write_text(str(found.objects()), encoding="utf-8")
        assert found.push(found.plan()) == DONE
        yield found


def choose(desk: Loading, wanted: Wanted) -> dict[str, int]:
    with desk.open() as found:
        pushed = found.ledger.run("latest", kind="push")
        return choose_part(found, pushed, *found.plan_of(pushed), wanted).counts


def deleted(undone: dict[str, Undone]) -> dict[str, int]:
    return {name: each.deleted for name, each in undone.items() if each.deleted}


def held(undone: dict[str, Undone]) -> dict[str, int]:
    return {name: each.held for name, each in undone.items() if each.held}


def test_with_a_patient_goes_a_file_with_its_last_link_and_no_household_of_others(
    desk: Loading,
) -> None:
    assert choose(desk, ONE) == {
        "AccountContactRelation": 1,
        "Contact": 1,
        "ContentDocumentLink": 1,
        "ContentVersion": 1,
        "Event": 1,
        "Insurance_Coverage__c": 1,
    }


def test_with_its_last_member_goes_a_household_and_no_payer(desk: Loading) -> None:
    assert choose(desk, ANOTHER) == {
        "Account": 1,
        # A relative's, who stays, to the household that goes.
        "AccountContactRelation": 1,
        "Contact": 1,
        "Insurance_Coverage__c": 1,
    }


def test_with_an_object_goes_what_points_to_it(desk: Loading) -> None:
    entries = {"OpportunityLineItem": 2, "PricebookEntry": 2}
    assert choose(desk, Wanted(objects=("PricebookEntry",))) == entries
    assert choose(desk, Wanted(objects=("Product2", "Event"))) == {
        **entries,
        "Product2": 2,
        "Event": 1,
    }


def test_at_a_location_is_what_points_to_it_and_not_the_location(desk: Loading) -> None:
    assert choose(desk, Wanted(location=PLACE)) == {"Insurance_Coverage__c": 1}
    with pytest.raises(RecordUnknown):
        choose(desk, Wanted(location="demo:payer:1"))


def test_patients_whom_nobody_knows_are_counted_and_not_named(
    desk: Loading, tmp_path: Path
) -> None:
    file = tmp_path / "patients"
    file.write_text(f"{CHART}\ndemo:patient:nobody\n", encoding="utf-8")
    refused = desk.load("rollback", "latest", "--org", ALIAS, "--patients", str(file))
    assert refused.code == USAGE
    assert "1 of 2 keys" in refused.stderr
    assert "nobody" not in refused.stdout + refused.stderr


@pytest.mark.parametrize("content", [b"\n \r\n", "Ännchen".encode("utf-16")])
def test_a_file_that_names_nobody_is_no_part_of_a_push(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "patients"
    file.write_bytes(content)
    with pytest.raises(WrongUsage, match="file of patients"):
        wanted_part(None, None, None, file)


def test_a_part_is_of_one_kind() -> None:
    with pytest.raises(WrongUsage, match="a part is of"):
        wanted_part(["Contact"], PLACE, None, None)


@pytest.mark.soak
def test_part_after_part_goes_and_the_whole_takes_the_rest(desk: Loading, tmp_path: Path) -> None:
    pushed = desk.objects()
    plan = desk.plan_pushed()
    file = tmp_path / "patients"
    file.write_text(f"\n{OTHER}\r\n", encoding="utf-8-sig")
    command = ("rollback", "latest", "--org", ALIAS, "--patients", str(file))
    looked = desk.load(*command, "--plan", "--json")
    assert looked.code == DONE, looked.stderr
    goes = choose(desk, ANOTHER)
    assert {each["sobject"]: each["deleted"] for each in looked.json()["objects"]} == goes
    assert desk.objects() == pushed

    begin_and_cut_off(desk, plan, ANOTHER)
    refused = desk.load(*command)
    assert (refused.code, "clinic-load resume" in refused.stderr) == (REFUSED, True)
    with pytest.raises(RollbackRefused):
        desk.rollback(plan)
    done = desk.load("resume", "latest", "--org", ALIAS)
    assert done.code == DONE, done.stderr
    assert OTHER not in looked.stdout + looked.stderr + done.stdout + done.stderr
    keys = (OTHER, "demo:coverage:2", "demo:relation:1", "demo:household:2")
    # The org itself relates a patient to the household as well.
    rest = [each for each in pushed if not any(key in str(each) for key in keys)]
    assert desk.objects() == rest
    assert desk.run().state == "partly_rolled_back"
    with pytest.raises(RollbackRefused):
        choose(desk, ANOTHER)

    lines = Wanted(objects=("OpportunityLineItem",))
    code, undone = desk.rollback(plan, wanted=lines)
    assert (code, deleted(undone)) == (DONE, {"OpportunityLineItem": 2})
    proof = desk.acts("rollback_proved")[-1]["proof"]
    strangers = {each["sobject"] for each in proof["objects"] if others_of(each)}
    # The org's own relation of each patient to the household; nobody else's work.
    assert strangers == {"AccountContactRelation"}
    # The claim's amount is another now, and not by anybody's hand.
    code, undone = desk.rollback(plan)
    assert (code, undone["Opportunity"].deleted) == (DONE, 1)
    assert desk.run().state == "rolled_back"
    left = [each for each in desk.objects() if "retired-" not in str(each)]
    assert str(left) == (desk.clinic.folder.parent / "before").read_text(encoding="utf-8")


def others_of(proof: dict[str, int]) -> int:
    return proof["now"] - proof["before"] - proof["ours"]


def begin_and_cut_off(desk: Loading, plan: Plan, wanted: Wanted) -> None:
    with desk.open() as found:
        pushed = found.ledger.run("latest", kind="push")
        part = choose_part(found, pushed, plan, desk.folder(plan), wanted)
        rollback_run(found.ledger, pushed, plan, org=found.org, part=part)


def test_what_two_share_or_somebody_edited_stays_and_holds_what_it_points_to(
    wide_template: Path, tmp_path: Path
) -> None:
    clinic = clinic_with_a_place(tmp_path / "clinic")
    clinic.sql(
        "insert into main_audit.audit_patient_records select entity, record_key,"
        f" '{OTHER}', '{OTHER}', source_system, raw_table, raw_id"
        " from main_audit.audit_patient_records where record_key = 'demo:coverage:1'"
    )
    with loading(wide_template, tmp_path / "org", clinic) as desk:
        # Of a masked load people are named by their real keys all the same.
        plan = desk.plan(masked=True)
        assert desk.push(plan) == DONE
        code, undone = desk.rollback(plan, wanted=ONE)
        assert code == INCOMPLETE
        assert "Insurance_Coverage__c" not in undone
        assert held(undone) == {"Contact": 1}
        codes = [each[3:] for each in desk.outcomes("rollback") if each[2] == "held"]
        assert codes == [("foreign_children", "Insurance_Coverage__c.Patient__c")]

        (edited,) = desk.soql("SELECT Id FROM Insurance_Coverage__c WHERE Rank__c = 2")
        desk.patch(f"sobjects/Insurance_Coverage__c/{edited['Id']}", Copay__c=1)
        code, undone = desk.rollback(plan, wanted=ANOTHER)
        assert code == INCOMPLETE
        assert held(undone) == {"Insurance_Coverage__c": 1, "Contact": 1, "Account": 1}
        assert len(desk.soql("SELECT Id FROM Contact")) == plan.object("Contact").rows
