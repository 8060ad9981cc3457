"""What makes a field undeployable, and what becomes of the rest of its package."""

from __future__ import annotations

import pytest

from tests.loaders.stand_in_org.engine_org import Bench
from tests.loaders.stand_in_org.engine_package import (
    field,
    key_field,
    package,
    standard_object,
    values,
)


def _on_account(*parts: str) -> bytes:
    return package(
        {"objects/Account.object": standard_object(*parts)}, {"CustomObject": ["Account"]}
    )


REFUSED_FIELDS = {
    "5.4-text-length": (
        field("A__c", "Text"),
        "Must specify 'length' for a CustomField of type Text",
    ),
    "5.4-text-too-long": (
        field("A__c", "Text", length="256"),
        "Text field length must be between 1 and 255",
    ),
    "5.4-textarea-length": (
        field("A__c", "TextArea", length="100"),
        "Can not specify 'length' for a CustomField of type TextArea",
    ),
    "5.4-long-text-lines": (
        field("A__c", "LongTextArea", length="1000"),
        "Must specify 'visibleLines' for a CustomField of type LongTextArea",
    ),
    "5.4-precision": (
        field("A__c", "Number", precision="19", scale="0"),
        "Precision must be between 1 and 18",
    ),
    "5.4-scale": (
        field("A__c", "Number", precision="3", scale="4"),
        "Scale must not be greater than precision",
    ),
    "5.4-checkbox-default": (
        field("A__c", "Checkbox"),
        "Must specify 'defaultValue' for a CustomField of type Checkbox",
    ),
    "5.4-external-id": (
        field("A__c", "Phone", externalId="true"),
        "Can not specify 'externalId' for a CustomField of type Phone",
    ),
    "5.4-lookup-target": (
        field("A__c", "Lookup", referenceTo="Nope__c", relationshipName="As"),
        "referenceTo value of 'Nope__c' does not resolve to a valid sObject type",
    ),
    "5.4-required-lookup": (
        field("A__c", "Lookup", referenceTo="Contact", relationshipName="As", required="true"),
        "field integrity exception: unknown (must specify either cascade delete or restrict"
        " delete for required lookup foreign key)",
    ),
    "5.4-product-lookup": (
        field("A__c", "Lookup", deleteConstraint="Restrict", referenceTo="Product2",
              relationshipName="As"),
        "Product2 cannot be the target of a required or restricted lookup",
    ),
    "5.4-no-values": (
        field("A__c", "Picklist"),
        "Must specify 'valueSet' for a CustomField of type Picklist",
    ),
    "5.4-unknown-set": (
        field("A__c", "Picklist", "<valueSet><valueSetName>Nope</valueSetName></valueSet>"),
        "In field: valueSetName - no GlobalValueSet named Nope found",
    ),
    "5.4-master-required": (
        field("A__c", "MasterDetail", referenceTo="Account", relationshipName="As",
              required="true"),
        "Master-Detail Relationship Fields Cannot be Optional or Required",
    ),
    "5.4-master-constraint": (
        field("A__c", "MasterDetail", deleteConstraint="Cascade", referenceTo="Account",
              relationshipName="As"),
        "Can not specify 'deleteConstraint' for a CustomField of type MasterDetail",
    ),
    "5.4-lookup-order": (
        field("A__c", "Lookup", referenceTo="Account", relationshipName="As",
              relationshipOrder="0"),
        "Can not specify 'relationshipOrder' for a CustomField of type Lookup",
    ),
    "5.4-required-checkbox": (
        field("A__c", "Checkbox", defaultValue="false", required="true"),
        "Can not specify 'required' for a CustomField of type Checkbox",
    ),
    "5.4-two-values": (
        field("A__c", "Picklist", values("Same", "same")),
        "Duplicate label: same",
    ),
    "5.4-number-no-number": (
        field("A__c", "Text", length="long"),
        "Error parsing file: 'long' is not a valid value for the type xsd:int",
    ),
    "5.4-formula": (
        field("A__c", "Text", "<formula>Name</formula>", length="5"),
        "A CustomField of type Formula is not imitated by this org",
    ),
    "5.4-standard-unknown": (
        "<fields><fullName>Nope</fullName></fields>",
        "Could not resolve standard field's name.",
    ),
    "5.4-unknown-type": (
        field("A__c", "Varchar"),
        "Error parsing file: 'Varchar' is not a valid value for the enum 'FieldType'",
    ),
    "5.4-unknown-element": (
        field("A__c", "Text", "<colour>red</colour>", length="5"),
        "Error parsing file: Element {http://soap.sforce.com/2006/04/metadata}colour invalid at"
        " this location in type CustomField",
    ),
    "11-name": (
        field("A__b__c", "Text", length="5"),
        "The name you provided A__b__c on object Account can only contain alphanumeric characters,"
        " must begin with a letter, cannot end with an underscore or contain two consecutive"
        " underscore characters",
    ),
    "11-name-length": (
        field("A" * 41 + "__c", "Text", length="5").replace(f"<label>{'A' * 41}", "<label>A"),
        f"Developer Name: data value too large: {'A' * 41} (max length=40)",
    ),
    "11-label-length": (
        field("A__c", "Text", length="5").replace("<label>A", f"<label>{'A' * 41}"),
        f"Label: data value too large: {'A' * 41} (max length=40)",
    ),
    "5.5-no-shield": (
        field("A__c", "Text", length="5", encryptionScheme="ProbabilisticEncryption"),
        "Encryption scheme ProbabilisticEncryption: Platform Encryption is not enabled",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("element", "problem"), REFUSED_FIELDS.values(), ids=REFUSED_FIELDS.keys())
def test_a_field_is_refused_in_the_words_of_the_org(
    fresh: Bench, element: str, problem: str
) -> None:
    assert fresh.problems(_on_account(element)) == [problem]
    account = fresh.org.sobject("Account")
    assert account is not None
    assert not [one for one in account.fields.values() if one.custom]


def test_one_bad_component_rolls_everything_back(fresh: Bench) -> None:
    body = _on_account(key_field(), field("A__c", "Text"))
    result = fresh.deploy(body, rollbackOnError="true")
    assert not result.success
    account = fresh.org.sobject("Account")
    assert account is not None
    assert "clinic_id__c" not in account.fields
    assert fresh.one("SELECT count(*) FROM FieldDefinition WHERE DeveloperName = 'Clinic_Id'") == 0


def test_without_rollback_the_good_components_stay(fresh: Bench) -> None:
    body = _on_account(key_field(), field("A__c", "Text"))
    assert not fresh.deploy(body, rollbackOnError=False).success
    account = fresh.org.sobject("Account")
    assert account is not None
    assert "clinic_id__c" in account.fields


def test_check_only_changes_nothing(fresh: Bench) -> None:
    result = fresh.deploy(_on_account(key_field()), checkOnly=True)
    assert (result.success, result.check_only) == (True, True)
    account = fresh.org.sobject("Account")
    assert account is not None
    assert "clinic_id__c" not in account.fields


def test_second_deploy_changes_nothing_and_says_so(fresh: Bench) -> None:
    first = fresh.deploy(_on_account(key_field()))
    again = fresh.deploy(_on_account(key_field()))
    states = [
        [(one.created, one.changed) for one in result.components if one.full_name.endswith("__c")]
        for result in (first, again)
    ]
    assert states == [[(True, True)], [(False, False)]]


CHANGES = {
    "type": (
        field("A__c", "Text", length="9"),
        field("A__c", "Email"),
        "Cannot change the field type of A__c",
    ),
    "name": (
        field("Abc__c", "Text", length="9"),
        field("ABC__c", "Text", length="9"),
        "There is already a field named ABC on Account.",
    ),
    "parent": (
        field("A__c", "Lookup", referenceTo="Contact", relationshipName="As"),
        field("A__c", "Lookup", referenceTo="Lead", relationshipName="As"),
        "Cannot change the object that A__c refers to",
    ),
}


@pytest.mark.parametrize(("before", "after", "problem"), CHANGES.values(), ids=CHANGES.keys())
def test_a_field_does_not_become_another(
    fresh: Bench, before: str, after: str, problem: str
) -> None:
    assert fresh.problems(_on_account(before)) == []
    assert fresh.problems(_on_account(after)) == [problem]


def test_a_text_is_not_made_shorter_than_what_it_holds(clinic: Bench) -> None:
    clinic.insert("Account", Name="a", Clinic_Id__c="a:patient:1")
    shorter = key_field().replace("255", "{}")
    assert clinic.problems(_on_account(shorter.format(5))) == [
        "Cannot change type due to existing data"
    ]
    assert clinic.problems(_on_account(shorter.format(20))) == []
