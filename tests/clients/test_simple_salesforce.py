"""simple-salesforce, unmodified, over https with the authority that the org names."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import SalesforceMalformedRequest, SalesforceResourceNotFound

from loaders.schema_permissions import PERMISSION_SET
from tests.clients.awkward_rows import HEADER, awkward_csv, awkward_row, read_csv
from tests.clients.call_table import CallTable
from tests.clients.our_package import OurPackage, deployed_fields
from tests.loaders.stand_in_org.front_org import OrgClient, serving
from tests.loaders.stand_in_org.simple_client import logged_in

NAME = "simple-salesforce"
ROWS = 2_500
SELECT = f"SELECT {', '.join(HEADER)} FROM Account WHERE Clinic_Id__c LIKE 'ss:%'"


@pytest.fixture(scope="module")
def client(org: OrgClient) -> Iterator[Salesforce]:
    with logged_in(org) as client:
        yield client


@pytest.fixture(scope="module")
def loaded(client: Salesforce) -> list[dict[str, object]]:
    """Upsert more rows than a page of a query holds."""
    rows = [dict(row) for row in read_csv(awkward_csv("ss", rows=ROWS))]
    upsert = client.bulk2.Account.upsert
    done: list[dict[str, object]] = upsert(
        records=rows, external_id_field="Clinic_Id__c", wait=0.05
    )
    return done


def test_contract_4_3_it_creates_reads_and_upserts_single_rows(
    org: OrgClient, client: Salesforce, calls: CallTable
) -> None:
    made = client.Account.create({"Name": "Simple"})
    assert client.Account.get(made["id"])["Name"] == "Simple"
    assert client.Account.update(made["id"], {"Name": "Simpler"}) == 204
    assert org.records(f"SELECT Name FROM Account WHERE Id = '{made['id']}'")[0]["Name"] == (
        "Simpler"
    )
    assert client.Contact.upsert("Clinic_Id__c/s:1", {"LastName": "One"}) == 201
    assert client.Contact.upsert("Clinic_Id__c/s:1", {"LastName": "Two"}) == 200
    assert client.Contact.get_by_custom_id("Clinic_Id__c", "s:1")["LastName"] == "Two"
    assert client.Account.delete(made["id"]) == 204
    with pytest.raises(SalesforceResourceNotFound):
        client.Account.get(made["id"])
    calls.add(NAME, "log-in by token; `create`, `get`, `update`, `upsert`, `delete`")


def test_contract_4_2_it_describes_and_reads_limits(client: Salesforce, calls: CallTable) -> None:
    with pytest.raises(SalesforceMalformedRequest):
        client.query("SELECT Nothing FROM Profile")
    assert any(f["name"] == "Clinic_Id__c" for f in client.Account.describe()["fields"])
    assert any(one["name"] == "Account" for one in client.describe()["sobjects"])
    assert client.limits()["DailyApiRequests"]["Max"] > 0
    assert client.api_usage["api-usage"].total > 0
    calls.add(NAME, "`describe` of the org and of an object; `limits`, `api_usage`")


def test_contract_4_7_it_reads_all_pages_of_a_query(
    client: Salesforce, loaded: list[dict[str, object]], calls: CallTable
) -> None:
    assert loaded
    first = client.query(SELECT)
    assert (first["totalSize"], first["done"], len(first["records"])) == (ROWS, False, 2_000)
    found = {one["Clinic_Id__c"]: one for one in client.query_all(SELECT)["records"]}
    assert len(found) == ROWS
    assert tuple(found["ss:2400"][name] for name in HEADER) == awkward_row("ss:2400")
    calls.add(NAME, "`query`, `query_all` over two pages")


def test_contract_2_it_loads_queries_and_deletes_in_bulk(
    org: OrgClient, client: Salesforce, loaded: list[dict[str, object]], calls: CallTable
) -> None:
    (job,) = loaded
    assert (job["numberRecordsProcessed"], job["numberRecordsFailed"]) == (ROWS, 0)
    results = client.bulk2.Account.get_all_ingest_records(job["job_id"])
    ids = {row["Clinic_Id__c"]: row["sf__Id"] for row in results["successfulRecords"]}
    assert results["failedRecords"] == results["unprocessedRecords"] == []
    shown = org.records("SELECT Id FROM Account WHERE Clinic_Id__c = 'ss:9'")
    assert len(ids) == ROWS
    assert shown[0]["Id"] == ids["ss:9"]
    calls.add(NAME, "Bulk 2.0 `upsert` of 2,500 rows with its three result sets")
    pages = list(client.bulk2.Account.query(SELECT, wait=0.05))
    assert {tuple(row.values()) for page in pages for row in read_csv(page)} == {
        awkward_row(key) for key in ids
    }
    calls.add(NAME, "Bulk 2.0 `query`")
    gone = [{"Id": ids[f"ss:{number}"]} for number in range(100)]
    (deleted,) = client.bulk2.Account.delete(records=gone, wait=0.05)
    assert (deleted["numberRecordsProcessed"], deleted["numberRecordsFailed"]) == (100, 0)
    assert org.query("SELECT COUNT() FROM Account WHERE Clinic_Id__c LIKE 'ss:%'").json()[
        "totalSize"
    ] == (ROWS - 100)
    calls.add(NAME, "Bulk 2.0 `delete`")


def test_contract_2_it_inserts_in_bulk_and_gets_the_failures(
    org: OrgClient, client: Salesforce, calls: CallTable
) -> None:
    rows = [{"Name": "Inserted", "Site": "ss-insert"}, {"Name": "", "Site": "ss-insert"}]
    (job,) = client.bulk2.Account.insert(records=rows, wait=0.05)
    assert (job["numberRecordsProcessed"], job["numberRecordsFailed"]) == (2, 1)
    failed = client.bulk2.Account.get_failed_records(job["job_id"])
    assert "REQUIRED_FIELD_MISSING" in failed
    assert len(org.records("SELECT Id FROM Account WHERE Site = 'ss-insert'")) == 1
    calls.add(NAME, "Bulk 2.0 `insert` with a row that fails")


def test_clients_md_9_it_deploys_our_package_by_soap(
    our_package: OurPackage, calls: CallTable, tmp_path: Path
) -> None:
    with serving(tmp_path / "org") as fresh, logged_in(fresh) as client:
        for name in ("settings", "schema"):
            archive = str(our_package.folder / f"{name}.zip")
            deploy = client.deploy(archive, sandbox=False)["asyncId"]
            status = client.checkDeployStatus(deploy)
            while status["state"] in ("Pending", "InProgress"):
                time.sleep(0.1)
                status = client.checkDeployStatus(deploy)
            assert status["state"] == "Succeeded", status
            detail = status["deployment_detail"]
            # package.xml is a component of its own to some, and none to others.
            assert int(detail["deployed_count"]) >= len(our_package.components(name))
            assert detail["failed_count"] == "0"
        granted = {
            "AssigneeId": fresh.running.site.org.admin_user_id,
            "PermissionSetId": client.query(
                f"SELECT Id FROM PermissionSet WHERE Name = '{PERMISSION_SET}'"
            )["records"][0]["Id"],
        }
        assert client.PermissionSetAssignment.create(granted)["success"]
        assert deployed_fields(fresh) >= our_package.fields
    calls.add(NAME, "`deploy`, `checkDeployStatus` of our package (SOAP)")
