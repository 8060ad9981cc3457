"""The manifest is the contract: what the loader does not know is refused, all of it at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from loaders.contract import Mapping, read_mapping
from loaders.errors import REFUSED, MappingRefused, MapStillProposed, NothingToRead
from loaders.paths import manifest_path
from tests.loaders.mini_clinic import MARTS, field, to, unbuilt_clinic
from tests.loaders.mini_manifest import write_manifest


def refused(tmp_path: Path, **changes: dict[str, Any]) -> list[str]:
    """Write a manifest with changed marts and list what is said against it."""
    clinic = unbuilt_clinic(tmp_path)
    for name, change in changes.items():
        mart = clinic.marts.setdefault(name, {"salesforce": {}, "columns": [], "rows": []})
        mart["salesforce"] |= change.get("salesforce", {})
        mart["columns"] += change.get("columns", [])
    write_manifest(clinic.manifest, clinic.marts)
    with pytest.raises(MappingRefused) as error:
        read_mapping(clinic.manifest)
    assert error.value.exit_code == REFUSED
    return error.value.problems


@pytest.fixture
def mapping(tmp_path: Path) -> Mapping:
    return read_mapping(unbuilt_clinic(tmp_path).manifest)


def test_a_mart_is_read_with_everything_it_says(mapping: Mapping) -> None:
    coverage = mapping.mart("Insurance_Coverage__c")
    assert coverage.relation == '"warehouse"."main_salesforce"."sf_insurance_coverage"'
    assert coverage.key == ("Clinic_Id__c",)
    assert coverage.lock_parent == "Patient__c"
    patient = coverage.column("Patient__c")
    assert patient.required
    assert patient.lookup is not None
    assert (patient.lookup.objects, patient.lookup.match) == (("Contact",), "external_id")
    assert patient.sf_type == "Lookup"


def test_types_follow_from_the_data_type(mapping: Mapping) -> None:
    coverage = mapping.mart("Insurance_Coverage__c")
    rank, copay = coverage.column("Rank__c"), coverage.column("Copay__c")
    assert (rank.sf_type, rank.precision, rank.scale) == ("Number", 18, 0)
    assert (copay.sf_type, copay.precision, copay.scale) == ("Currency", 18, 2)
    assert mapping.mart("Contact").column("Deceased__c").sf_type == "Checkbox"
    assert mapping.mart("Contact").column("Patient_Record_Type__c").sf_type == "Picklist"


def test_a_natural_key_is_joined_from_its_columns(mapping: Mapping) -> None:
    link = mapping.mart("ContentDocumentLink")
    assert link.external_id is None
    assert link.key == ("ContentDocumentId", "LinkedEntityId")


def test_marts_come_sorted_by_object(mapping: Mapping) -> None:
    names = [mart.sobject for mart in mapping.marts]
    assert names == sorted(names)
    assert len(names) == len(MARTS)


def test_the_key_field_is_unique_unless_it_says_otherwise(mapping: Mapping) -> None:
    assert mapping.mart("Contact").column("Clinic_Id__c").unique
    assert not mapping.mart("ContentVersion").column("Clinic_Id__c").unique


def test_unknown_keys_are_refused_wherever_they_stand_and_all_at_once(tmp_path: Path) -> None:
    problems = refused(
        tmp_path,
        sf_account={"salesforce": {"extrenal_id": "Clinic_Id__c"}},
        sf_contact={
            "columns": [
                field("Email", colour="red"),
                field("ReportsToId", lookup=to("Contact", "ReportsTo", kind="soft")),
            ]
        },
    )
    assert problems == [
        "sf_account: unknown key extrenal_id",
        "sf_contact.Email: unknown key colour",
        "sf_contact.ReportsToId: unknown key lookup.kind",
    ]


@pytest.mark.parametrize(
    ("column", "problem"),
    [
        (field("Email", "varchar"), "data_type varchar is not one of the known"),
        (field("Email", ""), "data_type is missing is not one of the known"),
        (field("Email__c"), "custom: true and the ending __c belong together"),
        (field("Email", custom=True), "custom: true and the ending __c belong together"),
        (field("X__c", custom=True, lookup=to("Account", None)), "lookup.relationship is missing"),
        (field("X__c", custom=True, lookup=to([], "X__r")), "lookup.object is missing"),
        (
            field("X__c", custom=True, lookup=to("Account", "X__r", match="name_like")),
            "unknown match name_like",
        ),
        (
            field("X__c", custom=True, lookup=to("Account", "X__r", on_delete="Cascade")),
            "on_delete is SetNull or Restrict, never Cascade",
        ),
        (
            field("X__c", custom=True, lookup=to("Campaign", "X__r")),
            "no mart with Clinic_Id__c is Campaign",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_column_that_cannot_be_meant_is_refused(
    tmp_path: Path, column: dict[str, Any], problem: str
) -> None:
    problems = refused(tmp_path, sf_contact={"columns": [column]})
    assert f"sf_contact.{column['name']}: {problem}" in problems


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"natural_key": ["LastName"]}, "either external_id or natural_key is needed"),
        ({"external_id": None}, "either external_id or natural_key is needed"),
        ({"external_id": "LastName"}, "the external id is always Clinic_Id__c"),
        ({"lock_parent": "HouseholdId"}, "there is no column HouseholdId"),
        ({"sobject": "Visit__c"}, "a custom object needs name_format"),
        ({"sobject": ""}, "sobject is missing"),
    ],
)
def test_a_mart_that_cannot_be_meant_is_refused(
    tmp_path: Path, said: dict[str, Any], problem: str
) -> None:
    problems = refused(tmp_path, sf_event={"salesforce": said})
    assert f"sf_event: {problem}" in problems


def test_two_models_cannot_be_one_object(tmp_path: Path) -> None:
    assert "two models are Contact" in refused(
        tmp_path, sf_event={"salesforce": {"sobject": "Contact"}}
    )


def test_a_manifest_without_the_audit_tables_is_refused(tmp_path: Path) -> None:
    clinic = unbuilt_clinic(tmp_path)
    text = clinic.manifest.read_text(encoding="utf-8")
    clinic.manifest.write_text(text.replace("audit_row_counts", "audit_rows"), encoding="utf-8")
    with pytest.raises(MappingRefused, match="no model or seed audit_row_counts"):
        read_mapping(clinic.manifest)


def test_no_manifest_is_nothing_to_read(tmp_path: Path) -> None:
    with pytest.raises(NothingToRead) as error:
        manifest_path({"DBT_TARGET_PATH": str(tmp_path)})
    assert error.value.hint == "dbt build"


def marked(manifest: Path, **marks: object) -> None:
    """Mark models of a manifest as proposed."""
    document = json.loads(manifest.read_bytes())
    for name, mark in marks.items():
        (node,) = (each for each in document["nodes"].values() if each["name"] == name)
        node.setdefault("config", {}).setdefault("meta", {})["proposed"] = mark
    manifest.write_text(json.dumps(document), encoding="utf-8")


def test_a_map_that_is_still_proposed_is_refused_and_says_what(tmp_path: Path) -> None:
    manifest = unbuilt_clinic(tmp_path).manifest
    marked(manifest, salesforce_picklists=["a", "b", "c", "d", "e", "f", "g"], sf_contact=True)
    with pytest.raises(MapStillProposed) as error:
        read_mapping(manifest)
    assert error.value.exit_code == REFUSED
    assert error.value.proposed == [
        "salesforce_picklists: a, b, c, d, e and 2 more",
        "sf_contact: True",
    ]
    assert "delete what `proposed` lists" in error.value.hint


def test_a_map_whose_marks_are_gone_is_read(tmp_path: Path) -> None:
    manifest = unbuilt_clinic(tmp_path).manifest
    marked(manifest, salesforce_picklists=[], sf_contact=None)
    assert read_mapping(manifest).mart("Contact")
