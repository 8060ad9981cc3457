"""The seeds of facts about Salesforce and the stand-in's describe are one truth (STYLE C1.5)."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml

from loaders.schema_values import DECIDED_BY_HAND
from tests.conftest import ROOT
from tests.loaders.stand_in_org.front_org import OrgClient, assign, metadata, serving

SEEDS = ROOT / "seeds" / "salesforce"
MARTS = ROOT / "models" / "marts" / "salesforce"
NUMBERS = ("double", "currency", "percent")
# One object of our own stands for all of them, beside those that settings bring.
SCHEMA = {
    "package.xml": metadata(
        "Package",
        "<types><members>Note__c</members><name>CustomObject</name></types>"
        "<types><members>All</members><name>PermissionSet</name></types>"
        "<types><members>Account</members><members>Territory2</members><name>Settings</name></types>"
        "<version>67.0</version>",
    ),
    "objects/Note__c.object": metadata(
        "CustomObject",
        "<deploymentStatus>Deployed</deploymentStatus><label>Note</label>"
        "<nameField><displayFormat>N-{0000}</displayFormat><label>Name</label>"
        "<type>AutoNumber</type></nameField>"
        "<pluralLabel>Notes</pluralLabel><sharingModel>Private</sharingModel>",
    ),
    "permissionsets/All.permissionset": metadata(
        "PermissionSet",
        "<label>All</label><objectPermissions><allowCreate>true</allowCreate>"
        "<allowDelete>true</allowDelete><allowEdit>true</allowEdit><allowRead>true</allowRead>"
        "<modifyAllRecords>false</modifyAllRecords><object>Note__c</object>"
        "<viewAllRecords>false</viewAllRecords></objectPermissions>",
    ),
    "settings/Account.settings": metadata(
        "AccountSettings",
        "<enableAccountTeams>true</enableAccountTeams>"
        "<enableRelateContactToMultipleAccounts>true</enableRelateContactToMultipleAccounts>",
    ),
    "settings/Territory2.settings": metadata(
        "Territory2Settings", "<enableTerritoryManagement2>true</enableTerritoryManagement2>"
    ),
}


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrgClient]:
    with serving(tmp_path_factory.mktemp("org")) as client:
        assert client.deploy(SCHEMA)["status"] == "Succeeded"
        assign(client, "All")
        yield client


def seed(name: str) -> list[dict[str, str]]:
    with (SEEDS / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def described(org: OrgClient, sobject: str) -> dict[str, dict[str, object]]:
    own = "Note__c" if sobject.endswith("__c") else sobject
    fields = org.data("GET", f"sobjects/{own}/describe").json()["fields"]
    return {field["name"]: field for field in fields}


def as_seeded(sobject: str, field: Mapping[str, object]) -> dict[str, str]:
    """Write what describe says of a field in the columns of the seed."""
    number = field["type"] in NUMBERS
    sizes = {
        "length": field["length"] or "",
        "precision": field["precision"] if number else field["digits"] or "",
        "scale": field["scale"] if number else "",
    }
    rights = {name: str(field[name]).lower() for name in ("createable", "updateable", "nillable")}
    named = {"sobject": sobject, "field": str(field["name"]), "type": str(field["type"])}
    return {**named, **{name: str(size) for name, size in sizes.items()}, **rights}


def test_each_seeded_field_is_described_as_the_seed_says(org: OrgClient) -> None:
    rows = seed("salesforce_fields.csv")
    for sobject in sorted({row["sobject"] for row in rows}):
        fields = described(org, sobject)
        wanted = [row for row in rows if row["sobject"] == sobject]
        assert wanted == [as_seeded(sobject, fields[row["field"]]) for row in wanted]


def standard_picklists() -> list[tuple[str, str, Mapping[str, str]]]:
    """List the marts' columns that are standard picklists, with what their YAML says of them."""
    found = []
    for path in sorted(MARTS.glob("sf_*.yml")):
        (model,) = yaml.safe_load(Path(path).read_text(encoding="utf-8"))["models"]
        sobject = model["config"]["meta"]["salesforce"]["sobject"]
        for column in model["columns"]:
            said = column.get("config", {}).get("meta", {}).get("salesforce", {})
            if "picklist" in said and not said.get("custom"):
                found.append((sobject, column["name"], said))
    return found


def test_each_value_of_a_standard_picklist_is_the_orgs_or_is_deployed(org: OrgClient) -> None:
    values = seed("salesforce_picklists.csv")
    seen = 0
    for sobject, column, said in standard_picklists():
        offered = described(org, sobject)[column]["picklistValues"]
        assert isinstance(offered, list)
        in_org = {option["value"]: option["label"] for option in offered}
        deployed = said.get("standard_value_set") not in (None, *DECIDED_BY_HAND)
        mine = {
            row["value"]: row["label"] for row in values if row["value_set"] == said["picklist"]
        }
        assert mine, said
        seen += len(mine)
        lacking = {value: label for value, label in mine.items() if in_org.get(value) != label}
        assert lacking == {} or deployed, (sobject, column, lacking)
    assert seen > len(DECIDED_BY_HAND)
