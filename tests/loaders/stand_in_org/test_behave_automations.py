"""Flows that touch records once they are saved, in the same transaction (contract 7, T24)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from loaders.stand_in_org.set_up import Automation
from loaders.stand_in_org.settings import Settings
from tests.loaders.stand_in_org.front_org import OrgClient, serving

TASK = {"Subject": "Welcome", "Priority": "High"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrgClient]:
    stamp = Automation("Account", "create", {"Site": "touched"})
    settings = Settings(automations=(stamp,), duplicate_rules=False)
    with serving(tmp_path_factory.mktemp("org"), settings=settings) as client:
        yield client


@pytest.fixture
def org(served: OrgClient) -> Iterator[OrgClient]:
    yield served
    served.settings(automations=None, validation_rules=None)


def one(org: OrgClient, soql: str) -> dict[str, object]:
    (found,) = org.records(soql)
    return {name: value for name, value in found.items() if name != "attributes"}


def test_a_flow_of_the_settings_file_touches_what_a_job_creates(org: OrgClient) -> None:
    done = org.job("Account", "insert", "Name,Site\nTouched,sent\n")
    made = done.successful[0]["sf__Id"]
    soql = "SELECT Site, CreatedDate, SystemModstamp, LastModifiedById FROM Account"
    found = one(org, f"{soql} WHERE Id = '{made}'")
    assert (found["Site"], found["LastModifiedById"]) == (
        "touched", org.running.site.org.admin_user_id,
    )  # fmt: skip
    assert str(found["SystemModstamp"]) > str(found["CreatedDate"])
    org.data("PATCH", f"sobjects/Account/{made}", json={"Site": "mine"})
    assert one(org, f"SELECT Site FROM Account WHERE Id = '{made}'") == {"Site": "mine"}


def test_a_process_makes_a_task_for_each_saved_contact(org: OrgClient) -> None:
    flow = {"object": "contact", "on": "save", "task": TASK, "by": "process"}
    org.settings(automations=[flow])
    records = [{"attributes": {"type": "Contact"}, "LastName": f"P{n}"} for n in range(3)]
    done = org.data("POST", "composite/sobjects", json={"records": records}).json()
    ids = {row["id"] for row in done}
    tasks = org.records("SELECT WhoId, Subject, Priority, CreatedBy.UserType FROM Task")
    assert {task["WhoId"] for task in tasks} == ids
    assert {(task["Subject"], task["Priority"]) for task in tasks} == {("Welcome", "High")}
    assert tasks[0]["CreatedBy"]["UserType"] == "AutomatedProcess"  # type: ignore[index]
    before = len(tasks)
    org.data("PATCH", f"sobjects/Contact/{done[0]['id']}", json={"Title": "x"})
    assert len(org.records("SELECT Id FROM Task")) == before + 1


def test_a_flow_on_update_leaves_new_records_alone(org: OrgClient) -> None:
    flow = {"object": "Lead", "on": "update", "fields": {"City": "moved"}, "by": "process"}
    org.settings(automations=[flow])
    lead = {"LastName": "L", "Company": "c"}
    made = org.data("POST", "sobjects/Lead", json=lead).json()["id"]
    soql = f"SELECT City, LastModifiedBy.Alias FROM Lead WHERE Id = '{made}'"
    assert one(org, soql)["City"] is None
    org.data("PATCH", f"sobjects/Lead/{made}", json={"Title": "x"})
    found = one(org, soql)
    assert (found["City"], found["LastModifiedBy"]["Alias"]) == ("moved", "autoproc")  # type: ignore[index]


def test_a_flow_that_cannot_write_undoes_the_save(org: OrgClient) -> None:
    rule = {"object": "Lead", "name": "R", "formula": 'City = "x"', "message": "not there"}
    flow = {"object": "Lead", "fields": {"City": "x"}}
    org.settings(validation_rules=[rule], automations=[flow])
    before = org.query("SELECT COUNT() FROM Lead").json()["totalSize"]
    refused = org.data("POST", "sobjects/Lead", json={"LastName": "L", "Company": "c"})
    assert refused.json()[0]["errorCode"] == "CANNOT_EXECUTE_FLOW_TRIGGER"
    assert "FIELD_CUSTOM_VALIDATION_EXCEPTION: not there" in refused.json()[0]["message"]
    done = org.job("Lead", "insert", "LastName,Company\nL,c\n")
    assert done.info["state"] == "Failed"
    assert org.query("SELECT COUNT() FROM Lead").json()["totalSize"] == before


@pytest.mark.parametrize(
    "flow",
    [{"object": "Nothing__c"}, {"object": "Lead", "fields": {"Nowhere__c": "x"}},
     {"object": "Lead", "task": {"Nowhere__c": "x"}}, {"object": "Lead", "on": "read"}],
)  # fmt: skip
def test_a_flow_about_nothing_is_refused(org: OrgClient, flow: dict[str, object]) -> None:
    refused = org.http.post("/_stand_in/settings", json={"automations": [flow]})
    assert (refused.status_code, refused.json()[0]["errorCode"]) == (400, "INVALID_SETTING")


def test_a_flow_given_at_the_start_sleeps_until_its_field_exists(tmp_path: Path) -> None:
    flow = Automation("Account", "save", {"Nowhere__c": "x"})
    with serving(tmp_path, settings=Settings(automations=(flow,))) as org:
        assert org.data("POST", "sobjects/Account", json={"Name": "x"}).status_code == 201
