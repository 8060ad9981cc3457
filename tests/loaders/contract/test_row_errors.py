"""Contract 2.10: what sf__Error says, form by form."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.loaders.contract.jobs import errors, insert, made, upsert
from tests.loaders.contract.schema import THING
from tests.loaders.stand_in_org.front_org import OrgClient

NOBODY = "001000000000001AAA"
CLOSED = (
    "INVALID_FIELD_FOR_INSERT_UPDATE:Unable to create/update fields: Read_Only__c. Please check "
    "the security settings of this field and verify that it is read/write for your profile or "
    "permission set.:Read_Only__c --"
)


@pytest.mark.contract("2.10-1", "2.10-2")
@pytest.mark.both_ways("error_field_separator", " ", ", ")
def test_code_message_and_fields_are_joined_by_colons(org: OrgClient, way: str) -> None:
    (one,) = errors(insert(org, "FirstName", "Nobody", sobject="Contact"))
    assert one == "REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --"
    (two,) = errors(insert(org, "FirstName", "Nobody", sobject="Lead"))
    code, message, fields = two.split(":", 1)[0], two.split(":")[2], two.rsplit(":", 1)[1]
    assert code == "REQUIRED_FIELD_MISSING"
    names = message.strip(" []").split(", ")
    assert sorted(names) == ["Company", "LastName"]
    assert fields == way.join(names) + " --"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        pytest.param(("Kind__c", "Three"), "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST:Kind: bad "
                     "value for restricted picklist field: Three:Kind__c --",
                     id="contract:2.10-9"),
        pytest.param(("Amount__c", "many"), "INVALID_TYPE_ON_FIELD_IN_RECORD:Amount: value not of "
                     "required type: many:Amount__c --", id="contract:2.10-10-number"),
        pytest.param(("Flag__c", "maybe"), "INVALID_TYPE_ON_FIELD_IN_RECORD:Flag: value not of "
                     "required type: maybe:Flag__c --", id="contract:2.10-10-boolean"),
        pytest.param(("Id", NOBODY), "INVALID_FIELD_FOR_INSERT_UPDATE:cannot specify Id in an "
                     "insert call:Id --", id="contract:2.10-11"),
        pytest.param(("Read_Only__c", "x"), CLOSED, id="contract:2.10-12"),
        pytest.param(("Mail__c", "123"), "INVALID_EMAIL_ADDRESS:Mail: invalid email address: "
                     "123:Mail__c --", id="contract:2.10-13"),
        pytest.param(("Account__c", NOBODY), "INVALID_CROSS_REFERENCE_KEY:invalid cross reference "
                     "id:--", id="contract:2.10-5"),
        pytest.param(("Account__c", "003000000000001AAA"), "MALFORMED_ID:Account: id value of "
                     "incorrect type: 003000000000001AAA:Account__c --",
                     id="contract:2.10-17-lookup"),
    ],
)  # fmt: skip
def test_a_refused_row_says_why(org: OrgClient, row: tuple[str, str], said: str) -> None:
    name, cell = row
    if name == "Id":
        prefix = org.data("GET", f"sobjects/{THING}/describe").json()["keyPrefix"]
        cell = prefix + cell[3:]
    done = insert(org, f"Title__c,{name}", f"T,{cell}")
    assert done.info["state"] == "JobComplete"
    assert errors(done) == [said]


@pytest.mark.contract("2.10-3")
def test_a_unique_value_that_is_taken_names_its_holder(
    org: OrgClient, key: Callable[[str], str]
) -> None:
    holder = made(insert(org, "Key__c", key("u")))
    assert errors(insert(org, "Key__c", key("u"))) == [
        f"DUPLICATE_VALUE:duplicate value found: Key__c duplicates value on record with id: "
        f"{holder}:--"
    ]


@pytest.mark.contract("2.10-5", "2.10-15", "2.10-17")
def test_updates_and_deletes_of_what_is_not_there(
    org: OrgClient, key: Callable[[str], str]
) -> None:
    lost = errors(org.job("Account", "update", f"Id,Site\n{NOBODY},x\n"))
    assert lost == ["INVALID_CROSS_REFERENCE_KEY:invalid cross reference id:--"]
    gone = made(insert(org, "Name", key("gone"), sobject="Account"))
    assert not errors(org.job("Account", "delete", f"Id\n{gone}\n"))
    for operation, content in (("update", f"Id,Site\n{gone},x\n"), ("delete", f"Id\n{gone}\n")):
        assert errors(org.job("Account", operation, content)) == [
            "ENTITY_IS_DELETED:entity is deleted:--"
        ]
    strange = "003000000000001AAA"
    for operation, content in (
        ("update", f"Id,Site\n{strange},x\n"),
        ("delete", f"Id\n{strange}\n"),
    ):
        assert errors(org.job("Account", operation, content)) == [
            f"MALFORMED_ID:Account ID: id value of incorrect type: {strange}:Id --"
        ]


@pytest.mark.contract("2.10-14")
@pytest.mark.both_ways("likely_texts", True, False)
def test_text_that_is_too_long_says_how_long_it_may_be(org: OrgClient, way: bool) -> None:
    (said,) = errors(insert(org, "Title__c", "t" * 21))
    likely = f"STRING_TOO_LONG:Title: data value too large: {'t' * 21} (max length=20):Title__c --"
    assert said.startswith("STRING_TOO_LONG:Title: ")
    assert said.endswith(":Title__c --")
    assert (said == likely) is way


@pytest.mark.contract("2.10-7")
def test_a_duplicate_rule_refuses_what_it_knows(org: OrgClient, key: Callable[[str], str]) -> None:
    row = f"{key('Doe')},{key('doe')}@contract.invalid"
    made(insert(org, "LastName,Email", row, sobject="Contact"))
    assert errors(insert(org, "LastName,Email", row, sobject="Contact")) == [
        "DUPLICATES_DETECTED:Use one of these records?:--"
    ]


@pytest.mark.contract("2.10-8")
@pytest.mark.stand_in_only
def test_a_validation_rule_says_its_own_words_at_its_field_or_nowhere(
    org: OrgClient, settings: Callable[..., None]
) -> None:
    rule = {"object": THING, "name": "No_A", "formula": 'Title__c = "A"', "message": "no A: here"}
    settings(validation_rules=[{**rule, "field": "Title__c"}])
    said = "FIELD_CUSTOM_VALIDATION_EXCEPTION:no A: here:"
    assert errors(insert(org, "Title__c", "A", "B")) == [f"{said}Title__c --"]
    settings(validation_rules=[rule])
    assert errors(insert(org, "Title__c", "A")) == [f"{said}--"]


@pytest.mark.contract("2.10-16")
@pytest.mark.stand_in_only
def test_no_user_but_a_standard_one_owns_records(
    org: OrgClient, settings: Callable[..., None]
) -> None:
    settings(automations=[{"object": THING, "fields": {"Kind__c": "One"}, "by": "process"}])
    made(insert(org, "Title__c", "Touched"))
    (robot,) = org.records("SELECT Id FROM User WHERE UserType = 'AutomatedProcess'")
    assert errors(insert(org, "Title__c,OwnerId", f"T,{robot['Id']}")) == [
        "OP_WITH_INVALID_USER_TYPE_EXCEPTION:Operation not valid for this user type:OwnerId --"
    ]


@pytest.mark.contract("2.10-18")
@pytest.mark.stand_in_only
def test_a_full_org_takes_no_new_row_and_changes_old_ones(
    org: OrgClient, settings: Callable[..., None], key: Callable[[str], str]
) -> None:
    mine = key("full")
    made(upsert(org, "Key__c,Title__c", f"{mine},Old"))
    settings(data_storage_mb=0)
    done = upsert(org, "Key__c,Title__c", f"{mine},New", f"{mine}2,None")
    assert errors(done) == ["STORAGE_LIMIT_EXCEEDED:storage limit exceeded:--"]
    assert done.successful[0]["sf__Created"] == "false"
