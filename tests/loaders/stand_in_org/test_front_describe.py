"""Describe: the complete sets of keys, and fields that nobody was granted are absent."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.loaders.stand_in_org.front_org import (
    OrgClient,
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
