"""What was deployed is listed, read and retrieved, by raw SOAP and by an unmodified client."""

from __future__ import annotations

import base64
import io
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
import requests
from simple_salesforce import Salesforce

from tests.loaders.stand_in_org import soap_calls
from tests.loaders.stand_in_org.engine_package import clinic_package
from tests.loaders.stand_in_org.front_org import OrgClient, serving
from tests.loaders.stand_in_org.soap_calls import METADATA, SoapFault, every, text

PLACE = {"m": METADATA}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Deploy the clinic, then stop the org: everything below is read after a restart."""
    folder = tmp_path_factory.mktemp("org")
    with serving(folder) as org:
        zipped = base64.b64encode(clinic_package()).decode()
        begun = soap_calls.call(org, "deploy", f"<ZipFile>{zipped}</ZipFile>")
        result = soap_calls.finished(org, text(begun, "result/id") or "")
        assert text(result, "status") == "Succeeded", ElementTree.tostring(result)
    return folder


@pytest.fixture(scope="module")
def org(data: Path) -> Iterator[OrgClient]:
    with serving(data) as client:
        yield client


@pytest.fixture(scope="module")
def client(org: OrgClient) -> Iterator[Salesforce]:
    # zeep opens a session of its own, which learns of the authority from here.
    before = dict(os.environ)
    os.environ["REQUESTS_CA_BUNDLE"] = str(org.running.authority)
    with requests.Session() as session:
        made = Salesforce(
            session_id=org.running.token,
            instance_url=org.running.https,
            version="67.0",
            session=session,
        )
        yield made
        made.mdapi._client.transport.session.close()
    os.environ.clear()
    os.environ.update(before)


def _retrieved(
    org: OrgClient, asked: str, *, single: bool = True
) -> tuple[dict[str, ElementTree.Element], ElementTree.Element]:
    begun = soap_calls.call(
        org,
        "retrieve",
        "<retrieveRequest><apiVersion>67.0</apiVersion>"
        f"<singlePackage>{str(single).lower()}</singlePackage>"
        f"<unpackaged>{asked}</unpackaged></retrieveRequest>",
    )
    retrieve_id = text(begun, "result/id") or ""
    assert retrieve_id.startswith("09S")
    answered = soap_calls.call(
        org,
        "checkRetrieveStatus",
        f"<asyncProcessId>{retrieve_id}</asyncProcessId><includeZip>true</includeZip>",
    )
    assert text(answered, "result/status") == "Succeeded"
    zipped = base64.b64decode(text(answered, "result/zipFile") or "")
    with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
        files = {
            name: ElementTree.fromstring(archive.read(name))  # noqa: S314 - the org's own file
            for name in archive.namelist()
        }
    return files, answered


def _types(**named: str) -> str:
    return "".join(
        f"<types>{''.join(f'<members>{one}</members>' for one in names.split())}"
        f"<name>{kind}</name></types>"
        for kind, names in named.items()
    )


def _field(root: ElementTree.Element, name: str) -> ElementTree.Element:
    (found,) = (
        each
        for each in root.findall("m:fields", PLACE)
        if each.findtext("m:fullName", None, PLACE) == name
    )
    return found


@pytest.mark.parametrize("contract", ["5.3 package.xml and files"])
def test_a_retrieve_gives_what_was_deployed(org: OrgClient, contract: str) -> None:
    files, answered = _retrieved(
        org, _types(CustomObject="Account Note__c", PermissionSet="*", Settings="Account")
    )
    assert sorted(files) == [
        "objects/Account.object", "objects/Note__c.object", "package.xml",
        "permissionsets/Load.permissionset", "settings/Account.settings",
    ], contract  # fmt: skip
    key = _field(files["objects/Account.object"], "Clinic_Id__c")
    assert [key.findtext(f"m:{name}", None, PLACE) for name in ("type", "length", "externalId")] \
        == ["Text", "255", "true"]  # fmt: skip
    assert _field(files["objects/Account.object"], "Industry") is not None
    note = files["objects/Note__c.object"]
    assert note.findtext("m:nameField/m:displayFormat", None, PLACE) == "N-{0000}"
    assert _field(note, "Kind__c").findtext(
        "m:valueSet/m:valueSetDefinition/m:value/m:fullName", None, PLACE
    ) == "Progress"  # fmt: skip
    granted = files["permissionsets/Load.permissionset"]
    assert granted.findtext("m:objectPermissions/m:object", None, PLACE) == "Note__c"
    switch = "m:enableRelateContactToMultipleAccounts"
    assert files["settings/Account.settings"].findtext(switch, None, PLACE) == "true"
    shown = {text(one, "fullName") for one in every(answered, "result/fileProperties")}
    assert shown == {"Account", "Note__c", "Load"}


def test_what_was_retrieved_can_be_deployed_again_and_changes_nothing(org: OrgClient) -> None:
    asked = _types(
        CustomObject="Note__c Activity Asset", PermissionSet="Load", CustomField="Lead.Clinic_Id__c"
    )
    files, _ = _retrieved(org, asked)
    ElementTree.register_namespace("", METADATA)
    written = {name: ElementTree.tostring(root, "unicode") for name, root in files.items()}
    result = soap_calls.deploy(org, written)
    assert text(result, "status") == "Succeeded", ElementTree.tostring(result)
    changed = [
        text(one, "fullName")
        for one in every(result, "details/componentSuccesses")
        if text(one, "changed") == "true"
    ]
    assert changed == []


def test_a_single_field_comes_in_its_objects_file(org: OrgClient) -> None:
    files, answered = _retrieved(
        org, _types(CustomField="Account.Clinic_Id__c Activity.Provider__c"), single=False
    )
    assert sorted(files) == [
        "unpackaged/objects/Account.object",
        "unpackaged/objects/Activity.object",
        "unpackaged/package.xml",
    ]
    assert len(files["unpackaged/objects/Account.object"]) == 1
    assert text(answered, "result/fileProperties/fileName") == "unpackaged/objects/Account.object"


def test_standard_value_sets_are_given_although_nobody_deployed_them(org: OrgClient) -> None:
    files, _ = _retrieved(org, _types(StandardValueSet="OpportunityStage LeadStatus"))
    stages = files["standardValueSets/OpportunityStage.standardValueSet"]
    won = {
        each.findtext("m:fullName", None, PLACE): each.findtext("m:won", None, PLACE)
        for each in stages.findall("m:standardValue", PLACE)
    }
    assert (won["Closed Won"], won["Closed Lost"]) == ("true", "false")


def test_what_there_is_not_becomes_a_message(org: OrgClient) -> None:
    files, answered = _retrieved(org, _types(CustomObject="Nope__c", Gibberish="*"))
    assert sorted(files) == ["package.xml"]
    assert [text(one, "problem") for one in every(answered, "result/messages")] == [
        "Entity type: 'Gibberish' is unknown",
        "Entity of type 'CustomObject' named 'Nope__c' cannot be found",
    ]


def test_the_unmodified_client_describes_lists_and_reads(client: Salesforce) -> None:
    described = client.mdapi.describe_metadata()
    (objects,) = (each for each in described.metadataObjects if each.xmlName == "CustomObject")
    assert (objects.directoryName, objects.suffix) == ("objects", "object")
    assert "CustomField" in objects.childXmlNames
    query = client.mdapi.ListMetadataQuery(type="CustomField")
    listed = {each.fullName: each for each in client.mdapi.list_metadata([query])}
    assert listed["Account.Clinic_Id__c"].fileName == "objects/Account.object"
    assert listed["Account.Clinic_Id__c"].id.startswith("00N")
    every_object = client.mdapi.list_metadata([client.mdapi.ListMetadataQuery(type="CustomObject")])
    assert {"Account", "Activity", "Note__c"} <= {each.fullName for each in every_object}
    field = client.mdapi.CustomField.read(["Note__c.Kind__c"])
    assert (field.fullName, field.type) == ("Note__c.Kind__c", "Picklist")
    assert [each.fullName for each in field.valueSet.valueSetDefinition.value] == [
        "Progress", "Phone",
    ]  # fmt: skip


def test_the_unmodified_client_creates_changes_and_deletes_a_field(client: Salesforce) -> None:
    api = client.mdapi
    made = {"fullName": "Account.Crud__c", "label": "Crud", "type": "Text", "length": 20}
    api.CustomField.create([api.CustomField(**made)])
    assert api.CustomField.read(["Account.Crud__c"]).length == 20
    with pytest.raises(Exception, match=r"DUPLICATE_DEVELOPER_NAME.*already a field named Crud"):
        api.CustomField.create([api.CustomField(**made)])
    api.CustomField.update([api.CustomField(**{**made, "length": 30})])
    assert api.CustomField.read(["Account.Crud__c"]).length == 30
    with pytest.raises(Exception, match="Text field length must be between 1 and 255"):
        api.CustomField.upsert([api.CustomField(**{**made, "length": 300})])
    api.CustomField.delete(["Account.Crud__c"])
    with pytest.raises(Exception, match=r"no CustomField named Account\.Crud__c found"):
        api.CustomField.delete(["Account.Crud__c"])


def test_an_unknown_type_is_a_fault(org: OrgClient) -> None:
    query = "<queries><type>Gibberish</type></queries><asOfVersion>67.0</asOfVersion>"
    with pytest.raises(SoapFault) as refused:
        soap_calls.call(org, "listMetadata", query)
    assert (refused.value.status, refused.value.code) == (500, "sf:INVALID_TYPE")
    assert refused.value.message == "INVALID_TYPE: Unknown type:Gibberish"
    eleven = "".join(f"<fullNames>A{n}__c</fullNames>" for n in range(11))
    with pytest.raises(SoapFault, match="record limit reached: 10"):
        soap_calls.call(org, "readMetadata", f"<type>CustomObject</type>{eleven}")
