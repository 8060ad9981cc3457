"""`make demo` shows the whole road, and says nothing that is not so."""

from __future__ import annotations

import re

import duckdb

from tests.conftest import DemoRoad

LINES = 16
ROW = re.compile(
    r"^ +(\d+) (\w+) +([\d,]+) +([\d,]+) +([\d,]+) +([\d,]+) +([\d,]+) +(yes|NO)$", re.M
)


def test_all_sixteen_lines_are_there_loaded_and_closing(demo_road: DemoRoad) -> None:
    rows = ROW.findall(demo_road.stdout)
    assert {int(row[0]) for row in rows} == set(range(1, LINES + 1))
    for line, entity, *counts, closes in rows:
        source, loaded, merged, excluded, failed = (int(n.replace(",", "")) for n in counts)
        assert source > 0, f"{line} {entity} has no source rows"
        assert loaded > 0, f"{line} {entity} has nothing loaded"
        assert source == loaded + merged + excluded + failed, f"{line} {entity} does not close"
        assert closes == "yes"


def test_source_counts_of_the_table_are_the_warehouse_s_own(demo_road: DemoRoad) -> None:
    shown = {row[1]: int(row[2].replace(",", "")) for row in ROW.findall(demo_road.stdout)}
    with duckdb.connect(str(demo_road.data / "raw.duckdb"), read_only=True) as raw:

        def landed(table: str, where: str = "true") -> int:
            found = raw.sql(f"select count(*) from raw_fhir.{table} where {where}").fetchone()
            assert found
            return int(found[0])

        assert shown["patients"] == landed("patient")
        assert shown["appointments"] == landed("appointment")
        assert shown["coverages"] == landed("coverage")
        assert shown["claims"] == landed("claim")
        assert shown["prescriptions"] == landed("medication_request")
        assert shown["communications"] == landed("communication")
        assert shown["locations"] == landed("location")


def test_verify_found_no_difference_and_rollback_left_only_retired_users(
    demo_road: DemoRoad,
) -> None:
    assert len(re.findall(r"\b0 differences: [\d,]+ fields, [\d,]+ rows", demo_road.stdout)) == 2
    said = " ".join(demo_road.stdout.split())
    assert "the org is what it was before the push, but for 3 retired users" in said


def test_second_push_leaves_something_to_look_at(demo_road: DemoRoad) -> None:
    pushed = re.findall(r"Push +\S+ s +([\d,]+) rows created", demo_road.stdout)
    assert len(pushed) == 2
    assert pushed[0] == pushed[1]
