"""Packages as a whole: manifests against files, order of deletions, what partial success keeps."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import pytest

from loaders.stand_in_org.model import DeployMessage
from loaders.stand_in_org.settings import Settings
from tests.loaders.stand_in_org.engine_org import Bench
from tests.loaders.stand_in_org.engine_package import (
    HEAD,
    NAMESPACE,
    custom_object,
    field,
    key_field,
    package,
    permission_set,
    standard_object,
)

TEXT = field("A__c", "Text", length="5")


def _manifest(**members: str) -> str:
    types = "".join(
        f"<types>{''.join(f'<members>{one}</members>' for one in names.split())}"
        f"<name>{kind}</name></types>"
        for kind, names in members.items()
    )
    return f"{HEAD}<Package {NAMESPACE}>{types}<version>67.0</version></Package>"


def _zip(files: Mapping[str, str]) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return body.getvalue()


def _failures(bench: Bench, files: Mapping[str, str], **options: object) -> list[DeployMessage]:
    result = bench.deploy(_zip(files), **options)
    return [one for one in result.components if not one.success]


def _told(messages: list[DeployMessage]) -> list[tuple[str, str, str, str | None]]:
    return [(one.component_type, one.full_name, one.file_name, one.problem) for one in messages]


def test_a_file_or_part_outside_the_manifest_is_an_error_contract_5_3(fresh: Bench) -> None:
    other = field("B__c", "Text", length="5")
    files = {
        "package.xml": _manifest(CustomField="Account.A__c"),
        "objects/Account.object": standard_object(TEXT, other),
        "objects/Lead.object": standard_object(TEXT),
        "notes/readme.txt": "hello",
    }
    strange = "Not in package.xml"
    assert _told(_failures(fresh, files)) == [
        ("CustomField", "Account.B__c", "objects/Account.object", strange),
        ("", "notes/readme.txt", "notes/readme.txt", strange),
        ("CustomObject", "Lead", "objects/Lead.object", strange),
    ]
    assert _failures(fresh, {k: v for k, v in files.items() if k != "notes/readme.txt"},
                     autoUpdatePackage=True) == []  # fmt: skip


def test_what_the_manifest_names_must_be_in_the_zip_unless_allowed(fresh: Bench) -> None:
    files = {"package.xml": _manifest(Layout="Account-A", Gibberish="x", ApexClass="B")}
    problems = [
        "An object 'Account-A' of type Layout was named in package.xml, but was not found in"
        " zipped directory",
        "Unknown type name 'Gibberish' specified in package.xml",
        "Entity of type 'ApexClass' is not available in this organization",
    ]
    assert [one.problem for one in _failures(fresh, files)] == problems
    allowed = _failures(fresh, {"package.xml": _manifest(Layout="Account-A")},
                        allowMissingFiles="true")  # fmt: skip
    assert allowed == []


def test_a_folder_around_the_package_is_part_of_its_file_names_contract_5_2(fresh: Bench) -> None:
    files = {
        "zip/package.xml": _manifest(CustomObject="Account"),
        "zip/objects/Account.object": standard_object(TEXT, field("B__c", "Text")),
    }
    result = fresh.deploy(_zip(files))
    names = {one.file_name for one in result.components}
    assert names == {"zip/package.xml", "zip/objects/Account.object"}
    without = {"zip/objects/Account.object": standard_object(TEXT)}
    assert _told(_failures(fresh, without)) == [
        ("", "package.xml", "zip/package.xml", "No package.xml found")
    ]


def test_a_problem_names_the_line_and_the_column_behind_the_start_tag(fresh: Bench) -> None:
    broken = standard_object("\n    ", TEXT, "\n    ", field("B__c", "Text"), "\n")
    files = {"package.xml": _manifest(CustomObject="Account"), "objects/Account.object": broken}
    (failure,) = _failures(fresh, files)
    assert (failure.full_name, failure.line, failure.column) == ("Account.B__c", 3, 13)
    files["objects/Account.object"] = broken.replace("</CustomObject>", "")
    (failure,) = _failures(fresh, files)
    assert (failure.component_type, failure.full_name) == ("CustomObject", "Account")
    assert failure.problem == "Error parsing file: no element found: line 4, column 0"
    assert failure.line == 4


def test_without_rollback_the_deploy_is_partly_a_success_contract_5_2(fresh: Bench) -> None:
    files = {
        "package.xml": _manifest(CustomObject="Account"),
        "objects/Account.object": standard_object(TEXT, field("B__c", "Text")),
    }
    result = fresh.deploy(_zip(files), rollbackOnError="false")
    assert (result.status, result.success) == ("SucceededPartial", False)
    again = fresh.deploy(_zip(files), rollbackOnError=True)
    assert again.status == "Failed"


@pytest.mark.parametrize("says", [False, True])
def test_the_success_of_a_partial_deploy_is_switchable(fresh: Bench, says: bool) -> None:
    fresh.org.settings = Settings(partial_is_success=says)
    files = {
        "package.xml": _manifest(CustomObject="Account"),
        "objects/Account.object": standard_object(TEXT, field("B__c", "Text")),
    }
    assert fresh.deploy(_zip(files), rollbackOnError=False).success is says


def test_deletions_come_before_or_after_as_their_file_says_contract_5_3(clinic: Bench) -> None:
    text_again = standard_object(field("Clinic_Id__c", "Number", precision="3", scale="0"))
    files = {
        "package.xml": _manifest(CustomField="Lead.Clinic_Id__c"),
        "objects/Lead.object": text_again,
        "destructiveChangesPre.xml": _manifest(CustomField="Lead.Clinic_Id__c"),
    }
    clinic.org.settings = Settings(deleted_names_taken=False)
    assert _failures(clinic, files) == []
    lead = clinic.org.sobject("Lead")
    assert lead is not None
    assert lead.fields["clinic_id__c"].type == "double"
    files["destructiveChangesPost.xml"] = files.pop("destructiveChangesPre.xml")
    assert _failures(clinic, files) == []
    lead = clinic.org.sobject("Lead")
    assert lead is not None
    assert "clinic_id__c" not in lead.fields


def test_a_wildcard_in_destructive_changes_is_refused_contract_5_3(fresh: Bench) -> None:
    files = {"package.xml": _manifest(), "destructiveChanges.xml": _manifest(CustomField="*")}
    (failure,) = _failures(fresh, files)
    assert failure.problem == "destructiveChanges.xml cannot contain wildcard members"


@pytest.mark.parametrize("taken", [True, False])
def test_a_deleted_name_stays_taken_for_15_days_contract_7_13(clinic: Bench, taken: bool) -> None:
    clinic.org.settings = Settings(deleted_names_taken=taken)
    doomed = {"CustomField": ["Lead.Clinic_Id__c"]}
    assert clinic.deploy(package({}, {}, doomed=doomed)).success
    again = package(
        {"objects/Lead.object": standard_object(key_field())}, {"CustomObject": ["Lead"]}
    )
    problem = "duplicate value found: <unknown> duplicates value on record with id: <unknown>"
    assert clinic.problems(again) == ([problem] if taken else [])
    clinic.clock.forward(days=16)
    assert clinic.problems(again) == []


@pytest.mark.parametrize("sandbox", [True, False])
def test_purging_frees_the_name_outside_production_contract_5_3(
    clinic: Bench, sandbox: bool
) -> None:
    clinic.org.settings = Settings(sandbox=sandbox)
    doomed = {"CustomField": ["Lead.Clinic_Id__c"]}
    assert clinic.deploy(package({}, {}, doomed=doomed), purgeOnDelete=True).success
    again = package(
        {"objects/Lead.object": standard_object(key_field())}, {"CustomObject": ["Lead"]}
    )
    assert (clinic.problems(again) == []) is sandbox


def test_a_field_that_something_names_cannot_be_deleted_contract_5_3(clinic: Bench) -> None:
    layout = (
        f"{HEAD}<Layout {NAMESPACE}><layoutSections><customLabel>false</customLabel>"
        "<detailHeading>false</detailHeading><editHeading>false</editHeading>"
        "<layoutColumns><layoutItems><field>Clinic_Id__c</field></layoutItems></layoutColumns>"
        "<style>OneColumn</style></layoutSections></Layout>"
    )
    files = {"layouts/Lead-Lead Layout.layout": layout}
    assert clinic.problems(package(files, {"Layout": ["Lead-Lead Layout"]})) == []
    doomed = {"CustomField": ["Lead.Clinic_Id__c"]}
    held = "This custom field is referenced elsewhere in salesforce.com. : "
    assert clinic.problems(package({}, {}, doomed=doomed)) == [held + "Layout - Lead-Lead Layout."]
    both = {**doomed, "Layout": ["Lead-Lead Layout"]}
    assert clinic.problems(package({}, {}, doomed=both)) == []
    clinic.insert("Account", Name="a", Clinic_Id__c="k")
    filled = package({}, {}, doomed={"CustomField": ["Account.Clinic_Id__c"]})
    assert clinic.problems(filled) == [held + "Permission Set - Load."]
    clinic.org.settings = Settings(granted_fields_deletable=True)
    assert clinic.problems(filled) == []


@pytest.mark.parametrize("deletable", [True, False])
def test_whether_record_types_can_be_deleted_is_switchable(fresh: Bench, deletable: bool) -> None:
    fresh.org.settings = Settings(record_types_deletable=deletable)
    record_type = (
        "<recordTypes><fullName>Payer</fullName><active>true</active><label>Payer</label>"
        "</recordTypes>"
    )
    files = {"objects/Account.object": standard_object(record_type)}
    assert fresh.problems(package(files, {"CustomObject": ["Account"]})) == []
    doomed = package({}, {}, doomed={"RecordType": ["Account.Payer"]})
    assert fresh.problems(doomed) == (
        [] if deletable else ["Cannot delete record type through API"]
    )


def test_warnings_are_errors_only_where_the_org_says_so(fresh: Bench) -> None:
    missing = package({}, {}, doomed={"CustomField": ["Account.Nope__c"]})
    assert fresh.deploy(missing).success
    fresh.org.settings = Settings(warnings_fail=True)
    assert not fresh.deploy(missing).success
    assert fresh.deploy(missing, ignoreWarnings=True).success


@pytest.mark.parametrize(("version", "left"), [("67.0", ["B"]), ("39.0", ["A", "B"])])
def test_a_permission_set_is_replaced_from_version_40_on(
    fresh: Bench, version: str, left: list[str]
) -> None:
    both = standard_object(TEXT, field("B__c", "Text", length="5"))
    first = {
        "package.xml": _manifest(CustomObject="Account", PermissionSet="P"),
        "objects/Account.object": both,
        "permissionsets/P.permissionset": permission_set(["Account.A__c"]),
    }
    assert _failures(fresh, first) == []
    second = {
        "package.xml": _manifest(PermissionSet="P").replace("67.0", version),
        "permissionsets/P.permissionset": permission_set(["Account.B__c"]),
    }
    assert _failures(fresh, second) == []
    granted = fresh.rows('SELECT Field FROM "FieldPermissions" ORDER BY Field')
    assert granted == [(f"Account.{name}__c",) for name in left]


def test_what_a_detail_needs_is_its_master(fresh: Bench) -> None:
    master = custom_object("Master")
    detail = custom_object(
        "Detail",
        field("M__c", "MasterDetail", referenceTo="Master__c", relationshipName="Details"),
    ).replace("Private", "ControlledByParent")
    files = {
        "package.xml": _manifest(CustomObject="Master__c Detail__c", PermissionSet="P"),
        "objects/Master__c.object": master,
        "objects/Detail__c.object": detail,
        "permissionsets/P.permissionset": permission_set(objects=["Detail__c"]),
    }
    assert [one.problem for one in _failures(fresh, files)] == [
        "Permission Read Detail__c depends on permission(s): Read Master__c"
    ]
    files["permissionsets/P.permissionset"] = permission_set(["Detail__c.M__c"])
    assert [one.problem for one in _failures(fresh, files)] == [
        "You cannot deploy to a required field: Detail__c.M__c"
    ]
