"""The rules of the house that a pull request could break without any other test noticing."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import DemoRoad

Manifest = dict[str, Any]
# It counts the raw rows themselves, so that staging cannot hide a loss from the accounts.
COUNTS_RAW_ROWS = "__raw_records"


@pytest.fixture(scope="module")
def manifest(demo_road: DemoRoad) -> Manifest:
    loaded: Manifest = json.loads((demo_road.target / "manifest.json").read_text(encoding="utf-8"))
    return loaded


def models(manifest: Manifest) -> dict[str, Any]:
    return {k: v for k, v in manifest["nodes"].items() if v["resource_type"] == "model"}


def layer(node: dict[str, Any]) -> str:
    return str(Path(node["original_file_path"]).parent)


def parents(node: dict[str, Any], manifest: Manifest) -> list[dict[str, Any]]:
    known = manifest["nodes"] | manifest["sources"]
    return [known[name] for name in node["depends_on"]["nodes"]]


def test_staging_reads_sources_and_nothing_else(manifest: Manifest) -> None:
    for node in models(manifest).values():
        if layer(node).startswith("models/staging"):
            kinds = {
                parent["resource_type"] if parent["resource_type"] != "model" else parent["name"]
                for parent in parents(node, manifest)
                if not parent["name"].startswith(node["name"].split("__")[0])
            }
            assert kinds <= {"source"}, node["name"]


def test_only_staging_reads_raw_tables(manifest: Manifest) -> None:
    for node in models(manifest).values():
        if not layer(node).startswith("models/staging") and not node["name"].endswith(
            COUNTS_RAW_ROWS
        ):
            touched = [p["name"] for p in parents(node, manifest) if p["resource_type"] == "source"]
            assert not touched, f"{node['name']} reads raw {touched}"


def test_nothing_after_the_contract_knows_a_source(manifest: Manifest) -> None:
    for node in models(manifest).values():
        if layer(node).startswith(("models/marts", "models/intermediate/steps")):
            below = [
                p["name"]
                for p in parents(node, manifest)
                if layer(p).startswith(
                    (
                        "models/staging",
                        "models/intermediate/fhir",
                        "models/intermediate/openemr",
                        "models/intermediate/cliniko",
                    )
                )
            ]
            assert not below, f"{node['name']} reads {below}"


def test_every_model_is_described_and_in_the_folder_of_its_name(manifest: Manifest) -> None:
    prefixes = {
        "models/staging": "stg_",
        "models/intermediate": "int_",
        "models/marts/salesforce": "sf_",
        "models/marts/audit": "audit_",
    }
    for node in models(manifest).values():
        assert node["description"].strip(), f"{node['name']} has no description"
        expected = next(p for folder, p in prefixes.items() if layer(node).startswith(folder))
        assert node["name"].startswith(expected), node["original_file_path"]


def test_every_contract_and_mart_has_a_key_test_and_an_enforced_contract(
    manifest: Manifest,
) -> None:
    tested = defaultdict(set)
    for node in manifest["nodes"].values():
        if node["resource_type"] == "test" and node.get("attached_node"):
            tested[node["attached_node"]].add(node["test_metadata"]["name"])
    for unique_id, node in models(manifest).items():
        if node["name"].startswith(("int_clinic__", "sf_")):
            assert node["config"]["contract"]["enforced"], node["name"]
            keys = {name for name in tested[unique_id] if name.startswith("unique")}
            assert keys, f"{node['name']} has no test of its key"
            missing = [c for c, v in node["columns"].items() if not v["data_type"]]
            assert not missing, f"{node['name']}: no data_type on {missing}"


def test_no_model_depends_on_the_clock_or_on_chance(manifest: Manifest) -> None:
    for node in models(manifest).values():
        code = node["raw_code"].lower()
        for word in ("current_date", "current_timestamp", "now()", "random()", "uuid()"):
            assert word not in code, f"{node['name']} uses {word}"
