"""Communication and Consent resources."""

from __future__ import annotations

from datetime import timedelta

from extract.demo_clinic import dates, words
from extract.demo_clinic.desk import Desk
from extract.demo_clinic.dice import Dice
from extract.demo_clinic.families import Chart
from extract.demo_clinic.shapes import (
    LOINC,
    TERMINOLOGY,
    Resource,
    concept,
    created_at,
    ref,
    resource,
)

_MEDIA = (("PHONE", 40), ("EMAILWRIT", 32), ("SMSWRIT", 22), ("WRITTEN", 6))
_TOPICS = ("Appointment reminder", "Test results", "Billing question", "Prescription renewal")
_PURPOSES = ("treatment", "marketing", "research", "emergency contact")


def _communication(chart: Chart, *, place: int, desk: Desk) -> Resource:
    dice = Dice(desk.seed, "communication", chart.number, place)
    day = dates.days_ago(dice.whole(1, 1000))
    second = dice.whole(28_800, 64_000)
    ends = [ref("Practitioner", chart.provider.id), ref("Patient", chart.id)]
    if dice.chance(35):
        ends.reverse()
    topic = dice.pick(_TOPICS)
    system = TERMINOLOGY + "v3-ParticipationMode"
    body: Resource = {
        "status": dice.weighted((("completed", 94), ("stopped", 6))),
        "category": [concept("", code="notification" if dice.chance(60) else "instruction")],
        "medium": [concept("", system=system, code=dice.weighted(_MEDIA))],
        "subject": ref("Patient", chart.id),
        "topic": concept(topic),
        "sent": dates.instant(day, second=second),
        "received": dates.instant(day, second=second + dice.whole(0, 600)),
        "recipient": [ends[1]],
        "sender": ends[0],
        "payload": [{"contentString": f"{topic}: {dice.pick(words.PLANS)}"}],
    }
    modified = dates.modified_on(dice, day=day)
    ident = f"com-{chart.id}-{place}"
    return resource("Communication", ident=ident, modified=modified, body=body)


def _consent(chart: Chart, *, desk: Desk) -> Resource:
    dice = desk.dice("consent", chart=chart)
    day = min(chart.since + timedelta(days=dice.whole(0, 20)), dates.days_ago(2))
    stamp = dates.instant(day, second=dice.whole(28_800, 64_800))
    purpose = dice.pick(_PURPOSES)
    body: Resource = {
        "extension": [created_at(stamp)],
        "status": dice.weighted((("active", 92), ("inactive", 8))),
        "scope": concept("", system=TERMINOLOGY + "consentscope", code="patient-privacy"),
        "category": [concept(purpose, system=LOINC, code="59284-0")],
        "patient": ref("Patient", chart.id),
        "dateTime": stamp,
        "policyRule": concept("House rules, 3rd edition"),
        "provision": {"type": "permit" if dice.chance(75) else "deny"},
    }
    modified = dates.modified_on(dice, day=day)
    return resource("Consent", ident=f"consent-{chart.id}", modified=modified, body=body)


def messages(chart: Chart, *, desk: Desk) -> list[Resource]:
    """Make a chart's communications and consent."""
    dice = desk.dice("messages", chart=chart)
    count = dice.weighted(((0, 12), (1, 20), (2, 26), (3, 22), (5, 20)))
    made = [_communication(chart, place=place, desk=desk) for place in range(1, count + 1)]
    return [*made, _consent(chart, desk=desk)] if dice.chance(55) else made
