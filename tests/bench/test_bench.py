"""The bench at a size that a test can afford: it finds a row-by-row path, not a slow machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.jobs import Measured, prepare, run
from tests.bench.served import served

ROWS = 20_000


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> list[Measured]:
    if not Path("/proc/self/status").exists():
        pytest.skip("needs /proc to see what another process takes")
    folder = tmp_path_factory.mktemp("bench")
    with served(folder / "org") as org:
        prepare(org)
        return list(run(org, rows=ROWS, folder=folder))


def test_every_kind_of_job_is_worked_off_set_wise(measured: list[Measured]) -> None:
    # Processor time, for the wall clock of a shared machine says little: 200 microseconds a row
    # are four times what the slowest kind takes, and a tenth of what a row by itself would.
    slow = {one.kind: one.cpu / one.rows for one in measured if one.cpu / one.rows > 200e-6}
    assert slow == {}
    assert len(measured) == 6


def test_large_jobs_are_held_in_bounded_memory(measured: list[Measured]) -> None:
    assert max(one.peak_megabytes for one in measured) < 800
