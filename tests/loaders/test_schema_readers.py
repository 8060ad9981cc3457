"""Who may read what: as the marts say, and nothing may be changed by a reader."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from loaders.contract import Mapping, read_mapping
from loaders.errors import SchemaUnbuildable
from loaders.schema_package import Package, build_package
from loaders.schema_permissions import PERMISSION_SET, granted_fields, permission_sets
from loaders.schema_readers import READERS
from tests.conftest import DemoRoad
from tests.loaders.mini_clinic import MiniClinic, field, unbuilt_clinic
from tests.loaders.mini_manifest import write_manifest
from tests.loaders.optional_marts import ROLES
from tests.loaders.test_schema_package import file, texts, value_sets

CLINICAL = {"Clinical_Note__c", "Lab_Result__c", "Prescription__c"}


@pytest.fixture
def clinic(tmp_path: Path) -> MiniClinic:
    """A clinic whose coverage is for the front desk and for billing, its PHI for billing alone."""
    found = unbuilt_clinic(tmp_path)
    coverage = found.marts["sf_insurance_coverage"]
    coverage["salesforce"] |= {
        "readers": ["front_desk", "billing"],
        "phi_readers": ["billing"],
        "compliance": "HIPAA",
    }
    coverage["columns"].append(field("Diagnosis__c", custom=True, phi=True))
    return found


def package(clinic: MiniClinic) -> Package:
    write_manifest(clinic.manifest, clinic.marts)
    return build_package(read_mapping(clinic.manifest), value_sets(), standard_value_sets={})


def reader_set(found: Package, reader: str) -> etree._Element:
    return file(found, f"permissionsets/{READERS[reader]}.permissionset")


def test_in_the_clinic_each_group_sees_its_work_and_no_other(demo_road: DemoRoad) -> None:
    mapping = read_mapping(demo_road.target / "manifest.json")
    seen = {
        reader: {mart.sobject for mart in mapping.marts if mart.is_custom}
        & {name.partition(".")[0] for name in granted_fields(mapping, reader=reader)}
        for reader in READERS
    }
    assert seen["clinical"] >= CLINICAL
    assert not CLINICAL & (seen["front_desk"] | seen["billing"])
    assert not {"Insurance_Coverage__c", "Payment_Record__c"} - seen["billing"]
    confirmed = {
        f"{mart.sobject}.{column.name}"
        for mart in mapping.marts
        for column in mart.columns
        if column.source_custom_field or column.name == "Diagnosis_Codes__c"
    }
    assert "Contact.Adjustment_Code__c" in confirmed
    assert not confirmed & set(granted_fields(mapping, reader="front_desk"))


def test_a_reader_reads_and_changes_nothing(clinic: MiniClinic) -> None:
    found = reader_set(package(clinic), "front_desk")
    assert set(texts(found, "fieldPermissions/editable")) == {"false"}
    assert texts(found, "objectPermissions/object") == ["Insurance_Coverage__c"]
    for right in ("allowCreate", "allowDelete", "allowEdit", "modifyAllRecords"):
        assert texts(found, f"objectPermissions/{right}") == ["false"]
    # The records are private, and owned by others.
    assert texts(found, "objectPermissions/viewAllRecords") == ["true"]
    assert texts(found, "tabSettings/tab") == ["Insurance_Coverage__c"]
    assert texts(found, "applicationVisibilities/application") == ["Clinic_Records"]
    assert not texts(found, "userPermissions/name")


def test_phi_is_open_only_to_those_who_are_named_for_it(clinic: MiniClinic) -> None:
    found = package(clinic)
    phi = "Insurance_Coverage__c.Diagnosis__c"
    assert phi in texts(reader_set(found, "billing"), "fieldPermissions/field")
    front_desk = texts(reader_set(found, "front_desk"), "fieldPermissions/field")
    assert phi not in front_desk
    assert "Insurance_Coverage__c.Rank__c" in front_desk
    assert "permissionsets/Clinic_Clinical.permissionset" not in dict(found.files)


def test_a_column_may_name_its_own_readers(clinic: MiniClinic) -> None:
    columns = clinic.marts["sf_insurance_coverage"]["columns"]
    columns[-1]["salesforce"]["readers"] = ["front_desk"]
    found = package(clinic)
    phi = "Insurance_Coverage__c.Diagnosis__c"
    assert phi in texts(reader_set(found, "front_desk"), "fieldPermissions/field")
    assert phi not in texts(reader_set(found, "billing"), "fieldPermissions/field")


MART, COLUMN = 2, 4
WRONG = [
    (MART, {"readers": ["front_desk", "billing", "desk"]}, "readers: there is no reader desk"),
    (MART, {"phi_readers": ["clinical"]}, "phi_readers: clinical does not see the object"),
    (COLUMN, {"readers": ["nurses"]}, "readers: there is no reader nurses"),
    (COLUMN, {"readers": ["clinical"]}, "readers: clinical does not see the object"),
    (COLUMN, {"help": "x" * 511}, "help text is longer than 510"),
    (MART, {"summary": ["Notes__c"]}, "summary: Notes__c is long text"),
    (MART, {"encryption": "Secret"}, "encryption Secret is unknown"),
]


@pytest.mark.parametrize(("line", "said", "problem"), WRONG)
def test_what_a_mart_may_not_say_is_refused_with_its_line(
    clinic: MiniClinic,
    monkeypatch: pytest.MonkeyPatch,
    line: int,
    said: dict[str, Any],
    problem: str,
) -> None:
    coverage = clinic.marts["sf_insurance_coverage"]
    owner = coverage if line == MART else coverage["columns"][-1]
    owner["salesforce"] |= said
    (told,) = problems(clinic, monkeypatch)
    assert problem in told
    assert told.endswith(f"(sf_insurance_coverage.yml:{line})")


def test_phi_without_a_compliance_category_is_refused(
    clinic: MiniClinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    del clinic.marts["sf_insurance_coverage"]["salesforce"]["compliance"]
    (told,) = problems(clinic, monkeypatch)
    assert "PHI needs a compliance category" in told


def problems(clinic: MiniClinic, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Build beside a YAML file of the coverage, and list what is refused."""
    write_manifest(clinic.manifest, clinic.marts)
    document = json.loads(clinic.manifest.read_text(encoding="utf-8"))
    model = document["nodes"]["model.clinic.sf_insurance_coverage"]
    model["patch_path"] = "clinic://sf_insurance_coverage.yml"
    clinic.manifest.write_text(json.dumps(document), encoding="utf-8")
    (clinic.folder / "sf_insurance_coverage.yml").write_text(
        "models:\n  - name: sf_insurance_coverage\n    columns:\n      - name: Diagnosis__c\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(clinic.folder)
    with pytest.raises(SchemaUnbuildable) as error:
        build_package(read_mapping(clinic.manifest), value_sets(), standard_value_sets={})
    return error.value.problems


def test_making_users_is_allowed_only_when_asked_for(clinic: MiniClinic) -> None:
    write_manifest(clinic.manifest, clinic.marts)
    mapping = read_mapping(clinic.manifest)
    assert system(mapping, provisions_users=False) == [
        "ApiEnabled", "CreateAuditFields", "EditEvent", "EditTask", "ModifyAllData",
        "QueryAllFiles", "UpdateWithInactiveOwners", "ViewAllData",
    ]  # fmt: skip
    assert "ManageUsers" in system(mapping, provisions_users=True)


def test_making_users_with_roles_brings_the_right_to_make_roles(clinic: MiniClinic) -> None:
    roles = {"ManageRoles", "ViewRoles"}
    write_manifest(clinic.manifest, clinic.marts)
    assert not roles & set(system(read_mapping(clinic.manifest), provisions_users=True))
    write_manifest(clinic.manifest, clinic.marts | {"sf_user_role": ROLES})
    mapping = read_mapping(clinic.manifest)
    assert roles <= set(system(mapping, provisions_users=True))
    assert not roles & set(system(mapping, provisions_users=False))


def system(mapping: Mapping, *, provisions_users: bool) -> list[str]:
    sets = permission_sets(mapping, with_audit=True, provisions_users=provisions_users)
    return texts(etree.fromstring(sets[PERMISSION_SET]), "userPermissions/name")
