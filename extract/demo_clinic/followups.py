"""Recalls (ServiceRequest plans, CommunicationRequest) and referrals (ServiceRequest)."""

from __future__ import annotations

from datetime import timedelta

from extract.demo_clinic import dates, words
from extract.demo_clinic.desk import Desk
from extract.demo_clinic.dice import Dice
from extract.demo_clinic.families import Chart
from extract.demo_clinic.shapes import SNOMED, Resource, concept, extension, ref, resource

_RECALLS = (
    ("Yearly eye examination", 1, "a"),
    ("Spine check", 6, "mo"),
    ("Hygiene and nail care", 8, "wk"),
    ("Blood pressure recheck", 90, "d"),
)
_RELATIONSHIPS = ("Colleague", "Former employer", "Same building", "Conference contact")


def _recall(chart: Chart, *, desk: Desk) -> Resource:
    dice = desk.dice("recall", chart=chart)
    name, period, unit = dice.pick(_RECALLS)
    day = dates.days_ago(dice.whole(20, 700))
    body: Resource = {
        "status": dice.weighted((("active", 80), ("on-hold", 10), ("completed", 10))),
        "intent": "plan",
        "code": concept(name),
        "subject": ref("Patient", chart.id),
        "occurrenceTiming": {"repeat": {"frequency": 1, "period": period, "periodUnit": unit}},
        "authoredOn": day.isoformat(),
        "requester": ref("Practitioner", chart.provider.id),
        "note": [{"text": "Prefers a call before noon"}] if dice.chance(20) else [],
    }
    modified = dates.modified_on(dice, day=day)
    return resource("ServiceRequest", ident=f"recall-{chart.id}", modified=modified, body=body)


def _reminder(chart: Chart, *, desk: Desk) -> Resource:
    dice = desk.dice("reminder", chart=chart)
    name, _, _ = dice.pick(_RECALLS)
    written = dates.days_ago(dice.whole(5, 300))
    due = written + timedelta(days=dice.whole(30, 400))
    body: Resource = {
        "status": "active" if due > dates.REFERENCE_DAY else "completed",
        "subject": ref("Patient", chart.id),
        "payload": [{"contentString": f"Time for your next visit: {name.lower()}."}],
        "occurrenceDateTime": due.isoformat(),
        "authoredOn": dates.instant(written, second=dice.whole(28_800, 64_800)),
        "requester": ref("Practitioner", chart.provider.id),
        "reasonCode": [concept(name)],
    }
    modified = dates.modified_on(dice, day=written)
    ident = f"remind-{chart.id}"
    return resource("CommunicationRequest", ident=ident, modified=modified, body=body)


def _referrer(dice: Dice, *, desk: Desk) -> Resource:
    if dice.chance(25):
        return ref("Organization", dice.pick(desk.practice.referring_ids))
    return ref("Practitioner", dice.pick(desk.practice.referrers).id)


def _referral(chart: Chart, *, desk: Desk) -> Resource:
    dice = desk.dice("referral", chart=chart)
    day = dates.days_ago(dice.whole(5, 1000))
    kinship = dice.pick(_RELATIONSHIPS)
    body: Resource = {
        "extension": [
            extension("relationship-type", kind="valueString", value=kinship),
            extension("referral-volume", kind="valueInteger", value=dice.whole(1, 60)),
        ],
        "status": dice.weighted((("active", 40), ("completed", 55), ("revoked", 5))),
        "intent": "order",
        "category": [concept("Referral", system=SNOMED, code="3457005")],
        "code": concept(f"Referral to {chart.provider.specialty}"),
        "subject": ref("Patient", chart.id),
        "authoredOn": dates.instant(day, second=dice.whole(28_800, 64_800)),
        "requester": _referrer(dice, desk=desk),
        "reasonCode": [concept(dice.pick(words.SYMPTOMS))],
    }
    modified = dates.modified_on(dice, day=day)
    return resource("ServiceRequest", ident=f"refer-{chart.id}", modified=modified, body=body)


def followups(chart: Chart, *, desk: Desk) -> list[Resource]:
    """Make a chart's recalls, reminders and the referral that brought the person."""
    dice = desk.dice("followups", chart=chart)
    made = []
    if chart.is_deceased or dice.chance(55):
        made.append(_recall(chart, desk=desk))
    if dice.chance(35):
        made.append(_reminder(chart, desk=desk))
    if dice.chance(28):
        made.append(_referral(chart, desk=desk))
    return made
