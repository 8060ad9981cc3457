"""One served practice of the default size, shared by the tests that only read it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.extract.demo_clinic.reading import Reading, read_everything
from tests.extract.demo_clinic.running import Running, run_clinic


@pytest.fixture(scope="session")
def clinic() -> Iterator[Running]:
    with run_clinic("--patients", "300", "--seed", "7") as running:
        yield running


@pytest.fixture
def own_clinic() -> Iterator[Running]:
    """Serve a small practice that a test may change and break."""
    with run_clinic("--patients", "40", "--seed", "3") as running:
        yield running


@pytest.fixture(scope="session")
def reading(clinic: Running) -> Reading:
    """Read the whole practice over HTTP, once."""
    return read_everything(clinic.client)
