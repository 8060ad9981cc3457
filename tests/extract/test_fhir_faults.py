"""Whatever goes wrong while a live server is searched, in the end all of it is landed, once."""

from __future__ import annotations

from typing import Any

import pytest

from extract.errors import ClinicTooBusy, WrongCredentials
from extract.report import exit_code
from tests.extract.faulty_clinic import FaultyClinic, Reader


@pytest.mark.parametrize(
    ("fault", "waited"),
    [
        ({"status": 429, "times": 3, "after": 4, "retry_after": 9}, [9.0] * 3),
        ({"status": 503, "times": 5, "after": 3, "retry_after": 2}, [2.0] * 5),
        ({"cut": True, "times": 2, "after": 4}, [0.25, 0.5]),
    ],
    ids=["429", "503", "dropped connection"],
)
def test_trouble_that_passes_costs_time_and_nothing_else(
    north: Reader, faulty: FaultyClinic, fault: dict[str, Any], waited: list[float]
) -> None:
    faulty.hook("fault", **fault)
    assert exit_code(north.run()) == 0
    assert north.landed() == faulty.truth
    assert north.slept == waited


def test_a_token_that_dies_in_the_middle_is_replaced_by_hand_and_the_rest_is_read(
    north: Reader, faulty: FaultyClinic
) -> None:
    faulty.hook("fault", status=401, times=1, after=4)
    with pytest.raises(WrongCredentials):
        north.run(checkpoint=1)
    assert 0 < len(north.landed()) < len(faulty.truth)
    north.run()
    assert north.landed() == faulty.truth


def test_a_page_that_fails_for_good_ends_the_run_and_the_next_one_reads_the_rest(
    north: Reader, faulty: FaultyClinic
) -> None:
    faulty.hook("fault", status=500, times=6, after=4)
    with pytest.raises(ClinicTooBusy):
        north.run(checkpoint=1)
    assert 0 < len(north.landed()) < len(faulty.truth)
    north.run()
    assert north.landed() == faulty.truth


def test_a_killed_read_is_completed_by_the_next(north: Reader, faulty: FaultyClinic) -> None:
    faulty.hook("fault", status=503, times=50, after=4, retry_after=60)
    command = ("fhir", "--system", "north", "--url", faulty.url)
    north.kill_while_it_waits(*command, "--checkpoint", "1")
    faulty.hook("fault", times=0)
    assert 0 < len(north.landed()) < len(faulty.truth)
    north.run()
    assert north.landed() == faulty.truth


def test_types_without_a_time_are_read_whole_and_unchanged_rows_are_not_written(
    north: Reader, faulty: FaultyClinic
) -> None:
    north.run()
    tally = north.run()
    assert (tally.load_ids, north.landed()) == ([], faulty.truth)
    untimed = sum(1 for kind, _ in faulty.truth if kind == "Consent")
    assert tally.unchanged.total() >= untimed > 0
    assert not any("Consent?" in one and "_lastUpdated" in one for one in faulty.asked())
