"""The same raw data gives the same marts, whoever builds them and whenever."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from tests.conftest import BIN, Clinic, DemoRoad, run

SCHEMAS = ("salesforce", "audit")

# A second build of everything.
pytestmark = pytest.mark.soak


def fingerprints(clinic: Clinic) -> dict[str, tuple[int, str]]:
    """Give rows and a hash over all rows in order, for every mart and audit table."""
    with duckdb.connect(str(clinic.data / "warehouse.duckdb"), read_only=True) as db:
        tables = db.sql(
            "select schema_name, table_name from duckdb_tables()"
            f" where schema_name in {SCHEMAS} order by all"
        ).fetchall()
        found = {}
        for schema, table in tables:
            row = db.sql(
                "select count(*), md5(string_agg(line, chr(10) order by line)) from"
                f" (select cast(to_json(each) as varchar) as line from {schema}.{table} as each)"
            ).fetchone()
            assert row
            found[f"{schema}.{table}"] = (int(row[0]), str(row[1]))
    return found


def test_a_second_build_of_the_same_raw_data_gives_equal_marts(
    demo_road: DemoRoad, tmp_path: Path
) -> None:
    again = Clinic(data=tmp_path / "data", target=tmp_path / "target")
    again.data.mkdir()
    shutil.copy2(demo_road.data / "raw.duckdb", again.data / "raw.duckdb")
    environment = again.environment | {
        "CLINIC_USER_PROFILE": "Standard User",
        "CLINIC_USERNAME_SUFFIX": ".demo",
    }
    built = run(
        [
            str(BIN / "dbt"),
            "build",
            "--quiet",
            "--exclude-resource-type",
            "test",
            "--exclude-resource-type",
            "unit_test",
            "--threads",
            "1",
        ],
        env=environment,
    )
    assert built.code == 0, built.stdout
    first, second = fingerprints(demo_road), fingerprints(again)
    assert len(first) > 30
    assert first == second
