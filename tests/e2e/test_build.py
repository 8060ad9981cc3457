"""What a build of the models may rely on when it is run again."""

from __future__ import annotations

import json

import duckdb

from tests.conftest import DemoRoad


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
