"""Bad input ends in one `Error:` line, one `Try:` line and the right exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import BIN, ROOT, Clinic, Ran, StandIn, run
from tests.e2e.conftest import ALIAS, OWNER, Walk

REFUSED, QUARANTINED, UNAVAILABLE = 3, 4, 5
EXTRACT = str(BIN / "clinic-extract")


@pytest.fixture
def demo_clinic() -> Iterator[dict[str, str]]:
    """The demo clinic, served over HTTP."""
    command = [sys.executable, "-m", "extract.demo_clinic", "serve", "--patients", "20"]
    with subprocess.Popen([*command, "--port", "0"], cwd=ROOT, stdout=subprocess.PIPE) as server:
        try:
            assert server.stdout
            yield json.loads(server.stdout.readline())
        finally:
            server.terminate()


def assert_explained(ran: Ran, code: int) -> None:
    assert ran.code == code, ran.stdout + ran.stderr
    said = ran.stderr.splitlines()
    assert sum(line.startswith("Error:") for line in said) == 1, ran.stderr
    assert sum(line.startswith("Try:") for line in said) == 1, ran.stderr
    assert "Traceback" not in ran.stderr


def test_unreachable_clinic(nowhere: dict[str, str]) -> None:
    ran = run([EXTRACT, "run", "fhir", "--url", "http://127.0.0.1:9"], env=nowhere)
    assert_explained(ran, UNAVAILABLE)


def test_wrong_token(nowhere: dict[str, str], demo_clinic: dict[str, str]) -> None:
    environment = nowhere | {"SOURCES__FHIR__TOKEN": "not-the-token"}
    ran = run([EXTRACT, "run", "fhir", "--url", demo_clinic["url"]], env=environment)
    assert_explained(ran, UNAVAILABLE)
    assert "not-the-token" not in ran.stdout + ran.stderr


def test_folder_with_nothing_readable(nowhere: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "notes.json").write_text("this is no bundle", encoding="utf-8")
    ran = run([EXTRACT, "run", "fhir", "--from", str(folder)], env=nowhere)
    assert_explained(ran, UNAVAILABLE)


def test_broken_resource_among_good_ones_is_quarantined_and_counted(
    nowhere: dict[str, str], tmp_path: Path
) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    good = {"resourceType": "Patient", "id": "p1", "name": [{"family": "Example"}]}
    lines = [json.dumps(good), '{"resourceType": "Patient", "name": []}', '{"resourceType": "Pat']
    (folder / "Patient.ndjson").write_text("\n".join(lines) + "\n", encoding="utf-8")
    ran = run([EXTRACT, "run", "fhir", "--from", str(folder), "--json"], env=nowhere)
    assert ran.code == QUARANTINED, ran.stdout + ran.stderr
    totals = ran.json()["totals"]
    assert totals["new"] == 1
    assert totals["quarantined"] == 2


def test_org_without_the_schema(clinic: Clinic, stand_in: StandIn) -> None:
    walk = Walk(clinic=clinic, org=stand_in)
    ran = walk.on_org("plan", "--default-owner", OWNER)
    assert_explained(ran, REFUSED)
    assert "schema deploy" in ran.stderr
    # The plan is kept for approval, and says of each field that it is missing, uncut.
    assert "…" not in ran.stdout
    assert "Preferred_Table__c" in ran.stdout
    assert "Accident_State__c" in ran.stdout


def test_org_that_nobody_answers_for(clinic: Clinic) -> None:
    environment = clinic.environment | {
        f"SF_{ALIAS.upper()}_INSTANCE_URL": "https://127.0.0.1:9",
        f"SF_{ALIAS.upper()}_ACCESS_TOKEN": "00D000000000000!invented",
    }
    ran = run([str(BIN / "clinic-load"), "orgs", "--org", ALIAS], env=environment)
    assert_explained(ran, UNAVAILABLE)


def test_wrong_credentials_of_an_org(clinic: Clinic, stand_in: StandIn) -> None:
    environment = clinic.environment | stand_in.environment(ALIAS.upper())
    environment[f"SF_{ALIAS.upper()}_ACCESS_TOKEN"] = "00D000000000000!invented"
    ran = run([str(BIN / "clinic-load"), "orgs", "--org", ALIAS], env=environment)
    assert_explained(ran, UNAVAILABLE)
