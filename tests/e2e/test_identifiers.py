"""No identifier of a patient is in what the road leaves behind for others to read."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from loaders.contract import EXTERNAL_ID, read_mapping
from loaders.mapping import Mapping
from tests.conftest import DemoRoad, Ran, serving
from tests.e2e.conftest import OWNER, Walk
from tests.identifiers.forms import Finder
from tests.identifiers.of_clinic import identifiers_of
from tests.identifiers.planted import COUNT
from tests.identifiers.scan import kinds_by_file, scan

# What a person or a program is shown, or finds in the folders of the tools.
OF_THE_ROAD = ("dlt", "logs", "target", "reports/extract", "approval.json", "extracts.jsonl")
NONE: dict[str, dict[str, int]] = {}


@pytest.fixture(scope="module")
def finder(demo_road: DemoRoad) -> Finder:
    """Look for identifiers of every kind, which are all in what was landed."""
    identifiers = identifiers_of(demo_road.data / "raw.duckdb")
    finder = Finder(identifiers)
    landed = scan(demo_road.data / "raw.duckdb", finder)
    assert set().union(*landed.values()) == set(identifiers)
    assert len(identifiers) >= COUNT
    return finder


@pytest.mark.parametrize("place", OF_THE_ROAD)
def test_road_leaves_no_identifier_in(place: str, demo_road: DemoRoad, finder: Finder) -> None:
    assert (demo_road.data / place).exists()
    assert kinds_by_file(scan(demo_road.data / place, finder)) == NONE


def test_road_tells_no_identifier(demo_road: DemoRoad, finder: Finder) -> None:
    assert finder.find(demo_road.stdout.encode()) == set()


def test_one_name_in_a_log_is_found(demo_road: DemoRoad, finder: Finder, tmp_path: Path) -> None:
    name = next(
        one.value
        for one in identifiers_of(demo_road.data / "raw.duckdb")
        if one.kind == "family name"
    )
    (tmp_path / "dbt.log").write_text(f"Could not convert string '{name}' to DATE\n", "utf-8")
    assert kinds_by_file(scan(tmp_path / "dbt.log", finder)) == {"dbt.log": {"family name": 1}}


def test_no_column_that_masks_leave_alone_holds_an_identifier(
    demo_road: DemoRoad, finder: Finder
) -> None:
    """The subjects of appointments and tasks are among them: they say what, never who."""
    mapping = read_mapping(demo_road.target / "manifest.json")
    open_columns = dict(unmasked(mapping))
    assert {"Event.Subject", "Task.Subject"} <= set(open_columns)
    with duckdb.connect(str(demo_road.data / "warehouse.duckdb"), read_only=True) as db:
        found = {
            name: finder.find(db.execute(query).fetchall()[0][0].encode())
            for name, query in open_columns.items()
        }
    assert {name: len(held) for name, held in found.items() if held} == {}


def unmasked(mapping: Mapping) -> Iterator[tuple[str, str]]:
    """Give each text that is sent as it is, and the query of all its values."""
    for mart in mapping.marts:
        for column in mart.columns:
            if column.phi or column.lookup or column.name == EXTERNAL_ID:
                continue
            yield (
                f"{mart.sobject}.{column.name}",
                f"""select coalesce(string_agg(distinct cast("{column.name}" as varchar), chr(10)),
                '') from {mart.relation}""",
            )


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A masked sample in a sandbox, verified and reported, and all that was said on the way."""

    walk: Walk
    said: dict[str, Ran]

    @property
    def run(self) -> str:
        return str(self.said["report"].json()["run"])


@pytest.fixture(scope="module")
def rehearsed(demo_road: DemoRoad, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsed]:
    folder = tmp_path_factory.mktemp("rehearsed")
    with serving(folder / "org", "--sandbox") as org:
        walk = Walk(demo_road.copy_to(folder / "clinic"), org)
        owner = ("--default-owner", OWNER)
        yield Rehearsed(
            walk,
            {
                "stopped": walk.on_org("plan"),
                "settings": walk.load("approve", "latest", "--by", "Test", "--settings"),
                "deploy": walk.on_org("schema", "deploy"),
                "plan": walk.on_org("plan", "--sample", "150", *owner),
                "approve": walk.load("approve", "latest", "--by", "Test", "--allow-duplicates"),
                "push": walk.on_org("push", "latest"),
                "verify": walk.on_org("verify", "latest"),
                "report": walk.load("report", "latest", "--json"),
            },
        )


@pytest.mark.soak
def test_masked_sample_arrives_as_planned(rehearsed: Rehearsed) -> None:
    codes = {name: ran.code for name, ran in rehearsed.said.items()}
    assert codes == {**dict.fromkeys(codes, 0), "stopped": 3}, rehearsed.said["push"].stderr
    assert rehearsed.said["report"].json()["masked"] is True


@pytest.mark.soak
def test_masked_sample_tells_no_identifier(rehearsed: Rehearsed, finder: Finder) -> None:
    told = {
        name: finder.find(f"{ran.stdout}{ran.stderr}".encode())
        for name, ran in rehearsed.said.items()
    }
    assert {name: held for name, held in told.items() if held} == {}


@pytest.mark.soak
def test_reports_of_a_masked_sample_and_its_org_hold_no_identifier(
    rehearsed: Rehearsed, finder: Finder
) -> None:
    data = rehearsed.walk.clinic.data
    report = data / "reports" / rehearsed.run
    assert (report / "completion" / "completion.html").is_file()
    with (report / "completion" / "side_by_side.csv").open(encoding="utf-8", newline="") as file:
        assert len({row["key"] for row in csv.DictReader(file)}) == 50
    assert kinds_by_file(scan(report, finder)) == NONE
    assert finder.find(json.dumps(rehearsed.walk.org.dump()).encode()) == set()
