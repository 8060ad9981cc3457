"""Picklists: what describe lists, what the lists' own objects hold, what a record type offers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.loaders.stand_in_org.front_org import OrgClient, metadata, serving

MASTER = "012000000000000AAA"
CLAIM = {
    "package.xml": metadata(
        "Package",
        "<types><members>Opportunity.Claim</members><name>BusinessProcess</name></types>"
        "<types><members>Opportunity.Claim</members><name>RecordType</name></types>"
        "<version>67.0</version>",
    ),
    "objects/Opportunity.object": metadata(
        "CustomObject",
        "<businessProcesses><fullName>Claim</fullName><isActive>true</isActive>"
        "<values><fullName>Value Proposition</fullName><default>false</default></values>"
        "<values><fullName>Closed Won</fullName><default>false</default></values>"
        "</businessProcesses>"
        "<recordTypes><fullName>Claim</fullName><active>true</active>"
        "<businessProcess>Claim</businessProcess><label>Claim</label>"
        "<picklistValues><picklist>LeadSource</picklist>"
        "<values><fullName>Web</fullName><default>false</default></values></picklistValues>"
        "</recordTypes>",
    ),
}


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrgClient]:
    with serving(tmp_path_factory.mktemp("org")) as client:
        assert client.deploy(CLAIM)["status"] == "Succeeded"
        yield client


def described(org: OrgClient, sobject: str, name: str) -> list[dict[str, object]]:
    fields = org.data("GET", f"sobjects/{sobject}/describe").json()["fields"]
    return list(next(field for field in fields if field["name"] == name)["picklistValues"])


def values(content: dict[str, object]) -> list[object]:
    return [one["value"] for one in content["values"]]  # type: ignore[attr-defined, index]


@pytest.mark.parametrize(
    ("sobject", "name", "listed"),
    [
        ("Lead", "Status", "LeadStatus"),
        ("Task", "Status", "TaskStatus"),
        ("Task", "Priority", "TaskPriority"),
        ("Opportunity", "StageName", "OpportunityStage"),
    ],
)
def test_a_list_that_is_an_object_is_the_picklist(
    org: OrgClient, sobject: str, name: str, listed: str
) -> None:
    shown = described(org, sobject, name)
    rows = org.records(f"SELECT ApiName, MasterLabel FROM {listed} ORDER BY SortOrder")
    assert [one["value"] for one in shown] == [row["ApiName"] for row in rows]
    assert [one["label"] for one in shown] == [row["MasterLabel"] for row in rows]
    if listed != "OpportunityStage":
        (default,) = org.records(f"SELECT ApiName FROM {listed} WHERE IsDefault = true")
        assert [one["value"] for one in shown if one["defaultValue"]] == [default["ApiName"]]


def test_status_and_priority_decide_what_a_task_is(org: OrgClient) -> None:
    closed = org.records("SELECT ApiName FROM TaskStatus WHERE IsClosed = true")
    urgent = org.records("SELECT ApiName FROM TaskPriority WHERE IsHighPriority = true")
    made = org.data(
        "POST",
        "sobjects/Task",
        json={"Status": closed[0]["ApiName"], "Priority": urgent[0]["ApiName"]},
    ).json()["id"]
    (task,) = org.records(f"SELECT IsClosed, IsHighPriority FROM Task WHERE Id = '{made}'")
    assert (task["IsClosed"], task["IsHighPriority"]) == (True, True)


def test_a_record_type_offers_fewer_values_than_describe(org: OrgClient) -> None:
    (found,) = org.records("SELECT Id FROM RecordType WHERE DeveloperName = 'Claim'")
    path = f"ui-api/object-info/Opportunity/picklist-values/{found['Id']}"
    offered = org.data("GET", path).json()["picklistFieldValues"]
    assert sorted(values(offered["StageName"])) == ["Closed Won", "Value Proposition"]
    assert values(offered["LeadSource"]) == ["Web"]
    assert len(described(org, "Opportunity", "StageName")) > len(values(offered["StageName"]))
    everything = [one["value"] for one in described(org, "Opportunity", "Type")]
    assert values(offered["Type"]) == everything
    one = org.data("GET", f"{path}/LeadSource").json()
    assert one == offered["LeadSource"]
    assert one["url"].endswith(f"/{path}/LeadSource")
    assert sorted(one) == ["controllerValues", "defaultValue", "eTag", "url", "values"]


def test_the_master_record_type_offers_everything(org: OrgClient) -> None:
    path = f"ui-api/object-info/Lead/picklist-values/{MASTER}"
    status = org.data("GET", path).json()["picklistFieldValues"]["Status"]
    assert values(status) == [one["value"] for one in described(org, "Lead", "Status")]
    assert status["defaultValue"]["value"] == "Open - Not Contacted"
    assert (status["controllerValues"], status["values"][0]["validFor"]) == ({}, [])


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("Nothing__c", 404, "INVALID_TYPE"),
        (f"Nothing__c/picklist-values/{MASTER}", 404, "INVALID_TYPE"),
        ("Account/picklist-values/012000000000001AAA", 400, "INVALID_PARAMETER_VALUE"),
        (f"Account/picklist-values/{MASTER}/Name", 400, "INVALID_FIELD"),
    ],
)
def test_what_is_not_there_is_refused(org: OrgClient, path: str, status: int, code: str) -> None:
    answer = org.data("GET", f"ui-api/object-info/{path}")
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (status, code)


def test_object_info_says_what_describe_says(org: OrgClient) -> None:
    info = org.data("GET", "ui-api/object-info/Contact").json()
    about = org.data("GET", "sobjects/Contact/describe").json()
    assert sorted(info["fields"]) == sorted(field["name"] for field in about["fields"])
    for field in about["fields"]:
        shown = info["fields"][field["name"]]
        for name in ("label", "length", "createable", "updateable", "sortable", "unique"):
            assert shown[name] == field[name]
        assert [one["apiName"] for one in shown["referenceToInfos"]] == field["referenceTo"]
    assert info["defaultRecordTypeId"] == MASTER
    assert info["nameFields"] == ["Name", "FirstName", "LastName"]
    assert info["fields"]["LastName"]["required"] is True
    city = info["fields"]["MailingCity"]
    assert (city["compoundFieldName"], city["compoundComponentName"]) == ("MailingAddress", "City")
    assert info["fields"]["MailingStreet"]["dataType"] == "TextArea"
