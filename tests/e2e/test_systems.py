"""Three systems of two sources, with the same ids, in one org: two FHIR servers and an export."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
import yaml

from extract.propose.source_yaml import paths_of
from tests.conftest import Clinic, serving
from tests.e2e.conftest import OWNER, Walk, planned
from tests.extract.propose.project import Project, project_copy

# Builds of everything, and three loads.
pytestmark = pytest.mark.soak

SOMETHING_IS_PUT_ASIDE = 4
USERS = {"CLINIC_USER_PROFILE": "Standard User", "CLINIC_USERNAME_SUFFIX": ".clinic"}
CLINIC = ("--patients", "12", "--seed", "5")
# What the export says is what the first system says: the same people under the same ids.
EXPORTED = (
    "patients",
    "providers",
    "locations",
    "payers",
    "coverages",
    "appointments",
    "claims",
    "claim_lines",
    "clinical_notes",
    "prescriptions",
    "lab_results",
)
SYSTEMS = ("one", "two", "three")
# Who works in several systems is one user, and no system's.
SHARED = "*:user:"


@dataclass(frozen=True, slots=True)
class Road:
    """An org into which systems are loaded, and what it and the marts were with the first alone."""

    project: Project
    walk: Walk
    marts: dict[str, list[str]]
    objects: list[str]

    def rows(self, system: str) -> dict[str, list[str]]:
        """Give every row of every mart that is the system's, as if it were the first one's."""
        found = marts_of(self.project)
        return {
            mart: sorted(
                row.replace(f'"{system}:', '"one:') for row in rows if f'"{system}:' in row
            )
            for mart, rows in found.items()
        }

    def alive(self) -> list[str]:
        return alive(self.walk)


def alive(walk: Walk) -> list[str]:
    """List what is in the org; nobody can delete a user, and those retired are nobody's."""
    # The org gives each user a nickname with a number; users who come again have another.
    lines = (
        json.dumps(each | {"CommunityNickname": ""}, sort_keys=True) for each in walk.org.dump()
    )
    return [line for line in lines if ".retired-" not in line]


def marts_of(project: Project) -> dict[str, list[str]]:
    """Read every row of every mart."""
    with duckdb.connect(project.data / "warehouse.duckdb", read_only=True) as db:
        names = db.sql(
            "select table_name from duckdb_tables() where schema_name = 'salesforce' order by 1"
        ).fetchall()
        return {
            name: sorted(
                str(row[0])
                for row in db.sql(f"select to_json(each) from salesforce.{name} as each").fetchall()
            )
            for (name,) in names
        }


def export(project: Project, folder: Path) -> None:
    """Write what the first system says as files, with the ids that it has there."""
    folder.mkdir()
    with duckdb.connect(project.data / "warehouse.duckdb", read_only=True) as db:
        for table in EXPORTED:
            relation = f"intermediate.int_clinic__{table}"
            names = [row[0] for row in db.sql(f"describe {relation}").fetchall()]
            own = f"{table.removesuffix('s')}_key"
            cells = ", ".join(
                f"regexp_extract({name}, '[^:]*$') as {name.removesuffix('_key')}_id"
                if name.endswith("_key")
                else name
                for name in names
                if name not in {own, "source_system", "custom_fields"}
            )
            db.execute(f"copy (select {cells} from {relation}) to '{folder / table}.csv' (header)")


def confirm(project: Project, system: str) -> None:
    """Take the marks out, as whoever reviewed the map does."""
    for path in paths_of(system):
        file = project.folder / path
        document = yaml.safe_load(file.read_text("utf-8"))
        for node in [*document.get("models", ()), *document.get("seeds", ())]:
            node.get("config", {}).get("meta", {}).pop("proposed", None)
        file.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")


def do(project: Project, *command: str, codes: tuple[int, ...] = (0,)) -> None:
    done = project.run(*command, **USERS)
    assert done.returncode in codes, done.stdout[-3000:] + done.stderr


def push(walk: Walk) -> None:
    approved = walk.load("approve", "latest", "--by", "Test", "--allow-duplicates")
    assert approved.code == 0, approved.stderr
    pushed = walk.on_org("push", "latest")
    assert pushed.code == 0, pushed.stdout + pushed.stderr
    seen = walk.on_org("verify", "latest", "--json")
    assert (seen.code, seen.json()["differences"]) == (0, 0), seen.stdout + seen.stderr


def plan(walk: Walk, *options: str) -> Path:
    """Plan, and name the plan's folder."""
    made = walk.on_org("plan", "--default-owner", OWNER, "--no-mask", "--json", *options)
    assert made.code == 0, made.stdout + made.stderr
    return walk.clinic.data / "plans" / str(made.json()["plan"])


def land_export(project: Project, folder: Path, *options: str) -> None:
    do(
        project,
        "clinic-extract",
        "run",
        "files",
        "--system",
        "two",
        "--from",
        str(folder),
        *options,
        codes=(0, SOMETHING_IS_PUT_ASIDE),
    )


@pytest.fixture(scope="module")
def road(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Road]:
    """Load one system; then land two more, with the same ids, and build all of them."""
    folder = tmp_path_factory.mktemp("systems")
    project = project_copy(folder)
    demo = ("clinic-extract", "run", "demo", *CLINIC, "--system")
    do(project, *demo, "one", codes=(0, SOMETHING_IS_PUT_ASIDE))
    do(project, "dbt", "build")
    marts = marts_of(project)
    clinic = Clinic(data=project.data, target=project.data / "target")
    with serving(folder / "org", "--sandbox") as org:
        walk = planned(clinic, org)
        push(walk)
        objects = alive(walk)
        export(project, folder / "export")
        do(project, *demo, "three", codes=(0, SOMETHING_IS_PUT_ASIDE))
        land_export(project, folder / "export")
        do(project, "clinic-extract", "propose", "two", "--write", codes=(0, 4))
        confirm(project, "two")
        do(project, "dbt", "build")
        yield Road(project, walk, marts, objects)


def test_each_system_says_what_it_says_alone_and_no_key_is_there_twice(road: Road) -> None:
    alone = {mart: [row for row in rows if '"one:' in row] for mart, rows in road.marts.items()}
    assert road.rows("one") == alone
    assert road.rows("three") == alone
    together = marts_of(road.project)
    assert together["sf_user"] == road.marts["sf_user"] != []
    assert all(SHARED in row for row in together["sf_user"])
    two = road.rows("two")
    for mart in ("sf_contact", "sf_event", "sf_opportunity", "sf_lab_result", "sf_provider"):
        assert len(two[mart]) > 0
        assert len(together[mart]) == 2 * len(alone[mart]) + len(two[mart])
    for mart, rows in together.items():
        keys = [json.loads(row).get("Clinic_Id__c") for row in rows]
        assert len({key for key in keys if key}) == sum(map(bool, keys)), mart


def test_what_joined_in_a_run_of_its_own_leaves_with_it_and_the_rest_with_theirs(
    road: Road,
) -> None:
    walk = road.walk
    plan(walk)
    push(walk)
    loses_half(road, "lab_results")
    with (plan(walk, "--delta") / "deletions.csv").open(encoding="utf-8") as gone:
        assert {each["key"].partition(":")[0] for each in csv.DictReader(gone)} == {"two"}
    back = walk.on_org("rollback", "latest")
    assert back.code == 0, back.stdout + back.stderr
    assert road.alive() == road.objects
    assert walk.on_org("rollback", "latest").code == 0
    plan(walk)
    push(walk)
    traced = {
        system: walk.load("trace", f"{system}:patient:{patient_of(road)}").code
        for system in SYSTEMS
    }
    assert traced == dict.fromkeys(SYSTEMS, 0)
    entities = walk.load("status", "latest", "--json").json()["entities"]
    assert all(each["closes"] for each in entities)
    for system in ("two", "three"):
        back = walk.on_org("rollback", "latest", "--system", system)
        assert back.code == 0, back.stdout + back.stderr
        assert keys_of(road, system) == []
    assert road.alive() == road.objects
    assert walk.on_org("rollback", "latest").code == 0
    assert [key for system in (*SYSTEMS, "*") for key in keys_of(road, system)] == []


def keys_of(road: Road, system: str) -> list[str]:
    """List what in the org still has a key of a system; `*` has what they share."""
    keys = (json.loads(line).get("Clinic_Id__c") or "" for line in road.alive())
    return [key for key in keys if key.startswith(f"{system}:")]


def loses_half(road: Road, table: str) -> None:
    """Land the export alone anew, with half of a table; the others are not read again."""
    folder = road.project.folder.parent / "export"
    file = folder / f"{table}.csv"
    lines = file.read_text("utf-8").splitlines(keepends=True)
    file.write_text("".join(lines[: len(lines) // 2]), "utf-8")
    land_export(road.project, folder, "--full")
    do(road.project, "dbt", "build")


def patient_of(road: Road) -> str:
    """Name a chart that is loaded."""
    contact: str = json.loads(road.marts["sf_contact"][0])["Clinic_Id__c"]
    return contact.split(":")[2]
