"""Contract 2.7: columns that name a parent's key behind a lookup."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.loaders.contract.jobs import broken, errors, insert, made, upsert
from tests.loaders.contract.schema import THING
from tests.loaders.stand_in_org.front_org import OrgClient

KEY = "Contract_Key__c"


def account(org: OrgClient, key: str) -> str:
    return made(insert(org, f"Name,{KEY}", f"{key},{key}", sobject="Account"))


@pytest.mark.contract("2.7-1", "2.7-2")
def test_a_parent_is_found_by_its_external_id(org: OrgClient, key: Callable[[str], str]) -> None:
    parent = account(org, key("p"))
    done = insert(org, f"Key__c,Account__r.{KEY}", f"{key('c')},{key('p')}")
    (child,) = org.records(f"SELECT Account__c FROM {THING} WHERE Id = '{made(done)}'")
    assert child["Account__c"] == parent
    # ParentId of Account leads to accounts only.
    done = insert(org, f"Name,Parent.{KEY}", f"{key('q')},{key('p')}", sobject="Account")
    (below,) = org.records(f"SELECT ParentId FROM Account WHERE Id = '{made(done)}'")
    assert below["ParentId"] == parent


@pytest.mark.contract("2.7-1")
def test_standard_fields_that_are_looked_up_work_too(
    org: OrgClient, key: Callable[[str], str]
) -> None:
    username = org.http.get("/services/oauth2/userinfo").json()["preferred_username"]
    (me,) = org.records(f"SELECT Id, Email FROM User WHERE Username = '{username}'")
    mail = f"{key('boss')}@contract.invalid"
    boss = made(insert(org, "LastName,Email", f"{key('boss')},{mail}", sobject="Contact"))
    done = insert(
        org, "LastName,ReportsTo.Email,Owner.Username,Account.Id",
        f"{key('report')},{mail},{username},{account(org, key('employer'))}", sobject="Contact",
    )  # fmt: skip
    (found,) = org.records(
        f"SELECT ReportsToId, OwnerId, Account.Name FROM Contact WHERE Id = '{made(done)}'"
    )
    assert (found["ReportsToId"], found["OwnerId"]) == (boss, me["Id"])
    assert found["Account"]["Name"] == key("employer")
    # A field that is not indexed names nobody.
    message = broken(org, b"LastName,Account.Site\na,b\n", sobject="Contact")
    assert message == "InvalidBatch : Field name not found : Account.Site"


@pytest.mark.parametrize(
    ("header", "message"),
    [
        pytest.param(f"Account:Parent.{KEY}", "type is not needed for non polymorphic foreign key "
                     "references: Parent", id="contract:2.7-3,2.11-2"),
        pytest.param(f"Parent:Account.{KEY}", "Unable to find relationship: Account",
                     id="contract:2.7-4,2.11-2"),
        pytest.param(f"Parent:Account:{KEY}", f"Field name not found : Parent:Account:{KEY}",
                     id="contract:2.7-5-colons"),
        pytest.param(f"Account:{KEY}", f"Field name not found : Account:{KEY}",
                     id="contract:2.7-5-colon"),
        pytest.param(f"Parent.Parent.{KEY}", f"Field name not found : Parent.Parent.{KEY}",
                     id="contract:2.7-1-grandparent"),
        pytest.param(f"Contacts.{KEY}", "Unable to find relationship: Contacts",
                     id="contract:2.7-1-children"),
    ],
)  # fmt: skip
def test_other_forms_fail_the_job(org: OrgClient, header: str, message: str) -> None:
    said = broken(org, f"Name,{header}\nA,b\n".encode(), sobject="Account")
    assert said == f"InvalidBatch : {message}"


@pytest.mark.contract("2.7-6")
@pytest.mark.both_ways("likely_texts", True, False)
def test_a_polymorphic_parent_needs_its_type(org: OrgClient, way: bool) -> None:
    said = str(broken(org, b"Subject,Who.Email\nA,b@c.invalid\n", sobject="Task"))
    likely = "InvalidBatch : type is needed for polymorphic foreign key references: Who"
    assert said.startswith("InvalidBatch : ")
    assert (said == likely) is way


@pytest.mark.contract("2.7-7", "2.7-1")
def test_the_number_of_parents_in_describe_decides(
    org: OrgClient, key: Callable[[str], str]
) -> None:
    username = org.http.get("/services/oauth2/userinfo").json()["preferred_username"]
    required = {
        "Contact": "LastName",
        "Lead": "LastName,Company",
        "Task": "Subject",
        THING: "Key__c",
    }
    for sobject, names in required.items():
        described = org.data("GET", f"sobjects/{sobject}/describe").json()["fields"]
        owner = next(one for one in described if one["name"] == "OwnerId")
        plain, typed = "Owner.Username", "User:Owner.Username"
        right, wrong = (plain, typed) if len(owner["referenceTo"]) == 1 else (typed, plain)
        row = ",".join([key(sobject[:4]), *["x"] * names.count(","), username])
        assert not errors(insert(org, f"{names},{right}", row, sobject=sobject)), sobject
        said = str(broken(org, f"{names},{wrong}\n{row}\n".encode(), sobject=sobject))
        assert said.startswith("InvalidBatch : "), sobject


@pytest.mark.contract("2.7-1", "2.7-7")
def test_a_polymorphic_parent_is_found_by_type_and_key(
    org: OrgClient, key: Callable[[str], str]
) -> None:
    mail = f"{key('lead')}@contract.invalid"
    lead = made(insert(org, "LastName,Company,Email", f"{key('l')},C,{mail}", sobject="Lead"))
    parent = account(org, key("what"))
    done = insert(org, "Subject,Lead:Who.Email", f"S,{mail}", sobject="Task")
    (task,) = org.records(f"SELECT WhoId FROM Task WHERE Id = '{made(done)}'")
    assert task["WhoId"] == lead
    done = insert(org, f"Subject,Account:What.{KEY}", f"S,{key('what')}", sobject="Task")
    (task,) = org.records(f"SELECT WhatId FROM Task WHERE Id = '{made(done)}'")
    assert task["WhatId"] == parent


@pytest.mark.contract("2.7-8", "2.10-6")
def test_an_unresolved_parent_fails_its_whole_row(
    org: OrgClient, key: Callable[[str], str]
) -> None:
    done = insert(org, f"Key__c,Account__r.{KEY}", f"{key('k')},0000031236")
    assert errors(done) == [
        f"INVALID_FIELD:Foreign key external ID: 0000031236 not found for field {KEY} "
        "in entity Account:--"
    ]
    assert org.records(f"SELECT Id FROM {THING} WHERE Key__c = '{key('k')}'") == []


@pytest.mark.contract("2.7-8")
def test_two_rows_of_one_file_do_not_see_each_other(
    org: OrgClient, key: Callable[[str], str]
) -> None:
    parent, child = key("up"), key("down")
    header = f"{KEY},Name,Parent.{KEY}"
    rows = (f"{parent},{parent},", f"{child},{child},{parent}")
    done = upsert(org, header, *rows, by=KEY, sobject="Account")
    assert [row[KEY] for row in done.failed] == [child]
    # The second pass finds it.
    assert not upsert(org, header, *rows, by=KEY, sobject="Account").failed
