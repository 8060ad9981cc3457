"""Describe: the complete sets of keys, and fields that nobody was granted are absent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from tests.loaders.stand_in_org.front_org import (
    OrgClient,
    assign,
    give_keys,
    keyed_objects,
    metadata,
    serving,
)

FIELD_KEYS = [
    "aggregatable",
    "aiPredictionField",
    "autoNumber",
    "byteLength",
    "calculated",
    "calculatedFormula",
    "cascadeDelete",
    "caseSensitive",
    "compoundFieldName",
    "controllerName",
    "createable",
    "custom",
    "defaultValue",
    "defaultValueFormula",
    "defaultedOnCreate",
    "dependentPicklist",
    "deprecatedAndHidden",
    "digits",
    "displayLocationInDecimal",
    "encrypted",
    "externalId",
    "extraTypeInfo",
    "filterable",
    "filteredLookupInfo",
    "formulaTreatNullNumberAsZero",
    "groupable",
    "highScaleNumber",
    "htmlFormatted",
    "idLookup",
    "inlineHelpText",
    "label",
    "length",
    "mask",
    "maskType",
    "name",
    "nameField",
    "namePointing",
    "nillable",
    "permissionable",
    "picklistValues",
    "polymorphicForeignKey",
    "precision",
    "queryByDistance",
    "referenceTargetField",
    "referenceTo",
    "relationshipName",
    "relationshipOrder",
    "restrictedDelete",
    "restrictedPicklist",
    "scale",
    "searchPrefilterable",
    "soapType",
    "sortable",
    "type",
    "unique",
    "updateable",
    "writeRequiresMasterRead",
]
GLOBAL_KEYS = [
    "activateable",
    "associateEntityType",
    "associateParentEntity",
    "createable",
    "custom",
    "customSetting",
    "deepCloneable",
    "deletable",
    "deprecatedAndHidden",
    "feedEnabled",
    "hasSubtypes",
    "isInterface",
    "isSubtype",
    "keyPrefix",
    "label",
    "labelPlural",
    "layoutable",
    "mergeable",
    "mruEnabled",
    "name",
    "queryable",
    "replicateable",
    "retrieveable",
    "searchable",
    "triggerable",
    "undeletable",
    "updateable",
    "urls",
]


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrgClient]:
    with serving(tmp_path_factory.mktemp("org")) as client:
        yield client


def fields(org: OrgClient, sobject: str) -> dict[str, dict[str, object]]:
    described = org.data("GET", f"sobjects/{sobject}/describe").json()
    return {field["name"]: field for field in described["fields"]}


@pytest.mark.parametrize("contract", ["4.2 field attributes, complete list"])
def test_a_field_is_described_with_every_key(org: OrgClient, contract: str) -> None:
    for field in fields(org, "Contact").values():
        assert sorted(field) == sorted(FIELD_KEYS), contract
    owner = fields(org, "Task")["OwnerId"]
    assert (owner["polymorphicForeignKey"], owner["namePointing"]) == (True, True)
    name = fields(org, "Contact")["LastName"]
    assert (name["nillable"], name["createable"], name["length"]) == (False, True, 80)


@pytest.mark.parametrize(
    ("sobject", "name", "attribute", "value"),
    [
        ("Contact", "MailingCity", "compoundFieldName", "MailingAddress"),
        ("Contact", "FirstName", "compoundFieldName", "Name"),
        ("Lead", "Street", "compoundFieldName", "Address"),
        ("Account", "Name", "compoundFieldName", None),
        ("Contact", "Name", "extraTypeInfo", "personname"),
        ("Account", "PhotoUrl", "extraTypeInfo", "imageurl"),
        ("Account", "Description", "extraTypeInfo", "plaintextarea"),
        ("Account", "BillingAddress", "queryByDistance", True),
        ("Account", "BillingAddress", "soapType", "urn:address"),
        ("Account", "BillingAddress", "calculated", False),
        ("Account", "BillingAddress", "permissionable", True),
        ("Account", "BillingCity", "permissionable", False),
        ("Account", "Phone", "permissionable", True),
        ("Account", "OwnerId", "permissionable", False),
        ("Account", "OwnerId", "byteLength", 18),
        ("Account", "Name", "byteLength", 765),
        ("Account", "NumberOfEmployees", "digits", 8),
        ("Account", "AnnualRevenue", "soapType", "xsd:double"),
        ("Account", "AnnualRevenue", "groupable", False),
        ("Account", "Industry", "dependentPicklist", False),
        ("Contact", "DoNotCall", "defaultValue", False),
        ("Lead", "Status", "defaultValue", None),
        ("Opportunity", "IsClosed", "aggregatable", False),
        ("Event", "WhoId", "referenceTo", ["Contact", "Lead"]),
        ("Event", "OwnerId", "polymorphicForeignKey", True),
        ("Account", "OwnerId", "polymorphicForeignKey", False),
    ],
)
def test_an_attribute_follows_from_what_the_field_is(
    org: OrgClient, sobject: str, name: str, attribute: str, value: object
) -> None:
    assert fields(org, sobject)[name][attribute] == value


@pytest.mark.parametrize("contract", ["4.2 If-Modified-Since"])
def test_an_unchanged_describe_is_not_sent_again(org: OrgClient, contract: str) -> None:
    for path in ("sobjects", "sobjects/Product2/describe"):
        first = org.data("GET", path)
        assert first.status_code == 200
        later = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
        again = org.data("GET", path, headers={"If-Modified-Since": later})
        assert (again.status_code, again.content) == (304, b""), contract
        earlier = {"If-Modified-Since": "Wed, 01 Jan 2020 00:00:00 GMT"}
        assert org.data("GET", path, headers=earlier).status_code == 200
        no_date = {"If-Modified-Since": "yesterday"}
        assert org.data("GET", path, headers=no_date).status_code == 200


def test_a_grant_alone_makes_the_known_describe_old(tmp_path: Path) -> None:
    with serving(tmp_path / "org") as org:
        assert org.deploy(keyed_objects("Product2"))["status"] == "Succeeded"
        before = org.data("GET", "sobjects/Product2/describe")
        assert "Clinic_Id__c" not in before.text
        assign(org, "Clinic_Loader")
        known = {"If-Modified-Since": before.headers["Last-Modified"]}
        answer = org.data("GET", "sobjects/Product2/describe", headers=known)
    assert answer.status_code == 200
    assert "Clinic_Id__c" in [field["name"] for field in answer.json()["fields"]]


def test_objects_differ_in_what_can_be_done_with_them(org: OrgClient) -> None:
    listed = {one["name"]: one for one in org.data("GET", "sobjects").json()["sobjects"]}
    assert listed["Opportunity"]["labelPlural"] == "Opportunities"
    assert (listed["Contact"]["mergeable"], listed["Opportunity"]["mergeable"]) == (True, False)
    assert (listed["Account"]["triggerable"], listed["Profile"]["triggerable"]) == (True, False)
    binned = ("Account", "PermissionSet", "User")
    assert [listed[name]["undeletable"] for name in binned] == [True, False, False]
    about = org.data("GET", "sobjects/Account/describe").json()
    master = next(one for one in about["recordTypeInfos"] if one["master"])
    assert master["urls"]["layout"].endswith(f"/Account/describe/layouts/{master['recordTypeId']}")


def test_no_person_accounts_contract_clients_13(org: OrgClient) -> None:
    assert "IsPersonAccount" not in fields(org, "Account")
    answer = org.query("SELECT IsPersonAccount FROM Account")
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALID_FIELD")


def test_the_global_describe_lists_objects_with_every_key(org: OrgClient) -> None:
    listed = org.data("GET", "sobjects/").json()
    assert (listed["encoding"], listed["maxBatchSize"]) == ("UTF-8", 200)
    names = [one["name"] for one in listed["sobjects"]]
    assert names == sorted(names)
    assert "AccountContactRelation" not in names
    assert sorted(listed["sobjects"][0]) == sorted(GLOBAL_KEYS)
    user = next(one for one in listed["sobjects"] if one["name"] == "User")
    assert user["deletable"] is False
    brief = org.data("GET", "sobjects/account").json()
    assert brief["objectDescribe"]["name"] == "Account"


def test_children_and_record_types_are_described(org: OrgClient) -> None:
    described = org.data("GET", "sobjects/Account/describe").json()
    children = {
        (child["childSObject"], child["field"]): child for child in described["childRelationships"]
    }
    contacts = children["Contact", "AccountId"]
    assert (contacts["relationshipName"], contacts["cascadeDelete"]) == ("Contacts", True)
    master = [one for one in described["recordTypeInfos"] if one["master"]]
    assert [one["name"] for one in master] == ["Master"]


def test_a_deployed_field_is_invisible_until_it_is_granted(org: OrgClient) -> None:
    files = keyed_objects("Lead")
    del files["permissionsets/Clinic_Loader.permissionset"]
    files["package.xml"] = metadata(
        "Package",
        "<types><members>Lead.Clinic_Id__c</members><name>CustomField</name></types>"
        "<version>67.0</version>",
    )
    assert org.deploy(files)["status"] == "Succeeded"
    assert "Clinic_Id__c" not in fields(org, "Lead")
    asked = org.query("SELECT Clinic_Id__c FROM Lead")
    assert asked.json()[0]["errorCode"] == "INVALID_FIELD"
    job = org.job("Lead", "insert", "LastName,Company,Clinic_Id__c\nA,B,l:1\n")
    assert job.info["errorMessage"] == "InvalidBatch : Field name not found : Clinic_Id__c"
    give_keys(org, "Lead")
    key = fields(org, "Lead")["Clinic_Id__c"]
    assert (key["externalId"], key["unique"], key["caseSensitive"]) == (True, True, True)
    assert org.records("SELECT Clinic_Id__c FROM Lead") == []
