"""Whatever goes wrong while an export is made and read, in the end all of it is landed, once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from extract.errors import ClinicAnswersBadly, ClinicTooBusy, WrongCredentials
from extract.report import exit_code
from tests.extract.demo_clinic.signing import CLIENT_ID, signing
from tests.extract.faulty_clinic import FaultyClinic, Reader


@pytest.mark.parametrize(
    ("fault", "waited"),
    [
        ({"status": 429, "path": "/$export", "times": 2, "retry_after": 9}, [9.0, 9.0]),
        ({"status": 429, "path": "/export", "times": 2, "retry_after": 7}, [7.0, 7.0]),
        ({"status": 500, "path": "/export", "times": 3}, [0.25, 0.5, 1.0]),
        ({"status": 503, "path": "/export", "times": 1, "after": 4, "retry_after": 2}, [2.0]),
        ({"cut": True, "path": "/export", "times": 2, "after": 5}, [0.25, 0.5]),
    ],
    ids=["429 at kick-off", "429 on a poll", "500 on a poll", "503 on a file", "dropped"],
)
def test_trouble_that_passes_costs_time_and_nothing_else(
    north: Reader, faulty: FaultyClinic, fault: dict[str, Any], waited: list[float]
) -> None:
    faulty.hook("fault", **fault)
    assert exit_code(north.run(bulk="system")) == 0
    assert north.landed() == faulty.truth
    assert sorted(north.slept) == sorted([1.0, *waited])


def test_tokens_that_die_between_files_are_replaced(
    north: Reader, faulty: FaultyClinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = signing("ES384", tmp_path)
    for name, value in key.settings.items():
        monkeypatch.setenv(name, value)
    faulty.hook("clients", client_id=CLIENT_ID, jwks=key.jwks)
    faulty.hook("fault", revoke=True, path="/export", times=1, after=6)
    before = len(faulty.asked())
    assert exit_code(north.run(bulk="system")) == 0
    assert north.landed() == faulty.truth
    assert faulty.asked_for(before)["401 file"] == 1


@pytest.mark.soak
def test_a_token_for_good_that_dies_is_set_anew_and_the_same_export_is_read_on(
    north: Reader, faulty: FaultyClinic
) -> None:
    before = len(faulty.asked())
    faulty.hook("fault", status=401, path="/export", times=1, after=6)
    with pytest.raises(WrongCredentials):
        north.run(bulk="system", checkpoint=1)
    assert 0 < len(north.landed()) < len(faulty.truth)
    assert exit_code(north.run(bulk="system")) == 0
    assert north.landed() == faulty.truth
    assert faulty.asked_for(before)["202 kick-off"] == 1


def test_a_file_that_fails_is_reported_the_rest_lands_and_the_next_export_has_all_of_it(
    north: Reader, faulty: FaultyClinic
) -> None:
    faulty.hook("fault", status=500, path="/export", times=6, after=4)
    tally = north.run(bulk="system")
    assert exit_code(tally) == 4
    (failed,) = tally.refused
    rest = {key: digest for key, digest in faulty.truth.items() if key[0] != failed}
    landed = north.landed()
    assert rest.items() <= landed.items() < faulty.truth.items()
    assert missing(north) == [("$export", failed)]
    before = len(faulty.asked())
    assert exit_code(north.run(bulk="system")) == 0
    assert north.landed() == faulty.truth
    assert missing(north) == []
    assert "_since" not in next(one for one in faulty.asked()[before:] if "/$export" in one)


def missing(north: Reader) -> list[tuple[str, str]]:
    return north.query("select origin, resource_type from raw_fhir.not_taken order by 2")


@pytest.mark.soak
@pytest.mark.parametrize("after", [1, 5], ids=["all of it", "a file"])
def test_what_has_expired_is_exported_again(
    north: Reader, faulty: FaultyClinic, after: int
) -> None:
    before = len(faulty.asked())
    faulty.hook("fault", status=410, path="/export", times=1, after=after)
    assert exit_code(north.run(bulk="system")) == 0
    assert north.landed() == faulty.truth
    assert faulty.asked_for(before)["202 kick-off"] == 2


@pytest.mark.soak
def test_what_expires_for_ever_is_not_exported_for_ever(
    north: Reader, faulty: FaultyClinic
) -> None:
    before = len(faulty.asked())
    faulty.hook("fault", status=410, path="/export", times=500)
    with pytest.raises(ClinicAnswersBadly, match="HTTP 410"):
        north.run(bulk="system")
    assert faulty.asked_for(before)["202 kick-off"] == 2


@pytest.mark.soak
@pytest.mark.parametrize(("status", "is_kept"), [(500, False), (503, True)])
def test_an_export_that_fails_is_forgotten_and_one_of_a_busy_server_is_not(
    north: Reader, faulty: FaultyClinic, status: int, is_kept: bool
) -> None:
    faulty.hook("fault", status=status, path="/export", times=6)
    with pytest.raises(ClinicTooBusy):
        north.run(bulk="system")
    assert bool(list(north.folder.exports.iterdir())) is is_kept


@pytest.mark.soak
def test_a_killed_run_takes_up_the_same_export(north: Reader, faulty: FaultyClinic) -> None:
    before = len(faulty.asked())
    faulty.hook("fault", status=503, path="/export", times=50, after=8, retry_after=60)
    command = ("fhir", "--system", "north", "--url", faulty.url)
    north.kill_while_it_waits(*command, "--bulk", "system", "--checkpoint", "1")
    faulty.hook("fault", times=0)
    assert 0 < len(north.landed()) < len(faulty.truth)
    (memory,) = north.folder.exports.iterdir()
    assert memory.stat().st_mode & 0o077 == 0
    assert exit_code(north.run(bulk="system")) == 0
    assert north.landed() == faulty.truth
    assert faulty.asked_for(before)["202 kick-off"] == 1


@pytest.mark.soak
def test_an_export_from_before_a_search_is_not_taken_up_again(
    north: Reader, faulty: FaultyClinic
) -> None:
    before = len(faulty.asked())
    faulty.hook("fault", status=401, path="/export", times=1)
    with pytest.raises(WrongCredentials):
        north.run(bulk="system")
    north.run()
    north.run(bulk="system", is_full=True)
    assert faulty.asked_for(before)["202 kick-off"] == 2
