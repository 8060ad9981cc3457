"""Appointment resources: three years back, sixty days ahead, and series across a clock change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from extract.demo_clinic import dates, words
from extract.demo_clinic.desk import Desk
from extract.demo_clinic.dice import Dice
from extract.demo_clinic.families import Chart
from extract.demo_clinic.practice import Provider
from extract.demo_clinic.shapes import Resource, concept, extension, ref, resource

TYPES = ("NEW", "FOLLOWUP", "ROUTINE", "CHECKUP", "WALKIN", "EMERGENCY", "TELE")
TYPE_SYSTEM = "https://demo-clinic.example/appointment-types"
ROOMS = ("R1", "R2", "R3-left", "Pod B")
_PAST = (("fulfilled", 74), ("cancelled", 11), ("noshow", 8), ("arrived", 7))
_FUTURE = (("booked", 86), ("pending", 8), ("cancelled", 6))
_LENGTHS = (15, 20, 30, 45, 60)


@dataclass(frozen=True, slots=True)
class Visit:
    """One appointment, in the local time of its place."""

    id: str
    day: date
    minute: int
    status: str
    provider: Provider
    series: str = ""
    is_on_change_day: bool = False


def _single(chart: Chart, *, dice: Dice, ident: str, desk: Desk) -> Visit:
    ahead = dice.chance(12) and not chart.is_deceased
    days = -dice.whole(1, 60) if ahead else dice.whole(1, 1095)
    own = dice.chance(75)
    staff = desk.practice.staff_of(chart.site)
    return Visit(
        id=ident,
        day=dates.weekday_on_or_after(dates.days_ago(days)),
        minute=dice.whole(16, 33) * 30 + dice.pick((0, 15)),
        status=dice.weighted(_FUTURE if days < 0 else _PAST),
        provider=chart.provider if own else dice.pick(staff),
    )


def _series(chart: Chart, *, change: date) -> list[Visit]:
    """Make a weekly series at 09:00 local time, two weeks before and after a clock change."""
    monday = change + timedelta(days=1 + chart.number % 5)
    key = f"series-{chart.id}"
    return [
        Visit(
            id=f"apt-{chart.id}-w{change:%y%m}.{week}",
            day=monday + timedelta(weeks=week - 3),
            minute=9 * 60,
            status="fulfilled",
            provider=chart.provider,
            series=key,
        )
        for week in (1, 2, 3, 4)
    ]


def _sunday(chart: Chart, *, change: date) -> Visit:
    """Make an urgent visit at 09:00 on the very day on which the clocks changed."""
    return Visit(
        id=f"apt-{chart.id}-s{change:%y%m}",
        day=change,
        minute=9 * 60,
        status="fulfilled",
        provider=chart.provider,
        is_on_change_day=True,
    )


def plan_visits(chart: Chart, *, desk: Desk) -> list[Visit]:
    """Work out when a chart's person came, or will, or did not."""
    dice = desk.dice("visits", chart=chart)
    count = dice.weighted(((1, 8), (2, 15), (3, 24), (4, 22), (5, 16), (6, 10), (9, 5)))
    made = [
        _single(chart, dice=dice, ident=f"apt-{chart.id}-{place}", desk=desk)
        for place in range(1, count + 1)
    ]
    if not chart.cases.isdisjoint({"dst_series", "dst_series_west"}):
        made += [visit for change in dates.CLOCK_CHANGES for visit in _series(chart, change=change)]
        made += [_sunday(chart, change=change) for change in dates.CLOCK_CHANGES]
    return made


def _participants(chart: Chart, *, visit: Visit) -> list[Resource]:
    actors = (
        ref("Patient", chart.id),
        ref("Practitioner", visit.provider.id),
        ref("Location", chart.site.id),
    )
    return [{"actor": actor, "status": "accepted"} for actor in actors]


def _times(chart: Chart, *, visit: Visit, dice: Dice) -> Resource:
    length = dice.pick(_LENGTHS)
    # One system behind the practice's calendar writes UTC, the others write local time and offset.
    write = dates.utc_stamp if dice.chance(10) else dates.local_stamp
    zone = chart.site.zone
    return {
        "start": write(zone, day=visit.day, minute=visit.minute),
        "end": write(zone, day=visit.day, minute=visit.minute + length),
        "minutesDuration": length,
    }


def _write_down(chart: Chart, *, visit: Visit, desk: Desk) -> None:
    record = f"Appointment/{visit.id}"
    if visit.status == "noshow":
        desk.truth.plant("no_show", record, person=chart.person)
    if visit.is_on_change_day:
        desk.truth.plant("appointment_on_clock_change_day", record, person=chart.person)
    if visit.series:
        side = "new_york" if chart.site.is_east else "phoenix"
        desk.truth.plant(f"series_across_clock_change_{side}", record, person=chart.person)


def appointment(chart: Chart, *, visit: Visit, desk: Desk) -> Resource:
    """Make one Appointment."""
    dice = Dice(desk.seed, "appointment", visit.id)
    made_on = min(visit.day, dates.REFERENCE_DAY) - timedelta(days=dice.whole(1, 40))
    changed_on = visit.day if visit.day < dates.REFERENCE_DAY else made_on
    own = []
    if visit.series:
        own.append(extension("series-key", kind="valueString", value=visit.series))
    if dice.chance(30):
        own.append(extension("custom/room_code", kind="valueString", value=dice.pick(ROOMS)))
    body: Resource = {
        "extension": own,
        "status": visit.status,
        "appointmentType": concept("", system=TYPE_SYSTEM, code=dice.pick(TYPES)),
        "reasonCode": [concept(dice.pick(words.SYMPTOMS))] if dice.chance(70) else [],
        "description": f"{chart.provider.specialty} visit" if dice.chance(60) else "",
        **_times(chart, visit=visit, dice=dice),
        "created": dates.instant(made_on, second=dice.whole(28_800, 64_800)),
        "comment": 'Asked for the side door; has a "big" dog' if dice.chance(6) else "",
        "participant": _participants(chart, visit=visit),
    }
    _write_down(chart, visit=visit, desk=desk)
    modified = dates.modified_on(dice, day=changed_on)
    return resource("Appointment", ident=visit.id, modified=modified, body=body)


def appointments(chart: Chart, *, desk: Desk) -> list[Resource]:
    """Make a chart's appointments."""
    visits = plan_visits(chart, desk=desk)
    return [appointment(chart, visit=visit, desk=desk) for visit in visits]
