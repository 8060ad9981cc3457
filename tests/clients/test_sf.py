"""The Salesforce CLI, unmodified: what it printed, and what the org then holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.clients.awkward_rows import HEADER, awkward_csv, awkward_row, read_csv
from tests.clients.call_table import CallTable
from tests.clients.node_client import ALIAS, NodeClient, Scheme
from tests.loaders.stand_in_org.front_org import OrgClient

ROWS = 10_000


def stored(org: OrgClient, where: str) -> dict[str, tuple[Any, ...]]:
    """Read accounts as the org itself shows them, by key."""
    soql = f"SELECT Id, {', '.join(HEADER)} FROM Account WHERE {where}"
    answer = org.query(soql).json()
    records = answer["records"]
    while not answer["done"]:
        answer = org.http.get(answer["nextRecordsUrl"]).json()
        records += answer["records"]
    return {one["Clinic_Id__c"]: tuple(one[name] for name in ("Id", *HEADER)) for one in records}


@pytest.fixture(scope="module")
def loaded(node: NodeClient) -> dict[str, Any]:
    """Load 10,000 awkward rows once; the tests below look at them from all sides."""
    (node.home / "rows.csv").write_text(awkward_csv("sf", rows=ROWS), encoding="utf-8")
    words = ("--sobject", "Account", "--external-id", "Clinic_Id__c", "--file", "rows.csv")
    result: dict[str, Any] = node.sf("data", "upsert", "bulk", *words, "--wait", "5")
    return result


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_clients_md_1_sf_logs_in_by_token_and_says_who_it_is(
    org: OrgClient, node_path: str, calls: CallTable, tmp_path: Path, scheme: Scheme
) -> None:
    client = NodeClient(node_path, tmp_path, org, scheme)
    said = client.login()
    assert said["orgId"] == org.running.site.org.org_id
    assert said["instanceUrl"].rstrip("/") == client.address
    assert said["username"] == org.records("SELECT Username FROM User")[0]["Username"]
    asked = client.sf("data", "query", "--query", "SELECT COUNT() FROM Profile")
    assert asked["totalSize"] == 4
    calls.add("sf", f"`org login access-token` over {scheme}")


def test_sf_leaves_no_update_behind_that_would_phone_home(node: NodeClient) -> None:
    assert (node.home / ".sfdx" / "alias.json").exists()
    # Where the CLI starts an update in the background it says so in this file.
    assert not (node.home / ".cache" / "sf" / "autoupdate.log").exists()


def test_clients_md_4_sf_logs_in_by_a_signed_assertion(
    org: OrgClient, node_path: str, calls: CallTable, tmp_path: Path
) -> None:
    app = org.running.site.sessions.app
    client = NodeClient(node_path, tmp_path, org, "https")
    said = client.sf(
        *("org", "login", "jwt", "--instance-url", client.address, "--alias", ALIAS),
        *("--client-id", app.client_id, "--username", app.username),
        *("--jwt-key-file", str(org.running.site.org.data / app.private_key_file)),
        org="",
    )
    assert said["orgId"] == org.running.site.org.org_id
    shown = client.sf("org", "display")
    assert (shown["username"], shown["connectedStatus"]) == (app.username, "Connected")
    calls.add("sf", "`org login jwt`, `org display`")


def test_clients_md_6_sf_upserts_ten_thousand_awkward_rows(
    org: OrgClient, loaded: dict[str, Any], calls: CallTable
) -> None:
    info, records = loaded["jobInfo"], loaded["records"]
    assert (info["numberRecordsProcessed"], info["numberRecordsFailed"]) == (ROWS, 0)
    assert records["failedResults"] == records["unprocessedRecords"] == []
    there = stored(org, "Clinic_Id__c LIKE 'sf:%'")
    assert len(there) == ROWS
    printed = {
        row["Clinic_Id__c"]: (row["sf__Id"], *(row[name] for name in HEADER))
        for row in records["successfulResults"]
    }
    assert printed == there
    assert there["sf:7"][1:] == awkward_row("sf:7")
    calls.add("sf", "`data upsert bulk`, 10,000 rows with quotes, delimiters, line feeds, emoji")


def test_clients_md_6_sf_fetches_a_jobs_results_later(
    org: OrgClient, node: NodeClient, loaded: dict[str, Any], calls: CallTable
) -> None:
    said = node.sf("data", "bulk", "results", "--job-id", loaded["jobInfo"]["id"])
    assert (said["successfulRecords"], said["failedRecords"]) == (ROWS, 0)
    rows = read_csv((node.home / said["successFilePath"]).read_text(encoding="utf-8"))
    there = stored(org, "Clinic_Id__c LIKE 'sf:%'")
    assert {row["Clinic_Id__c"]: row["sf__Id"] for row in rows} == {
        key: values[0] for key, values in there.items()
    }
    calls.add("sf", "`data bulk results`")


def test_clients_md_7_sf_prints_a_query_as_csv_and_as_json(
    org: OrgClient, node: NodeClient, loaded: dict[str, Any], calls: CallTable
) -> None:
    assert loaded
    where = "Clinic_Id__c IN ('sf:1', 'sf:2')"
    soql = f"SELECT {', '.join(HEADER)} FROM Account WHERE {where} ORDER BY Clinic_Id__c"
    wanted = [awkward_row("sf:1"), awkward_row("sf:2")]
    shown = node.sf("data", "query", "--query", soql)["records"]
    assert [tuple(one[name] for name in HEADER) for one in shown] == wanted
    calls.add("sf", "`data query`, JSON")
    words = ("data", "query", "--query", soql, "--result-format", "csv")
    printed = node.run("sf", *words, "--target-org", ALIAS).stdout
    assert [tuple(row.values()) for row in read_csv(printed)] == wanted
    calls.add("sf", "`data query`, CSV (asks with `columns=true`)")


def test_contract_3_sf_exports_what_the_org_holds(
    org: OrgClient, node: NodeClient, loaded: dict[str, Any], calls: CallTable
) -> None:
    assert loaded
    soql = f"SELECT Id, {', '.join(HEADER)} FROM Account WHERE Clinic_Id__c LIKE 'sf:%'"
    words = ("--query", soql, "--output-file", "export.csv", "--result-format", "csv")
    assert node.sf("data", "export", "bulk", *words, "--wait", "5")["totalSize"] == ROWS
    rows = read_csv((node.home / "export.csv").read_text(encoding="utf-8"))
    there = stored(org, "Clinic_Id__c LIKE 'sf:%'")
    assert {row["Clinic_Id__c"]: tuple(row.values()) for row in rows} == there
    calls.add("sf", "`data export bulk`, 10,000 rows")


def test_contract_2_sf_names_the_rows_that_failed(
    org: OrgClient, node: NodeClient, calls: CallTable
) -> None:
    (node.home / "bad.csv").write_text(
        "Clinic_Id__c,Name,Description\nsf-bad:1,Good,\nsf-bad:2,,No name\n", encoding="utf-8"
    )
    words = ("--sobject", "Account", "--file", "bad.csv", "--wait", "5")
    ran = node.run("sf", "data", "import", "bulk", *words, "--target-org", ALIAS, "--json")
    assert ran.returncode != 0
    found = org.records("SELECT Id, Name FROM Account WHERE Clinic_Id__c LIKE 'sf-bad:%'")
    assert [one["Name"] for one in found] == ["Good"]
    job = json.loads(ran.stdout)["data"]["jobId"]
    said = node.sf("data", "bulk", "results", "--job-id", job)
    failed = read_csv((node.home / said["failedFilePath"]).read_text(encoding="utf-8"))
    assert [row["Clinic_Id__c"] for row in failed] == ["sf-bad:2"]
    assert failed[0]["sf__Error"].startswith("REQUIRED_FIELD_MISSING")
    calls.add("sf", "`data import bulk` with a row that fails, and its `data bulk results`")


def test_contract_4_3_sf_creates_changes_and_deletes_a_record(
    org: OrgClient, node: NodeClient, calls: CallTable
) -> None:
    about = ("--sobject", "Account")
    made = node.sf("data", "create", "record", *about, "--values", "Name='One Record' Site='A;B'")
    one = ("--record-id", made["id"])
    (shown,) = org.records(f"SELECT Name, Site FROM Account WHERE Id = '{made['id']}'")
    assert (shown["Name"], shown["Site"]) == ("One Record", "A;B")
    node.sf("data", "update", "record", *about, *one, "--values", "Name='Another Name'")
    assert node.sf("data", "get", "record", *about, *one)["Name"] == "Another Name"
    node.sf("data", "delete", "record", *about, *one)
    assert org.records(f"SELECT Id FROM Account WHERE Id = '{made['id']}'") == []
    calls.add("sf", "`data create record`, `update`, `get`, `delete`")


def test_contract_4_6_sf_imports_a_tree(org: OrgClient, node: NodeClient, calls: CallTable) -> None:
    leaf = {"attributes": {"type": "Contact", "referenceId": "leaf"}, "LastName": "Leaf 🍃"}
    root = {
        "attributes": {"type": "Account", "referenceId": "root"},
        "Name": 'Root; "quoted"',
        "Clinic_Id__c": "sf-tree:1",
        "Contacts": {"records": [leaf]},
    }
    (node.home / "tree.json").write_text(json.dumps({"records": [root]}), encoding="utf-8")
    said = {one["refId"]: one["id"] for one in node.sf("data", "import", "tree", "-f", "tree.json")}
    found = org.records(
        "SELECT Id, LastName, AccountId, Account.Name FROM Contact "
        "WHERE Account.Clinic_Id__c = 'sf-tree:1'"
    )
    assert [(one["Id"], one["AccountId"]) for one in found] == [(said["leaf"], said["root"])]
    assert (found[0]["LastName"], found[0]["Account"]["Name"]) == ("Leaf 🍃", 'Root; "quoted"')  # type: ignore[index]
    calls.add("sf", "`data import tree`")


def test_contract_4_2_sf_describes_objects_and_lists_limits(
    org: OrgClient, node: NodeClient, calls: CallTable
) -> None:
    described = node.sf("sobject", "describe", "--sobject", "Account")
    assert described["fields"] == org.data("GET", "sobjects/Account/describe").json()["fields"]
    assert any(field["name"] == "Clinic_Id__c" for field in described["fields"])
    calls.add("sf", "`sobject describe`")
    listed = org.data("GET", "sobjects").json()["sobjects"]
    assert node.sf("sobject", "list", "--sobject", "all") == [one["name"] for one in listed]
    calls.add("sf", "`sobject list`")
    limits = {one["name"]: one["max"] for one in node.sf("org", "list", "limits")}
    shown = org.data("GET", "limits").json()
    assert limits == {name: limit["Max"] for name, limit in shown.items()}
    calls.add("sf", "`org list limits`")
