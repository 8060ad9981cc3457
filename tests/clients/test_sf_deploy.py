"""The Salesforce CLI deploys our own package to fresh orgs: by SOAP as it is, by REST as source."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from loaders.schema_permissions import PERMISSION_SET
from tests.clients.call_table import CallTable
from tests.clients.node_client import NodeClient
from tests.clients.our_package import OurPackage, deployed_fields
from tests.loaders.metadata_files import said
from tests.loaders.stand_in_org.front_org import serving

PROJECT = {
    "packageDirectories": [{"path": "force-app", "default": True}],
    "sourceApiVersion": "67.0",
}


@pytest.fixture
def fresh(node_path: str, tmp_path: Path) -> Iterator[NodeClient]:
    """The CLI logged in to an org of its own, in a home that is an empty project."""
    home = tmp_path / "home"
    (home / "force-app").mkdir(parents=True)
    (home / "sfdx-project.json").write_text(json.dumps(PROJECT), encoding="utf-8")
    with serving(tmp_path / "org") as org:
        client = NodeClient(node_path, home, org, "https")
        client.login()
        yield client


def components(result: dict[str, Any]) -> set[tuple[str, str]]:
    found = result["details"]["componentSuccesses"]
    return {(one["componentType"], one["fullName"]) for one in found if one["componentType"]}


def source(folder: Path) -> dict[str, object]:
    """Read a folder in source format: what each file that says something says, by its path."""
    root = folder / "main" / "default"
    parsed = ((path, etree.parse(path).getroot()) for path in root.rglob("*.xml"))
    # The CLI leaves an empty file for an object of which only the fields are ours.
    return {str(path.relative_to(root)): said(found) for path, found in parsed if len(found)}


def grant(client: NodeClient) -> None:
    client.sf("org", "assign", "permset", "--name", PERMISSION_SET)


def test_clients_md_9_sf_deploys_our_package_by_soap(
    fresh: NodeClient, our_package: OurPackage, calls: CallTable
) -> None:
    for name in ("settings", "schema"):
        words = ("--metadata-dir", str(our_package.folder / name), "--wait", "5")
        result = fresh.sf("project", "deploy", "start", *words)
        assert (result["status"], result["numberComponentErrors"]) == ("Succeeded", 0)
        assert components(result) >= our_package.components(name)
    calls.add("sf", "`project deploy start` of our package by SOAP")
    grant(fresh)
    assert deployed_fields(fresh.org) >= our_package.fields
    calls.add("sf", "`org assign permset`")
    members = ("--metadata", "CustomObject:Guarantor__c", "--wait", "5")
    back = fresh.sf("project", "retrieve", "start", *members)["files"]
    assert {one["fullName"] for one in back if one["type"] == "CustomField"} == {
        name for name in our_package.fields if name.startswith("Guarantor__c.")
    }
    calls.add("sf", "`project retrieve start` of an object that was deployed")


def test_clients_md_9_sf_deploys_our_package_as_source_by_rest(
    fresh: NodeClient, our_package: OurPackage, calls: CallTable
) -> None:
    for name in ("settings", "schema"):
        folders = ("--root-dir", str(our_package.folder / name), "--output-dir", "force-app")
        fresh.sf("project", "convert", "mdapi", *folders, org="")
    calls.add("sf", "`project convert mdapi` of our package")
    project = fresh.home.parent / "project"
    shutil.copytree(our_package.folder / "project", project)
    assert source(project / "settings") | source(project / "schema") == source(
        fresh.home / "force-app"
    )
    for folder in ("settings", "schema"):
        words = ("project", "deploy", "start", "--source-dir", folder, "--wait", "5")
        result = fresh.sf(*words, folder=project, SF_ORG_METADATA_REST_DEPLOY="true")
        assert (result["status"], result["numberComponentErrors"]) == ("Succeeded", 0)
    wanted = our_package.components("schema")
    assert components(result) >= wanted
    assert {(one["type"], one["fullName"]) for one in result["files"]} >= wanted
    grant(fresh)
    assert deployed_fields(fresh.org) >= our_package.fields
    calls.add("sf", "`project deploy start` of our package as source, by REST")
