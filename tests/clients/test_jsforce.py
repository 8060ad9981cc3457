"""jsforce, unmodified: small scripts print what it gave them, and the org is asked as well."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import pytest

from tests.clients.awkward_rows import HEADER, awkward_row
from tests.clients.call_table import CallTable
from tests.clients.node_client import NodeClient, Scheme
from tests.clients.our_package import OurPackage
from tests.loaders.stand_in_org.front_org import OrgClient, serving

NAME = "jsforce"
ROWS = 3_000


def test_contract_10_jsforce_loads_in_bulk_and_reads_back(
    org: OrgClient, node: NodeClient, calls: CallTable
) -> None:
    keys = [f"js:{number}" for number in range(ROWS)]
    rows = [dict(zip(HEADER, awkward_row(key), strict=True)) for key in keys]
    rows.append({"Clinic_Id__c": "js:bad", "Name": "", "Description": ""})
    soql = f"SELECT {', '.join(HEADER)} FROM Account WHERE Clinic_Id__c LIKE 'js:%'"
    said = node.script("bulk.mjs", rows=rows, soql=soql)
    loaded = said["loaded"]
    ids = {row["Clinic_Id__c"]: row["sf__Id"] for row in loaded["successfulResults"]}
    assert set(ids) == set(keys)
    assert [row["Clinic_Id__c"] for row in loaded["failedResults"]] == ["js:bad"]
    assert loaded["unprocessedRecords"] == []
    shown = org.records("SELECT Id, Clinic_Id__c FROM Account WHERE Clinic_Id__c = 'js:42'")
    assert shown[0]["Id"] == ids["js:42"]
    calls.add(NAME, "`bulk2.loadAndWaitForResults`, 3,000 rows and one that fails")
    assert {tuple(row[name] for name in HEADER) for row in said["queried"]} == {
        awkward_row(key) for key in keys
    }
    calls.add(NAME, "`bulk2.query`")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_clients_md_8_jsforce_reads_and_writes_over_rest(
    org: OrgClient, node: NodeClient, calls: CallTable, scheme: Scheme
) -> None:
    prefix = f"js-{scheme}"
    said = replace(node, scheme=scheme).script("rest.mjs", prefix=prefix)
    assert said["identity"]["organization_id"] == org.running.site.org.org_id
    assert said["identity"]["user_id"] == org.running.site.org.admin_user_id
    assert said["retrieved"]["Name"] == f"{prefix} changed"
    assert said["upserted"]["created"] is True
    assert said["destroyed"]["success"] is True
    keyed = org.records(f"SELECT Id FROM Account WHERE Clinic_Id__c = '{prefix}:1'")
    assert [one["Id"] for one in keyed] == [said["upserted"]["id"]]
    assert org.records(f"SELECT Id FROM Account WHERE Name = '{prefix} gone'") == []
    calls.add(NAME, f"over {scheme}: `identity`, `create`, `update`, `retrieve`, `upsert`, ...")
    good = [one["id"] for one in said["created"] if one["success"]]
    assert [n for n, one in enumerate(said["created"]) if not one["success"]] == [300]
    assert said["created"][300]["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING"
    there = org.records(f"SELECT Id FROM Account WHERE Name LIKE '{prefix} many%'")
    assert sorted(one["Id"] for one in there) == sorted(good)
    calls.add(NAME, f"over {scheme}: `create` of 450 records by collections, one fails")
    assert sorted(said["queried"]) == sorted(good)
    calls.add(NAME, f"over {scheme}: `query` that follows its pages")
    parent, child = said["composite"]["compositeResponse"]
    found = org.records(f"SELECT Id, AccountId FROM Contact WHERE LastName = '{prefix} child'")
    assert [(one["Id"], one["AccountId"]) for one in found] == [
        (child["body"]["id"], parent["body"]["id"])
    ]
    calls.add(NAME, f"over {scheme}: composite with a reference")
    assert "Clinic_Id__c" in said["fields"]
    assert {"Account", "Contact"} <= set(said["objects"])
    assert said["usage"]["limit"] == said["limits"]["DailyApiRequests"]["Max"]
    calls.add(NAME, f"over {scheme}: `describe`, `describeGlobal`, `limits`, `limitInfo`")


def test_clients_md_4_jsforce_logs_in_renews_its_session_and_logs_out(
    org: OrgClient, node: NodeClient, calls: CallTable
) -> None:
    site = org.running.site
    said = node.script("oauth.mjs", app=asdict(site.sessions.app))
    assert said["user"] == {
        "id": site.org.admin_user_id,
        "organizationId": site.org.org_id,
        "url": f"{node.address}/id/{site.org.org_id}/{site.org.admin_user_id}",
    }
    calls.add(NAME, "`loginByOAuth2` (password grant)")
    assert site.sessions.user_of(said["renewed"]["access_token"]) == site.org.admin_user_id
    assert said["total"] == 4
    assert site.sessions.user_of(said["fresh"]) == site.org.admin_user_id
    calls.add(NAME, "`oauth2.refreshToken`, and by itself when the session is dead")
    assert site.sessions.user_of(said["token"]) is None
    calls.add(NAME, "`logout` (revokes the token)")


def test_clients_md_9_jsforce_deploys_our_package(
    node_path: str, our_package: OurPackage, calls: CallTable, tmp_path: Path
) -> None:
    files = [str(our_package.folder / f"{name}.zip") for name in ("settings", "schema")]
    with serving(tmp_path / "org") as fresh:
        said = NodeClient(node_path, tmp_path, fresh, "https").script("deploy.mjs", files=files)
        schema = said["results"][1]
        assert (schema["success"], schema["status"]) == (True, "Succeeded")
        named = {
            (one["componentType"], one["fullName"])
            for one in schema["details"]["componentSuccesses"]
        }
        assert named >= our_package.components("schema")
        # Deployed, and yet nobody's until the permission set is assigned (contract 5.4).
        assert fresh.data("GET", "sobjects/Insurance_Coverage__c").status_code == 404
        sets = fresh.records("SELECT Name FROM PermissionSet WHERE Name LIKE 'Clinic%'")
        assert {("PermissionSet", one["Name"]) for one in sets} == {
            named for named in our_package.components("schema") if named[0] == "PermissionSet"
        }
    calls.add(NAME, "`metadata.deploy(...).complete(true)` of our package")
