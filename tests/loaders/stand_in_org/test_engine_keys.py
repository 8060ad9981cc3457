"""Keys and lookups: upserts, unique values, relationship headers (contract 2.7, 2.8)."""

from __future__ import annotations

import pytest

from loaders.stand_in_org.model import HeaderError
from tests.loaders.stand_in_org.engine_org import Bench


def test_upsert_creates_then_updates_and_keys_differ_by_case(clinic: Bench) -> None:
    cells = {"Clinic_Id__c": ["demo:a", "demo:A"], "Name": ["one", "two"]}
    first = clinic.write("Account", "upsert", cells, external_id="Clinic_Id__c")
    again = clinic.write("Account", "upsert", cells, external_id="Clinic_Id__c")
    assert [row.created for row in first] == [True, True]
    assert [row.created for row in again] == [False, False]
    assert [row.id for row in first] == [row.id for row in again]


def test_same_key_twice_in_a_chunk_fails_on_every_row_contract_2_8(clinic: Bench) -> None:
    cells = {"Clinic_Id__c": ["k", "other", "k"], "Name": ["a", "b", "c"]}
    done = clinic.write("Account", "upsert", cells, external_id="Clinic_Id__c")
    assert [row.code for row in done] == ["DUPLICATE_VALUE", None, "DUPLICATE_VALUE"]
    assert done[0].message == "Duplicate external id specified: k"


def test_same_key_in_two_chunks_updates_contract_2_8(clinic: Bench) -> None:
    keys = [f"k{n}" for n in range(200)] + ["k0"]
    cells = {"Clinic_Id__c": keys, "Name": [f"name {n}" for n in range(201)]}
    done = clinic.write("Account", "upsert", cells, external_id="Clinic_Id__c")
    assert [row.created for row in (done[0], done[200])] == [True, False]
    assert done[0].id == done[200].id
    assert clinic.one("SELECT Name FROM Account WHERE Clinic_Id__c = 'k0'") == "name 200"


def test_blank_key_is_refused_contract_2_8(clinic: Bench) -> None:
    (done,) = clinic.write(
        "Account", "upsert", {"Clinic_Id__c": [None], "Name": ["a"]}, external_id="Clinic_Id__c"
    )
    assert done.code == "MISSING_ARGUMENT"


def test_several_matches_of_a_key_that_is_not_unique(clinic: Bench) -> None:
    for _ in range(2):
        clinic.insert("ContentVersion", Clinic_Id__c="f", PathOnClient="a.txt", VersionData="YQ==")
    (done,) = clinic.write(
        "ContentVersion", "upsert", {"Clinic_Id__c": ["f"], "Title": ["t"]},
        external_id="Clinic_Id__c",
    )  # fmt: skip
    assert done.code == "DUPLICATE_EXTERNAL_ID"
    assert "more than one record found for external id field: [068" in (done.message or "")


def test_unique_value_is_refused_in_the_table_and_in_the_file(clinic: Bench) -> None:
    made = clinic.insert("Account", Name="a", Clinic_Id__c="k")
    cells = {"Name": ["b", "c", "d"], "Clinic_Id__c": ["k", "new", "new"]}
    done = clinic.write("Account", "insert", cells)
    assert [row.code for row in done] == ["DUPLICATE_VALUE", None, "DUPLICATE_VALUE"]
    expected = f"duplicate value found: Clinic_Id__c duplicates value on record with id: {made}"
    assert done[0].message == expected


def test_key_is_free_again_after_a_delete(clinic: Bench) -> None:
    made = clinic.insert("Account", Name="a", Clinic_Id__c="k")
    clinic.write("Account", "delete", {"Id": [made]})
    assert clinic.insert("Account", Name="b", Clinic_Id__c="k") != made


def test_activity_keys_are_unique_over_events_and_tasks_contract_11(clinic: Bench) -> None:
    clinic.insert("Task", Clinic_Id__c="k", Subject="call")
    refusal = clinic.refused(
        "Event",
        Clinic_Id__c="k",
        StartDateTime="2026-11-01T10:00:00Z",
        EndDateTime="2026-11-01T10:30:00Z",
    )
    assert refusal.code == "DUPLICATE_VALUE"


def test_lookup_by_external_id_resolves_or_refuses_the_row_contract_2_7(clinic: Bench) -> None:
    account = clinic.insert("Account", Name="a", Clinic_Id__c="demo:household:1")
    cells = {
        "LastName": ["One", "Two", "Three"],
        "Account.Clinic_Id__c": ["demo:household:1", "demo:household:9", None],
    }
    done = clinic.write("Contact", "insert", cells)
    assert [row.code for row in done] == [None, "INVALID_FIELD", None]
    assert done[1].message == (
        "Foreign key external ID: demo:household:9 not found for field Clinic_Id__c in entity"
        " Account"
    )
    assert clinic.rows("SELECT LastName, AccountId FROM Contact ORDER BY Id") == [
        ("One", account),
        ("Three", None),
    ]


def test_rows_of_one_file_do_not_see_each_other_trap_33(clinic: Bench) -> None:
    cells = {
        "Name": ["parent", "child"],
        "Clinic_Id__c": ["p", "c"],
        "Parent.Clinic_Id__c": [None, "p"],
    }
    done = clinic.write("Account", "upsert", cells, external_id="Clinic_Id__c")
    assert [row.code for row in done] == [None, "INVALID_FIELD"]


def test_polymorphic_lookup_names_its_type_contract_2_7(clinic: Bench) -> None:
    contact = clinic.insert("Contact", LastName="A", Clinic_Id__c="c")
    note = clinic.insert("Note__c", Clinic_Id__c="n")
    cells = {"Contact:Who.Clinic_Id__c": ["c"], "Note__c:What.Clinic_Id__c": ["n"]}
    (done,) = clinic.write("Task", "insert", cells)
    assert done.code is None
    assert clinic.rows("SELECT WhoId, WhatId FROM Task") == [(contact, note)]


REFUSED_HEADERS = {
    "2.11-unknown-field": ("Contact", "Nope__c", "Field name not found : Nope__c"),
    "2.7-type-not-needed": (
        "Contact",
        "Account:Account.Clinic_Id__c",
        "type is not needed for non polymorphic foreign key references: Account",
    ),
    "2.7-turned-around": (
        "Contact",
        "Parent:Nope.Clinic_Id__c",
        "Unable to find relationship: Nope",
    ),
    "2.7-two-colons": ("Task", "A:B:C.D", "Field name not found : A:B:C.D"),
    "2.7-no-dot": ("Task", "Contact:Who", "Field name not found : Contact:Who"),
    "2.7-type-needed": (
        "Task",
        "Who.Clinic_Id__c",
        "type is needed for polymorphic foreign key references: Who",
    ),
    "2.7-no-key": ("Contact", "Account.Phone", "Field name not found : Account.Phone"),
    "2.7-grandparent": (
        "Contact",
        "Account.Parent.Clinic_Id__c",
        "Field name not found : Account.Parent.Clinic_Id__c",
    ),
}


@pytest.mark.parametrize(
    ("sobject", "header", "message"), REFUSED_HEADERS.values(), ids=REFUSED_HEADERS.keys()
)
def test_header_without_meaning_fails_the_job(
    clinic: Bench, sobject: str, header: str, message: str
) -> None:
    with pytest.raises(HeaderError) as raised:
        clinic.write(sobject, "insert", {header: ["x"]})
    assert (raised.value.code, raised.value.message) == ("InvalidBatch", message)


def test_no_row_at_all_still_checks_the_header(clinic: Bench) -> None:
    assert clinic.write("Account", "insert", {"Name": []}) == []
    with pytest.raises(HeaderError):
        clinic.write("Account", "insert", {"Nope": []})
