"""What people see of our objects: each field once, what a record needs, what hangs on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from loaders.contract import read_mapping
from loaders.errors import SchemaUnbuildable
from loaders.schema_package import Package, build_package
from tests.loaders.mini_clinic import MiniClinic, field, to, unbuilt_clinic
from tests.loaders.mini_manifest import write_manifest
from tests.loaders.test_schema_package import file, one_field, texts, value_sets

LAYOUT = "layouts/Insurance_Coverage__c-Insurance Coverage Layout.layout"
OBJECT = "objects/Insurance_Coverage__c.object"


@pytest.fixture
def clinic(tmp_path: Path) -> MiniClinic:
    found = unbuilt_clinic(tmp_path)
    coverage = found.marts["sf_insurance_coverage"]
    coverage["salesforce"] |= {
        "summary": ["Patient__c", "Member_ID__c", "Rank__c"],
        "enable_activities": True,
    }
    member = next(each for each in coverage["columns"] if each["name"] == "Member_ID__c")
    member["salesforce"] |= {"track_history": True, "help": "As it is printed on the `card`."}
    return found


def package(clinic: MiniClinic) -> Package:
    write_manifest(clinic.manifest, clinic.marts)
    return build_package(read_mapping(clinic.manifest), value_sets(), standard_value_sets={})


def test_a_layout_shows_each_field_once_and_says_what_a_record_needs(clinic: MiniClinic) -> None:
    found = package(clinic)
    layout = file(found, LAYOUT)
    items = "layoutSections/layoutColumns/layoutItems"
    shown = texts(layout, f"{items}/field")
    assert len(shown) == len(set(shown))
    assert set(shown) >= set(texts(file(found, OBJECT), "fields/fullName"))
    needed = dict(zip(shown, texts(layout, f"{items}/behavior"), strict=True))
    assert needed["Patient__c"] == "Required"
    assert needed["Payer__c"] == "Edit"


def test_a_record_shows_its_summary_and_what_hangs_on_it(clinic: MiniClinic) -> None:
    clinic.marts["sf_visit"] = visits()
    found = package(clinic)
    own = file(found, OBJECT)
    compact = ["Name", "Patient__c", "Member_ID__c", "Rank__c"]
    assert texts(own, "compactLayouts/fields") == compact
    assert texts(own, "compactLayoutAssignment") == texts(own, "compactLayouts/fullName")
    lists = texts(file(found, LAYOUT), "relatedLists/relatedList")
    assert lists == [
        "Visit__c.Coverage__c", "RelatedActivityList", "RelatedHistoryList",
        "RelatedEntityHistoryList",
    ]  # fmt: skip
    assert texts(file(found, LAYOUT), "relatedLists/fields") == ["NAME", "Room__c"]


def visits() -> dict[str, Any]:
    coverage = to("Insurance_Coverage__c", "Coverage__r", on_delete="SetNull")
    return {
        "salesforce": {
            "sobject": "Visit__c",
            "external_id": "Clinic_Id__c",
            "name_format": "V-{0000}",
            "summary": ["Coverage__c", "Room__c"],
        },
        "columns": [
            field("Clinic_Id__c", custom=True),
            field("Coverage__c", custom=True, lookup=coverage),
            field("Room__c", custom=True),
        ],
    }


def test_every_object_has_a_tab_in_the_app(clinic: MiniClinic) -> None:
    found = package(clinic)
    assert texts(file(found, "tabs/Insurance_Coverage__c.tab"), "customObject") == ["true"]
    app = file(found, "applications/Clinic_Records.app")
    assert "Insurance_Coverage__c" in texts(app, "tabs")
    assert texts(app, "uiType") == ["Lightning"]


def test_history_and_help_follow_the_yaml(clinic: MiniClinic) -> None:
    own = file(package(clinic), OBJECT)
    assert texts(own, "enableHistory") == ["true"]
    member = one_field(own, "Member_ID__c")
    assert member["trackHistory"] == "true"
    assert member["inlineHelpText"] == "As it is printed on the card."
    assert one_field(own, "Rank__c")["trackHistory"] == "false"


def test_no_more_than_twenty_fields_have_a_history(clinic: MiniClinic) -> None:
    columns = clinic.marts["sf_insurance_coverage"]["columns"]
    columns += [field(f"F{n}__c", custom=True, track_history=True) for n in range(20)]
    with pytest.raises(SchemaUnbuildable, match="21 fields with a history"):
        package(clinic)


def test_the_history_of_a_standard_object_is_the_customer_s(clinic: MiniClinic) -> None:
    clinic.marts["sf_contact"]["columns"].append(field("X__c", custom=True, track_history=True))
    with pytest.raises(SchemaUnbuildable, match="is the customer's to decide"):
        package(clinic)
