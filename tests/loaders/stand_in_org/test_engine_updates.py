"""What a change to an existing record sets in motion, object by object."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from loaders.stand_in_org.model import NULL, PermissionDenied
from tests.loaders.stand_in_org.engine_org import Bench, open_bench


def _deal(bench: Bench, key: str, stage: str) -> str:
    return bench.insert(
        "Opportunity", Name="Claim", Clinic_Id__c=key, StageName=stage, CloseDate="2026-05-01"
    )


def test_new_stage_moves_what_it_implies_and_the_same_stage_does_not(clinic: Bench) -> None:
    _deal(clinic, "k1", "Value Proposition")
    _deal(clinic, "k2", "Value Proposition")
    clinic.clock.forward(hours=1)
    cells = {"Clinic_Id__c": ["k1", "k2"], "StageName": ["Closed Lost", "Value Proposition"]}
    done = clinic.write("Opportunity", "upsert", cells, external_id="Clinic_Id__c")
    assert [row.code for row in done] == [None, None]
    columns = "StageName, IsClosed, IsWon, Probability, CAST(LastStageChangeDate AS VARCHAR)"
    assert clinic.rows(f"SELECT {columns} FROM Opportunity ORDER BY Clinic_Id__c") == [
        ("Closed Lost", True, False, Decimal(0), "2026-11-23 13:00:00"),
        ("Value Proposition", False, False, Decimal(50), "2026-11-23 12:00:00"),
    ]


def test_task_completes_and_reopens(clinic: Bench) -> None:
    made = clinic.insert("Task", Subject="call")
    clinic.clock.forward(days=1)
    state = "SELECT IsClosed, CAST(CompletedDateTime AS VARCHAR) FROM Task"
    clinic.write("Task", "update", {"Id": [made], "Status": ["Completed"]})
    assert clinic.rows(state) == [(True, "2026-11-24 12:00:00")]
    clinic.write("Task", "update", {"Id": [made], "Subject": ["other"]})
    assert clinic.rows(state) == [(True, "2026-11-24 12:00:00")]
    clinic.write("Task", "update", {"Id": [made], "Status": ["Not Started"]})
    assert clinic.rows(state) == [(False, None)]


def test_event_moves_as_a_whole(clinic: Bench) -> None:
    made = clinic.insert(
        "Event", StartDateTime="2026-11-01T10:00:00Z", EndDateTime="2026-11-01T10:30:00Z"
    )
    moved = {
        "Id": [made],
        "StartDateTime": ["2026-11-02T10:00:00Z"],
        "EndDateTime": ["2026-11-02T11:00:00Z"],
    }
    (done,) = clinic.write("Event", "update", moved)
    assert done.code is None
    columns = "CAST(ActivityDate AS VARCHAR), DurationInMinutes, CAST(EndDate AS VARCHAR)"
    assert clinic.rows(f"SELECT {columns} FROM Event") == [("2026-11-02", 60, "2026-11-02")]


def test_all_day_event_is_a_date(clinic: Bench) -> None:
    clinic.insert("Event", IsAllDayEvent="true", ActivityDate="2026-11-03")
    columns = "CAST(StartDateTime AS VARCHAR), DurationInMinutes, ActivityDateTime"
    assert clinic.rows(f"SELECT {columns} FROM Event") == [("2026-11-03 00:00:00", 1440, None)]


def test_line_keeps_its_total_when_only_the_quantity_changes(clinic: Bench) -> None:
    book = str(clinic.one("SELECT Id FROM Pricebook2 WHERE IsStandard"))
    product = clinic.insert("Product2", Name="p", IsActive="true")
    entry = clinic.insert(
        "PricebookEntry", Pricebook2Id=book, Product2Id=product, UnitPrice="9", IsActive="true"
    )
    deal = _deal(clinic, "k", "Prospecting")
    line = clinic.insert(
        "OpportunityLineItem",
        OpportunityId=deal,
        PricebookEntryId=entry,
        Quantity="2",
        UnitPrice="10",
    )
    state = "SELECT Quantity, UnitPrice, TotalPrice FROM OpportunityLineItem"
    clinic.write("OpportunityLineItem", "update", {"Id": [line], "Quantity": ["4"]})
    assert clinic.rows(state) == [(Decimal(4), Decimal(5), Decimal(20))]
    clinic.write("OpportunityLineItem", "update", {"Id": [line], "UnitPrice": ["7"]})
    assert clinic.rows(state) == [(Decimal(4), Decimal(7), Decimal(28))]
    assert clinic.one("SELECT Amount FROM Opportunity") == Decimal(28)
    moved = clinic.insert("Pricebook2", Name="Other", IsActive="true")
    refusal = clinic.refused("Opportunity", "update", Id=deal, Pricebook2Id=moved)
    assert refusal.fields == ("Pricebook2Id",)
    clinic.write("Product2", "update", {"Id": [product], "Name": ["renamed"]})
    assert clinic.one("SELECT Name FROM PricebookEntry") == "renamed"


def test_change_is_stamped_and_creation_is_not(clinic: Bench) -> None:
    made = clinic.insert("Account", Name="a", Phone="1")
    clinic.clock.forward(minutes=5)
    clinic.write("Account", "update", {"Id": [made], "Phone": [NULL]})
    columns = ("CreatedDate", "LastModifiedDate", "SystemModstamp")
    text = ", ".join(f"CAST({name} AS VARCHAR)" for name in columns)
    assert clinic.rows(f"SELECT {text} FROM Account") == [
        ("2026-11-23 12:00:00", "2026-11-23 12:05:00", "2026-11-23 12:05:00")
    ]


def test_user_may_be_renamed_and_retired_contract_7_5(clinic: Bench) -> None:
    profile = str(clinic.one("SELECT Id FROM Profile WHERE Name = 'Standard User'"))
    made = clinic.insert(
        "User",
        Username="t@clinic.invalid",
        LastName="Testuser",
        Email="t@clinic.invalid",
        Alias="t",
        ProfileId=profile,
        TimeZoneSidKey="America/New_York",
        LocaleSidKey="en_US",
        EmailEncodingKey="UTF-8",
        LanguageLocaleKey="en_US",
        IsActive="true",
        Clinic_Id__c="k",
    )
    cells = {
        "Id": [made],
        "Username": ["t@clinic.invalid.retired"],
        "IsActive": ["false"],
        "Clinic_Id__c": [NULL],
    }
    (done,) = clinic.write("User", "update", cells)
    assert done.code is None
    assert clinic.rows(f"SELECT IsActive, Clinic_Id__c FROM User WHERE Id = '{made}'") == [
        (False, None)
    ]


def test_record_type_of_another_object_is_refused(clinic: Bench) -> None:
    refusal = clinic.refused("Account", Name="a", RecordTypeId="012000000000000AAA")
    assert refusal.code == "INVALID_CROSS_REFERENCE_KEY"


def test_unknown_object_is_refused(clinic: Bench) -> None:
    with pytest.raises(PermissionDenied) as raised:
        clinic.write("Nope__c", "insert", {"Name": ["a"]})
    assert raised.value.code == "INVALID_TYPE"


def test_org_that_was_not_closed_resumes_what_was_committed(tmp_path: Path) -> None:
    first = open_bench(tmp_path)
    made = first.insert("Account", Name="committed")
    connection = first.org.cursor()
    connection.execute("BEGIN")
    first.org.dml(
        "Account",
        "insert",
        pa.table({"Name": ["lost"]}),
        user_id=first.org.admin_user_id,
        connection=connection,
    )
    first.org.close()
    connection.close()
    again = open_bench(tmp_path)
    assert again.rows("SELECT Id, Name FROM Account") == [(made, "committed")]
    again.org.close()


def test_asset_belongs_to_somebody(clinic: Bench) -> None:
    assert clinic.refused("Asset", Name="plan").message == (
        "Every asset needs an account, a contact, or both."
    )


def test_lead_needs_a_company_contract_4_11(clinic: Bench) -> None:
    assert clinic.refused("Lead", LastName="Testperson").fields == ("Company",)
