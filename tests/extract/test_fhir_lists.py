"""A list is whole when it gave as many records as the server counts; else the run says so."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from extract.errors import ClinicTooBusy
from extract.explain import explained
from extract.report import as_json, exit_code
from tests.extract.conftest import Extract
from tests.extract.small_clinic import SmallClinic, resource

EVERYBODY = [f"p{number}" for number in range(6)]


@pytest.fixture
def busy(clinic: SmallClinic) -> SmallClinic:
    """Three pages of patients, in the order of time."""
    clinic.put(
        "Patient",
        *(resource("Patient", name, second=100 * number) for number, name in enumerate(EVERYBODY)),
    )
    return clinic


def once_behind_page(clinic: SmallClinic, page: int, *changes: Callable[[], None]) -> None:
    """Change something when a page has been cut, the first time that it is."""

    def change(_type: str, number: int) -> None:
        if number == page:
            clinic.after_page = lambda _type, _page: None
            for one in changes:
                one()

    clinic.after_page = change


def update(clinic: SmallClinic, name: str, second: int = 950) -> None:
    clinic.put("Patient", resource("Patient", name, second=second, active=False))


def delete(clinic: SmallClinic, name: str) -> None:
    held = clinic.resources["Patient"]
    held[:] = [one for one in held if f'"{name}"'.encode() not in one]


def lists(clinic: SmallClinic) -> list[str]:
    """Return the first pages that were asked for."""
    return [one for one in clinic.requests if "/Patient?_count" in one]


def left(extract: Extract) -> list[tuple[str, int]]:
    return extract.query("select reason, resources from raw_fhir.not_taken")


def stop_early(body: bytes) -> bytes:
    """State how many there are, and link to no other page."""
    return re.sub(rb'"link": \[.*?\]', b'"total": 6, "link": []', body)


def test_a_record_that_slips_when_another_is_deleted_is_read_and_broken_ones_count_once(
    extract: Extract, busy: SmallClinic
) -> None:
    nobody = b'{"resourceType": "Patient", "meta": {"lastUpdated": "2026-03-01T09:00:00.000000Z"}}'
    busy.put("Patient", nobody)
    once_behind_page(busy, 1, lambda: delete(busy, "p0"))
    tally = extract.run(url=busy.url)
    assert (extract.ids("patient"), tally.quarantined.total()) == (EVERYBODY, 1)
    assert extract.query("select count(*) from raw_fhir.quarantined") == [(1,)]
    assert len(lists(busy)) == 2


def test_records_that_come_while_pages_of_one_moment_are_read_cost_no_other_reading(
    extract: Extract, busy: SmallClinic
) -> None:
    busy.is_frozen = True
    once_behind_page(busy, 1, lambda: update(busy, "p0"), lambda: update(busy, "p9", 951))
    tally = extract.run(url=busy.url)
    assert (exit_code(tally), tally.asked["Patient"]) == (0, "all of it")
    assert (extract.ids("patient"), len(lists(busy))) == (EVERYBODY, 1)


def test_a_list_that_stops_early_lands_moves_no_cursor_and_is_told_of(
    extract: Extract, busy: SmallClinic
) -> None:
    busy.spoil = stop_early
    tally = extract.run(url=busy.url)
    assert (extract.ids("patient"), exit_code(tally)) == (["p0", "p1"], 4)
    assert len(lists(busy)) == 2
    assert as_json(tally, source="fhir", system="north")["not_listed"] == {"Patient": 4}
    (told,) = explained(tally)["not_taken"]  # type: ignore[misc]
    assert (told["type"], told["reason"], told["count"]) == ("Patient", "not_listed", 4)
    assert "Patient: the list gave 2 of 6 records" in extract.said.getvalue()
    assert left(extract) == [("not_listed", 4)]

    busy.spoil = lambda body: body
    assert exit_code(extract.run(url=busy.url)) == 0
    assert (extract.ids("patient"), left(extract)) == (EVERYBODY, [])

    for number in range(4):
        update(busy, f"q{number}", 1000 + 100 * number)
    busy.spoil = stop_early
    busy.requests.clear()
    assert exit_code(extract.run(url=busy.url)) == 4
    busy.spoil = lambda body: body
    assert exit_code(extract.run(url=busy.url)) == 0
    assert (len(extract.ids("patient")), left(extract)) == (10, [])
    (news,) = set(lists(busy))
    assert "_lastUpdated=ge" in news


def test_a_server_without_totals_is_read_and_said_not_to_be_counted(
    extract: Extract, busy: SmallClinic
) -> None:
    busy.is_counted = False
    tally = extract.run(url=busy.url)
    assert (extract.ids("patient"), exit_code(tally)) == (EVERYBODY, 0)
    assert "not counted" in tally.asked["Patient"]


def test_a_record_that_slipped_before_a_run_was_cut_off_is_found_by_the_next(
    extract: Extract, busy: SmallClinic
) -> None:
    def change(_type: str, page: int) -> None:
        if page == 1:
            update(busy, "p0")
        else:
            busy.trouble.extend([(500, {}, b"")] * 9 * (page == 2))

    busy.after_page = change
    with pytest.raises(ClinicTooBusy):
        extract.run(url=busy.url, checkpoint=2)
    assert extract.ids("patient") == ["p0", "p1", "p2", "p3", "p5"]
    busy.after_page = lambda _type, _page: None
    busy.trouble.clear()
    busy.requests.clear()
    assert exit_code(extract.run(url=busy.url)) == 0
    assert extract.ids("patient") == EVERYBODY
    resumed, again = lists(busy)
    assert "_lastUpdated=ge" in resumed
    assert "_lastUpdated=ge" not in again
