"""No record of Cliniko slips from between two pages, or two lists, while somebody works there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from unittest.mock import ANY

import pytest

from extract.errors import ClinicAnswersBadly
from extract.report import exit_code
from tests.extract.cliniko.account import MANY, many_alerts
from tests.extract.cliniko.conftest import Reader
from tests.extract.cliniko.records import record
from tests.extract.cliniko.vendor import LARGEST_PAGE, Vendor

ALERTS = "medical_alerts"
CONTACTS = "contacts"
LAST = f"9{MANY - 1:04}"


@pytest.fixture
def alerts(account: Reader) -> Reader:
    """An account with more than a page of one kind."""
    many_alerts(account.vendor)
    return account


def stamp(account: Reader, seconds: int = 0) -> str:
    return (account.now() + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def once_behind(vendor: Vendor, path: str, change: Callable[[], object]) -> None:
    """Change something when the first page of a list has been cut."""

    def after(asked: str) -> None:
        if asked == f"/v1/{path}":
            vendor.after = lambda _path: None
            change()

    vendor.after = after


def test_a_record_slips_from_between_pages_of_one_length_and_is_read_again(alerts: Reader) -> None:
    def change() -> None:
        del alerts.vendor.held[ALERTS, ""]["111"]
        alerts.vendor.put(ALERTS, record(ALERTS, "99999", updated_at=stamp(alerts)))

    once_behind(alerts.vendor, ALERTS, change)
    assert exit_code(alerts.read(ALERTS)) == 0
    assert alerts.landed() == alerts.truth(ALERTS) | {(ALERTS, "111"): ANY}


def test_a_record_that_slips_is_not_set_aside_as_deleted(account: Reader) -> None:
    vendor = account.vendor
    vendor.put(CONTACTS, *(record(CONTACTS, f"8{one:03}") for one in range(MANY)))
    account.read(CONTACTS)

    def change() -> None:
        del vendor.held[CONTACTS, ""]["41"]
        vendor.put(CONTACTS, record(CONTACTS, "99999", updated_at=stamp(account)))

    once_behind(vendor, CONTACTS, change)
    assert not account.read(CONTACTS).deleted.total()
    assert account.landed() == account.truth(CONTACTS) | {(CONTACTS, "41"): ANY}


def test_a_record_that_moves_into_a_list_that_was_read_is_not_set_aside(account: Reader) -> None:
    kind = "practitioners"
    account.read(kind)
    once_behind(
        account.vendor,
        kind,
        lambda: account.vendor.put(kind, record(kind, "12", updated_at=stamp(account))),
    )
    assert not account.read(kind).deleted.total()
    assert account.landed() == account.truth(kind)


def test_lists_that_stop_early_land_move_no_cursor_and_are_told_of(alerts: Reader) -> None:
    vendor = alerts.vendor
    vendor.put(CONTACTS, *(record(CONTACTS, f"8{one:03}") for one in range(MANY)))
    alerts.read(CONTACTS)
    vendor.next_link = lambda _link: None
    tally = alerts.read(ALERTS, CONTACTS)
    assert (exit_code(tally), tally.deleted.total()) == (4, 0)
    assert tally.not_listed == {
        kind: len(alerts.truth(kind)) - LARGEST_PAGE for kind in (ALERTS, CONTACTS)
    }
    vendor.next_link = lambda link: link
    assert exit_code(alerts.read(ALERTS, CONTACTS)) == 0
    assert alerts.landed() == alerts.truth(ALERTS, CONTACTS)
    assert alerts.query("select count(*) from raw_cliniko.not_taken") == [(0,)]


def test_what_changes_behind_the_reader_is_read_the_next_time(alerts: Reader) -> None:
    asked = count(1)

    def change(identity: str, seconds: int) -> None:
        changed = record(ALERTS, identity, name=f"In {seconds}", updated_at=stamp(alerts, seconds))
        alerts.vendor.put(ALERTS, changed)

    def after(path: str) -> None:
        # A change in the first reading makes a second one: two pages, and what has changed.
        number = next(asked) if path == f"/v1/{ALERTS}" else 0
        if number == 1:
            change(LAST, 5)
        if number == 4:
            # The first alert changes after its page; one of the next page later, and is seen.
            change("111", 10)
            change(LAST, 200)
            alerts.slept.append(300)

    alerts.vendor.after = after
    alerts.read(ALERTS)
    assert alerts.landed() != alerts.truth(ALERTS)
    assert alerts.read(ALERTS).changed[ALERTS] == 1
    assert alerts.landed() == alerts.truth(ALERTS)


def test_a_list_of_which_a_record_goes_with_each_page_is_read_to_its_end(alerts: Reader) -> None:
    held = alerts.vendor.held[ALERTS, ""]
    alerts.vendor.after = lambda _path: held.pop(next(iter(held))) and None
    assert exit_code(alerts.read(ALERTS)) == 0
    assert alerts.truth(ALERTS).keys() <= alerts.landed().keys()


def test_a_list_that_never_keeps_still_is_said_to(alerts: Reader) -> None:
    number = count(10_000)
    alerts.vendor.after = lambda _path: alerts.vendor.put(
        ALERTS, record(ALERTS, f"{next(number)}", name="of old")
    )
    with pytest.raises(ClinicAnswersBadly, match="faster than it can be read"):
        alerts.read(ALERTS)
