"""Writes: identities, required fields, types, lengths, picklists."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from loaders.stand_in_org import printed_cells
from loaders.stand_in_org.ids import counted_id, id18
from loaders.stand_in_org.model import NULL
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
    texts = ", ".join(printed_cells.text(note.fields[name]) for name in names)
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
