"""Orgs that modules share: deployed once a worker, and copied by each test that changes one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.loaders import clinic_in_use
from tests.loaders.loading import Loading, deployed_org, loading
from tests.loaders.mini_clinic import mini_clinic
from tests.loaders.wide_clinic import wide_clinic


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an org with the schema of the small clinic."""
    folder = tmp_path_factory.mktemp("template")
    return deployed_org(folder / "org", mini_clinic(folder / "clinic"))


@pytest.fixture(scope="session")
def wide_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an org with the schema of the wide clinic."""
    folder = tmp_path_factory.mktemp("wide_template")
    return deployed_org(folder / "org", wide_clinic(folder / "clinic"))


@pytest.fixture(scope="session")
def in_use_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an org with the schema of the clinic of many patients."""
    folder = tmp_path_factory.mktemp("in_use_template")
    return deployed_org(folder / "org", clinic_in_use.clinic(folder / "clinic"))


@pytest.fixture
def desk(template: Path, tmp_path: Path) -> Iterator[Loading]:
    """Put the small clinic beside an org of its own."""
    with loading(template, tmp_path / "org", mini_clinic(tmp_path / "clinic")) as found:
        yield found
