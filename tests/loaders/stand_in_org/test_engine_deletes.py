"""Deletes: cascades, restrictions, what stays behind, and what only a permission allows."""

from __future__ import annotations

import pytest

from loaders.stand_in_org.model import HeaderError, PermissionDenied
from tests.loaders.stand_in_org.engine_org import Bench
from tests.loaders.stand_in_org.engine_package import package, permission_set

LIVING = "SELECT count(*) FROM {} WHERE NOT IsDeleted"


def test_account_takes_its_children_along_contract_7_4(clinic: Bench) -> None:
    account = clinic.insert("Account", Name="a")
    contact = clinic.insert("Contact", LastName="b", AccountId=account)
    clinic.insert(
        "Opportunity", Name="o", StageName="Prospecting", CloseDate="2026-01-01", AccountId=account
    )
    clinic.insert("Asset", Name="s", AccountId=account)
    clinic.insert("Task", WhoId=contact)
    other = clinic.insert("Account", Name="other")
    clinic.insert("Contact", LastName="stays", AccountId=other)
    (done,) = clinic.write("Account", "delete", {"Id": [account]})
    assert (done.id, done.created, done.code) == (account, False, None)
    counts = {
        name: clinic.one(LIVING.format(name))
        for name in ("Account", "Contact", "Opportunity", "Asset", "Task", "AccountContactRelation")
    }
    assert counts == {
        "Account": 1, "Contact": 1, "Opportunity": 0, "Asset": 0, "Task": 0,
        "AccountContactRelation": 1,
    }  # fmt: skip
    assert clinic.one("SELECT count(*) FROM Contact") == 2


def test_restricting_lookup_holds_its_parent_contract_7_4(clinic: Bench) -> None:
    account = clinic.insert("Account", Name="a")
    patient = clinic.insert("Contact", LastName="b", AccountId=account)
    note = clinic.insert("Note__c", Patient__c=patient)
    for sobject, record in (("Contact", patient), ("Account", account)):
        refusal = clinic.refused(sobject, "delete", Id=record)
        assert refusal.code == "DELETE_FAILED"
        assert refusal.message == (
            f"Your attempt to delete {patient} could not be completed because it is associated"
            " with the following Note records.: N-0001"
        )
    clinic.write("Note__c", "delete", {"Id": [note]})
    (done,) = clinic.write("Account", "delete", {"Id": [account]})
    assert done.code is None


def test_clearing_lookup_is_emptied(clinic: Bench) -> None:
    payer = clinic.insert("Account", Name="payer")
    clinic.insert("Note__c", Payer__c=payer)
    clinic.write("Account", "delete", {"Id": [payer]})
    assert clinic.rows("SELECT Payer__c FROM Note__c") == [(None,)]


def test_account_keeps_its_won_opportunities_contract_7_4(clinic: Bench) -> None:
    account = clinic.insert("Account", Name="a")
    clinic.insert(
        "Opportunity", Name="won", StageName="Closed Won", CloseDate="2026-01-01", AccountId=account
    )
    refusal = clinic.refused("Account", "delete", Id=account)
    assert (refusal.message or "").endswith("following opportunities.: won")


def test_one_refused_row_leaves_the_others_alone(clinic: Bench) -> None:
    held = clinic.insert("Contact", LastName="held")
    free = clinic.insert("Contact", LastName="free")
    clinic.insert("Note__c", Patient__c=held)
    done = clinic.write("Contact", "delete", {"Id": [held, free]})
    assert [row.code for row in done] == ["DELETE_FAILED", None]
    assert clinic.rows("SELECT LastName FROM Contact WHERE NOT IsDeleted") == [("held",)]


def test_id_twice_unknown_and_malformed_contract_7_12(clinic: Bench) -> None:
    made = clinic.insert("Account", Name="a")
    cells = {"Id": [made, made[:15], "001000000000001", "003000000000001", None]}
    done = clinic.write("Account", "delete", cells)
    assert [row.code for row in done] == [
        None,
        "ENTITY_IS_DELETED",
        "INVALID_CROSS_REFERENCE_KEY",
        "MALFORMED_ID",
        "MISSING_ARGUMENT",
    ]


def test_file_takes_only_ids_contract_2_6(clinic: Bench) -> None:
    with pytest.raises(HeaderError, match="The 'delete' batch must contain only ids"):
        clinic.write("Account", "delete", {"Id": [None], "Name": [None]})


def test_used_product_and_price_stay_contract_7_8(clinic: Bench) -> None:
    book = str(clinic.one("SELECT Id FROM Pricebook2 WHERE IsStandard"))
    product = clinic.insert("Product2", Name="p")
    entry = clinic.insert(
        "PricebookEntry", Pricebook2Id=book, Product2Id=product, UnitPrice="1", IsActive="true"
    )
    deal = clinic.insert("Opportunity", Name="o", StageName="Prospecting", CloseDate="2026-01-01")
    clinic.insert(
        "OpportunityLineItem",
        OpportunityId=deal,
        PricebookEntryId=entry,
        Quantity="1",
        UnitPrice="1",
    )
    assert clinic.refused("Product2", "delete", Id=product).code == "DELETE_FAILED"
    assert clinic.refused("Pricebook2", "delete", Id=book).code == "DELETE_FAILED"
    (done,) = clinic.write("PricebookEntry", "delete", {"Id": [entry]})
    assert done.code is None
    assert clinic.rows("SELECT IsArchived, IsActive, IsDeleted FROM PricebookEntry") == [
        (True, False, False)
    ]


def test_document_takes_versions_and_links_along_contract_7_7(clinic: Bench) -> None:
    contact = clinic.insert("Contact", LastName="a")
    version = clinic.insert(
        "ContentVersion",
        PathOnClient="a.txt",
        VersionData="YQ==",
        FirstPublishLocationId=contact,
    )
    refusal = clinic.refused("ContentVersion", "delete", Id=version)
    assert refusal.code == "INSUFFICIENT_ACCESS_OR_READONLY"
    document = str(clinic.one("SELECT Id FROM ContentDocument"))
    clinic.write("ContentDocument", "delete", {"Id": [document]})
    for name in ("ContentVersion", "ContentDocument", "ContentDocumentLink"):
        assert clinic.one(LIVING.format(name)) == 0
    assert clinic.one(LIVING.format("Contact")) == 1


def test_deleting_the_record_removes_the_link_and_keeps_the_file_contract_7_7(
    clinic: Bench,
) -> None:
    contact = clinic.insert("Contact", LastName="a")
    clinic.insert(
        "ContentVersion",
        PathOnClient="a.txt",
        VersionData="YQ==",
        FirstPublishLocationId=contact,
    )
    clinic.write("Contact", "delete", {"Id": [contact]})
    assert clinic.one(LIVING.format("ContentDocument")) == 1
    assert clinic.one(LIVING.format("ContentDocumentLink")) == 1


def test_hard_delete_needs_its_permission_contract_2_2(clinic: Bench) -> None:
    made = clinic.insert("ContentVersion", PathOnClient="a.txt", VersionData="YQ==")
    document = str(clinic.one("SELECT Id FROM ContentDocument"))
    with pytest.raises(PermissionDenied) as raised:
        clinic.write("ContentDocument", "hardDelete", {"Id": [document]})
    assert raised.value.code == "FEATURENOTENABLED"
    grant = permission_set(system=["BulkApiHardDelete"])
    body = package({"permissionsets/Hard.permissionset": grant}, {"PermissionSet": ["Hard"]})
    assert clinic.problems(body) == []
    clinic.assign("Hard")
    clinic.write("ContentDocument", "hardDelete", {"Id": [document]})
    assert clinic.one("SELECT count(*) FROM ContentVersion") == 0
    assert not clinic.org.file_path(made).exists()


def test_all_or_none_delete(clinic: Bench) -> None:
    made = clinic.insert("Account", Name="a")
    done = clinic.write("Account", "delete", {"Id": [made, "001000000000001"]}, all_or_none=True)
    assert [row.code for row in done] == [
        "ALL_OR_NONE_OPERATION_ROLLED_BACK",
        "INVALID_CROSS_REFERENCE_KEY",
    ]
    assert clinic.one(LIVING.format("Account")) == 1
