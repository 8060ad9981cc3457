"""The practice's calendar: every date hangs on one constant day, so that no clock is read."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from extract.demo_clinic.dice import Dice

REFERENCE_DAY = date(2026, 11, 16)
# The night of a mass update: many records carry this very instant, as after a vendor's upgrade.
MASS_UPDATE_DAY = date(2026, 6, 30)
MASS_UPDATE = "2026-06-30T23:59:59.000Z"
# The nights on which daylight saving time ended or began, within the years that the practice keeps.
CLOCK_CHANGES = (date(2025, 11, 2), date(2026, 3, 8), date(2026, 11, 1))
NEW_YORK = "America/New_York"
PHOENIX = "America/Phoenix"
_SUNDAY = 6


def _sunday_on_or_after(day: date) -> date:
    return day + timedelta(days=(_SUNDAY - day.weekday()) % 7)


def offset_hours(zone: str, *, day: date) -> int:
    """
    Tell the offset from UTC at office hours of a day, by the rule in force since 2007.

    Written out because a bare machine may lack the time zone database; a test compares the two.
    """
    if zone == PHOENIX:
        return -7
    begins = _sunday_on_or_after(date(day.year, 3, 8))
    ends = _sunday_on_or_after(date(day.year, 11, 1))
    return -4 if begins <= day < ends else -5


def local_stamp(zone: str, *, day: date, minute: int) -> str:
    """Write a local time, given in minutes after midnight, with the zone's offset of that day."""
    offset = offset_hours(zone, day=day)
    return f"{day.isoformat()}T{minute // 60:02d}:{minute % 60:02d}:00-{-offset:02d}:00"


def utc_stamp(zone: str, *, day: date, minute: int) -> str:
    """Write the same local time as an instant in UTC."""
    local = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=minute)
    moment = local - timedelta(hours=offset_hours(zone, day=day))
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def instant(day: date, *, second: int) -> str:
    """Write an instant of a UTC day, always in 24 characters: text order is time order."""
    hour, rest = divmod(second, 3600)
    return f"{day.isoformat()}T{hour:02d}:{rest // 60:02d}:{rest % 60:02d}.000Z"


def modified_on(dice: Dice, *, day: date) -> str:
    """Draw when a record of that day was last changed: never after the reference day."""
    if day <= MASS_UPDATE_DAY and dice.chance(5):
        return MASS_UPDATE
    later = min(day + timedelta(days=dice.whole(0, 20)), REFERENCE_DAY - timedelta(days=1))
    return instant(later, second=dice.whole(0, 86_399))


def days_ago(days: int) -> date:
    """Tell the day so many days before the reference day (after it, if negative)."""
    return REFERENCE_DAY - timedelta(days=days)


def age_on_reference_day(birth_date: date) -> int:
    """Tell a person's age in whole years."""
    had_birthday = (REFERENCE_DAY.month, REFERENCE_DAY.day) >= (birth_date.month, birth_date.day)
    return REFERENCE_DAY.year - birth_date.year - (0 if had_birthday else 1)


def weekday_on_or_after(day: date) -> date:
    """Move a weekend day to the Monday after it."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)  # noqa: PLR2004 - 4 is Friday
