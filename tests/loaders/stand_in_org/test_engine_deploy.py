"""Metadata packages: what they make, what they may not, and who then sees it."""

from __future__ import annotations

import pytest

from loaders.stand_in_org.model import HeaderError, PermissionDenied
from tests.loaders.stand_in_org.engine_org import Bench, open_bench
from tests.loaders.stand_in_org.engine_package import (
    custom_object,
    field,
    key_field,
    package,
    permission_set,
    settings,
    standard_object,
)


def _on_account(*parts: str) -> bytes:
    return package(
        {"objects/Account.object": standard_object(*parts)}, {"CustomObject": ["Account"]}
    )


def test_deployed_field_is_invisible_until_a_permission_set_is_assigned_contract_5_4(
    fresh: Bench,
) -> None:
    body = package(
        {
            "objects/Account.object": standard_object(key_field()),
            "permissionsets/Load.permissionset": permission_set(["Account.Clinic_Id__c"]),
        },
        {"CustomField": ["Account.Clinic_Id__c"], "PermissionSet": ["Load"]},
    )
    assert fresh.deploy(body).success
    account = fresh.org.sobject("Account")
    assert account is not None
    assert "clinic_id__c" not in fresh.org.visible_fields(account, fresh.org.admin_user_id)
    with pytest.raises(HeaderError, match="Field name not found : Clinic_Id__c"):
        fresh.write("Account", "insert", {"Name": ["a"], "Clinic_Id__c": ["k"]})
    fresh.assign("Load")
    assert "clinic_id__c" in fresh.org.visible_fields(account, fresh.org.admin_user_id)
    fresh.insert("Account", Name="a", Clinic_Id__c="k")


def test_a_grant_taken_away_changes_the_schema_that_users_see(clinic: Bench) -> None:
    opened = clinic.org.schema_changed_at()
    clinic.clock.forward(hours=1)
    assert clinic.org.schema_changed_at() == opened
    assigned = str(clinic.one("SELECT Id FROM PermissionSetAssignment"))
    clinic.write("PermissionSetAssignment", "delete", {"Id": [assigned]})
    assert clinic.org.schema_changed_at() == clinic.org.now() > opened


def test_custom_object_is_closed_without_object_permissions(fresh: Bench) -> None:
    body = package(
        {"objects/Note__c.object": custom_object("Note", key_field())},
        {"CustomObject": ["Note__c"]},
    )
    assert fresh.deploy(body).success
    note = fresh.org.sobject("Note__c")
    assert note is not None
    assert note.key_prefix == "a00"
    assert fresh.org.object_permissions(note, fresh.org.admin_user_id) == frozenset()
    with pytest.raises(PermissionDenied, match=r"sObject type 'Note__c' is not supported\."):
        fresh.write("Note__c", "insert", {"OwnerId": [fresh.org.admin_user_id]})


def test_field_that_may_only_be_read_refuses_the_row(fresh: Bench) -> None:
    body = package(
        {
            "objects/Account.object": standard_object(key_field()),
            "permissionsets/Load.permissionset": permission_set(
                ["Account.Clinic_Id__c"], editable=False
            ),
        },
        {"CustomObject": ["Account"], "PermissionSet": ["Load"]},
    )
    assert fresh.deploy(body).success
    fresh.assign("Load")
    refusal = fresh.refused("Account", Name="a", Clinic_Id__c="k")
    assert (refusal.code, refusal.fields) == ("INVALID_FIELD_FOR_INSERT_UPDATE", ("Clinic_Id__c",))


def test_required_field_is_visible_without_permission_and_cannot_be_granted(fresh: Bench) -> None:
    required = field("Must__c", "Text", length="5", required="true")
    assert fresh.deploy(_on_account(required)).success
    account = fresh.org.sobject("Account")
    assert account is not None
    assert "must__c" in fresh.org.visible_fields(account, fresh.org.admin_user_id)
    assert fresh.refused("Account", Name="a").message == "Required fields are missing: [Must__c]"
    grant = package(
        {"permissionsets/Load.permissionset": permission_set(["Account.Must__c"])},
        {"PermissionSet": ["Load"]},
    )
    assert fresh.problems(grant) == ["You cannot deploy to a required field: Account.Must__c"]


def test_activity_fields_appear_on_event_and_task_contract_11(clinic: Bench) -> None:
    user = clinic.org.admin_user_id
    for name in ("Event", "Task"):
        sobject = clinic.org.sobject(name)
        assert sobject is not None
        assert "provider__c" in clinic.org.visible_fields(sobject, user)
    assert clinic.org.sobject("Activity") is None


@pytest.mark.parametrize("name", ["Event", "Task"])
def test_fields_cannot_be_deployed_on_event_or_task_contract_11(fresh: Bench, name: str) -> None:
    body = package(
        {f"objects/{name}.object": standard_object(key_field())}, {"CustomObject": [name]}
    )
    assert fresh.problems(body) == [
        f"Entity Enumeration Or ID: bad value for restricted picklist field: {name}"
    ]


def test_component_named_but_missing_is_an_error(fresh: Bench) -> None:
    body = package({}, {"CustomField": ["Account.Clinic_Id__c"]})
    assert fresh.problems(body) == [
        "An object 'Account.Clinic_Id__c' of type CustomField was named in package.xml, but was"
        " not found in zipped directory"
    ]


def test_package_may_lie_in_one_folder_contract_5_2(fresh: Bench) -> None:
    body = package(
        {"objects/Account.object": standard_object(key_field())},
        {"CustomObject": ["Account"]},
        folder="zip/",
    )
    assert fresh.deploy(body).success


def test_zip_without_manifest_is_refused(fresh: Bench) -> None:
    assert fresh.deploy(b"no zip").error_message == "The zip file could not be read"


def test_scattered_elements_are_refused(fresh: Bench) -> None:
    body = standard_object(
        key_field(), "<description>d</description>", field("B__c", "Text", length="5")
    )
    problems = fresh.problems(
        package({"objects/Account.object": body}, {"CustomObject": ["Account"]})
    )
    assert problems == [
        "Error parsing file: Element fields is duplicated at this location in type CustomObject"
    ]


def test_deployed_schema_is_there_after_reopening(clinic: Bench) -> None:
    data = clinic.org.data
    before = clinic.org.sobjects()
    clinic.org.close()
    clinic.org = open_bench(data, clock=clinic.clock).org
    assert clinic.org.sobjects() == before


def test_opportunity_record_type_needs_a_business_process_contract_5_4(fresh: Bench) -> None:
    record_type = (
        "<recordTypes><fullName>Claim</fullName><active>true</active>{}"
        "<label>Claim</label></recordTypes>"
    )
    process = (
        "<businessProcesses><fullName>Claims</fullName><isActive>true</isActive><values>"
        "<fullName>Closed Won</fullName><default>false</default></values></businessProcesses>"
    )
    named = {"CustomObject": ["Opportunity"]}
    bare = standard_object(record_type.format(""))
    assert fresh.problems(package({"objects/Opportunity.object": bare}, named)) == [
        "Required field is missing: businessProcess"
    ]
    whole = standard_object(
        process, record_type.format("<businessProcess>Claims</businessProcess>")
    )
    assert fresh.problems(package({"objects/Opportunity.object": whole}, named)) == []
    opportunity = fresh.org.sobject("Opportunity")
    assert opportunity is not None
    names = [one.developer_name for one in fresh.org.record_types(opportunity)]
    assert names == ["Claim", "Master"]


def test_destructive_changes_remove_and_warn_contract_5_3(clinic: Bench) -> None:
    doomed = {"CustomField": ["Account.Clinic_Id__c", "Account.Nope__c"]}
    result = clinic.deploy(package({}, {}, doomed=doomed))
    assert result.success
    told = {one.full_name: (one.deleted, one.problem) for one in result.components}
    assert told["Account.Clinic_Id__c"] == (True, None)
    assert told["Account.Nope__c"] == (False, "No CustomField named: Account.Nope__c found")
    account = clinic.org.sobject("Account")
    assert account is not None
    assert "clinic_id__c" not in account.fields


def test_relations_exist_only_with_the_setting_contract_11(fresh: Bench) -> None:
    assert fresh.org.sobject("AccountContactRelation") is None
    account = fresh.insert("Account", Name="a")
    contact = fresh.insert("Contact", LastName="b", AccountId=account)
    switch = package(
        {
            "settings/Account.settings": settings(
                "Account", enableRelateContactToMultipleAccounts="true"
            )
        },
        {"Settings": ["Account"]},
    )
    assert fresh.problems(switch) == []
    assert fresh.org.sobject("AccountContactRelation") is not None
    assert fresh.rows("SELECT AccountId, ContactId, IsDirect FROM AccountContactRelation") == [
        (account, contact, True)
    ]


def test_permission_set_refuses_what_does_not_exist(fresh: Bench) -> None:
    for content, problem in (
        (
            permission_set(["Account.Nope__c"]),
            "In field: field - no CustomField named Account.Nope__c found",
        ),
        (
            permission_set(objects=["Nope__c"]),
            "In field: object - no CustomObject named Nope__c found",
        ),
        (permission_set(system=["FlyToTheMoon"]), "Unknown user permission: FlyToTheMoon"),
        (
            permission_set(system=["CreateAuditFields"]),
            "Unknown user permission: CreateAuditFields",
        ),
    ):
        body = package({"permissionsets/P.permissionset": content}, {"PermissionSet": ["P"]})
        assert fresh.problems(body) == [problem]
