"""EntityDefinition and FieldDefinition: the schema as rows, with the original's own demands."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.loaders.stand_in_org.front_org import OrgClient, give_keys, serving

UNFILTERED = (
    "FieldDefinition: a filter on a reified column is required [EntityDefinitionId,DurableId]"
)


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrgClient]:
    with serving(tmp_path_factory.mktemp("org")) as client:
        yield client


def test_every_described_object_is_an_entity(org: OrgClient) -> None:
    listed = {one["name"]: one for one in org.data("GET", "sobjects").json()["sobjects"]}
    rows = org.records(
        "SELECT QualifiedApiName, Label, PluralLabel, KeyPrefix, IsQueryable, IsTriggerable"
        " FROM EntityDefinition"
    )
    shown = {str(row["QualifiedApiName"]): row for row in rows}
    for name, one in listed.items():
        row = shown[name]
        assert (row["Label"], row["PluralLabel"]) == (one["label"], one["labelPlural"])
        assert row["KeyPrefix"] == one["keyPrefix"]
        assert (row["IsQueryable"], row["IsTriggerable"]) == (one["queryable"], one["triggerable"])


@pytest.mark.parametrize(
    ("name", "data_type"),
    [
        ("OwnerId", "Lookup(User)"),
        ("Phone", "Phone"),
        ("BillingStreet", "Text Area(255)"),
        ("Description", "Long Text Area(32000)"),
        ("AnnualRevenue", "Currency(18, 0)"),
        ("NumberOfEmployees", "Number(8, 0)"),
        ("Site", "Text(80)"),
        ("Type", "Picklist"),
    ],
)
def test_a_type_is_worded_as_in_setup(org: OrgClient, name: str, data_type: str) -> None:
    (row,) = org.records(f"SELECT DataType FROM FieldDefinition WHERE DurableId = 'Account.{name}'")
    assert row["DataType"] == data_type


@pytest.mark.parametrize(
    "condition",
    [
        "",
        " WHERE QualifiedApiName = 'Name'",
        " WHERE EntityDefinitionId = 'Account' OR QualifiedApiName = 'Name'",
        " WHERE NOT EntityDefinitionId = 'Account'",
    ],
)
def test_fields_of_all_objects_at_once_are_refused(org: OrgClient, condition: str) -> None:
    answer = org.query(f"SELECT QualifiedApiName FROM FieldDefinition{condition}")
    assert answer.status_code == 400
    assert answer.json() == [{"errorCode": "MALFORMED_QUERY", "message": UNFILTERED}]


@pytest.mark.parametrize(
    "condition",
    [
        "EntityDefinition.QualifiedApiName = 'Contact' AND QualifiedApiName = 'LastName'",
        "EntityDefinitionId IN ('Contact') AND QualifiedApiName LIKE 'LastN%'",
        "DurableId = 'Contact.LastName'",
    ],
)
def test_a_field_is_found_through_its_object(org: OrgClient, condition: str) -> None:
    rows = org.records(
        "SELECT QualifiedApiName, EntityDefinition.Label, Length, IsNillable, IsIndexed,"
        f" IsApiSortable FROM FieldDefinition WHERE {condition}"
    )
    (row,) = rows
    assert row["EntityDefinition"]["Label"] == "Contact"  # type: ignore[index]
    assert (row["QualifiedApiName"], row["Length"], row["IsNillable"]) == ("LastName", 80, False)
    assert row["IsApiSortable"] is True


def test_a_deployed_field_is_defined_at_once(org: OrgClient) -> None:
    wanted = (
        "SELECT DataType, IsIndexed, PublisherId FROM FieldDefinition"
        " WHERE EntityDefinitionId = 'Lead' AND QualifiedApiName = 'Clinic_Id__c'"
    )
    assert org.records(wanted) == []
    give_keys(org, "Lead")
    (row,) = org.records(wanted)
    assert row["DataType"] == "Text(255) (External ID) (Unique Case Sensitive)"
    assert (row["IsIndexed"], row["PublisherId"]) == (True, "<local>")


def test_columns_that_an_object_does_not_have_are_unknown(org: OrgClient) -> None:
    for sobject in ("ContentDocumentLink", "FieldPermissions", "PermissionSetAssignment"):
        answer = org.query(f"SELECT CreatedDate FROM {sobject}")
        assert answer.json()[0]["errorCode"] == "INVALID_FIELD"
