"""What the named ranges of SOQL mean on a given day: TODAY, LAST_N_MONTHS:3, THIS_FISCAL_YEAR."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_UNITS = ("WEEK", "MONTH", "QUARTER", "YEAR", "FISCAL_QUARTER", "FISCAL_YEAR")
_SHIFTS = {"LAST": -1, "THIS": 0, "NEXT": 1}
_DAYS = {"YESTERDAY": -1, "TODAY": 0, "TOMORROW": 1}
_A_YEAR = 12
_MONTHS = {"MONTH": 1, "QUARTER": 3, "YEAR": _A_YEAR}
_A_QUARTER_YEAR = 90
NAMED = frozenset(
    {*_DAYS, "LAST_90_DAYS", "NEXT_90_DAYS", *(f"{s}_{u}" for s in _SHIFTS for u in _UNITS)}
)
COUNTED = frozenset(
    form.format(unit)
    for unit in ("DAY", *_UNITS)
    for form in ("LAST_N_{}S", "NEXT_N_{}S", "N_{}S_AGO")
)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The day it is where the user lives, and the first month of the org's fiscal year."""

    now: datetime
    zone: ZoneInfo
    fiscal_start: int = 1

    @property
    def today(self) -> date:
        """Give the user's day; `now` is UTC without a zone."""
        return self.now.replace(tzinfo=UTC).astimezone(self.zone).date()

    def midnight(self, day: date) -> datetime:
        """Give the UTC moment at which the day starts for the user."""
        local = datetime.combine(day, time.min, tzinfo=self.zone)
        return local.astimezone(UTC).replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class Span:
    """Days from the first up to, not including, the last; some end at the current second."""

    first: date
    after: date
    until_now: bool = False


def span(word: str, count: int | None, *, calendar: Calendar) -> Span:
    """
    Work out a range.

    Raises:
        OverflowError: the range leaves the calendar.

    """
    today = calendar.today
    if word in _DAYS:
        return _days(today, _DAYS[word], _DAYS[word] + 1)
    # The days' own ranges count from today, which the last ones include (SOQL guide).
    if word == "LAST_90_DAYS" or (word == "LAST_N_DAYS" and count is not None):
        days = _A_QUARTER_YEAR if count is None else count
        return Span(today - timedelta(days=days), today + timedelta(days=1), until_now=True)
    if word == "NEXT_90_DAYS":
        return _days(today, 1, _A_QUARTER_YEAR + 1)
    if count is None:
        shift, unit = word.split("_", 1)
        return _units(unit, _SHIFTS[shift], _SHIFTS[shift] + 1, calendar=calendar)
    return _counted(word, count, calendar=calendar)


def _counted(word: str, count: int, *, calendar: Calendar) -> Span:
    if word.endswith("_AGO"):
        unit, bounds = word.removeprefix("N_").removesuffix("S_AGO"), (-count, 1 - count)
    elif word.startswith("LAST_"):
        unit, bounds = word.removeprefix("LAST_N_").removesuffix("S"), (-count, 0)
    else:
        unit, bounds = word.removeprefix("NEXT_N_").removesuffix("S"), (1, count + 1)
    return _units(unit, *bounds, calendar=calendar)


def _days(today: date, first: int, after: int) -> Span:
    return Span(today + timedelta(days=first), today + timedelta(days=after))


def _units(unit: str, first: int, after: int, *, calendar: Calendar) -> Span:
    """Count whole weeks (from Sunday), months, quarters or years from the current one."""
    today = calendar.today
    if unit == "DAY":
        return _days(today, first, after)
    if unit == "WEEK":
        sunday = today - timedelta(days=(today.weekday() + 1) % 7)
        return _days(sunday, 7 * first, 7 * after)
    fiscal = unit.startswith("FISCAL_")
    length = _MONTHS[unit.removeprefix("FISCAL_")]
    offset = calendar.fiscal_start - 1 if fiscal else 0
    month = today.year * _A_YEAR + today.month - 1
    current = (month - offset) // length * length + offset
    return Span(_month(current + first * length), _month(current + after * length))


def _month(number: int) -> date:
    """Give the first day of a month counted from year 0."""
    year, month = divmod(number, _A_YEAR)
    if not MINYEAR <= year <= MAXYEAR:
        raise OverflowError("date value out of range")
    return date(year, month + 1, 1)
