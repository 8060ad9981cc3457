"""Nothing is sent that was not approved, or that changed since."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.conftest import StandIn
from tests.e2e.conftest import Walk

REFUSED = 3


def records(org: StandIn) -> list[dict[str, Any]]:
    """Everything but what reading the org leaves behind."""
    return org.dump()


def edit_manifest(path: Path, edit: Callable[[dict[str, Any]], None]) -> str:
    """Change the manifest in place and give what it was."""
    before = path.read_text(encoding="utf-8")
    manifest = json.loads(before)
    edit(manifest["nodes"]["model.clinic_to_salesforce.sf_contact"])
    path.write_text(json.dumps(manifest), encoding="utf-8")
    return before


def lengthen_a_field(node: dict[str, Any]) -> None:
    salesforce = node["columns"]["MRN__c"]["config"]["meta"]["salesforce"]
    salesforce["length"] = int(salesforce.get("length", 255)) - 1


def rewrite_the_model(node: dict[str, Any]) -> None:
    node["checksum"]["checksum"] = "0" * 64


def assert_refused(walk: Walk, before: list[dict[str, Any]]) -> str:
    pushed = walk.on_org("push", "latest")
    assert pushed.code == REFUSED, pushed.stdout + pushed.stderr
    assert pushed.stderr.count("Error:") == 1
    assert pushed.stderr.count("Try:") == 1
    assert records(walk.org) == before
    return pushed.stderr


def test_push_is_refused_until_someone_approved(walk: Walk) -> None:
    said = assert_refused(walk, records(walk.org))
    assert "approve" in said


@pytest.mark.parametrize("edit", [lengthen_a_field, rewrite_the_model])
def test_push_is_refused_when_the_contract_changed_since_the_plan(
    walk: Walk, edit: Callable[[dict[str, Any]], None]
) -> None:
    assert walk.load("approve", "latest", "--by", "Test").code == 0
    manifest = walk.clinic.target / "manifest.json"
    before = edit_manifest(manifest, edit)
    try:
        assert_refused(walk, records(walk.org))
    finally:
        manifest.write_text(before, encoding="utf-8")


def test_push_is_refused_when_a_mart_changed_since_the_plan(walk: Walk) -> None:
    assert walk.load("approve", "latest", "--by", "Test").code == 0
    warehouse = str(walk.clinic.data / "warehouse.duckdb")
    one = "where Clinic_Id__c = (select min(Clinic_Id__c) from salesforce.sf_contact)"
    with duckdb.connect(warehouse) as db:
        db.sql(f"create temp table kept as from salesforce.sf_contact {one}")
        db.execute(f"update salesforce.sf_contact set LastName = LastName || 'x' {one}")
        db.execute("create table main.kept as from kept")
    try:
        assert_refused(walk, records(walk.org))
    finally:
        with duckdb.connect(warehouse) as db:
            db.execute(f"delete from salesforce.sf_contact {one}")
            db.execute("insert into salesforce.sf_contact by name from main.kept")
            db.execute("drop table main.kept")


def test_production_asks_for_its_own_id(walk: Walk, make_stand_in: Callable[..., StandIn]) -> None:
    production = Walk(clinic=walk.clinic, org=make_stand_in("--production"))
    for typed in ([], ["--production", walk.org.org_id]):
        refused = production.on_org("schema", "deploy", *typed)
        assert refused.code == REFUSED, refused.stdout + refused.stderr
        assert "Try:" in refused.stderr
