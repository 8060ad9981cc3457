"""Metadata deploys over REST: the answers of asking, polling, checking and failing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.loaders.stand_in_org.front_org import OrgClient, keyed_objects, serving, zipped

RESULT_KEYS = [
    "canceledBy",
    "canceledByName",
    "checkOnly",
    "completedDate",
    "createdBy",
    "createdByName",
    "createdDate",
    "details",
    "done",
    "errorMessage",
    "errorStatusCode",
    "id",
    "ignoreWarnings",
    "lastModifiedDate",
    "numberComponentErrors",
    "numberComponentsDeployed",
    "numberComponentsTotal",
    "numberTestErrors",
    "numberTestsCompleted",
    "numberTestsTotal",
    "rollbackOnError",
    "runTestsEnabled",
    "startDate",
    "stateDetail",
    "status",
    "success",
]


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrgClient]:
    with serving(tmp_path_factory.mktemp("org")) as client:
        yield client


@pytest.mark.parametrize("contract", ["5.2 DeployResult and DeployMessage"])
def test_a_deploy_reports_each_component(org: OrgClient, contract: str) -> None:
    result = org.deploy(keyed_objects("Account"))
    assert list(result) == RESULT_KEYS, contract
    assert (result["status"], result["success"], result["done"]) == ("Succeeded", True, True)
    assert str(result["id"]).startswith("0Af")
    details = result["details"]
    assert isinstance(details, dict)
    assert details["componentFailures"] == []
    named = {(one["componentType"], one["fullName"]) for one in details["componentSuccesses"]}
    assert ("CustomField", "Account.Clinic_Id__c") in named
    assert ("PermissionSet", "Clinic_Loader") in named
    # package.xml is reported beside the components, and is none.
    assert result["numberComponentsDeployed"] == len(details["componentSuccesses"]) - 1


def test_a_check_changes_nothing_and_can_be_deployed_afterwards(org: OrgClient) -> None:
    checked = org.deploy(keyed_objects("Lead"), checkOnly="true")
    assert (checked["success"], checked["checkOnly"]) == (True, True)
    defined = "SELECT QualifiedApiName FROM FieldDefinition WHERE EntityDefinitionId = 'Lead'"
    before = {record["QualifiedApiName"] for record in org.records(defined)}
    assert "Clinic_Id__c" not in before
    quick = org.data(
        "POST", "metadata/deployRequest", json={"validatedDeployRequestId": checked["id"]}
    )
    assert quick.status_code == 201
    path = f"metadata/deployRequest/{quick.json()['id']}"
    done = org.data("GET", path).json()["deployResult"]
    assert (done["status"], done["details"]) == ("Succeeded", None)
    after = {record["QualifiedApiName"] for record in org.records(defined)}
    assert "Clinic_Id__c" in after


def test_a_broken_component_fails_the_deploy_and_rolls_back(org: OrgClient) -> None:
    files = keyed_objects("Contact")
    path = "objects/Contact.object"
    files[path] = files[path].replace("<type>Text</type>", "<type>Gibberish</type>")
    result = org.deploy(files)
    assert (result["status"], result["success"]) == ("Failed", False)
    details = result["details"]
    assert isinstance(details, dict)
    assert result["numberComponentErrors"] == len(details["componentFailures"]) > 0
    assert all(one["problem"] for one in details["componentFailures"])


def test_the_json_part_may_have_any_name(org: OrgClient) -> None:
    options = json.dumps({"deployOptions": {"singlePackage": True, "checkOnly": True}})
    answer = org.data(
        "POST",
        "metadata/deployRequest",
        files={
            "entity_content": (None, options, "application/json"),
            "file": ("package.xml", zipped(keyed_objects("Asset")), "application/zip"),
        },
    )
    assert answer.status_code == 201
    assert answer.json()["deployOptions"]["checkOnly"] is True


def test_a_deploy_is_remembered_and_taken_up_after_a_restart(tmp_path: Path) -> None:
    with serving(tmp_path) as before:
        done = before.deploy(keyed_objects("Account"), checkOnly=True)
        before.fault(hold_jobs=True)
        options = json.dumps({"deployOptions": {"rollbackOnError": True}})
        parts = {
            "json": (None, options, "application/json"),
            "file": ("deploy.zip", zipped(keyed_objects("Lead")), "application/zip"),
        }
        held = before.data("POST", "metadata/deployRequest", files=parts).json()["id"]
        canceled = before.data("POST", "metadata/deployRequest", files=parts).json()["id"]
        body = {"deployResult": {"status": "Canceling"}}
        assert before.data("PATCH", f"metadata/deployRequest/{canceled}", json=body).is_success
    with serving(tmp_path) as after:
        status = {
            each: after.data("GET", f"metadata/deployRequest/{each}").json()["deployResult"]
            for each in (str(done["id"]), held, canceled)
        }
        assert [one["status"] for one in status.values()] == [
            "Succeeded", "Succeeded", "Canceled",
        ]  # fmt: skip
        quick = {"validatedDeployRequestId": done["id"]}
        assert after.data("POST", "metadata/deployRequest", json=quick).status_code == 201


def test_an_unknown_deploy_is_not_found(org: OrgClient) -> None:
    answer = org.data("GET", "metadata/deployRequest/0Af000000000001AAA")
    assert answer.status_code == 404
    refused = org.data(
        "POST", "metadata/deployRequest", json={"validatedDeployRequestId": "0Af000000000001AAA"}
    )
    assert refused.status_code == 400
