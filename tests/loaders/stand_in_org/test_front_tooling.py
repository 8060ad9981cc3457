"""Custom fields through the Tooling API: made at once, shown as JSON, changed and deleted by id."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.loaders.stand_in_org.front_org import OrgClient, serving

FIELD = "tooling/sobjects/CustomField"
KINDS = {
    "label": "Kind",
    "type": "Picklist",
    "valueSet": {
        "restricted": True,
        "valueSetDefinition": {
            "sorted": False,
            "value": [
                {"fullName": name, "default": False, "label": name} for name in ("Lab", "Visit")
            ],
        },
    },
}


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrgClient]:
    with serving(tmp_path_factory.mktemp("org")) as client:
        yield client


@pytest.mark.parametrize("contract", ["5.6 Tooling: CustomField by FullName and Metadata"])
def test_a_field_is_made_shown_changed_and_deleted(org: OrgClient, contract: str) -> None:
    made = org.data("POST", FIELD, json={"FullName": "Account.Kind__c", "Metadata": KINDS})
    assert made.status_code == 201, contract
    assert made.json()["success"] is True
    field_id = made.json()["id"]
    assert field_id.startswith("00N")
    shown = org.data("GET", f"{FIELD}/{field_id}").json()
    assert (shown["FullName"], shown["Metadata"]) == ("Account.Kind__c", KINDS)
    changed = org.data("PATCH", f"{FIELD}/{field_id}", json={"Metadata": {**KINDS, "label": "K"}})
    assert changed.status_code == 204
    assert org.data("GET", f"{FIELD}/{field_id}").json()["Metadata"]["label"] == "K"
    defined = "SELECT QualifiedApiName FROM FieldDefinition WHERE EntityDefinitionId = 'Account'"
    names = org.data("GET", "tooling/query", params={"q": defined}).json()["records"]
    assert "Kind__c" in {each["QualifiedApiName"] for each in names}
    assert org.data("DELETE", f"{FIELD}/{field_id}").status_code == 204
    assert org.data("GET", f"{FIELD}/{field_id}").status_code == 404


def test_what_a_deploy_refuses_is_refused_here_too(org: OrgClient) -> None:
    wrong = {"label": "Long", "type": "Text", "length": 256}
    refused = org.data("POST", FIELD, json={"FullName": "Account.Long__c", "Metadata": wrong})
    assert refused.status_code == 400
    (error,) = refused.json()
    assert error["message"] == "Text field length must be between 1 and 255"
    nothing = org.data("POST", FIELD, json={"FullName": "Account.Long__c"})
    assert nothing.status_code == 400
