"""What a plan tells of an org and its data beforehand: each trouble with what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from loaders.plan_store import Finding, Plan
from tests.conftest import StandIn, serving
from tests.loaders.mini_clinic import mini_clinic
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
