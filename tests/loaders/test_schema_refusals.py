"""What may not be deployed is refused before anything is sent, with the line to correct."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from loaders.contract import read_mapping
from loaders.errors import REFUSED, SchemaUnbuildable
from loaders.schema_fields import PROBABILISTIC
from loaders.schema_package import build_package
from tests.loaders.mini_clinic import MiniClinic, field, to, unbuilt_clinic
from tests.loaders.mini_manifest import write_manifest
from tests.loaders.mini_values import value_sets


def refused(clinic: MiniClinic) -> SchemaUnbuildable:
    """Build a package of the marts as they are now, which must not work."""
    write_manifest(clinic.manifest, clinic.marts)
    return unbuildable(clinic.manifest)


def unbuildable(manifest: Path) -> SchemaUnbuildable:
    with pytest.raises(SchemaUnbuildable) as error:
        build_package(read_mapping(manifest), value_sets(), standard_value_sets={})
    return error.value


@pytest.mark.parametrize(
    ("column", "problem"),
    [
        (field("X" * 41 + "__c", custom=True), "is not a field name"),
        (field("A__b__c", custom=True), "is not a field name"),
        (field("1st__c", custom=True), "is not a field name"),
        (field("X__c", custom=True, label="x" * 41), "label is longer than 40"),
        (field("X__c", custom=True, length=256), "text is 1 to 255 characters"),
        (
            field("X__c", custom=True, type="LongTextArea", length=131_073),
            "long text is 256 to 131,072 characters",
        ),
        (field("X__c", custom=True, type="Notes"), "type Notes is unknown"),
        (field("X__c", custom=True, type="Picklist"), "a picklist needs picklist: <value set>"),
        (field("X__c", custom=True, picklist="Nowhere"), "the seed has no value set Nowhere"),
        (
            field("X__c", "decimal(19,2)", custom=True),
            "a number has at most 18 digits",
        ),
        (
            field("X__c", "bigint", custom=True, picklist="Account_Type"),
            "a picklist holds text, not bigint",
        ),
        (
            field("X__c", custom=True, encryption="Secret"),
            "encryption Secret is unknown",
        ),
        (
            field("X__c", custom=True, picklist="Account_Type", encryption=PROBABILISTIC),
            "type Picklist cannot be encrypted field by field",
        ),
        (
            field("X__c", custom=True, unique=True, encryption=PROBABILISTIC),
            "a key cannot have probabilistic encryption: no record would be found by it",
        ),
        (
            field("X__c", custom=True, lookup=to(["Account", "Contact"], "X__r")),
            "a custom lookup points to exactly one object",
        ),
    ],
)
def test_what_salesforce_would_not_take_is_refused_before_it_is_sent(
    tmp_path: Path, column: dict[str, Any], problem: str
) -> None:
    clinic = unbuilt_clinic(tmp_path)
    clinic.marts["sf_contact"]["columns"].append(column)
    error = refused(clinic)
    assert error.exit_code == REFUSED
    name = column["name"]
    assert f"Contact.{name}: {problem}" in error.problems


def test_a_field_that_finds_records_of_the_org_is_never_probabilistic(tmp_path: Path) -> None:
    clinic = unbuilt_clinic(tmp_path)
    contact = clinic.marts["sf_contact"]
    contact["columns"].append(field("Chart__c", custom=True, encryption=PROBABILISTIC))
    contact["salesforce"]["match"] = {"weak": [["LastName", "Chart__c"]]}
    error = refused(clinic)
    problem = "a key cannot have probabilistic encryption: no record would be found by it"
    assert f"Contact.Chart__c: {problem}" in error.problems


def test_the_line_to_correct_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clinic = unbuilt_clinic(tmp_path)
    clinic.marts["sf_contact"]["columns"].append(field("X__c", custom=True, length=256))
    write_manifest(clinic.manifest, clinic.marts)
    document = json.loads(clinic.manifest.read_text(encoding="utf-8"))
    model = document["nodes"]["model.clinic.sf_contact"]
    model["patch_path"] = "clinic://models/sf_contact.yml"
    clinic.manifest.write_text(json.dumps(document), encoding="utf-8")
    (tmp_path / "models").mkdir()
    described = "models:\n  - name: sf_contact\n    columns:\n      - name: X__c\n"
    (tmp_path / "models" / "sf_contact.yml").write_text(described, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert "(models/sf_contact.yml:4)" in str(unbuildable(clinic.manifest))


def test_activity_takes_no_long_text(tmp_path: Path) -> None:
    clinic = unbuilt_clinic(tmp_path)
    clinic.marts["sf_event"]["columns"].append(field("X__c", custom=True, type="LongTextArea"))
    assert "Activity takes no long text" in str(refused(clinic).problems)


def test_event_and_task_must_agree_about_a_field_that_they_share(tmp_path: Path) -> None:
    clinic = unbuilt_clinic(tmp_path)
    clinic.marts["sf_task"] = {
        "salesforce": {"sobject": "Task", "external_id": "Clinic_Id__c"},
        "columns": [
            clinic.marts["sf_event"]["columns"][0],
            field("Appointment_Status__c", custom=True, length=20),
        ],
    }
    assert "Activity.Appointment_Status__c" in str(refused(clinic).problems)
