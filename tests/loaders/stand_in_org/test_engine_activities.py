"""Events and tasks (contract 4.11 and 11)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.loaders.stand_in_org.engine_org import Bench, Clock, open_bench


def test_event_keeps_start_end_day_and_duration_in_step(clinic: Bench) -> None:
    account = clinic.insert("Account", Name="one")
    contact = clinic.insert("Contact", LastName="a", AccountId=account)
    clinic.insert(
        "Event",
        WhoId=contact,
        StartDateTime="2026-11-01T10:00:00Z",
        DurationInMinutes="45",
    )
    columns = (
        "CAST(EndDateTime AS VARCHAR), CAST(ActivityDate AS VARCHAR), AccountId, IsAllDayEvent"
    )
    assert clinic.rows(f"SELECT {columns} FROM Event") == [
        ("2026-11-01 10:45:00", "2026-11-01", account, False)
    ]


REFUSED_EVENTS = {
    "11-end-before-start": ({"EndDateTime": "2026-11-01T09:59:00Z"}, "EndDateTime"),
    "11-over-14-days": ({"EndDateTime": "2026-11-16T10:01:00Z"}, "DurationInMinutes"),
    "4.11-no-end": ({}, "EndDateTime"),
}


@pytest.mark.parametrize(("cells", "name"), REFUSED_EVENTS.values(), ids=REFUSED_EVENTS.keys())
def test_event_is_refused(clinic: Bench, cells: dict[str, str], name: str) -> None:
    refusal = clinic.refused("Event", StartDateTime="2026-11-01T10:00:00Z", **cells)
    assert refusal.fields == (name,)


def test_activity_of_a_lead_is_about_nothing_else_contract_4_11(clinic: Bench) -> None:
    lead = clinic.insert("Lead", LastName="a", Company="b")
    account = clinic.insert("Account", Name="one")
    refusal = clinic.refused("Task", WhoId=lead, WhatId=account)
    assert refusal.fields == ("WhatId",)


def test_task_of_an_opportunity_takes_its_account(clinic: Bench) -> None:
    account = clinic.insert("Account", Name="one")
    opportunity = clinic.insert(
        "Opportunity", Name="o", StageName="Prospecting", CloseDate="2026-01-01", AccountId=account
    )
    clinic.insert("Task", WhatId=opportunity, Status="Completed")
    assert clinic.rows("SELECT AccountId, IsClosed, TaskSubtype FROM Task") == [
        (account, True, "Task")
    ]


def test_old_closed_activities_are_archived_contract_11(clinic: Bench) -> None:
    old, new = "2025-11-01", "2026-11-01"
    tasks = {
        "Clinic_Id__c": ["t1", "t2", "t3"],
        "ActivityDate": [old, new, old],
        "Status": ["Completed", "Completed", "Not Started"],
    }
    clinic.write("Task", "insert", tasks)
    made = clinic.insert(
        "Event",
        Clinic_Id__c="e1",
        StartDateTime=f"{old}T10:00:00Z",
        EndDateTime=f"{old}T11:00:00Z",
    )
    assert clinic.org.archive_activities() == 2
    assert clinic.org.archive_activities() == 0
    assert clinic.rows("SELECT Clinic_Id__c FROM Task WHERE IsArchived") == [("t1",)]
    (done,) = clinic.write("Event", "update", {"Id": [made], "Subject": ["by id"]})
    assert done.code is None
    cells = {
        "Clinic_Id__c": ["e1"],
        "StartDateTime": [f"{old}T10:00:00Z"],
        "EndDateTime": [f"{old}T11:00:00Z"],
    }
    (unmet,) = clinic.write("Event", "upsert", cells, external_id="Clinic_Id__c")
    assert unmet.code == "DUPLICATE_VALUE"


def test_activities_are_archived_when_the_org_starts(tmp_path: Path) -> None:
    clock = Clock()
    bench = open_bench(tmp_path, clock=clock)
    bench.insert("Task", Status="Completed", ActivityDate="2026-11-01")
    bench.org.close()
    clock.forward(days=500)
    bench = open_bench(tmp_path, clock=clock)
    assert bench.one("SELECT count(*) FROM Task WHERE IsArchived") == 1
    bench.org.close()
