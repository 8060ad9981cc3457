"""Whatever goes wrong while an export is made and read, in the end all of it is landed, once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from extract.errors import ClinicAnswersBadly, ClinicTooBusy, WrongCredentials, WrongUsage
from extract.report import exit_code
from extract.sources.bulk_job import Manifest
from extract.sources.fhir_bulk import cursor_of
from tests.extract.demo_clinic.signing import CLIENT_ID, signing
from tests.extract.faulty_clinic import FEW, FaultyClinic, Reader, faulty_clinic, reader

# Dear, and left to `make soak` for the time that CI has.
pytestmark = pytest.mark.soak

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def clinic() -> Iterator[FaultyClinic]:
    with faulty_clinic() as running:
        yield running


@pytest.fixture
def north(
    clinic: FaultyClinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Reader]:
    monkeypatch.setenv("SOURCES__FHIR__TOKEN", clinic.running.token)
    clinic.hook("export", rows=20)
    yield reader(clinic, tmp_path / "data")
    clinic.hook("fault", times=0)


def requests(clinic: FaultyClinic, since: int = 0) -> Counter[str]:
    """Count the requests by what they are, each after its status."""
    told: Counter[str] = Counter()
    for one in clinic.asked()[since:]:
        status, _, path = one.partition(" ")
        parts = path.partition("?")[0].split("/")
        kind = "kick-off" if parts[-1] == "$export" else ("", "", "poll", "file")[len(parts) - 1]
        told[f"{status} {kind if parts[1] in ('$export', 'export') else 'other'}"] += 1
    return told


def test_an_export_lands_every_type_without_a_search(north: Reader, clinic: FaultyClinic) -> None:
    before = len(clinic.asked())
    clinic.hook("show")
    assert exit_code(north.run(bulk="system")) == 0
    clinic.hook("show", types=FEW)
    assert north.landed() == clinic.whole_truth
    told = requests(clinic, before)
    assert told["202 kick-off"] == 1
    assert told["200 file"] > len({kind for kind, _ in clinic.whole_truth})
    assert told["200 other"] == 1, "only /metadata"
    assert clinic.hook("export") == {"open": 0}
    assert not list(north.folder.exports.iterdir())


@pytest.mark.soak
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
    north: Reader, clinic: FaultyClinic, fault: dict[str, Any], waited: list[float]
) -> None:
    clinic.hook("fault", **fault)
    assert exit_code(north.run(bulk="system")) == 0
    assert north.landed() == clinic.truth
    assert sorted(north.slept) == sorted([1.0, *waited])


def test_an_export_is_waited_for_as_long_as_the_server_asks(
    north: Reader, clinic: FaultyClinic
) -> None:
    clinic.hook("export", polls=4, rows=1000)
    north.run(bulk="system")
    assert north.slept == [1.0] * 4
    assert "has written 50% of the export" in north.said.getvalue()
    clinic.hook("export", polls=50, retry_after=7200)
    with pytest.raises(ClinicTooBusy):
        north.run(bulk="system", is_full=True)


def test_signed_files_are_fetched_without_the_token(north: Reader, clinic: FaultyClinic) -> None:
    clinic.hook("export", signed=True)
    assert exit_code(north.run(bulk="system")) == 0
    assert north.landed() == clinic.truth


def test_tokens_that_die_between_files_are_replaced(
    north: Reader, clinic: FaultyClinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = signing("ES384", tmp_path)
    for name, value in key.settings.items():
        monkeypatch.setenv(name, value)
    clinic.hook("clients", client_id=CLIENT_ID, jwks=key.jwks)
    clinic.hook("fault", revoke=True, path="/export", times=1, after=6)
    before = len(clinic.asked())
    assert exit_code(north.run(bulk="system")) == 0
    assert north.landed() == clinic.truth
    assert requests(clinic, before)["401 file"] == 1


@pytest.mark.soak
def test_a_token_for_good_that_dies_is_set_anew_and_the_same_export_is_read_on(
    north: Reader, clinic: FaultyClinic
) -> None:
    before = len(clinic.asked())
    clinic.hook("fault", status=401, path="/export", times=1, after=6)
    with pytest.raises(WrongCredentials):
        north.run(bulk="system", checkpoint=1)
    assert 0 < len(north.landed()) < len(clinic.truth)
    assert exit_code(north.run(bulk="system")) == 0
    assert north.landed() == clinic.truth
    assert requests(clinic, before)["202 kick-off"] == 1


def test_a_file_that_fails_is_reported_the_rest_lands_and_the_next_export_has_all_of_it(
    north: Reader, clinic: FaultyClinic
) -> None:
    clinic.hook("fault", status=500, path="/export", times=6, after=4)
    tally = north.run(bulk="system")
    assert exit_code(tally) == 4
    (failed,) = tally.refused
    rest = {key: digest for key, digest in clinic.truth.items() if key[0] != failed}
    landed = north.landed()
    assert rest.items() <= landed.items() < clinic.truth.items()
    assert missing(north) == [("$export", failed)]
    before = len(clinic.asked())
    assert exit_code(north.run(bulk="system")) == 0
    assert north.landed() == clinic.truth
    assert missing(north) == []
    assert "_since" not in next(one for one in clinic.asked()[before:] if "/$export" in one)


def missing(north: Reader) -> list[tuple[str, str]]:
    return north.query("select origin, resource_type from raw_fhir.not_taken order by 2")


@pytest.mark.parametrize("after", [1, 5], ids=["all of it", "a file"])
def test_what_has_expired_is_exported_again(
    north: Reader, clinic: FaultyClinic, after: int
) -> None:
    before = len(clinic.asked())
    clinic.hook("fault", status=410, path="/export", times=1, after=after)
    assert exit_code(north.run(bulk="system")) == 0
    assert north.landed() == clinic.truth
    assert requests(clinic, before)["202 kick-off"] == 2


def test_what_expires_for_ever_is_not_exported_for_ever(
    north: Reader, clinic: FaultyClinic
) -> None:
    before = len(clinic.asked())
    clinic.hook("fault", status=410, path="/export", times=500)
    with pytest.raises(ClinicAnswersBadly, match="HTTP 410"):
        north.run(bulk="system")
    assert requests(clinic, before)["202 kick-off"] == 2


def test_types_that_the_export_leaves_out_are_searched_and_the_run_says_so(
    north: Reader, clinic: FaultyClinic
) -> None:
    clinic.hook("export", failing=["Observation", "Claim"])
    tally = north.run(bulk="system")
    assert (exit_code(tally), tally.refused) == (4, ["OperationOutcome"])
    assert north.query("select resource_type, resources from raw_fhir.not_taken") == [
        ("OperationOutcome", 2)
    ]
    assert north.landed() == clinic.truth


def test_an_export_of_a_group_is_completed_by_search(north: Reader, clinic: FaultyClinic) -> None:
    before = len(clinic.asked())
    assert exit_code(north.run(bulk="Group/everybody")) == 0
    assert north.landed() == clinic.truth
    searched = [one for one in clinic.asked()[before:] if one.startswith("200 /Binary?")]
    assert len(searched) == 1


def test_a_file_with_other_lines_than_promised_is_landed_and_reported(
    north: Reader, clinic: FaultyClinic
) -> None:
    clinic.hook("export", miscounted=1)
    tally = north.run(bulk="system")
    assert exit_code(tally) == 4
    assert set(tally.refused) == {kind for kind, _ in clinic.truth}
    assert north.landed() == clinic.truth


def test_lines_that_are_no_resources_are_quarantined_once_and_the_rest_lands(
    north: Reader, clinic: FaultyClinic
) -> None:
    before = len(clinic.asked())
    clinic.hook("export", broken=["{", '{"resourceType": "Claim"}'], rows=20)
    tally = north.run(bulk="system")
    assert exit_code(tally) == 4
    assert north.landed() == clinic.truth
    files = requests(clinic, before)["200 file"]
    assert files > len(FEW)
    assert (tally.refused, tally.quarantined.total()) == ([], 2 * files)
    asked = "select reason, count(*) from raw_fhir.quarantined group by reason order by reason"
    assert north.query(asked) == [("no_id", files), ("unreadable_json", files)]


@pytest.mark.parametrize(("status", "is_kept"), [(500, False), (503, True)])
def test_an_export_that_fails_is_forgotten_and_one_of_a_busy_server_is_not(
    north: Reader, clinic: FaultyClinic, status: int, is_kept: bool
) -> None:
    clinic.hook("fault", status=status, path="/export", times=6)
    with pytest.raises(ClinicTooBusy):
        north.run(bulk="system")
    assert bool(list(north.folder.exports.iterdir())) is is_kept


@pytest.mark.parametrize(
    ("stated", "cursor"),
    [
        ("2026-11-15T20:00:30.5-04:00", "2026-11-15T23:59:30.500000Z"),
        ("2026-11-15T23:59:59Z", "2026-11-15T23:58:59.000000Z"),
        ("2026-11-15T23:59:59", None),
        ("yesterday", None),
    ],
)
def test_the_next_export_asks_from_a_minute_before_a_time_that_leaves_no_doubt(
    stated: str, cursor: str | None
) -> None:
    manifest = Manifest(transactionTime=stated, requiresAccessToken=True, output=[])
    assert cursor_of(manifest) == cursor


def test_a_server_that_makes_no_export_is_an_error(north: Reader) -> None:
    with pytest.raises(ClinicAnswersBadly, match="HTTP 404") as failure:
        north.run(bulk="Group/nobody")
    assert "--bulk" in failure.value.hint


@pytest.mark.parametrize("level", ["", "system/", "Group/", "Practitioner"])
def test_a_level_that_the_standard_does_not_know_is_refused(north: Reader, level: str) -> None:
    with pytest.raises(WrongUsage, match="--bulk"):
        north.run(bulk=level)


@pytest.mark.soak
def test_a_killed_run_takes_up_the_same_export(north: Reader, clinic: FaultyClinic) -> None:
    before = len(clinic.asked())
    clinic.hook("fault", status=503, path="/export", times=50, after=8, retry_after=60)
    command = [sys.executable, "-m", "extract.cli", "run", "fhir", "--system", "north"]
    with subprocess.Popen(
        [*command, "--url", clinic.url, "--bulk", "system", "--checkpoint", "1"],
        env=os.environ | {"CLINIC_DATA_DIR": str(north.folder.root)},
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stderr is not None
        assert any(b"trying again in 60 s" in line for line in process.stderr)
        process.send_signal(signal.SIGKILL)
    clinic.hook("fault", times=0)
    assert 0 < len(north.landed()) < len(clinic.truth)
    (memory,) = north.folder.exports.iterdir()
    assert memory.stat().st_mode & 0o077 == 0
    assert exit_code(north.run(bulk="system")) == 0
    assert north.landed() == clinic.truth
    assert requests(clinic, before)["202 kick-off"] == 1


@pytest.mark.soak
def test_an_export_from_before_a_search_is_not_taken_up_again(
    north: Reader, clinic: FaultyClinic
) -> None:
    before = len(clinic.asked())
    clinic.hook("fault", status=401, path="/export", times=1)
    with pytest.raises(WrongCredentials):
        north.run(bulk="system")
    north.run()
    north.run(bulk="system", is_full=True)
    assert requests(clinic, before)["202 kick-off"] == 2


@pytest.fixture
def changing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    """A clinic of its own, for a test that changes it."""
    with faulty_clinic() as running:
        monkeypatch.setenv("SOURCES__FHIR__TOKEN", running.running.token)
        yield reader(running, tmp_path / "data")


def few(counts: dict[str, int]) -> dict[str, int]:
    return {kind: count for kind, count in counts.items() if kind in FEW}


def test_a_second_export_has_what_changed_and_names_what_was_deleted(changing: Reader) -> None:
    clinic = changing.clinic
    changing.run(bulk="system")
    told = clinic.hook("change", edit=2, add=1, delete=1)
    tally = changing.run(bulk="system")
    kick_off = [one for one in clinic.asked() if "/$export" in one][-1]
    assert "_since=2026-11-15T23%3A58%3A59" in kick_off
    assert (tally.changed["Patient"], tally.new["Patient"], tally.deleted["Patient"]) == (2, 1, 1)
    assert +tally.deleted == few(told["deleted_resources"])
    assert +tally.new == few(told["added_resources"])
    counts = clinic.running.get("/_demo/truth")["counts"]
    assert Counter(kind for kind, _ in changing.landed()) == few(counts)
    again = changing.run(bulk="system")
    assert (+again.new, +again.changed, +again.deleted) == ({}, {}, {})
    # A whole export does not name what was deleted.
    told = clinic.hook("change", delete=1)
    tally = changing.run(bulk="system", is_full=True)
    assert +tally.deleted == few(told["deleted_resources"])
