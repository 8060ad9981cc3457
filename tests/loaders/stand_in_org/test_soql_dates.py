"""Named dates and parts of dates: what day it is where the user lives."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path as Folder
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loaders.stand_in_org.soql_dates import COUNTED, NAMED, Calendar, span
from tests.loaders.stand_in_org.engine_org import Clock
from tests.loaders.stand_in_org.front_org import OrgClient, serving

# 22:30 on Saturday the 7th in New York; at 2 o'clock that night the clocks go forward.
NOW = datetime(2026, 3, 8, 3, 30, tzinfo=UTC)
NEW_YORK = ZoneInfo("America/New_York")
CALENDAR = Calendar(NOW.replace(tzinfo=None), NEW_YORK, fiscal_start=7)


def d(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("word", "count", "first", "last"),
    [
        ("TODAY", None, "2026-03-07", "2026-03-07"),
        ("YESTERDAY", None, "2026-03-06", "2026-03-06"),
        ("TOMORROW", None, "2026-03-08", "2026-03-08"),
        ("THIS_WEEK", None, "2026-03-01", "2026-03-07"),
        ("LAST_WEEK", None, "2026-02-22", "2026-02-28"),
        ("NEXT_WEEK", None, "2026-03-08", "2026-03-14"),
        ("THIS_MONTH", None, "2026-03-01", "2026-03-31"),
        ("LAST_MONTH", None, "2026-02-01", "2026-02-28"),
        ("NEXT_MONTH", None, "2026-04-01", "2026-04-30"),
        ("THIS_QUARTER", None, "2026-01-01", "2026-03-31"),
        ("LAST_QUARTER", None, "2025-10-01", "2025-12-31"),
        ("NEXT_QUARTER", None, "2026-04-01", "2026-06-30"),
        ("THIS_YEAR", None, "2026-01-01", "2026-12-31"),
        ("LAST_YEAR", None, "2025-01-01", "2025-12-31"),
        ("NEXT_YEAR", None, "2027-01-01", "2027-12-31"),
        ("THIS_FISCAL_YEAR", None, "2025-07-01", "2026-06-30"),
        ("LAST_FISCAL_YEAR", None, "2024-07-01", "2025-06-30"),
        ("THIS_FISCAL_QUARTER", None, "2026-01-01", "2026-03-31"),
        ("NEXT_FISCAL_QUARTER", None, "2026-04-01", "2026-06-30"),
        # The ranges of days up to now include today, those of other units do not.
        ("LAST_90_DAYS", None, "2025-12-07", "2026-03-07"),
        ("LAST_N_DAYS", 1, "2026-03-06", "2026-03-07"),
        ("NEXT_90_DAYS", None, "2026-03-08", "2026-06-05"),
        ("NEXT_N_DAYS", 2, "2026-03-08", "2026-03-09"),
        ("N_DAYS_AGO", 3, "2026-03-04", "2026-03-04"),
        ("LAST_N_WEEKS", 2, "2026-02-15", "2026-02-28"),
        ("NEXT_N_WEEKS", 1, "2026-03-08", "2026-03-14"),
        ("N_WEEKS_AGO", 1, "2026-02-22", "2026-02-28"),
        ("LAST_N_MONTHS", 3, "2025-12-01", "2026-02-28"),
        ("NEXT_N_MONTHS", 2, "2026-04-01", "2026-05-31"),
        ("N_MONTHS_AGO", 14, "2025-01-01", "2025-01-31"),
        ("LAST_N_QUARTERS", 2, "2025-07-01", "2025-12-31"),
        ("N_QUARTERS_AGO", 1, "2025-10-01", "2025-12-31"),
        ("NEXT_N_YEARS", 2, "2027-01-01", "2028-12-31"),
        ("N_YEARS_AGO", 1, "2025-01-01", "2025-12-31"),
        ("LAST_N_FISCAL_YEARS", 1, "2024-07-01", "2025-06-30"),
        ("N_FISCAL_QUARTERS_AGO", 1, "2025-10-01", "2025-12-31"),
    ],
)
def test_a_named_range_is_what_the_guide_says(
    word: str, count: int | None, first: str, last: str
) -> None:
    """SOQL guide: Date Formats and Date Literals in WHERE."""
    found = span(word, count, calendar=CALENDAR)
    assert (found.first, found.after - timedelta(days=1)) == (d(first), d(last))


MOMENTS = st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1))  # noqa: DTZ001 - UTC without zone


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    now=MOMENTS,
    zone=st.sampled_from(["America/New_York", "Asia/Kolkata", "Pacific/Auckland", "GMT"]),
    start=st.integers(1, 12),
    count=st.integers(1, 40),
)
def test_ranges_follow_each_other_without_gap_or_overlap(
    now: datetime, zone: str, start: int, count: int
) -> None:
    calendar = Calendar(now, ZoneInfo(zone), start)
    for unit in ("WEEK", "MONTH", "QUARTER", "YEAR", "FISCAL_QUARTER", "FISCAL_YEAR"):
        last, this, following = (
            span(f"{which}_{unit}", None, calendar=calendar) for which in ("LAST", "THIS", "NEXT")
        )
        assert last.after == this.first <= calendar.today < this.after == following.first
        back = span(f"LAST_N_{unit}S", count, calendar=calendar)
        ahead = span(f"NEXT_N_{unit}S", count, calendar=calendar)
        ago = span(f"N_{unit}S_AGO", count, calendar=calendar)
        assert (back.first, back.after) == (ago.first, this.first)
        assert ahead.first == this.after
    assert {len(NAMED), len(COUNTED)} == {23, 21}


@pytest.fixture(scope="module")
def org(clinic_template: Folder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrgClient]:
    data = tmp_path_factory.mktemp("dates") / "org"
    shutil.copytree(clinic_template, data)
    rows = (
        "Clinic_Id__c,Taken_On__c,Taken_At__c\n"
        "late yesterday,2026-03-06,2026-03-07T04:59:59.999Z\n"
        "first today,2026-03-07,2026-03-07T05:00:00.000Z\n"
        "now,2026-03-07,2026-03-08T03:30:00.000Z\n"
        "later today,2026-03-07,2026-03-08T04:59:59.999Z\n"
        "first tomorrow,2026-03-08,2026-03-08T05:00:00.000Z\n"
        "last tomorrow,2026-03-08,2026-03-09T03:59:59.999Z\n"
        "the day after,2026-03-09,2026-03-09T04:00:00.000Z\n"
    )
    with serving(data, clock=Clock(NOW)) as client:
        # No metadata that this org knows moves the fiscal year.
        with client.running.site.org.cursor() as table:
            table.execute('update "Organization" set "FiscalYearStartMonth" = 7')
        loaded = client.job("Note__c", "insert", rows)
        assert not loaded.failed, loaded.failed
        yield client


def keys(org: OrgClient, where: str) -> set[object]:
    return {
        r["Clinic_Id__c"] for r in org.records(f"SELECT Clinic_Id__c FROM Note__c WHERE {where}")
    }


LAST = "the day after"
TODAYS = {"first today", "now", "later today"}
TOMORROWS = {"first tomorrow", "last tomorrow"}


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("Taken_On__c = TODAY", TODAYS),
        ("Taken_At__c = TODAY", TODAYS),
        # This day has 23 hours in New York.
        ("Taken_At__c = TOMORROW", TOMORROWS),
        ("Taken_At__c < TODAY", {"late yesterday"}),
        ("Taken_At__c <= TODAY", {"late yesterday", *TODAYS}),
        ("Taken_At__c > TODAY", {*TOMORROWS, LAST}),
        ("Taken_At__c >= TOMORROW", {*TOMORROWS, LAST}),
        ("Taken_At__c != TODAY", {"late yesterday", *TOMORROWS, LAST}),
        ("NOT Taken_On__c = TODAY", {"late yesterday", *TOMORROWS, LAST}),
        # Up to the current second; of a date, the whole of today.
        ("Taken_At__c = LAST_N_DAYS:0", {"first today", "now"}),
        ("Taken_On__c = LAST_N_DAYS:0", TODAYS),
        ("Taken_At__c = NEXT_N_DAYS:1", TOMORROWS),
        ("Taken_At__c = N_DAYS_AGO:1", {"late yesterday"}),
        ("Taken_At__c = 2026-03-07T22:30:00-05:00", {"now"}),
        ("Taken_At__c = 2026-03-08T04:30:00.000+0100", {"now"}),
        ("Taken_At__c < 2026-03-07T05:00:00.000Z", {"late yesterday"}),
        ("Taken_On__c IN (2026-03-06, 2026-03-09)", {"late yesterday", LAST}),
        ("DAY_ONLY(Taken_At__c) = 2026-03-07", {"late yesterday", "first today"}),
        ("DAY_ONLY(convertTimezone(Taken_At__c)) = 2026-03-07", TODAYS),
        ("HOUR_IN_DAY(Taken_At__c) = 3", {"now", "last tomorrow"}),
        ("HOUR_IN_DAY(convertTimezone(Taken_At__c)) = 22", {"now"}),
        ("DAY_IN_WEEK(Taken_On__c) = 1", TOMORROWS),
        ("CALENDAR_YEAR(Taken_On__c) = 2026 AND DAY_IN_MONTH(Taken_On__c) = 6", {"late yesterday"}),
        ("DAY_IN_YEAR(Taken_On__c) = 68", {LAST}),
        ("WEEK_IN_MONTH(Taken_On__c) = 1", {"late yesterday", *TODAYS}),
        ("WEEK_IN_YEAR(Taken_On__c) = 10 AND CALENDAR_QUARTER(Taken_On__c) != 1", set()),
        ("FISCAL_MONTH(Taken_On__c) != 9 OR FISCAL_QUARTER(Taken_On__c) != 3", set()),
        ("FISCAL_YEAR(Taken_On__c) = 2026 AND Taken_On__c > THIS_WEEK", {*TOMORROWS, LAST}),
        ("Taken_On__c = THIS_FISCAL_YEAR AND Taken_At__c > TOMORROW", {LAST}),
    ],
)
def test_a_date_is_compared_in_the_users_time_zone(
    org: OrgClient, where: str, expected: set[object]
) -> None:
    assert keys(org, where) == expected


def test_groups_are_made_of_parts_of_dates(org: OrgClient) -> None:
    """SOQL guide: Date Functions, convertTimezone()."""
    day = "DAY_ONLY(convertTimezone(Taken_At__c))"
    found = org.records(
        f"SELECT {day} day, COUNT(Id) n, CALENDAR_YEAR(Taken_On__c) FROM Note__c "
        f"GROUP BY {day}, CALENDAR_YEAR(Taken_On__c) ORDER BY {day} DESC"
    )
    counted = [(record["day"], record["n"], record["expr0"]) for record in found]
    assert counted == [
        ("2026-03-09", 1, 2026),
        ("2026-03-08", 2, 2026),
        ("2026-03-07", 3, 2026),
        ("2026-03-06", 1, 2026),
    ]


def test_values_are_formatted_for_the_users_locale(org: OrgClient) -> None:
    """SOQL guide, FORMAT(): 4/10/2025, 3:31 PM and $44,000.00."""
    made = org.data(
        "POST",
        "sobjects/Note__c",
        json={"Clinic_Id__c": "formats", "Fee__c": 44000, "Score__c": 1.5},
    )
    assert made.status_code == 201, made.text
    (found,) = org.records(
        "SELECT Fee__c, FORMAT(Fee__c) fee, FORMAT(Score__c) score, FORMAT(CreatedDate) made, "
        "toLabel(Kind__c) FROM Note__c WHERE Clinic_Id__c = 'formats'"
    )
    assert (found["Fee__c"], found["fee"], found["score"]) == (44000.0, "$44,000.00", "1.5")
    assert (found["made"], found["Kind__c"]) == ("3/7/2026, 10:30 PM", None)
    (total,) = org.records("SELECT FORMAT(MIN(Taken_On__c)) earliest FROM Note__c")
    assert total["earliest"] == "3/6/2026"


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("Taken_At__c > 2026-03-07", "must be of type dateTime and should not be enclosed"),
        ("Taken_At__c = '2026-03-07T00:00:00Z'", "must be of type dateTime and should not be"),
        ("Taken_On__c > 2026-03-07T00:00:00Z", "must be of type date and should not be enclosed"),
        ("Title__c = TODAY", "must be of type string and should be enclosed in quotes"),
        ("CALENDAR_YEAR(Taken_On__c) = THIS_YEAR", "must be of type int"),
        ("HOUR_IN_DAY(Taken_On__c) = 5", "function HOUR_IN_DAY does not support field Taken_On__c"),
        ("CALENDAR_YEAR(Title__c) = 5", "function CALENDAR_YEAR does not support field Title__c"),
        ("Taken_On__c = LAST_N_YEARS:9999", "Invalid date: LAST_N_YEARS"),
        ("Taken_At__c = NEXT_N_DAYS:2000000000", "Invalid date: NEXT_N_DAYS"),
    ],
)
def test_a_date_of_the_wrong_kind_is_refused(org: OrgClient, where: str, words: str) -> None:
    (error,) = org.query(f"SELECT Id FROM Note__c WHERE {where}").json()
    assert error["errorCode"] == "INVALID_FIELD"
    assert words in error["message"]
