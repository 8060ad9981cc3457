"""Permission rows written through the API: they grant at once, and obey the original's rules."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.loaders.stand_in_org.front_org import OrgClient, key_field, metadata, serving

KEY_ON_LEAD = {
    "package.xml": metadata(
        "Package",
        "<types><members>Lead.Clinic_Id__c</members><name>CustomField</name></types>"
        "<version>67.0</version>",
    ),
    "objects/Lead.object": metadata("CustomObject", key_field()),
}


@pytest.fixture
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrgClient]:
    """Give an org with a custom field that nobody was granted."""
    with serving(tmp_path_factory.mktemp("org")) as client:
        assert client.deploy(KEY_ON_LEAD)["status"] == "Succeeded"
        yield client


def create(org: OrgClient, sobject: str, **values: object) -> dict[str, object]:
    answer = org.data("POST", f"sobjects/{sobject}", json=values)
    return dict(answer.json()) if answer.status_code == 201 else dict(answer.json()[0])


def grant(org: OrgClient, parent: object, **more: object) -> dict[str, object]:
    whole = {"SobjectType": "Lead", "Field": "Lead.Clinic_Id__c", "PermissionsRead": True}
    return create(org, "FieldPermissions", ParentId=parent, **{**whole, **more})


def own_set(org: OrgClient) -> str:
    """Make a permission set and assign it to the administrator."""
    made = create(org, "PermissionSet", Name="Field_Access", Label="Field Access")
    user = org.running.site.org.admin_user_id
    create(org, "PermissionSetAssignment", PermissionSetId=made["id"], AssigneeId=user)
    return str(made["id"])


def profile_set(org: OrgClient) -> str:
    """Find the permission set that the administrator's profile owns."""
    (found,) = org.records(
        "SELECT Id, Type, Profile.UserLicense.Name FROM PermissionSet"
        " WHERE IsOwnedByProfile = true AND Profile.Name = 'System Administrator'"
    )
    assert found["Type"] == "Profile"
    assert found["Profile"]["UserLicense"]["Name"] == "Salesforce"  # type: ignore[index]
    return str(found["Id"])


def seen(org: OrgClient) -> tuple[bool, bool] | None:
    """Tell whether the administrator may create and update the field; none when it is hidden."""
    fields = org.data("GET", "sobjects/Lead/describe").json()["fields"]
    found = [field for field in fields if field["name"] == "Clinic_Id__c"]
    return (found[0]["createable"], found[0]["updateable"]) if found else None


@pytest.mark.parametrize("parent", [own_set, profile_set], ids=["5.6 own set", "5.6 profile"])
def test_a_row_opens_its_field_until_it_is_deleted(org: OrgClient, parent: object) -> None:
    assert seen(org) is None
    made = grant(org, parent(org))  # type: ignore[operator]
    assert seen(org) == (False, False)
    path = f"sobjects/FieldPermissions/{made['id']}"
    assert org.data("PATCH", path, json={"PermissionsEdit": True}).status_code == 204
    assert seen(org) == (True, True)
    assert org.data("DELETE", path).status_code == 204
    assert seen(org) is None


def test_a_row_that_grants_nothing_any_more_is_gone(org: OrgClient) -> None:
    made = grant(org, own_set(org))
    path = f"sobjects/FieldPermissions/{made['id']}"
    assert org.data("PATCH", path, json={"PermissionsRead": False}).status_code == 204
    assert org.records("SELECT Id FROM FieldPermissions WHERE Field = 'Lead.Clinic_Id__c'") == []
    assert seen(org) is None


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"Field": "Lead.Nothing__c"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
        ({"Field": "Lead.LastName"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
        ({"SobjectType": "Account"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
        ({"PermissionsRead": False, "PermissionsEdit": True}, "FIELD_INTEGRITY_EXCEPTION"),
    ],
)
def test_a_field_permission_is_refused(org: OrgClient, more: dict[str, object], code: str) -> None:
    assert grant(org, own_set(org), **more)["errorCode"] == code
    assert seen(org) is None


def test_one_set_has_one_row_for_a_field(org: OrgClient) -> None:
    parent = own_set(org)
    grant(org, parent)
    assert grant(org, parent)["errorCode"] == "DUPLICATE_VALUE"


@pytest.mark.parametrize(
    ("rights", "code"),
    [
        (("Read", "Create"), None),
        (("Create",), "FIELD_INTEGRITY_EXCEPTION"),
        (("Read", "Delete"), "FIELD_INTEGRITY_EXCEPTION"),
        (("Read", "Edit", "Delete", "ModifyAllRecords"), "FIELD_INTEGRITY_EXCEPTION"),
        (("Read", "Edit", "Delete", "ViewAllRecords", "ModifyAllRecords"), None),
    ],
)
def test_an_object_right_stands_on_others(
    org: OrgClient, rights: tuple[str, ...], code: str | None
) -> None:
    values: dict[str, object] = {f"Permissions{right}": True for right in rights}
    made = create(org, "ObjectPermissions", ParentId=own_set(org), SobjectType="Account", **values)
    assert made.get("errorCode") == code


def test_a_system_permission_is_a_column_that_grants(org: OrgClient) -> None:
    refused = org.data("POST", "jobs/ingest", json={"object": "Lead", "operation": "hardDelete"})
    assert refused.json()[0]["errorCode"] == "FEATURENOTENABLED"
    path = f"sobjects/PermissionSet/{profile_set(org)}"
    answer = org.data("PATCH", path, json={"PermissionsBulkApiHardDelete": True})
    assert answer.status_code == 204
    held = "SELECT Name FROM Profile WHERE PermissionsBulkApiHardDelete = true"
    assert [row["Name"] for row in org.records(held)] == ["System Administrator"]
    assert org.open_job("Lead", "hardDelete")


def test_sets_and_profiles_are_found_by_what_they_give(org: OrgClient) -> None:
    found = org.records(
        "SELECT Profile.Name FROM PermissionSet WHERE PermissionsModifyAllData = true"
    )
    assert [row["Profile"]["Name"] for row in found] == ["System Administrator"]  # type: ignore[index]


@pytest.mark.parametrize("contract", ["4.10"])
def test_audit_permissions_exist_while_the_switch_is_on(org: OrgClient, contract: str) -> None:
    asked = "SELECT Id FROM PermissionSet WHERE PermissionsCreateAuditFields = true"
    assert org.query(asked).json()[0]["errorCode"] == "INVALID_FIELD", contract
    assert org.http.post("/_stand_in/settings", json={"audit_fields": True}).status_code == 200
    assert org.records(asked) == []


def test_a_second_set_of_one_name_is_refused(org: OrgClient) -> None:
    own_set(org)
    again = create(org, "PermissionSet", Name="field_access", Label="Again")
    assert again["errorCode"] == "DUPLICATE_DEVELOPER_NAME"
    (own,) = org.records("SELECT Type, IsCustom FROM PermissionSet WHERE Name = 'Field_Access'")
    assert (own["Type"], own["IsCustom"]) == ("Regular", True)
