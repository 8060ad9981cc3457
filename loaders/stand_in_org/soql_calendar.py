"""The user's time zone and locale and the org's fiscal year, read when a query needs them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from loaders.stand_in_org.org import Org
from loaders.stand_in_org.soql_dates import Calendar


class UserClock:
    """The calendar of one user at one moment, `now` being UTC without a zone."""

    def __init__(self, org: Org, *, user_id: str, now: datetime) -> None:
        self._org = org
        self._user_id = user_id
        self._now = now
        self._calendar: Calendar | None = None

    def speaks_english(self) -> bool:
        """Tell whether the user's locale is an English one."""
        with self._org.cursor() as reader:
            user = reader.execute(
                'select "LocaleSidKey" from "User" where "Id" = ?', [self._user_id]
            ).fetchone()
        return user is None or str(user[0] or "en").startswith("en")

    @property
    def calendar(self) -> Calendar:
        """Give the calendar, read once."""
        if self._calendar is None:
            with self._org.cursor() as reader:
                user = reader.execute(
                    'select "TimeZoneSidKey" from "User" where "Id" = ?', [self._user_id]
                ).fetchone()
                year = reader.execute(
                    'select "FiscalYearStartMonth" from "Organization"'
                ).fetchone()
            zone = user[0] if user is not None and user[0] else self._org.settings.time_zone
            start = int(year[0]) if year is not None and year[0] else 1
            self._calendar = Calendar(self._now, ZoneInfo(zone), start)
        return self._calendar
