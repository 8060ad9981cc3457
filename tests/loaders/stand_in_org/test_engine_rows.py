"""Writes: identities, required fields, types, lengths, picklists, uniqueness, lookups."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from loaders.stand_in_org.ids import counted_id, id18
from loaders.stand_in_org.org import NULL, HeaderError
from tests.loaders.stand_in_org.engine_org import Bench, open_bench


@pytest.mark.parametrize(
    ("short", "long"),
    [("001000000000000", "001000000000000AAA"), ("006Ov000004iYzq", "006Ov000004iYzqIAE")],
)
def test_id_suffix_is_the_one_salesforce_computes(short: str, long: str) -> None:
    assert id18(short) == long


def test_ids_are_the_same_from_sql_and_python_and_go_on_after_reopening(tmp_path: Path) -> None:
    first = open_bench(tmp_path)
    made = [first.insert("Account", Name=f"Payer {n}") for n in range(70)]
    assert made == [counted_id("001", n) for n in range(1, 71)]
    org_id, admin = first.org.org_id, first.org.admin_user_id
    first.org.close()
    again = open_bench(tmp_path)
    assert (again.org.org_id, again.org.admin_user_id) == (org_id, admin)
    assert again.insert("Account", Name="Payer 70") == counted_id("001", 71)
    again.org.close()


# Six characters, twelve UTF-16 units.
FLAMINGOS = "\U0001f9a9" * 6
Refused = tuple[str, dict[str, str | None], str, str, tuple[str, ...]]
REFUSED_CELLS: dict[str, Refused] = {
    "2.10-required": ("Account", {"Name": None}, "REQUIRED_FIELD_MISSING",
                      "Required fields are missing: [Name]", ("Name",)),
    "2.10-required-blank": ("Contact", {"LastName": "  "}, "REQUIRED_FIELD_MISSING",
                            "Required fields are missing: [LastName]", ("LastName",)),
    "2.10-too-long-utf16": ("Note__c", {"Title__c": FLAMINGOS}, "STRING_TOO_LONG",
                            f"Title: data value too large: {FLAMINGOS} (max length=10)",
                            ("Title__c",)),
    "2.10-picklist": ("Note__c", {"Kind__c": "Fax"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
                      "Kind: bad value for restricted picklist field: Fax", ("Kind__c",)),
    "2.10-multipicklist": ("Note__c", {"Flags__c": "A;C"},
                           "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
                           "Flags: bad value for restricted picklist field: A;C", ("Flags__c",)),
    "2.10-email": ("Note__c", {"Mail__c": "123"}, "INVALID_EMAIL_ADDRESS",
                   "Mail: invalid email address: 123", ("Mail__c",)),
    "2.6-date": ("Note__c", {"Taken_On__c": "02/03/2020"}, "INVALID_TYPE_ON_FIELD_IN_RECORD",
                 "Taken_On: value not of required type: 02/03/2020", ("Taken_On__c",)),
    "2.6-datetime": ("Note__c", {"Taken_At__c": "2020-02-03 10:00:00"},
                     "INVALID_TYPE_ON_FIELD_IN_RECORD",
                     "Taken_At: value not of required type: 2020-02-03 10:00:00",
                     ("Taken_At__c",)),
    "2.6-boolean": ("Note__c", {"Is_Final__c": "yes"}, "INVALID_TYPE_ON_FIELD_IN_RECORD",
                    "Is_Final: value not of required type: yes", ("Is_Final__c",)),
    "2.10-number": ("Note__c", {"Fee__c": "12,50"}, "INVALID_TYPE_ON_FIELD_IN_RECORD",
                    "Fee: value not of required type: 12,50", ("Fee__c",)),
    "2.10-number-range": ("Note__c", {"Score__c": "12345.6"}, "NUMBER_OUTSIDE_VALID_RANGE",
                          "Score: value outside of valid range on numeric field: 12345.6",
                          ("Score__c",)),
    "2.10-malformed-id": ("Contact", {"LastName": "A", "AccountId": "003000000000001"},
                          "MALFORMED_ID",
                          "Account ID: id value of incorrect type: 003000000000001",
                          ("AccountId",)),
    "2.10-unknown-id": ("Contact", {"LastName": "A", "AccountId": "001000000000001"},
                        "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", ()),
    "2.10-id-in-insert": ("Account", {"Name": "A", "Id": "001000000000001"},
                          "INVALID_FIELD_FOR_INSERT_UPDATE", "cannot specify Id in an insert call",
                          ("Id",)),
    "4.10-audit-without-permission": (
        "Account", {"Name": "A", "CreatedDate": "2001-01-01T00:00:00Z"},
        "INVALID_FIELD_FOR_INSERT_UPDATE",
        "Unable to create/update fields: CreatedDate. Please check the security settings of this"
        " field and verify that it is read/write for your profile or permission set.",
        ("CreatedDate",)),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED_CELLS.values(), ids=REFUSED_CELLS.keys())
def test_a_row_is_refused_in_the_words_of_the_org(clinic: Bench, case: Refused) -> None:
    sobject, cells, code, message, fields = case
    refusal = clinic.refused(sobject, **cells)
    assert (refusal.code, refusal.message, refusal.fields) == (code, message, fields)
    assert refusal.id is None


def test_values_are_stored_as_the_org_stores_them(clinic: Bench) -> None:
    clinic.insert(
        "Note__c",
        Title__c="  ab\r\nc ",
        Fee__c="1.5E2",
        Score__c="1.25",
        Taken_At__c="2026-03-08T01:30:00.123-05:00",
        Taken_On__c="2020-02-29",
        Flags__c="B;A",
        Is_Final__c="TRUE",
    )
    assert clinic.rows(
        "SELECT Title__c, Fee__c, Score__c, CAST(Taken_At__c AS VARCHAR), Taken_On__c::VARCHAR,"
        " Flags__c, Is_Final__c FROM Note__c"
    ) == [
        ("ab\r\nc", Decimal("150.00"), Decimal("1.3"), "2026-03-08 06:30:00.123", "2020-02-29",
         "B;A", True)
    ]  # fmt: skip


def test_cells_print_as_the_api_prints_them(clinic: Bench) -> None:
    clinic.insert(
        "Note__c", Fee__c="12.30", Score__c="7", Taken_At__c="2026-01-02T03:04:05Z", Title__c="x"
    )
    note = clinic.org.sobject("note__C")
    assert note is not None
    names = ("fee__c", "score__c", "taken_at__c", "taken_on__c", "is_final__c", "name")
    texts = ", ".join(clinic.org.typed_text(note, note.fields[name]) for name in names)
    assert clinic.rows(f"SELECT {texts} FROM Note__c") == [
        ("12.3", "7.0", "2026-01-02T03:04:05.000Z", None, "false", "N-0001")
    ]


def test_missing_cell_keeps_the_value_and_null_clears_it(clinic: Bench) -> None:
    made = clinic.insert("Contact", LastName="Testperson", FirstName="Ada", Phone="555")
    clinic.write("Contact", "update", {"Id": [made], "FirstName": [None], "Phone": [NULL]})
    assert clinic.rows("SELECT FirstName, Phone, Name FROM Contact") == [
        ("Ada", None, "Ada Testperson")
    ]


def test_required_field_cannot_be_cleared(clinic: Bench) -> None:
    made = clinic.insert("Contact", LastName="Testperson")
    refusal = clinic.refused("Contact", "update", Id=made, LastName=NULL)
    assert (refusal.code, refusal.id) == ("REQUIRED_FIELD_MISSING", made)


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


def test_all_or_none_writes_nothing_when_one_row_is_bad_contract_4_4(clinic: Bench) -> None:
    done = clinic.write("Account", "insert", {"Name": ["good", None]}, all_or_none=True)
    assert [row.code for row in done] == [
        "ALL_OR_NONE_OPERATION_ROLLED_BACK",
        "REQUIRED_FIELD_MISSING",
    ]
    assert clinic.one("SELECT count(*) FROM Account") == 0


def test_update_by_unknown_deleted_and_missing_id(clinic: Bench) -> None:
    made = clinic.insert("Account", Name="a")
    clinic.write("Account", "delete", {"Id": [made]})
    cells = {"Id": [made, "001000000000001", None, "0011"], "Name": ["b"] * 4}
    done = clinic.write("Account", "update", cells)
    assert [row.code for row in done] == [
        "ENTITY_IS_DELETED",
        "INVALID_CROSS_REFERENCE_KEY",
        "MISSING_ARGUMENT",
        "MALFORMED_ID",
    ]


def test_caller_that_rolls_back_leaves_no_trace(clinic: Bench) -> None:
    with clinic.org.write_lock:
        connection = clinic.org.cursor()
        connection.execute("BEGIN")
        rows = pa.table({"Name": ["a"]})
        clinic.org.dml(
            "Account", "insert", rows, user_id=clinic.org.admin_user_id, connection=connection
        )
        connection.execute("ROLLBACK")
        connection.close()
    assert clinic.one("SELECT count(*) FROM Account") == 0
    assert clinic.insert("Account", Name="b") == counted_id("001", 1)


def test_no_row_at_all_still_checks_the_header(clinic: Bench) -> None:
    assert clinic.write("Account", "insert", {"Name": []}) == []
    with pytest.raises(HeaderError):
        clinic.write("Account", "insert", {"Nope": []})
