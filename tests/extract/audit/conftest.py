"""What the audit's tests share: one audit of the demo clinic, and the truth about it."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import BIN, Clinic, DemoRoad, Ran, run


@dataclass(frozen=True, slots=True)
class Audited:
    """A clinic, and what `clinic-extract audit` said and wrote about it."""

    clinic: Clinic
    ran: Ran

    @property
    def folder(self) -> Path:
        return self.clinic.data / "reports" / "audit"

    @property
    def page(self) -> str:
        return (self.folder / "audit.html").read_text(encoding="utf-8")

    def json(self) -> Any:
        return json.loads((self.folder / "audit.json").read_bytes())

    def finding(self, name: str) -> dict[str, Any]:
        """One finding by its name."""
        found: dict[str, dict[str, Any]] = {one["name"]: one for one in self.json()["findings"]}
        return found[name]

    def records(self) -> dict[str, set[str]]:
        """Which records have which finding, as the list beside the report says."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        with (self.folder / "findings.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                found[row["finding"]].add(f"{row['record_type']}/{row['id']}")
        return found


def audit(clinic: Clinic, *options: str) -> Audited:
    """Run the command on a clinic's data."""
    ran = run([str(BIN / "clinic-extract"), "audit", *options], env=clinic.environment)
    return Audited(clinic, ran)


def raw_name(record: str) -> str:
    """Turn the truth's `ChargeItem/x` into `charge_item/x`."""
    kind, _, ident = record.partition("/")
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind).lower() + "/" + ident


@pytest.fixture(scope="session")
def audited(demo_road: DemoRoad, tmp_path_factory: pytest.TempPathFactory) -> Audited:
    """The demo clinic's audit."""
    clinic = demo_road.copy_to(tmp_path_factory.mktemp("audit") / "clinic")
    done = audit(clinic)
    assert done.ran.code == 0, done.ran.stderr
    return done


@pytest.fixture(scope="session")
def truth() -> dict[str, Any]:
    """What is wrong with the demo clinic, as its generator wrote it down."""
    told = run([sys.executable, "-m", "extract.demo_clinic", "truth"], env=dict(os.environ))
    assert told.code == 0, told.stderr
    return told.json()  # type: ignore[no-any-return]


@pytest.fixture(scope="session")
def audited_alone(demo_road: DemoRoad, tmp_path_factory: pytest.TempPathFactory) -> Audited:
    """The audit of the same landing where no build and no manifest is at hand."""
    data = tmp_path_factory.mktemp("alone")
    shutil.copy2(demo_road.data / "raw.duckdb", data / "raw.duckdb")
    return audit(Clinic(data=data, target=data / "target"))


@pytest.fixture
def landing(demo_road: DemoRoad, tmp_path: Path) -> Clinic:
    """The demo clinic right after landing, before any build; the test may break it."""
    data = tmp_path / "landing"
    data.mkdir()
    shutil.copy2(demo_road.data / "raw.duckdb", data / "raw.duckdb")
    return Clinic(data=data, target=data / "target")
