"""Other people at work in the org: they edit, delete, merge, add and leave (contract 7, 8)."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator

import pytest

from loaders.stand_in_org.acts import perform
from loaders.stand_in_org.acts_vocabulary import read_act
from tests.loaders.stand_in_org.engine_org import Bench
from tests.loaders.stand_in_org.front_org import OrgClient, give_keys, serving

SOMEBODY = "front.desk@stand-in.invalid"


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrgClient]:
    with serving(tmp_path_factory.mktemp("org")) as client:
        client.settings(duplicate_rules=False)
        give_keys(client, "Account", "Contact")
        yield client


def act(org: OrgClient, **described: object) -> list[str]:
    answer = org.http.post("/_stand_in/act", json=described)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["ids"])


def refused(org: OrgClient, **described: object) -> str:
    answer = org.http.post("/_stand_in/act", json=described)
    assert answer.status_code == 400, answer.text
    return str(answer.json()[0]["errorCode"])


def make(org: OrgClient, sobject: str, **values: object) -> str:
    answer = org.data("POST", f"sobjects/{sobject}", json=values)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def one(org: OrgClient, soql: str, path: str = "query") -> dict[str, object]:
    (found,) = org.records(soql, path=path)
    return {name: value for name, value in found.items() if name != "attributes"}


def user(org: OrgClient, name: str = SOMEBODY) -> dict[str, object]:
    return one(org, f"SELECT Id, IsActive FROM User WHERE Username = '{name}'")


def test_another_user_edits_and_is_seen_to_have(org: OrgClient) -> None:
    made = make(org, "Account", Name="Edited", Clinic_Id__c="edit:1")
    before = one(org, f"SELECT SystemModstamp FROM Account WHERE Id = '{made}'")
    time.sleep(0.002)
    fields = {"Phone": "555 0199", "Site": None}
    where = "Clinic_Id__c = 'edit:1'"
    assert act(org, do="edit", object="Account", where=where, fields=fields) == [made]
    soql = "SELECT Phone, LastModifiedById, SystemModstamp FROM Account"
    after = one(org, f"{soql} WHERE Id = '{made}'")
    assert (after["Phone"], after["LastModifiedById"]) == ("555 0199", user(org)["Id"])
    assert str(after["SystemModstamp"]) > str(before["SystemModstamp"])


def test_an_act_obeys_the_rules_of_the_org_and_does_all_or_nothing(org: OrgClient) -> None:
    good, bad = make(org, "Account", Name="Good"), "001000000000000AAA"
    edit = {"do": "edit", "object": "Account", "fields": {"Name": "Changed"}}
    assert refused(org, **edit, ids=[good, bad]) == "INVALID_CROSS_REFERENCE_KEY"
    assert one(org, f"SELECT Name FROM Account WHERE Id = '{good}'") == {"Name": "Good"}
    assert refused(org, **edit, where="Name = 'nobody'") == "INVALID_ACT"
    assert refused(org, do="sing") == "INVALID_ACT"
    assert refused(org, do="delete", object="Nothing__c", where="Id != null") == "INVALID_ACT"
    assert refused(org, do="edit", object="Account", fields={}, colour="red") == "INVALID_ACT"


def test_children_are_added_to_loaded_records_files_and_tasks_too(org: OrgClient) -> None:
    parent = make(org, "Account", Name="Parent")
    (contact,) = act(
        org, do="add", object="Contact", records=[{"LastName": "Child", "AccountId": parent}]
    )
    task = {"Subject": "Call back", "WhoId": contact, "WhatId": parent}
    act(org, do="add", object="Task", records=[task])
    body = base64.b64encode(b"a scan").decode()
    file = {"PathOnClient": "scan.txt", "VersionData": body, "FirstPublishLocationId": parent}
    (version,) = act(org, do="add", object="ContentVersion", records=[file])
    assert org.data("GET", f"sobjects/ContentVersion/{version}/VersionData").content == b"a scan"
    links = org.records(f"SELECT Id FROM ContentDocumentLink WHERE LinkedEntityId = '{parent}'")
    assert len(links) == 1
    made = one(org, f"SELECT OwnerId, CreatedById FROM Task WHERE WhatId = '{parent}'")
    assert set(made.values()) == {user(org)["Id"]}


def test_a_deleted_parent_comes_back_with_the_children_that_went_along(org: OrgClient) -> None:
    parent = make(org, "Account", Name="Back")
    kept = make(org, "Contact", LastName="Back", AccountId=parent, Clinic_Id__c="back:1")
    early = make(org, "Contact", LastName="Early", AccountId=parent)
    act(org, do="delete", object="Contact", ids=[early])
    time.sleep(0.002)
    assert act(org, do="delete", object="Account", ids=[parent]) == [parent]
    gone = f"SELECT COUNT() FROM Contact WHERE AccountId = '{parent}'"
    assert org.query(gone).json()["totalSize"] == 0
    act(org, do="undelete", object="Account", where="Name = 'Back'")
    assert one(org, f"SELECT Id FROM Contact WHERE AccountId = '{parent}'") == {"Id": kept}
    assert refused(org, do="undelete", object="Account", ids=[parent]) == "UNDELETE_FAILED"


def test_a_record_whose_key_was_taken_meanwhile_stays_in_the_bin(org: OrgClient) -> None:
    first = make(org, "Account", Name="First", Clinic_Id__c="taken:1")
    act(org, do="delete", object="Account", ids=[first])
    make(org, "Account", Name="Second", Clinic_Id__c="taken:1")
    assert refused(org, do="undelete", object="Account", ids=[first]) == "DUPLICATE_VALUE"


def test_a_merge_gives_the_children_to_the_master_and_the_loser_names_it(org: OrgClient) -> None:
    master, loser = (make(org, "Account", Name=name) for name in ("Master", "Loser"))
    child = make(org, "Contact", LastName="Of loser", AccountId=loser)
    task = make(org, "Task", Subject="About loser", WhatId=loser)
    body = base64.b64encode(b"both have it").decode()
    file = {"PathOnClient": "b.txt", "VersionData": body, "FirstPublishLocationId": loser}
    version = make(org, "ContentVersion", **file)
    document = one(org, f"SELECT ContentDocumentId FROM ContentVersion WHERE Id = '{version}'")
    make(org, "ContentDocumentLink", LinkedEntityId=master, ShareType="V", **document)
    assert act(org, do="merge", object="Account", master=master, losers=[loser]) == [loser]
    soql = f"SELECT IsDeleted, MasterRecordId FROM Account WHERE Id = '{loser}'"
    assert org.records(f"SELECT Id FROM Account WHERE Id = '{loser}'") == []
    assert one(org, soql, "queryAll") == {"IsDeleted": True, "MasterRecordId": master}
    assert one(org, f"SELECT AccountId FROM Contact WHERE Id = '{child}'")["AccountId"] == master
    found = one(org, f"SELECT WhatId, AccountId, LastModifiedById FROM Task WHERE Id = '{task}'")
    assert found == {"WhatId": master, "AccountId": master, "LastModifiedById": user(org)["Id"]}
    links = f"SELECT Id FROM ContentDocumentLink WHERE LinkedEntityId IN ('{master}','{loser}')"
    assert len(org.records(links)) == 1
    assert refused(org, do="undelete", object="Account", ids=[loser]) == "UNDELETE_FAILED"
    assert refused(org, do="merge", object="Task", master=task, losers=[task]) == "INVALID_ACT"


def test_contacts_and_leads_merge_as_accounts_do(org: OrgClient) -> None:
    for sobject, values in (("Contact", {}), ("Lead", {"Company": "c"})):
        master, loser = (make(org, sobject, LastName=name, **values) for name in "AB")
        act(org, do="merge", object=sobject, master=master, losers=[loser])
        soql = f"SELECT MasterRecordId FROM {sobject} WHERE Id = '{loser}'"
        assert one(org, soql, "queryAll") == {"MasterRecordId": master}


def test_merged_contacts_keep_one_direct_relation_each(clinic: Bench) -> None:
    home, other = (clinic.insert("Account", Name=name) for name in ("Home", "Other"))
    master = clinic.insert("Contact", LastName="Master", AccountId=home)
    loser = clinic.insert("Contact", LastName="Loser", AccountId=other)
    clinic.insert("AccountContactRelation", AccountId=home, ContactId=loser)
    merge = read_act({"do": "merge", "object": "Contact", "master": master, "losers": [loser]})
    perform(clinic.org, merge)
    kept = clinic.rows(
        'SELECT AccountId, ContactId, IsDirect FROM "AccountContactRelation" WHERE NOT IsDeleted'
    )
    assert sorted(kept) == sorted([(home, master, True), (other, master, False)])


def test_an_owner_changes_and_a_user_leaves(org: OrgClient) -> None:
    made = make(org, "Account", Name="Owned")
    act(org, do="give", object="Account", ids=[made], owner="new.owner@stand-in.invalid")
    owner = user(org, "new.owner@stand-in.invalid")
    assert one(org, f"SELECT OwnerId FROM Account WHERE Id = '{made}'")["OwnerId"] == owner["Id"]
    act(org, do="deactivate", user="new.owner@stand-in.invalid")
    assert user(org, "new.owner@stand-in.invalid")["IsActive"] is False
    late = org.data("POST", "sobjects/Account", json={"Name": "x", "OwnerId": owner["Id"]})
    assert late.json()[0]["errorCode"] == "INACTIVE_OWNER_OR_USER"


def test_an_emptied_bin_gives_nothing_back(org: OrgClient) -> None:
    made = make(org, "Account", Name="Emptied")
    act(org, do="delete", object="Account", ids=[made])
    assert made in act(org, do="empty_bin")
    assert org.records(f"SELECT Id FROM Account WHERE Id = '{made}'", path="queryAll") == []
    assert refused(org, do="undelete", object="Account", ids=[made]) == "UNDELETE_FAILED"


def test_somebody_acts_at_the_nth_request(org: OrgClient) -> None:
    made = make(org, "Account", Name="Watched")
    edit = {"do": "edit", "object": "Account", "ids": [made], "fields": {"Site": "changed"}}
    org.fault(request={"do": "act", "act": edit, "path": "/limits$", "nth": 2, "when": "after"})
    soql = f"SELECT Site FROM Account WHERE Id = '{made}'"
    for expected in (None, "changed"):
        assert org.data("GET", "limits").status_code == 200
        assert one(org, soql)["Site"] == expected
    # An answer without a body has no middle: the act comes as it ends.
    again = {**edit, "fields": {"Site": "again"}}
    org.fault(request={"do": "act", "act": again, "method": "PATCH", "when": "middle"})
    patched = org.data("PATCH", f"sobjects/Account/{made}", json={"Phone": "1"})
    assert patched.status_code == 204
    until = time.monotonic() + 10
    while one(org, soql)["Site"] != "again":
        assert time.monotonic() < until


@pytest.mark.parametrize(("moment", "written"), [("during", "InProgress"), ("after", "done")])
def test_somebody_acts_while_a_job_runs_or_at_its_end(
    org: OrgClient, moment: str, written: str
) -> None:
    name = f"Acted {moment}"
    edit = {"do": "edit", "object": "Account", "where": f"Name = '{name}'"}
    act_then = {**edit, "fields": {"Site": written}, "as": "night.shift@stand-in.invalid"}
    org.fault(job_act={"act": act_then, "moment": moment, "object": "account"})
    done = org.job("Account", "insert", f"Name,Site\n{name},loaded\n")
    assert len(done.successful) == 1
    until = time.monotonic() + 10
    while one(org, f"SELECT Site FROM Account WHERE Name = '{name}'")["Site"] != written:
        assert time.monotonic() < until
    assert org.http.get("/_stand_in/faults").json() == {}
    # It is noted when it is done, and seen a moment before.
    noted = {"act": act_then, "ids": [done.successful[0]["sf__Id"]]}
    while org.http.get("/_stand_in/acts").json()[-1:] != [noted]:
        assert time.monotonic() < until


def test_an_act_that_the_org_refuses_later_is_noted(org: OrgClient) -> None:
    late = {"do": "edit", "object": "Account", "where": "Name = 'nobody'", "fields": {}}
    org.fault(request={"do": "act", "act": late, "path": "/limits$"})
    assert org.data("GET", "limits").status_code == 200
    noted = org.http.get("/_stand_in/acts").json()[-1]
    assert noted["refused"][0]["errorCode"] == "INVALID_ACT"
    wrong = org.http.post("/_stand_in/fault", json={"job_act": {"act": {"do": "sing"}}})
    assert wrong.status_code == 400
