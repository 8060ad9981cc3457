"""No user's work is overwritten: what was pushed, what the org has now, and what is new."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from loaders.errors import DONE, INCOMPLETE
from tests.loaders.loading import BULK, Loading, loading
from tests.loaders.wide_clinic import wide_clinic


@pytest.fixture(scope="module")
def loaded(wide_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loading]:
    """Serve an org that holds the wide clinic; its tests keep to records of their own."""
    folder = tmp_path_factory.mktemp("loaded")
    with loading(wide_template, folder / "org", wide_clinic(folder / "clinic")) as desk:
        assert desk.push(desk.plan()) == DONE
        yield desk


def edit(desk: Loading, sobject: str, key: str, **fields: object) -> None:
    """Let the front desk change a record."""
    where = f"Clinic_Id__c = '{key}'"
    desk.admin("act", do="edit", object=sobject, where=where, fields=fields)


def record(desk: Loading, sobject: str, key: str, *fields: str) -> tuple[object, ...]:
    query = f"SELECT {', '.join(fields)} FROM {sobject} WHERE Clinic_Id__c = '{key}'"
    (found,) = desk.soql(query)
    return tuple(found[name] for name in fields)


def test_a_field_changed_on_both_sides_holds_its_record_and_is_named(loaded: Loading) -> None:
    desk = loaded
    desk.clinic.sql(
        "update main_salesforce.sf_insurance_coverage set Member_ID__c = 'new', Rank__c = 9"
    )
    edit(desk, "Insurance_Coverage__c", "demo:coverage:1", Member_ID__c="theirs", Rank__c=5)
    plan = desk.plan()
    # The other one is changed between plan and push, and to what the clinic says as well.
    edit(desk, "Insurance_Coverage__c", "demo:coverage:2", Member_ID__c="new", Notes__c="called")
    assert desk.push(plan, sending=BULK) == INCOMPLETE
    assert record(
        desk, "Insurance_Coverage__c", "demo:coverage:1", "Member_ID__c", "Rank__c", "Copay__c"
    ) == ("theirs", 5, 25.5)
    assert record(
        desk, "Insurance_Coverage__c", "demo:coverage:2", "Member_ID__c", "Rank__c", "Notes__c"
    ) == ("new", 9, "called")
    (reason,) = desk.status(plan).reasons
    assert (reason.state, reason.field, reason.rows) == ("held", "Member_ID__c, Rank__c", 1)
    held = [each for each in desk.outcomes("push") if each[2] == "held"]
    assert [each[1] for each in held] == ["demo:coverage:1"]

    # What only the org changed stays even then.
    forced = frozenset({"Insurance_Coverage__c"})
    assert desk.push(desk.plan(), forced=forced) == DONE
    assert record(desk, "Insurance_Coverage__c", "demo:coverage:1", "Member_ID__c", "Rank__c") == (
        "new",
        9,
    )
    assert record(desk, "Insurance_Coverage__c", "demo:coverage:2", "Notes__c") == ("called",)


def test_what_only_the_org_changed_is_left_alone_beside_a_change_of_ours(
    loaded: Loading,
) -> None:
    desk = loaded
    other = desk.record_id("Account", "demo:payer:1")
    edit(desk, "Contact", "demo:patient:2", AccountId=other, Department="Reception")
    desk.clinic.sql(
        "update main_salesforce.sf_contact set FirstName = 'Anew'"
        " where Clinic_Id__c = 'demo:patient:2'"
    )
    plan = desk.plan()
    assert plan.object("Contact").updates == 1
    assert desk.push(plan) == DONE
    assert record(desk, "Contact", "demo:patient:2", "FirstName", "AccountId", "Department") == (
        "Anew",
        other,
        "Reception",
    )
    # There is nothing that we would write, so there is nothing to send.
    again = desk.plan()
    since = len(desk.acts("job_planned"))
    assert desk.push(again) == DONE
    assert {act["channel"] for act in desk.acts("job_planned")[since:]} == {"local"}


@pytest.mark.soak
def test_a_parent_of_the_second_pass_is_a_field_like_any_other(loaded: Loading) -> None:
    desk = loaded
    desk.clinic.sql(
        "update main_salesforce.sf_account set ParentId = 'demo:payer:1', Phone = '555 0199'"
        " where Clinic_Id__c = 'demo:household:2'"
    )
    edit(desk, "Account", "demo:household:2", ParentId=None)
    plan = desk.plan()
    assert desk.push(plan) == INCOMPLETE
    assert record(desk, "Account", "demo:household:2", "ParentId", "Phone") == (None, "555 0199")
    (reason,) = desk.status(plan).reasons
    assert (reason.sobject, reason.state, reason.field) == ("Account", "held", "ParentId")
    # It stays a conflict until somebody decides.
    assert desk.push(desk.plan()) == INCOMPLETE
    assert desk.push(desk.plan(), forced=frozenset({"Account"})) == DONE


def test_what_a_rollback_restored_is_no_work_of_a_user(loaded: Loading) -> None:
    desk = loaded
    desk.clinic.sql("update main_salesforce.sf_product2 set Name = Name || ', again'")
    plan = desk.plan()
    assert desk.push(plan) == DONE
    code, undone = desk.rollback(plan)
    assert (code, undone["Product2"].restored) == (DONE, 2)
    assert record(desk, "Product2", "demo:code:A", "Name") == ("Cleaning",)
    assert desk.push(desk.plan()) == DONE
    assert record(desk, "Product2", "demo:code:A", "Name") == ("Cleaning, again",)


@pytest.mark.soak
def test_several_choices_are_a_set_whatever_order_the_org_gives_them_in(loaded: Loading) -> None:
    desk = loaded
    assert record(desk, "Contact", "demo:patient:1", "Outcomes__c") == ("booked;noshow",)
    before = desk.plan()
    assert desk.push(before) == DONE
    differences = desk.verify(before).differences
    edit(desk, "Contact", "demo:patient:1", Outcomes__c="noshow;booked")
    assert desk.verify(before).differences == differences
    assert desk.plan().object("Contact").updates == before.object("Contact").updates
    # The other order is nobody's work, so what the clinic says next is written.
    desk.clinic.sql(
        "update main_salesforce.sf_contact set Outcomes__c = 'booked'"
        " where Clinic_Id__c = 'demo:patient:1'"
    )
    desk.push(desk.plan())
    assert record(desk, "Contact", "demo:patient:1", "Outcomes__c") == ("booked",)
