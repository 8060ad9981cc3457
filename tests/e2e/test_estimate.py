"""The estimate of the demo clinic, with an org and without one."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest

from loaders.paths import DataFolder
from tests.conftest import BIN, Clinic, DemoRoad, Ran, StandIn, run, serving

ALIAS = "ESTIMATED"
# Decided by reading the marts: one entity becomes one row of one mart, and nothing else does.
ONE_TO_ONE = {
    "coverages": ("sf_insurance_coverage", {"coverage"}),
    "claims": ("sf_opportunity", {"claim"}),
    "claim_lines": ("sf_opportunity_line_item", {"claim_line"}),
    "prescriptions": ("sf_prescription", {"prescription"}),
    "lab_results": ("sf_lab_result", {"lab_result"}),
    "ledger_entries": ("sf_payment_record", {"invoice", "payment", "balance"}),
    "prepaid_items": ("sf_asset", {"prepaid_item"}),
    "referral_sources": ("sf_lead", {"referral_source"}),
    "referrals": ("sf_referral_detail", {"referral"}),
    "provider_locations": ("sf_provider_location", {"provider_location"}),
}


@pytest.fixture(scope="module")
def built(demo_road: DemoRoad, tmp_path_factory: pytest.TempPathFactory) -> Clinic:
    """The demo's build without its ledger: as it is before anything was pushed."""
    return demo_road.copy_to(tmp_path_factory.mktemp("estimate") / "clinic")


@pytest.fixture(scope="module")
def warehouse(built: Clinic) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(DataFolder(built.data).warehouse), read_only=True) as db:
        yield db


def estimate(clinic: Clinic, *arguments: str, **environment: str) -> Ran:
    done = run(
        [str(BIN / "clinic-load"), "estimate", *arguments],
        env={**clinic.environment, **environment},
    )
    assert done.code == 0, done.stderr
    return done


def by_name(document: dict[str, Any], part: str) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in document[part]}


def test_without_an_org_the_demo_is_counted_and_the_rest_is_unknown(
    built: Clinic, warehouse: duckdb.DuckDBPyConnection
) -> None:
    document = estimate(built, "--json").json()
    lines, axes = by_name(document, "lines"), by_name(document, "axes")
    entities = {
        name: (int(line), int(source), int(arrived))
        for name, line, source, arrived in warehouse.execute(
            "select entity, line, source_rows, mart_rows from audit.audit_row_counts"
            " where entity != 'custom_field_values'"
        ).fetchall()
    }
    for entity, (mart, kinds) in ONE_TO_ONE.items():
        found = warehouse.execute(
            f"select split_part(Clinic_Id__c, ':', 2), count(*) from salesforce.{mart} group by 1"
        ).fetchall()
        assert {kind for kind, _ in found} <= kinds
        assert sum(count for _, count in found) == entities[entity][2]
    misfit = {line for name, (line, _, _) in entities.items() if name not in ONE_TO_ONE}
    objects = {line for line, _, _ in entities.values()}
    assert lines["objects 1:1"]["formula"] == f"{len(objects - misfit)} of 15 objects map 1:1"
    records = sum(source for _, source, _ in entities.values())
    fitting = sum(entities[name][1] for name in ONE_TO_ONE)
    assert axes["object fit"]["value"] == f"{100 * (1 - fitting / records):.1f} % not 1:1"
    for name in ("load time", "delta rows", "delta time"):
        assert lines[name]["amount"] == {"low": None, "high": None}, name
    assert axes["org side"]["value"] == "unknown"
    assert document["grade"] == "C"
    assert document["heaviest"] == ["relations", "source access", "org side"]


def test_with_an_org_its_limits_and_rules_are_known(
    built: Clinic, make_stand_in: Callable[..., StandIn]
) -> None:
    org = make_stand_in("--sandbox")
    document = estimate(built, "--org", ALIAS, "--json", **org.environment(ALIAS)).json()
    lines, axes = by_name(document, "lines"), by_name(document, "axes")
    assert lines["data storage"]["left"] > lines["data storage"]["amount"]["low"] > 0
    assert lines["API calls"]["left"] > lines["API calls"]["amount"]["low"] > 200
    assert not any(line["takes_much"] for line in lines.values())
    assert "duplicate rules" in axes["org side"]["inputs"]
    assert axes["org side"]["low"] >= 1


def test_how_the_clinic_was_read_is_known_from_the_reading_itself(
    demo_road: DemoRoad, tmp_path: Path
) -> None:
    clinic = demo_road.copy_to(tmp_path / "clinic")
    document = estimate(clinic, "--json").json()
    assert by_name(document, "axes")["source access"]["value"] == "unknown"
    readings = clinic.data / "reports" / "extract"
    readings.mkdir(parents=True)
    kept = demo_road.data / "reports" / "extract" / "demo.json"
    (readings / "demo.json").write_bytes(kept.read_bytes())
    document = estimate(clinic, "--json").json()
    access, time = by_name(document, "axes")["source access"], by_name(document, "lines")
    assert (access["value"], access["low"], access["high"]) == ("paged", 2, 2)
    assert time["extract time"]["amount"]["low"] > 0


def test_the_demos_own_push_is_what_the_next_estimate_goes_by(
    demo_road: DemoRoad, tmp_path: Path
) -> None:
    """The requests that its push sent lie within what is expected of the same rows again."""
    clinic = demo_road.copy_to(tmp_path / "clinic")
    for name in ("ledger", "org"):
        shutil.copytree(demo_road.data / name, clinic.data / name)
    with serving(clinic.data / "org", "--production") as org:
        environment = org.environment(ALIAS)
        document = estimate(clinic, "--org", ALIAS, "--json", **environment).json()
    lines = by_name(document, "lines")
    load, calls = lines["load time"]["amount"], lines["API calls"]["amount"]
    assert 0 < load["low"] <= load["high"]
    assert {each["sobject"] for each in document["pace"] if each["rate"] is None} == set()
    counted = requests_of_first_push(clinic.data / "ledger")
    assert calls["low"] <= counted <= calls["high"]


def requests_of_first_push(ledger: Path) -> int:
    """Add up what the demo's first push and the plan before it say that they sent."""
    with closing(sqlite3.connect(ledger / "ledger.sqlite")) as db:
        bodies = db.execute(
            "select body from acts where kind = 'requests_counted' order by seq"
        ).fetchall()
    counted = [json.loads(body) for (body,) in bodies]
    push = next(n for n, each in enumerate(counted) if "-push-" in each["of"])
    return sum(int(each["requests"]) for each in counted[push - 1 : push + 1])
