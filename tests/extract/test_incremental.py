"""A second run lands what changed since, and only that, whatever came between."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from extract.errors import ClinicAnswersBadly, ClinicTooBusy
from tests.extract.conftest import Extract
from tests.extract.small_clinic import TOKEN, SmallClinic, resource


def fill(clinic: SmallClinic, count: int = 5) -> None:
    clinic.put("Patient", *(resource("Patient", f"p{i}", second=100 * i) for i in range(count)))


def counts(extract: Extract, clinic: SmallClinic, **options: object) -> tuple[int, int]:
    tally = extract.run(url=clinic.url, **options)
    return tally.new["Patient"], tally.changed["Patient"]


def test_a_second_run_writes_nothing_when_nothing_changed(
    extract: Extract, clinic: SmallClinic
) -> None:
    fill(clinic)
    extract.run(url=clinic.url)
    landed = extract.query("select id, _dlt_load_id from raw_fhir.patient order by id")
    tally = extract.run(url=clinic.url)
    assert (tally.load_ids, tally.new["Patient"], tally.changed["Patient"]) == ([], 0, 0)
    assert extract.query("select id, _dlt_load_id from raw_fhir.patient order by id") == landed
    assert "_lastUpdated=ge" in clinic.searches()[-1]


def test_only_changed_and_new_rows_are_written(extract: Extract, clinic: SmallClinic) -> None:
    fill(clinic)
    extract.run(url=clinic.url)
    before = dict(extract.query("select id, _dlt_load_id from raw_fhir.patient"))
    clinic.put("Patient", resource("Patient", "p1", second=900, active=False))
    clinic.put("Patient", resource("Patient", "p9", second=901))
    assert counts(extract, clinic) == (1, 1)
    after = dict(extract.query("select id, _dlt_load_id from raw_fhir.patient"))
    assert {name for name in after if after[name] != before.get(name)} == {"p1", "p9"}
    assert extract.query("select count(*) from raw_fhir.patient where doc like '%false%'") == [(1,)]


def test_the_same_second_as_the_last_one_seen_is_neither_lost_nor_doubled(
    extract: Extract, clinic: SmallClinic
) -> None:
    fill(clinic)
    extract.run(url=clinic.url)
    clinic.put("Patient", resource("Patient", "late", second=400))
    clinic.put("Patient", resource("Patient", "later", second=399))
    assert counts(extract, clinic) == (2, 0)
    assert len(extract.ids("patient")) == len(set(extract.ids("patient"))) == 7


def test_full_reads_everything_and_still_writes_only_changes(
    extract: Extract, clinic: SmallClinic
) -> None:
    fill(clinic)
    extract.run(url=clinic.url)
    clinic.put("Patient", resource("Patient", "old", second=1))
    assert counts(extract, clinic) == (0, 0)
    assert counts(extract, clinic, is_full=True) == (1, 0)


def test_a_type_without_time_is_read_as_a_whole_and_compared(
    extract: Extract, clinic: SmallClinic
) -> None:
    clinic.untimed.add("Patient")
    fill(clinic)
    assert counts(extract, clinic) == (5, 0)
    clinic.put("Patient", resource("Patient", "p0", second=0, active=True))
    assert counts(extract, clinic) == (0, 1)


def test_a_resource_without_a_time_keeps_its_type_from_being_skipped(
    extract: Extract, clinic: SmallClinic
) -> None:
    fill(clinic, 2)
    clinic.put("Patient", {"resourceType": "Patient", "id": "timeless"})
    extract.run(url=clinic.url, checkpoint=1)
    clinic.put("Patient", {"resourceType": "Patient", "id": "timeless", "active": True})
    assert counts(extract, clinic) == (0, 1)


def test_records_that_change_while_pages_are_read_are_not_lost(
    extract: Extract, clinic: SmallClinic
) -> None:
    fill(clinic, 6)

    def touch(_type: str, page: int) -> None:
        if page == 1:
            clinic.put("Patient", resource("Patient", "p0", second=950, active=False))

    clinic.after_page = touch
    extract.run(url=clinic.url)
    assert extract.ids("patient") == [f"p{i}" for i in range(6)]
    assert extract.query("select count(*) from raw_fhir.patient where doc like '%false%'") == [(1,)]


def test_two_systems_do_not_share_a_cursor(extract: Extract, clinic: SmallClinic) -> None:
    fill(clinic)
    extract.run(url=clinic.url, system="north")
    assert counts(extract, clinic, system="south") == (5, 0)
    assert extract.query("select system, count(*) from raw_fhir.patient group by 1 order by 1") == [
        ("north", 5),
        ("south", 5),
    ]


def test_what_was_landed_before_an_error_stays_and_the_next_run_goes_on(
    extract: Extract, clinic: SmallClinic
) -> None:
    fill(clinic, 9)
    clinic.after_page = lambda _type, page: clinic.trouble.extend(
        [(500, {}, b"")] * 9 * (page == 2)
    )
    with pytest.raises(ClinicTooBusy):
        extract.run(url=clinic.url, checkpoint=2)
    clinic.trouble.clear()
    clinic.after_page = lambda _type, _page: None
    assert len(extract.ids("patient")) == 6
    assert counts(extract, clinic) == (3, 0)
    assert "_lastUpdated=ge2026-03-01T10%3A07%3A20" in clinic.searches()[-2]


def test_what_was_read_slowly_is_landed_before_there_is_much_of_it(
    extract: Extract, clinic: SmallClinic
) -> None:
    fill(clinic, 6)

    def slow(_type: str, page: int) -> None:
        clinic.trouble.extend([(429, {"Retry-After": "400"}, b"")] * (page == 0))
        clinic.trouble.extend([(500, {}, b"")] * 9 * (page == 1))

    clinic.after_page = slow
    with pytest.raises(ClinicTooBusy):
        extract.run(url=clinic.url)
    assert extract.ids("patient") == ["p0", "p1", "p2", "p3"]


def test_pages_out_of_the_order_of_time_move_no_cursor_before_the_end(
    extract: Extract, clinic: SmallClinic
) -> None:
    fill(clinic, 8)
    clinic.resources["Patient"].reverse()
    clinic.after_page = lambda _type, page: clinic.trouble.extend(
        [(500, {}, b"")] * 9 * (page == 2)
    )
    with pytest.raises(ClinicTooBusy):
        extract.run(url=clinic.url, checkpoint=4)
    clinic.trouble.clear()
    clinic.after_page = lambda _type, _page: None
    assert counts(extract, clinic) == (4, 0)
    assert len(extract.ids("patient")) == 8


def test_rows_that_went_missing_since_are_read_again(extract: Extract, clinic: SmallClinic) -> None:
    fill(clinic)
    extract.run(url=clinic.url)
    extract.write("delete from raw_fhir.patient where id = 'p0'")
    assert counts(extract, clinic) == (1, 0)


def test_a_lost_database_is_filled_again_though_the_cursors_are_still_there(
    extract: Extract, clinic: SmallClinic
) -> None:
    fill(clinic)
    extract.run(url=clinic.url)
    extract.folder.raw_database.unlink()
    assert counts(extract, clinic) == (5, 0)


def test_lost_cursors_are_restored_from_the_database(extract: Extract, clinic: SmallClinic) -> None:
    fill(clinic)
    extract.run(url=clinic.url)
    shutil.rmtree(extract.folder.pipelines)
    assert counts(extract, clinic) == (0, 0)
    assert "_lastUpdated=ge" in clinic.searches()[-1]


def test_an_empty_clinic_lands_nothing_and_is_no_error(
    extract: Extract, clinic: SmallClinic
) -> None:
    clinic.resources["Patient"] = []
    assert counts(extract, clinic) == (0, 0)
    fill(clinic)
    assert counts(extract, clinic) == (5, 0)


def test_a_refused_page_in_the_middle_is_an_error_and_not_an_end(
    extract: Extract, clinic: SmallClinic
) -> None:
    fill(clinic)
    clinic.after_page = lambda _type, page: clinic.trouble.extend([(410, {}, b"")] * (page == 0))
    with pytest.raises(ClinicAnswersBadly, match="410"):
        extract.run(url=clinic.url)


def test_a_run_that_was_killed_between_pages_is_completed_by_the_next(
    extract: Extract, clinic: SmallClinic
) -> None:
    fill(clinic, 12)
    environment = os.environ | {
        "CLINIC_DATA_DIR": str(extract.folder.root),
        "SOURCES__FHIR__TOKEN": TOKEN,
    }
    command = [sys.executable, "-m", "extract.cli", "run", "fhir", "--system", "north"]
    with subprocess.Popen(
        [*command, "--url", clinic.url, "--checkpoint", "4"],
        env=environment,
        cwd=Path(__file__).parents[2],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        clinic.after_page = lambda _type, page: (
            process.send_signal(signal.SIGKILL) if page == 4 else None
        )
        process.wait()
    assert process.returncode == -signal.SIGKILL
    clinic.after_page = lambda _type, _page: None
    landed = len(extract.ids("patient"))
    assert 0 < landed < 12
    assert list(extract.folder.incoming.iterdir())
    assert counts(extract, clinic) == (12 - landed, 0)
    assert extract.ids("patient") == sorted(f"p{i}" for i in range(12))
    assert not extract.folder.incoming.exists()


def test_the_fullest_reading_says_how_fast_the_system_is_read(
    extract: Extract, clinic: SmallClinic
) -> None:
    fill(clinic)
    extract.run(url=clinic.url)
    asked = len(clinic.requests)
    (kept,) = extract.folder.readings.glob("*.json")
    first = json.loads(kept.read_text(encoding="utf-8"))
    assert (first["way"], first["records"]) == ("paged", 5)
    assert first["requests"] == asked > 1
    assert kept.stat().st_mode & 0o077 == 0
    clinic.put("Patient", resource("Patient", "p9", second=901))
    extract.run(url=clinic.url)
    assert json.loads(kept.read_text(encoding="utf-8")) == first
    clinic.put("Patient", *(resource("Patient", f"q{i}", second=1_000) for i in range(6)))
    extract.run(url=clinic.url, is_full=True)
    assert json.loads(kept.read_text(encoding="utf-8"))["records"] == 12
