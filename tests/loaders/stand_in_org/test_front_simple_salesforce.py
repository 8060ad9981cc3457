"""An unmodified client, over https with the authority that the org names."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import SalesforceMalformedRequest, SalesforceResourceNotFound

from tests.loaders.stand_in_org.front_org import OrgClient, give_keys, serving


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrgClient]:
    with serving(tmp_path_factory.mktemp("org")) as client:
        give_keys(client, "Account", "Contact")
        yield client


@pytest.fixture(scope="module")
def client(org: OrgClient) -> Iterator[Salesforce]:
    with requests.Session() as session:
        # Else a REQUESTS_CA_BUNDLE of the environment would win over the org's authority.
        session.trust_env = False
        session.verify = str(org.running.authority)
        yield Salesforce(
            session_id=org.running.token,
            instance_url=org.running.https,
            version="67.0",
            session=session,
        )


def test_it_creates_reads_and_upserts_single_rows(client: Salesforce) -> None:
    made = client.Account.create({"Name": "Simple"})
    assert client.Account.get(made["id"])["Name"] == "Simple"
    assert client.Account.update(made["id"], {"Name": "Simpler"}) == 204
    assert client.Contact.upsert("Clinic_Id__c/s:1", {"LastName": "One"}) == 201
    assert client.Contact.upsert("Clinic_Id__c/s:1", {"LastName": "Two"}) == 200
    assert client.Contact.get_by_custom_id("Clinic_Id__c", "s:1")["LastName"] == "Two"
    assert client.Account.delete(made["id"]) == 204
    with pytest.raises(SalesforceResourceNotFound):
        client.Account.get(made["id"])


def test_it_queries_describes_and_reads_limits(client: Salesforce) -> None:
    assert client.query("SELECT COUNT() FROM Profile")["totalSize"] == 4
    names = [record["Name"] for record in client.query_all_iter("SELECT Name FROM Profile")]
    assert "System Administrator" in names
    with pytest.raises(SalesforceMalformedRequest):
        client.query("SELECT Nothing FROM Profile")
    assert any(f["name"] == "Clinic_Id__c" for f in client.Account.describe()["fields"])
    assert client.describe()["sobjects"]
    assert client.limits()["DailyApiRequests"]["Max"] > 0
    assert client.api_usage["api-usage"].total > 0


def test_it_loads_and_queries_in_bulk(client: Salesforce) -> None:
    rows = [{"Clinic_Id__c": f"b:{n}", "Name": f'Bulk é "{n}"\nline'} for n in range(50)]
    (job,) = client.bulk2.Account.upsert(records=rows, external_id_field="Clinic_Id__c", wait=0.05)
    assert job["numberRecordsProcessed"] == 50
    assert job["numberRecordsFailed"] == 0
    results = client.bulk2.Account.get_all_ingest_records(job["job_id"])
    assert len(results["successfulRecords"]) == 50
    assert results["failedRecords"] == results["unprocessedRecords"] == []
    soql = "SELECT Clinic_Id__c, Name FROM Account WHERE Clinic_Id__c LIKE 'b:%'"
    pages = list(client.bulk2.Account.query(soql, wait=0.05))
    assert len(pages) == 1
    assert '"b:7","Bulk é ""7""\nline"' in pages[0]
