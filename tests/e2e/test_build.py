"""What a build of the models may rely on when it is run again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.conftest import BIN, Clinic, DemoRoad, run

Dbt = Callable[..., str]


@pytest.fixture
def dbt(demo_road: DemoRoad, tmp_path: Path) -> Dbt:
    """Run dbt over a copy of the clinic, and give what its last build is said to lack."""
    clinic = demo_road.copy_to(tmp_path / "clinic")

    def ran(*arguments: str, breaking: str = "") -> str:
        if breaking:
            with duckdb.connect(clinic.data / "warehouse.duckdb") as db:
                db.execute(breaking)
        run([str(BIN / "dbt"), *arguments], env=clinic.environment)
        return last_build(clinic)

    return ran


def last_build(clinic: Clinic) -> str:
    """Return why the last build is not whole."""
    with duckdb.connect(clinic.data / "warehouse.duckdb", read_only=True) as db:
        found = db.execute("select why_not_whole from audit.last_dbt_build").fetchall()
    ((why,),) = found
    return str(why)


def test_the_index_of_files_is_there_after_a_build_and_no_index_while_it_runs(
    demo_road: DemoRoad,
) -> None:
    """
    No model brings an index of its own, which dbt would keep on the table that it replaces.

    While such a table is renamed, DuckDB refuses every question about indexes, and dbt asks one at
    each other table that it builds anew.
    """
    nodes = json.loads((demo_road.target / "manifest.json").read_bytes())["nodes"].values()
    assert [node["name"] for node in nodes if node["config"].get("indexes")] == []
    with duckdb.connect(demo_road.data / "warehouse.duckdb", read_only=True) as db:
        found = db.execute("select table_name, expressions from duckdb_indexes()").fetchall()
    assert found == [("sf_content_version", "[Clinic_Id__c]")]


def test_a_whole_build_says_so_and_one_of_a_model_does_not(demo_road: DemoRoad, dbt: Dbt) -> None:
    assert last_build(demo_road) == ""
    nodes = json.loads((demo_road.target / "manifest.json").read_bytes())["nodes"].values()
    models = [node for node in nodes if node["resource_type"] == "model"]
    said = dbt("build", "--select", "stg_fhir__locations")
    assert said == f"it built 1 of {len(models)} models"


@pytest.mark.soak
def test_a_test_that_fails_takes_the_word_of_a_whole_build_back(dbt: Dbt) -> None:
    selected = ("test", "--select", "sf_provider_location,test_type:generic")
    assert dbt(*selected) == ""
    doubled = "insert into salesforce.sf_provider_location from salesforce.sf_provider_location"
    assert dbt(*selected, breaking=doubled).endswith("failed when they were run again")


@pytest.mark.soak
def test_a_build_with_a_failing_model_says_how_many_did_not_come_through(dbt: Dbt) -> None:
    broken = "drop table staging.stg_fhir__locations"
    said = dbt("run", "--select", "int_fhir__locations+", breaking=broken)
    assert said.endswith("of its models and tests failed or were skipped")
