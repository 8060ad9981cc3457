"""Metadata deploys over SOAP: any prefix, any path suffix, and faults in the original's words."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from simple_salesforce import Salesforce

from tests.loaders.stand_in_org import soap_calls
from tests.loaders.stand_in_org.front_org import OrgClient, keyed_objects, serving, zipped
from tests.loaders.stand_in_org.simple_client import logged_in
from tests.loaders.stand_in_org.soap_calls import ENVELOPE, METADATA, SoapFault, every, text
from tests.loaders.stand_in_org.test_front_metadata import RESULT_KEYS


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrgClient]:
    with serving(tmp_path_factory.mktemp("org")) as client:
        yield client


@pytest.fixture(scope="module")
def client(org: OrgClient) -> Iterator[Salesforce]:
    with logged_in(org) as client:
        yield client


@pytest.mark.parametrize("suffix", ["", "/", "/00D000000000001EAA", "/deployRequest/0Af1"])
@pytest.mark.parametrize("contract", ["5.2 SOAP deploy, any suffix after the version"])
def test_a_deploy_reports_each_component(org: OrgClient, suffix: str, contract: str) -> None:
    result = soap_calls.deploy(org, keyed_objects("Account"), suffix=suffix)
    assert text(result, "status") == "Succeeded", contract
    assert (text(result, "success"), text(result, "done")) == ("true", "true")
    assert (text(result, "id") or "").startswith("0Af")
    named = {
        (text(one, "componentType"), text(one, "fullName"))
        for one in every(result, "details/componentSuccesses")
    }
    assert ("CustomField", "Account.Clinic_Id__c") in named
    assert text(result, "numberComponentsDeployed") == str(len(named) - 1), "package.xml is no part"
    assert text(result, "details/runTestResult/numTestsRun") == "0"
    shown = [child.tag.rpartition("}")[2] for child in result]
    assert shown == [key for key in RESULT_KEYS if key in shown]


def test_the_unmodified_client_deploys_over_https(client: Salesforce) -> None:
    package = io.BytesIO(zipped(keyed_objects("Contact")))
    begun = client.deploy(package, sandbox=True, checkOnly=False, testLevel="NoTestRun")
    assert begun["state"] == "Queued"
    status = client.checkDeployStatus(begun["asyncId"])
    assert status["state"] == "Succeeded"
    assert status["deployment_detail"] == {
        "total_count": "2", "failed_count": "0", "deployed_count": "2", "errors": [],
    }  # fmt: skip


def test_the_unmodified_client_is_told_what_went_wrong(client: Salesforce) -> None:
    files = keyed_objects("Lead")
    path = "objects/Lead.object"
    files[path] = files[path].replace("<type>Text</type>", "<type>Gibberish</type>")
    begun = client.deploy(io.BytesIO(zipped(files)), sandbox=False)
    status = client.checkDeployStatus(begun["asyncId"])
    assert status["state"] == "Failed"
    (first, *_) = status["deployment_detail"]["errors"]
    assert (first["type"], first["file"], first["status"]) == ("CustomObject", path, "Error")
    assert "Gibberish" in first["message"]


def test_prefixes_do_not_matter(org: OrgClient) -> None:
    body = (
        f'<S:Envelope xmlns:S="{ENVELOPE}" xmlns:q="{METADATA}"><S:Header><q:SessionHeader>'
        f"<q:sessionId>{org.running.token}</q:sessionId></q:SessionHeader></S:Header><S:Body>"
        "<q:checkDeployStatus><q:asyncProcessId>0Af000000000001AAA</q:asyncProcessId>"
        "</q:checkDeployStatus></S:Body></S:Envelope>"
    )
    with pytest.raises(SoapFault, match="sf:INVALID_ID_FIELD"):
        soap_calls.response_of(soap_calls.post(org, body), "checkDeployStatus")


def _faulting(org: OrgClient, body: str, **where: str) -> SoapFault:
    with pytest.raises(SoapFault) as refused:
        soap_calls.response_of(soap_calls.post(org, body, **where), "any")
    return refused.value


def test_faults_say_what_is_wrong(org: OrgClient) -> None:
    token = org.running.token
    stranger = _faulting(org, soap_calls.envelope("describeMetadata", "", token=token + "x"))
    assert (stranger.status, stranger.code) == (500, "sf:INVALID_SESSION_ID")
    assert stranger.message.startswith(
        "INVALID_SESSION_ID: Invalid Session ID found in SessionHeader: Illegal Session"
    )
    unknown = _faulting(org, soap_calls.envelope("flyToTheMoon", "", token=token))
    assert unknown.message.startswith(f"No operation available for request {{{METADATA}}}flyTo")
    retired = _faulting(org, soap_calls.envelope("deploy", "", token=token), version="12.0")
    assert retired.code == "sf:UNSUPPORTED_API_VERSION"
    broken = _faulting(org, "<soapenv:Envelope")
    assert (broken.status, broken.code) == (500, "soapenv:Client")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused_whatever_its_encoding(org: OrgClient, encoding: str) -> None:
    bomb = (
        f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE a [<!ENTITY b "bbbb">]>'
        f'<e:Envelope xmlns:e="{ENVELOPE}"><e:Body><a>&b;</a></e:Body></e:Envelope>'
    )
    answer = org.http.post("/services/Soap/m/67.0", content=bomb.encode(encoding))
    assert answer.status_code == 500
    assert "DOCTYPE is not allowed" in answer.text


def test_a_call_counts_against_the_days_requests(org: OrgClient) -> None:
    def used(answer: str) -> int:
        return int(answer.removeprefix("api-usage=").partition("/")[0])

    body = soap_calls.envelope("checkDeployStatus", "", token=org.running.token)
    before, after = (
        used(soap_calls.post(org, body).headers["Sforce-Limit-Info"]) for _ in range(2)
    )
    assert after == before + 1


def test_a_deploy_that_is_held_can_be_canceled(org: OrgClient) -> None:
    org.fault(hold_jobs=True)
    zip_file = soap_calls.package_text(keyed_objects("Asset"))
    begun = soap_calls.call(org, "deploy", f"<ZipFile>{zip_file}</ZipFile>")
    deploy_id = text(begun, "result/id") or ""
    status = soap_calls.call(
        org, "checkDeployStatus", f"<asyncProcessId>{deploy_id}</asyncProcessId>"
    )
    assert text(status, "result/status") == "InProgress"
    asked = soap_calls.call(org, "cancelDeploy", f"<String>{deploy_id}</String>")
    assert (text(asked, "result/done"), text(asked, "result/id")) == ("false", deploy_id)
    org.fault(hold_jobs=False)
    result = soap_calls.finished(org, deploy_id)
    assert (text(result, "status"), text(result, "success")) == ("Canceled", "false")
    assert text(result, "canceledByName") == "Stand-in Administrator"
    described = org.data("GET", "sobjects/Asset/describe").json()["fields"]
    assert all(field["name"] != "Clinic_Id__c" for field in described)
    with pytest.raises(SoapFault, match="INVALID_ID_FIELD"):
        soap_calls.call(org, "cancelDeploy", f"<String>{deploy_id}</String>")


def test_a_validated_package_is_deployed_without_sending_it_again(org: OrgClient) -> None:
    checked = soap_calls.deploy(org, keyed_objects("Product2"), checkOnly=True)
    assert (text(checked, "success"), text(checked, "checkOnly")) == ("true", "true")
    quick = soap_calls.call(
        org, "deployRecentValidation", f"<validationId>{text(checked, 'id')}</validationId>"
    )
    result = soap_calls.finished(org, text(quick, "result") or "")
    assert (text(result, "status"), text(result, "checkOnly")) == ("Succeeded", "false")
    with pytest.raises(SoapFault, match="INVALID_ID_FIELD"):
        soap_calls.call(
            org, "deployRecentValidation", f"<validationId>{text(result, 'id')}</validationId>"
        )
