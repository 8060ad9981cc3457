"""The rules of single objects: contract section 11 and 4.11."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from loaders.stand_in_org.org import Settings
from tests.loaders.stand_in_org.engine_org import Bench, Clock, open_bench
from tests.loaders.stand_in_org.engine_package import package, permission_set


@pytest.fixture
def priced(clinic: Bench) -> dict[str, str]:
    """Give an org with one product in the standard book, and one opportunity."""
    standard = str(clinic.one("SELECT Id FROM Pricebook2 WHERE IsStandard"))
    product = clinic.insert("Product2", Name="Office visit", ProductCode="99213", IsActive="true")
    entry = clinic.insert(
        "PricebookEntry", Pricebook2Id=standard, Product2Id=product, UnitPrice="0", IsActive="true"
    )
    opportunity = clinic.insert(
        "Opportunity", Name="Claim", StageName="Closed Won", CloseDate="2026-01-31", Amount="5"
    )
    return {
        "book": standard,
        "product": product,
        "entry": entry,
        "opportunity": opportunity,
    }


def test_stage_implies_closed_won_and_probability(clinic: Bench, priced: dict[str, str]) -> None:
    columns = "IsClosed, IsWon, Probability, ForecastCategory, FiscalYear, FiscalQuarter, Fiscal"
    assert clinic.rows(f"SELECT {columns} FROM Opportunity") == [
        (True, True, Decimal(100), "Closed", 2026, 1, "2026 1")
    ]


def test_lines_make_the_amount_and_set_the_price_book(
    clinic: Bench, priced: dict[str, str]
) -> None:
    cells = {
        "OpportunityId": [priced["opportunity"]] * 2,
        "PricebookEntryId": [priced["entry"]] * 2,
        "Quantity": ["2", "3"],
        "UnitPrice": ["10.50", None],
        "TotalPrice": [None, "100"],
    }
    done = clinic.write("OpportunityLineItem", "insert", cells)
    assert [row.code for row in done] == [None, None]
    prices = "SELECT UnitPrice, TotalPrice, ProductCode, Name FROM OpportunityLineItem ORDER BY Id"
    assert clinic.rows(prices) == [
        (Decimal("10.50"), Decimal("21.00"), "99213", "Claim Office visit"),
        (Decimal("33.33"), Decimal("100.00"), "99213", "Claim Office visit"),
    ]
    rolled = "SELECT Amount, HasOpportunityLineItem, Pricebook2Id FROM Opportunity"
    assert clinic.rows(rolled) == [(Decimal("121.00"), True, priced["book"])]
    clinic.write("Opportunity", "update", {"Id": [priced["opportunity"]], "Amount": ["1"]})
    assert clinic.one("SELECT Amount FROM Opportunity") == Decimal("121.00")
    clinic.write("OpportunityLineItem", "delete", {"Id": [done[0].id]})
    assert clinic.one("SELECT Amount FROM Opportunity") == Decimal("100.00")


REFUSED_LINES = {
    "4.11-quantity": ({"Quantity": "0", "UnitPrice": "1"}, "Quantity must not be zero"),
    "4.11-both-prices": (
        {"Quantity": "1", "UnitPrice": "1", "TotalPrice": "1"},
        "You can't specify both TotalPrice and UnitPrice",
    ),
    "4.11-no-price": ({"Quantity": "1"}, "Required fields are missing: [UnitPrice]"),
    "4.11-no-quantity": ({"UnitPrice": "1"}, "Required fields are missing: [Quantity]"),
}


@pytest.mark.parametrize(("cells", "message"), REFUSED_LINES.values(), ids=REFUSED_LINES.keys())
def test_line_is_refused(
    clinic: Bench, priced: dict[str, str], cells: dict[str, str], message: str
) -> None:
    line = {"OpportunityId": priced["opportunity"], "PricebookEntryId": priced["entry"]}
    assert clinic.refused("OpportunityLineItem", **line, **cells).message == message


def test_line_of_another_price_book_is_refused(clinic: Bench, priced: dict[str, str]) -> None:
    book = clinic.insert("Pricebook2", Name="Other", IsActive="true")
    entry = clinic.insert(
        "PricebookEntry",
        Pricebook2Id=book,
        Product2Id=priced["product"],
        UnitPrice="1",
        IsActive="true",
    )
    line = {"OpportunityId": priced["opportunity"], "Quantity": "1", "UnitPrice": "1"}
    clinic.insert("OpportunityLineItem", **line, PricebookEntryId=priced["entry"])
    refusal = clinic.refused("OpportunityLineItem", **line, PricebookEntryId=entry)
    assert refusal.code == "FIELD_INTEGRITY_EXCEPTION"


def test_custom_price_needs_the_standard_price_first_contract_4_11(clinic: Bench) -> None:
    book = clinic.insert("Pricebook2", Name="Other", IsActive="true")
    product = clinic.insert("Product2", Name="p")
    refusal = clinic.refused("PricebookEntry", Pricebook2Id=book, Product2Id=product, UnitPrice="1")
    assert (refusal.code, refusal.message) == (
        "STANDARD_PRICE_NOT_DEFINED",
        "Before creating a custom price, create a standard price.",
    )


def test_price_of_a_product_is_there_once_per_book(clinic: Bench, priced: dict[str, str]) -> None:
    again = {"Pricebook2Id": priced["book"], "Product2Id": priced["product"], "UnitPrice": "1"}
    assert clinic.refused("PricebookEntry", **again).code == "DUPLICATE_VALUE"


CREATE_ONLY = {
    "PricebookEntry": ("Pricebook2Id", "book", "entry"),
    "Opportunity": ("ContactId", "contact", "opportunity"),
}


@pytest.mark.parametrize("sobject", CREATE_ONLY)
def test_create_only_field_is_refused_on_an_existing_row_contract_11(
    clinic: Bench, priced: dict[str, str], sobject: str
) -> None:
    name, value, record = CREATE_ONLY[sobject]
    priced["contact"] = clinic.insert("Contact", LastName="a")
    refusal = clinic.refused(sobject, "update", Id=priced[record], **{name: priced[value]})
    assert (refusal.code, refusal.fields) == ("INVALID_FIELD_FOR_INSERT_UPDATE", (name,))


def test_direct_relation_follows_the_contact_contract_4_11(clinic: Bench) -> None:
    first, second = (clinic.insert("Account", Name=name) for name in ("one", "two"))
    contact = clinic.insert("Contact", LastName="a", AccountId=first)
    direct = "SELECT AccountId, ContactId, IsDirect, IsActive FROM AccountContactRelation"
    assert clinic.rows(direct) == [(first, contact, True, True)]
    pair = {"AccountId": first, "ContactId": contact}
    assert clinic.refused("AccountContactRelation", **pair).code == "DUPLICATE_VALUE"
    made = clinic.insert("AccountContactRelation", AccountId=second, ContactId=contact)
    moved = clinic.refused("AccountContactRelation", "update", Id=made, AccountId=first)
    assert moved.code == "INVALID_FIELD_FOR_INSERT_UPDATE"
    clinic.write("Contact", "update", {"Id": [contact], "AccountId": [second]})
    assert clinic.rows(f"{direct} WHERE NOT IsDeleted") == [(second, contact, True, True)]


def test_direct_relation_cannot_be_deleted_contract_7_9(clinic: Bench) -> None:
    account = clinic.insert("Account", Name="one")
    clinic.insert("Contact", LastName="a", AccountId=account)
    made = str(clinic.one("SELECT Id FROM AccountContactRelation"))
    assert clinic.refused("AccountContactRelation", "delete", Id=made).code == "DELETE_FAILED"


def test_private_contact_takes_no_relation(clinic: Bench) -> None:
    account = clinic.insert("Account", Name="one")
    contact = clinic.insert("Contact", LastName="a")
    refusal = clinic.refused("AccountContactRelation", AccountId=account, ContactId=contact)
    assert refusal.code == "FIELD_INTEGRITY_EXCEPTION"


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


def _version(bench: Bench, **cells: str) -> str:
    return bench.insert(
        "ContentVersion", **{"PathOnClient": "scan 1.PDF", "VersionData": "YWJj", **cells}
    )


def test_file_gets_document_checksum_and_link(clinic: Bench) -> None:
    contact = clinic.insert("Contact", LastName="a")
    made = _version(clinic, FirstPublishLocationId=contact)
    columns = "Title, FileExtension, FileType, ContentSize, Checksum, VersionNumber, IsLatest"
    checksum = hashlib.md5(b"abc", usedforsecurity=False).hexdigest()
    assert clinic.rows(f"SELECT {columns} FROM ContentVersion") == [
        ("scan 1", "pdf", "PDF", 3, checksum, "1", True)
    ]
    assert clinic.org.file_path(made).read_bytes() == b"abc"
    assert clinic.rows("SELECT Title, LatestPublishedVersionId FROM ContentDocument") == [
        ("scan 1", made)
    ]
    assert clinic.rows("SELECT LinkedEntityId, ShareType FROM ContentDocumentLink ORDER BY Id") == [
        (clinic.org.admin_user_id, "I"),
        (contact, "V"),
    ]


def test_new_version_of_a_document(clinic: Bench) -> None:
    first = _version(clinic)
    document = str(clinic.one("SELECT ContentDocumentId FROM ContentVersion"))
    second = _version(clinic, ContentDocumentId=document, VersionData="ZGVm")
    assert clinic.rows("SELECT Id, VersionNumber, IsLatest FROM ContentVersion ORDER BY Id") == [
        (first, "1", False),
        (second, "2", True),
    ]
    assert clinic.one("SELECT LatestPublishedVersionId FROM ContentDocument") == second


def test_link_is_there_once(clinic: Bench) -> None:
    contact = clinic.insert("Contact", LastName="a")
    _version(clinic, FirstPublishLocationId=contact)
    document = str(clinic.one("SELECT Id FROM ContentDocument"))
    link = {"ContentDocumentId": document, "LinkedEntityId": contact, "ShareType": "V"}
    assert clinic.refused("ContentDocumentLink", **link).code == "DUPLICATE_VALUE"


REFUSED_FILES = {
    "no-path": ({"VersionData": "YQ=="}, "PathOnClient"),
    "no-body": ({"PathOnClient": "a.txt"}, "VersionData"),
    "not-base64": ({"PathOnClient": "a.txt", "VersionData": "%%%"}, "VersionData"),
}


@pytest.mark.parametrize(("cells", "name"), REFUSED_FILES.values(), ids=REFUSED_FILES.keys())
def test_file_is_refused(clinic: Bench, cells: dict[str, str], name: str) -> None:
    assert clinic.refused("ContentVersion", **cells).fields == (name,)


def test_user_names_are_unique_licences_end_and_users_stay_contract_4_11(tmp_path: Path) -> None:
    bench = open_bench(tmp_path, settings=Settings(user_licences=2))
    profile = str(bench.one("SELECT Id FROM Profile WHERE Name = 'Standard User'"))
    shape = {
        "LastName": "Testuser", "Email": "t@clinic.invalid", "Alias": "t", "ProfileId": profile,
        "TimeZoneSidKey": "America/New_York", "LocaleSidKey": "en_US", "IsActive": "true",
        "EmailEncodingKey": "UTF-8", "LanguageLocaleKey": "en_US",
    }  # fmt: skip
    made = bench.insert("User", Username="t@clinic.invalid", **shape)
    twice = bench.refused("User", Username="T@Clinic.invalid", **shape)
    assert twice.code == "DUPLICATE_USERNAME"
    full = bench.refused("User", Username="u@clinic.invalid", **shape)
    assert full.code == "LICENSE_LIMIT_EXCEEDED"
    gone = bench.refused("User", "delete", Id=made)
    assert gone.code == "INSUFFICIENT_ACCESS_OR_READONLY"
    bench.write("User", "update", {"Id": [made], "IsActive": ["false"]})
    owned = bench.refused("Account", Name="a", OwnerId=made)
    assert owned.code == "INACTIVE_OWNER_OR_USER"
    bench.org.close()


def test_duplicate_rules_alert_unless_allowed_contract_11(clinic: Bench) -> None:
    person = {"FirstName": "Ada", "LastName": "Testperson", "Email": "ada@clinic.invalid"}
    clinic.insert("Contact", **person)
    refusal = clinic.refused("Contact", **person)
    assert (refusal.code, refusal.message) == ("DUPLICATES_DETECTED", "Use one of these records?")
    cells = {name: [cell] for name, cell in person.items()}
    (allowed,) = clinic.write("Contact", "insert", cells, allow_duplicates=True)
    assert allowed.code is None


def test_family_at_one_address_is_no_duplicate(clinic: Bench) -> None:
    home = {"LastName": "Testfamily", "Phone": "555 0100", "MailingStreet": "1 Test Way"}
    clinic.insert("Contact", FirstName="Ada", **home)
    clinic.insert("Contact", FirstName="Bob", **home)


def test_duplicates_are_found_across_chunks_but_not_within_one(clinic: Bench) -> None:
    names = ["Same", "Same"] + [f"Other {n}" for n in range(198)] + ["Same"]
    done = clinic.write("Account", "insert", {"Name": names, "Phone": ["5550100"] * 201})
    assert [done[n].code for n in (0, 1, 200)] == [None, None, "DUPLICATES_DETECTED"]


def test_duplicate_rules_can_be_absent(tmp_path: Path) -> None:
    bench = open_bench(tmp_path, settings=Settings(duplicate_rules=False))
    for _ in range(2):
        bench.insert("Account", Name="same", Phone="5550100")
    bench.org.close()


@pytest.fixture
def audited(tmp_path: Path) -> Iterator[Bench]:
    bench = open_bench(tmp_path, settings=Settings(audit_fields=True))
    grant = permission_set(system=["CreateAuditFields"])
    body = package({"permissionsets/Audit.permissionset": grant}, {"PermissionSet": ["Audit"]})
    assert bench.problems(body) == []
    bench.assign("Audit")
    yield bench
    bench.org.close()


def test_audit_fields_are_set_on_insert_only_contract_11(audited: Bench) -> None:
    made = audited.insert("Account", Name="a", CreatedDate="2001-02-03T04:05:06.000Z")
    assert audited.one("SELECT CAST(CreatedDate AS VARCHAR) FROM Account") == "2001-02-03 04:05:06"
    for operation, cells in (
        ("update", {"Id": [made], "CreatedDate": ["2002-01-01T00:00:00Z"]}),
        ("upsert", {"Id": [None], "Name": ["b"], "CreatedDate": ["2002-01-01T00:00:00Z"]}),
    ):
        (done,) = audited.write("Account", operation, cells, external_id="Id")
        assert done.code == "INVALID_FIELD_FOR_INSERT_UPDATE", operation


def test_audit_fields_are_closed_on_products_contract_11(audited: Bench) -> None:
    refusal = audited.refused("Product2", Name="a", CreatedDate="2001-01-01T00:00:00Z")
    assert refusal.code == "INVALID_FIELD_FOR_INSERT_UPDATE"


def test_storage_ends_contract_6(tmp_path: Path) -> None:
    bench = open_bench(tmp_path, settings=Settings(data_storage_mb=1))
    names = [f"Payer {n}" for n in range(513)]
    done = bench.write("Account", "insert", {"Name": names})
    assert [row.code for row in done[510:]] == [None, None, "STORAGE_LIMIT_EXCEEDED"]
    bench.org.close()
