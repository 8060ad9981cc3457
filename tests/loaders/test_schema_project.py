"""The Salesforce DX project holds what the package holds, each component in its own file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lxml import etree

from loaders.contract import read_mapping
from loaders.schema_package import Package, build_package, build_settings
from loaders.schema_project import project_files, source_files
from tests.loaders.metadata_files import said
from tests.loaders.mini_clinic import unbuilt_clinic
from tests.loaders.test_schema_package import NAMESPACE, file, value_sets

ENDINGS = {
    "CompactLayout": "compactLayout", "CustomApplication": "app", "CustomField": "field",
    "CustomObject": "object", "CustomTab": "tab", "GlobalValueSet": "globalValueSet",
    "Layout": "layout", "PermissionSet": "permissionset", "RecordType": "recordType",
}  # fmt: skip


@pytest.fixture
def package(tmp_path: Path) -> Package:
    mapping = read_mapping(unbuilt_clinic(tmp_path).manifest)
    return build_package(mapping, value_sets(), standard_value_sets={})


def test_each_field_record_type_and_process_has_its_own_file(package: Package) -> None:
    found = dict(source_files(package))
    kinds = etree.fromstring(dict(package.files)["package.xml"]).iterfind(f"{NAMESPACE}types")
    for kind in kinds:
        wanted = ENDINGS[str(kind.findtext(f"{NAMESPACE}name"))]
        for member in kind.iterfind(f"{NAMESPACE}members"):
            owner, _, part = str(member.text).rpartition(".")
            folder = f"objects/{owner}/" if owner else ""
            ending = f"/{part}.{wanted}-meta.xml"
            places = [p for p in found if p.startswith(folder) and p.endswith(ending)]
            assert len(places) == 1, member.text
    assert not any(path.endswith("package.xml") for path in found)


def test_a_file_taken_out_of_an_object_says_what_the_object_said(package: Package) -> None:
    found = dict(source_files(package))
    account = file(package, "objects/Account.object")
    for field in account.iterfind(f"{NAMESPACE}fields"):
        name = field.findtext(f"{NAMESPACE}fullName")
        own = etree.fromstring(found[f"objects/Account/fields/{name}.field-meta.xml"])
        assert etree.QName(own).localname == "CustomField"
        assert [said(child) for child in own] == [said(child) for child in field]


def test_a_standard_object_has_no_file_of_its_own_and_a_custom_one_has(package: Package) -> None:
    found = dict(source_files(package))
    assert "objects/Account/Account.object-meta.xml" not in found
    own = etree.fromstring(
        found["objects/Insurance_Coverage__c/Insurance_Coverage__c.object-meta.xml"]
    )
    assert own.findtext(f"{NAMESPACE}sharingModel") == "Private"
    assert own.find(f"{NAMESPACE}fields") is None


def test_the_project_keeps_settings_apart_since_they_go_first(package: Package) -> None:
    files = project_files((("settings", build_settings()), ("schema", package)))
    assert files == project_files((("settings", build_settings()), ("schema", package)))
    project = json.loads(dict(files)["sfdx-project.json"])
    assert project["packageDirectories"] == [
        {"path": "settings", "default": False},
        {"path": "schema", "default": True},
    ]
    assert "settings/main/default/settings/Account.settings-meta.xml" in dict(files)
