"""What a plan tells of an org and its data beforehand: each trouble with what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from loaders.errors import LoaderError, SchemaDiffers, WarehouseDiffers
from loaders.plan_store import Finding, Plan
from tests.conftest import StandIn, serving
from tests.loaders.mini_clinic import field, mini_clinic
from tests.loaders.planning import Desk, set_up


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    """Serve an org that has the schema; planning leaves it as it is."""
    folder = tmp_path_factory.mktemp("looked-at")
    with serving(folder / "org", "--sandbox") as served:
        Desk(mini_clinic(folder / "clinic"), served).deploy()
        yield served


@pytest.fixture
def desk(org: StandIn, tmp_path: Path) -> Desk:
    return Desk(mini_clinic(tmp_path), org)


def found(plan: Plan, code: str) -> list[Finding]:
    return [finding for finding in plan.findings if finding.code == code]


def test_an_owner_and_a_parent_of_too_many_rows_are_acknowledged_and_stop_nothing(
    desk: Desk,
) -> None:
    desk.clinic.sql(
        "insert into main_salesforce.sf_contact (Clinic_Id__c, AccountId, LastName) "
        "select 'demo:patient:many-' || n, 'demo:household:1', 'Many' from range(9999) as r(n)"
    )
    desk.clinic.sql(
        "insert into main_salesforce.sf_account (Clinic_Id__c, RecordTypeId, Name) "
        "select 'demo:household:many-' || n, 'Patient', 'Many' from range(10000) as r(n)"
    )
    plan = desk.plan()
    assert [(each.sobject, each.field, each.count) for each in found(plan, "parent_skewed")] == [
        ("Account", "OwnerId", 1),
        ("Contact", "AccountId", 1),
    ]
    assert all(each.hint for each in found(plan, "parent_skewed"))
    assert not plan.stops


def test_ten_thousand_children_are_not_yet_too_many(desk: Desk) -> None:
    desk.clinic.sql(
        "insert into main_salesforce.sf_contact (Clinic_Id__c, AccountId, LastName) "
        "select 'demo:patient:many-' || n, 'demo:household:1', 'Many' from range(9998) as r(n)"
    )
    assert not found(desk.plan(), "parent_skewed")


def test_events_that_the_org_will_archive_are_counted(desk: Desk) -> None:
    desk.clinic.sql(
        "insert into main_salesforce.sf_event (Clinic_Id__c, StartDateTime, EndDateTime) "
        "select 'demo:appointment:' || days, now() - to_days(days), now() - to_days(days) "
        "from (values (363), (367)) as r(days)"
    )
    (archived,) = found(desk.plan(), "activity_archived")
    # The clinic has an appointment of 2019 besides.
    assert (archived.severity, archived.sobject, archived.count) == ("note", "Event", 2)
    assert "queryAll" in archived.message


def test_a_push_that_would_take_more_than_its_share_of_storage_is_refused(desk: Desk) -> None:
    with set_up(desk, data_storage_mb=1):
        stopped(desk, "storage_short", "DataStorageMB")
    assert not desk.plan().stops


def test_a_push_that_would_take_more_than_its_share_of_requests_is_refused(desk: Desk) -> None:
    org = desk.connected()
    limit = org.rest.limits()["DailyApiRequests"]
    org.close()
    # Enough for the plan, and for the push only if nobody else sent anything.
    with set_up(desk, daily_api_requests=limit["Max"] - limit["Remaining"] + 110):
        stopped(desk, "requests_short", "DailyApiRequests")


def stopped(desk: Desk, code: str, field: str) -> None:
    (stop,) = desk.plan().stops
    assert (stop.code, stop.field) == (code, field)
    assert "80 %" in stop.message
    assert "orgs --org" in stop.hint


def test_without_a_default_owner_the_plan_is_written_and_stopped(desk: Desk) -> None:
    plan = desk.plan(default_owner=None)
    assert [finding.code for finding in plan.stops] == ["default_owner_missing"]
    assert plan.settings.default_owner_id is None


def test_a_default_owner_must_be_an_active_user(desk: Desk) -> None:
    with pytest.raises(SchemaDiffers, match="default owner"):
        desk.plan(default_owner="o'nobody@clinic.example")


def test_active_duplicate_rules_are_announced(desk: Desk) -> None:
    rules = found(desk.plan(), "duplicate_rule_active")
    assert [(rule.sobject, rule.count) for rule in rules] == [("Account", 3), ("Contact", 3)]


def refused(desk: Desk) -> list[str]:
    """Give what stops the plan, which holds the map and no rows."""
    plan = desk.plan()
    assert (plan.objects, plan.stop_codes) == ((), ("schema_differs",))
    places = (f"{each.sobject}.{each.field}".rstrip(".") for each in plan.stops)
    return [f"{place}: {each.message}" for place, each in zip(places, plan.stops, strict=True)]


def test_everything_that_the_org_lacks_is_listed_at_once(desk: Desk) -> None:
    marts = desk.clinic.marts
    marts["sf_account"]["salesforce"]["record_types"].append("Clinic")
    marts["sf_contact"]["columns"] += [
        field("Nickname__c", custom=True),
        field("LastActivityDate", "date"),
        field("HasOptedOutOfEmail", "date"),
    ]
    marts["sf_contact"]["rows"] = []
    marts["sf_insurance_coverage"]["columns"][3]["salesforce"]["length"] = 80
    marts["sf_insurance_coverage"]["columns"][5]["type"] = "decimal(18,4)"
    marts["sf_insurance_coverage"]["columns"][2]["salesforce"]["lookup"]["relationship"] = "P__r"
    marts["sf_insurance_coverage"]["rows"] = []
    desk.clinic.write()
    assert refused(desk) == [
        "Account: there is no record type Clinic",
        "Contact.Nickname__c: not there, or not visible to this user",
        "Contact.LastActivityDate: this user may not fill it",
        "Contact.HasOptedOutOfEmail: is boolean in the org, date in the mart",
        "Insurance_Coverage__c.Payer__c: its relationship is Payer__r in the org, not P__r",
        "Insurance_Coverage__c.Member_ID__c: is 40 long in the org, not 80",
        "Insurance_Coverage__c.Copay__c: has 2 decimal places in the org, 4 in the mart",
    ]


def test_a_value_that_the_org_does_not_offer_is_listed(desk: Desk) -> None:
    desk.clinic.sql(
        "insert into main_seeds.salesforce_picklists"
        " values ('Patient_Record_Type', 'Guarantor', 'Guarantor', 3, false)"
    )
    assert refused(desk) == ["Contact.Patient_Record_Type__c: does not offer Guarantor"]


def test_a_field_that_the_org_requires_must_be_in_the_mart(desk: Desk) -> None:
    columns = desk.clinic.marts["sf_contact"]["columns"]
    del columns[2]
    desk.clinic.marts["sf_contact"]["rows"] = []
    desk.clinic.write()
    problem = "Contact.LastName: the org requires it, sf_contact has no such column"
    assert problem in refused(desk)


def test_a_column_that_the_warehouse_has_otherwise_is_refused(desk: Desk) -> None:
    desk.clinic.sql("alter table main_salesforce.sf_contact alter Birthdate type varchar")
    desk.clinic.sql("alter table main_salesforce.sf_event add column Extra varchar")
    desk.clinic.sql("drop table main_salesforce.sf_content_version")
    with pytest.raises(WarehouseDiffers) as error:
        desk.plan()
    assert error.value.problems == [
        "sf_contact.Birthdate is VARCHAR, promised DATE",
        "sf_content_version is not there",
        "sf_event.Extra is not in the manifest",
    ]


def test_a_warehouse_that_is_not_there_is_nothing_to_read(desk: Desk) -> None:
    desk.clinic.warehouse.unlink()
    with pytest.raises(LoaderError) as error:
        desk.plan()
    assert (error.value.exit_code, error.value.hint) == (5, "dbt build")
