"""An export is taken as the server gives it: what it leaves out is searched, counted or told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from extract.errors import ClinicAnswersBadly, ClinicTooBusy, WrongUsage
from extract.report import exit_code
from extract.sources.bulk_job import Manifest
from extract.sources.fhir_bulk import cursor_of
from tests.extract.faulty_clinic import FEW, FaultyClinic, Reader, faulty_clinic, reader

# Dear, and left to `make soak` for the time that CI has.
pytestmark = pytest.mark.soak


def test_an_export_lands_every_type_without_a_search(north: Reader, faulty: FaultyClinic) -> None:
    before = len(faulty.asked())
    faulty.hook("show")
    assert exit_code(north.run(bulk="system")) == 0
    faulty.hook("show", types=FEW)
    assert north.landed() == faulty.whole_truth
    told = faulty.asked_for(before)
    assert told["202 kick-off"] == 1
    assert told["200 file"] > len({kind for kind, _ in faulty.whole_truth})
    assert told["200 other"] == 1, "only /metadata"
    assert faulty.hook("export") == {"open": 0}
    assert not list(north.folder.exports.iterdir())


def test_an_export_is_waited_for_as_long_as_the_server_asks(
    north: Reader, faulty: FaultyClinic
) -> None:
    faulty.hook("export", polls=4, rows=1000)
    north.run(bulk="system")
    assert north.slept == [1.0] * 4
    assert "has written 50% of the export" in north.said.getvalue()
    faulty.hook("export", polls=50, retry_after=7200)
    with pytest.raises(ClinicTooBusy):
        north.run(bulk="system", is_full=True)


def test_signed_files_are_fetched_without_the_token(north: Reader, faulty: FaultyClinic) -> None:
    faulty.hook("export", signed=True)
    assert exit_code(north.run(bulk="system")) == 0
    assert north.landed() == faulty.truth


def test_types_that_the_export_leaves_out_are_searched_and_the_run_says_so(
    north: Reader, faulty: FaultyClinic
) -> None:
    faulty.hook("export", failing=["Observation", "Claim"])
    tally = north.run(bulk="system")
    assert (exit_code(tally), tally.refused) == (4, ["OperationOutcome"])
    assert north.query("select resource_type, resources from raw_fhir.not_taken") == [
        ("OperationOutcome", 2)
    ]
    assert north.landed() == faulty.truth


def test_an_export_of_a_group_is_completed_by_search(north: Reader, faulty: FaultyClinic) -> None:
    before = len(faulty.asked())
    assert exit_code(north.run(bulk="Group/everybody")) == 0
    assert north.landed() == faulty.truth
    searched = [one for one in faulty.asked()[before:] if one.startswith("200 /Binary?")]
    assert len(searched) == 1


def test_a_file_with_other_lines_than_promised_is_landed_and_reported(
    north: Reader, faulty: FaultyClinic
) -> None:
    faulty.hook("export", miscounted=1)
    tally = north.run(bulk="system")
    assert exit_code(tally) == 4
    assert set(tally.refused) == {kind for kind, _ in faulty.truth}
    assert north.landed() == faulty.truth


def test_lines_that_are_no_resources_are_quarantined_once_and_the_rest_lands(
    north: Reader, faulty: FaultyClinic
) -> None:
    before = len(faulty.asked())
    faulty.hook("export", broken=["{", '{"resourceType": "Claim"}'], rows=20)
    tally = north.run(bulk="system")
    assert exit_code(tally) == 4
    assert north.landed() == faulty.truth
    files = faulty.asked_for(before)["200 file"]
    assert files > len(FEW)
    assert (tally.refused, tally.quarantined.total()) == ([], 2 * files)
    asked = "select reason, count(*) from raw_fhir.quarantined group by reason order by reason"
    assert north.query(asked) == [("no_id", files), ("unreadable_json", files)]


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


@pytest.fixture
def changing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    """A clinic of its own, for a test that changes it."""
    with faulty_clinic() as running:
        monkeypatch.setenv("SOURCES__FHIR__TOKEN", running.running.token)
        yield reader(running, tmp_path / "data")


def few(counts: dict[str, int]) -> dict[str, int]:
    return {kind: count for kind, count in counts.items() if kind in FEW}


def test_a_second_export_has_what_changed_and_names_what_was_deleted(changing: Reader) -> None:
    faulty = changing.clinic
    changing.run(bulk="system")
    told = faulty.hook("change", edit=2, add=1, delete=1)
    tally = changing.run(bulk="system")
    kick_off = [one for one in faulty.asked() if "/$export" in one][-1]
    assert "_since=2026-11-15T23%3A58%3A59" in kick_off
    assert (tally.changed["Patient"], tally.new["Patient"], tally.deleted["Patient"]) == (2, 1, 1)
    assert +tally.deleted == few(told["deleted_resources"])
    assert +tally.new == few(told["added_resources"])
    counts = faulty.running.get("/_demo/truth")["counts"]
    assert Counter(kind for kind, _ in changing.landed()) == few(counts)
    again = changing.run(bulk="system")
    assert (+again.new, +again.changed, +again.deleted) == ({}, {}, {})
    # A whole export does not name what was deleted.
    told = faulty.hook("change", delete=1)
    tally = changing.run(bulk="system", is_full=True)
    assert +tally.deleted == few(told["deleted_resources"])
