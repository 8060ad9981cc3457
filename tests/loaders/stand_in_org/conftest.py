"""Orgs for the stand-in's engine tests: fresh ones, and copies of one with a deployed schema."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.loaders.stand_in_org.engine_org import Bench, make_clinic, open_bench


@pytest.fixture(scope="session")
def clinic_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("clinic_org")
    make_clinic(data)
    return data


@pytest.fixture
def clinic(clinic_template: Path, tmp_path: Path) -> Iterator[Bench]:
    data = tmp_path / "clinic"
    shutil.copytree(clinic_template, data)
    bench = open_bench(data)
    yield bench
    bench.org.close()


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Bench]:
    bench = open_bench(tmp_path / "fresh")
    yield bench
    bench.org.close()
