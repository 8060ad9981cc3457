"""The road up to the plan, walked once for the tests that then try to leave it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import httpx
import pytest

from tests.conftest import BIN, Clinic, DemoRoad, Ran, StandIn, run, serving

ALIAS = "uat"
OWNER = "admin@stand-in.invalid"


@dataclass(frozen=True, slots=True)
class Walk:
    """A built clinic, an org, and the commands between them."""

    clinic: Clinic
    org: StandIn

    def load(self, *arguments: str) -> Ran:
        environment = self.clinic.environment | self.org.environment(ALIAS.upper())
        return run([str(BIN / "clinic-load"), *arguments], env=environment)

    def on_org(self, *arguments: str) -> Ran:
        return self.load(*arguments, "--org", ALIAS)

    def rest(self) -> httpx.Client:
        return httpx.Client(
            base_url=f"{self.org.http}/services/data/v67.0",
            headers={"Authorization": f"Bearer {self.org.token}"},
            timeout=60,
        )

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Read the warehouse."""
        with duckdb.connect(self.clinic.data / "warehouse.duckdb", read_only=True) as database:
            return database.execute(sql).fetchall()

    def records(self, fields: str, sobject: str, where: str) -> list[dict[str, Any]]:
        """Read records of the org."""
        with self.rest() as rest:
            query = f"SELECT {fields} FROM {sobject} WHERE {where}"
            answer = rest.get("/query", params={"q": query}).json()
        return [{k: v for k, v in row.items() if k != "attributes"} for row in answer["records"]]

    def fault(self, **fault: object) -> None:
        with self.rest() as rest:
            answer = rest.post(f"{self.org.http}/_stand_in/fault", json=fault)
            assert answer.status_code == 200, answer.text


def planned(clinic: Clinic, org: StandIn) -> Walk:
    """Approve the settings, deploy the schema and write a plan."""
    walk = Walk(clinic=clinic, org=org)
    stopped = walk.on_org("plan")
    assert stopped.code == 3, stopped.stdout + stopped.stderr
    settings = walk.load("approve", "latest", "--by", "Test", "--settings")
    assert settings.code == 0, settings.stderr
    deployed = walk.on_org("schema", "deploy")
    assert deployed.code == 0, deployed.stderr
    made = walk.on_org("plan", "--default-owner", OWNER, "--no-mask")
    assert made.code == 0, made.stdout + made.stderr
    return walk


def pushed(clinic: Clinic, org: StandIn) -> Walk:
    """Plan, approve and push."""
    walk = planned(clinic, org)
    approved = walk.load("approve", "latest", "--by", "Test", "--allow-duplicates")
    assert approved.code == 0, approved.stderr
    sent = walk.on_org("push", "latest")
    assert sent.code == 0, sent.stdout + sent.stderr
    return walk


@pytest.fixture(scope="module")
def walk(demo_road: DemoRoad, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """The demo's clinic and a fresh sandbox with the schema in it and a plan before it."""
    folder = tmp_path_factory.mktemp("walk")
    with serving(folder / "org", "--sandbox") as org:
        yield planned(demo_road.copy_to(folder / "clinic"), org)


@pytest.fixture
def nowhere(tmp_path: Path) -> dict[str, str]:
    """An environment with an empty data directory and no org."""
    return os.environ | {
        "CLINIC_DATA_DIR": str(tmp_path / "data"),
        "DBT_TARGET_PATH": str(tmp_path / "target"),
        "DBT_LOG_PATH": str(tmp_path / "logs"),
    }
