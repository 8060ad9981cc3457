"""Fields that the clinic adds: seen, proposed, accepted, in the org, verified; no Python edited."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import BIN, ROOT, Clinic, Ran, StandIn, serving
from tests.e2e.conftest import ALIAS, planned
from tests.extract.demo_clinic.running import run_clinic

PATIENTS = 30
PROPOSE = ("clinic-extract", "propose", "--custom-fields")
MAP = ("models", "seeds", "macros", "tests/dbt", "dbt_project.yml", "profiles.yml")
CUSTOM = "https://demo-clinic.example/fhir/custom/"
NEW_FIELDS = {
    "lens_type": "Picklist",
    "adjusted_segments": "MultiselectPicklist",
    "cylinder_left": "Number",
    "plan_review": "Date",
    "last_adjusted": "DateTime",
    "home_exercises": "Checkbox",
    "therapist's note": "Text",
    "scans": "LongTextArea",
}


def filled(lens: str, segments: list[str], cylinder: str, scans: list[str]) -> list[dict[str, Any]]:
    """What one patient has in the fields that the practice added."""
    told = [
        ("lens_type", "valueCode", lens),
        *(("adjusted_segments", "valueCode", segment) for segment in segments),
        ("cylinder_left", "valueDecimal", float(cylinder)),
        ("plan_review", "valueDate", "2027-02-28"),
        ("last_adjusted", "valueDateTime", "2026-03-04T18:30:00-05:00"),
        ("home_exercises", "valueBoolean", True),
        ("therapist's note", "valueString", 'Says "slowly"; Öl, 春'),
        *(("scans", "valueString", scan) for scan in scans),
    ]
    return [{"url": CUSTOM + name, kind: value} for name, kind, value in told]


FILLED = [
    filled("single", ["l5", "c2"], "-1.25", ["left", "right"]),
    filled("bifocal", ["c2"], "0.5", ["left"]),
]


@dataclass(frozen=True, slots=True)
class Practice:
    """A practice that added fields, a copy of the project beside it, and an org."""

    clinic: Clinic
    project: Path
    org: StandIn
    environment: dict[str, str]

    def run(self, *command: str) -> Ran:
        done = subprocess.run(
            [str(BIN / command[0]), *command[1:]],
            cwd=self.project,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def works(self, *command: str) -> Ran:
        ran = self.run(*command)
        assert ran.code == 0, ran.stdout + ran.stderr
        return ran

    def files(self) -> dict[str, bytes]:
        found = (path for path in self.project.rglob("*") if path.is_file())
        return {str(path.relative_to(self.project)): path.read_bytes() for path in found}

    def soql(self, query: str) -> list[dict[str, Any]]:
        answer = httpx.get(
            f"{self.org.http}/services/data/v67.0/query",
            params={"q": query},
            headers={"Authorization": f"Bearer {self.org.token}"},
        )
        assert answer.status_code == 200, answer.text
        return list(answer.json()["records"])


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    """The demo clinic was landed; then it added fields and filled them in, and was landed again."""
    folder = tmp_path_factory.mktemp("practice")
    project = folder / "project"
    for name in MAP:
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        copy(ROOT / name, project / name)
    clinic = Clinic(data=folder / "data", target=folder / "target")
    with (
        serving(folder / "org", "--sandbox") as org,
        run_clinic("--patients", str(PATIENTS), "--seed", "7") as source,
    ):
        token = {"SOURCES__FHIR__TOKEN": source.token}
        environment = clinic.environment | org.environment(ALIAS.upper()) | token
        there = Practice(clinic, project, org, environment)
        landing = ("clinic-extract", "run", "fhir", "--system", "demo", "--url", source.url)
        there.works(*landing)
        change = {"edit": PATIENTS, "extensions": FILLED}
        source.client.post("/_demo/change", json=change).raise_for_status()
        there.works(*landing)
        yield there


def test_new_fields_are_in_the_audit(practice: Practice) -> None:
    audited = practice.works("clinic-extract", "audit", "--json").json()
    found = {one["name"]: one for one in audited["custom_fields"]}
    assert set(NEW_FIELDS) < set(found)
    assert all(found[name]["records"] == PATIENTS for name in NEW_FIELDS)
    assert found["lens_type"]["picklist_values"] == ["bifocal", "single"]


def test_proposal_changes_nothing_until_it_is_accepted(practice: Practice) -> None:
    before = practice.files()
    asked = practice.works(*PROPOSE)
    assert practice.files() == before
    changes = [one for one in asked.stdout.splitlines() if one[:1] in {"+", "-"}]
    assert all(one.startswith(("+", "--- a/")) for one in changes)
    shown = asked.stdout + asked.stderr
    assert "slowly" not in shown
    assert "2027-02-28" not in shown


# A second build of everything.
@pytest.mark.soak
def test_accepted_fields_reach_the_org_and_verify_finds_no_difference(practice: Practice) -> None:
    before = practice.files()
    told = practice.works(*PROPOSE, "--write", "--json").json()
    kinds = {one["source"]: one["type"]["sf_type"] for one in told["proposed"]}
    assert {name: kinds[name] for name in NEW_FIELDS} == NEW_FIELDS
    after = practice.files()
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {
        "models/marts/salesforce/sf_contact.yml",
        "seeds/salesforce/salesforce_picklists.csv",
    }
    assert practice.works(*PROPOSE).stdout == ""

    practice.works("dbt", "build", "--quiet")
    walk = planned(practice.clinic, practice.org)
    assert walk.load("approve", "latest", "--by", "Test").code == 0
    pushed = walk.on_org("push", "latest")
    assert pushed.code == 0, pushed.stdout + pushed.stderr
    seen = walk.on_org("verify", "latest", "--json")
    assert seen.json()["differences"] == 0

    names = {one["source"]: one["name"] for one in told["proposed"]}
    records = practice.soql(
        f"SELECT {', '.join(names[name] for name in NEW_FIELDS)} FROM Contact"
        " WHERE Clinic_Id__c != null ORDER BY Clinic_Id__c"
    )
    stored = [[record[names[name]] for name in NEW_FIELDS] for record in records]
    same = ["2027-02-28", "2026-03-04T23:30:00.000+0000", True, 'Says "slowly"; Öl, 春']
    assert sorted(stored, key=str) == sorted(
        (
            [lens, segments, cylinder, *same, scans]
            for lens, segments, cylinder, scans in (
                # In the order of the picklist, not of the source.
                ("single", "c2;l5", -1.25, "left\nright"),
                ("bifocal", "c2", 0.5, "left"),
            )
            for record in records
            if record[names["lens_type"]] == lens
        ),
        key=str,
    )
    assert {one[0] for one in stored} == {"single", "bifocal"}
    assert len(stored) > PATIENTS / 2
