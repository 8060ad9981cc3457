"""Claim and ClaimResponse resources: one to five lines, paid, partly paid, denied, void, open."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from extract.demo_clinic import dates
from extract.demo_clinic.desk import Desk
from extract.demo_clinic.dice import Dice
from extract.demo_clinic.families import Chart
from extract.demo_clinic.insurance import Insurance, plan_insurances
from extract.demo_clinic.practice import Provider
from extract.demo_clinic.shapes import (
    CPT,
    ICD10,
    TERMINOLOGY,
    Resource,
    concept,
    extension,
    ref,
    resource,
    usd,
)

# Code, our own words for it, price in cents.
PROCEDURES = (
    ("98940", "Spine adjustment, one or two regions", 6500),
    ("98941", "Spine adjustment, three or four regions", 8250),
    ("97110", "Exercise therapy, quarter of an hour", 4800),
    ("97140", "Manual therapy, quarter of an hour", 5225),
    ("92014", "Eye examination, known patient", 14000),
    ("92015", "Refraction", 4000),
    ("99203", "Office visit, new patient", 18500),
    ("99213", "Office visit, known patient", 12075),
    ("90834", "Talking therapy, three quarters of an hour", 15000),
    ("11721", "Nail care, six or more", 7333),
)
DIAGNOSES = ("M54.50", "M25.511", "H52.13", "G44.209", "S93.401A", "F41.9", "E11.9")
DENIALS = (
    ("CO-97", "Included in another service"),
    ("CO-29", "The time limit for filing has expired"),
    ("PR-204", "Not covered under the patient's plan"),
)
_MODIFIERS = ("25", "59", "RT", "LT", "GP")
_OUTCOMES = (
    ("paid", 58),
    ("partly_paid", 14),
    ("denied", 9),
    ("void", 5),
    ("pending", 8),
    ("error", 2),
    ("draft", 3),
    ("disposition_unknown", 1),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One service on a claim, in cents."""

    code: str
    words: str
    units: int
    price: int

    @property
    def net(self) -> int:
        """Give the charge."""
        return self.units * self.price


@dataclass(frozen=True, slots=True)
class Bill:
    """One claim and what came of it."""

    id: str
    number: str
    day: date
    outcome: str
    provider: Provider
    insurance: Insurance
    lines: tuple[Line, ...]
    paid: int
    is_appealed: bool

    @property
    def total(self) -> int:
        """Give the sum of the lines."""
        return sum(line.net for line in self.lines)


def _lines(dice: Dice) -> tuple[Line, ...]:
    count = dice.weighted(((1, 30), (2, 30), (3, 20), (4, 12), (5, 8)))
    return tuple(
        Line(code, text, dice.weighted(((1, 75), (2, 18), (3, 5), (4, 2))), price)
        for code, text, price in dice.some(PROCEDURES, count=count)
    )


def _bill(chart: Chart, *, place: int, desk: Desk) -> Bill:
    dice = Dice(desk.seed, "bill", chart.number, place)
    lines = _lines(dice)
    outcome = dice.weighted(_OUTCOMES)
    total = sum(line.net for line in lines)
    paid = {"paid": total, "partly_paid": total * dice.whole(30, 85) // 100}.get(outcome, 0)
    return Bill(
        id=f"clm-{chart.id}-{place}",
        number=f"C{chart.number:06d}-{place:02d}",
        day=dates.weekday_on_or_after(dates.days_ago(dice.whole(10, 1000))),
        outcome=outcome,
        provider=chart.provider,
        insurance=dice.pick(plan_insurances(chart, desk=desk)),
        lines=lines,
        paid=paid,
        is_appealed=outcome == "paid" and dice.chance(4),
    )


def plan_bills(chart: Chart, *, desk: Desk) -> list[Bill]:
    """Work out what was billed for a chart."""
    dice = desk.dice("bills", chart=chart)
    count = dice.weighted(((0, 12), (1, 24), (2, 32), (3, 20), (4, 12)))
    return [_bill(chart, place=place, desk=desk) for place in range(1, count + 1)]


def _item(line: Line, *, place: int, bill: Bill, chart: Chart, dice: Dice) -> Resource:
    coding: Resource = {"system": CPT, "code": line.code, "display": line.words}
    item: Resource = {
        "sequence": place,
        "productOrService": {"coding": [coding], "text": line.words},
        "servicedDate": bill.day.isoformat(),
        "locationReference": ref("Location", chart.site.id),
        "quantity": {"value": line.units},
        "unitPrice": usd(Decimal(line.price).scaleb(-2)),
        "net": usd(Decimal(line.net).scaleb(-2)),
    }
    if dice.chance(20):
        item["modifier"] = [concept("", code=dice.pick(_MODIFIERS))]
    return item


def _diagnoses(dice: Dice) -> list[Resource]:
    codes = dice.some(DIAGNOSES, count=dice.whole(1, 2))
    return [
        {"sequence": place, "diagnosisCodeableConcept": concept("", system=ICD10, code=code)}
        for place, code in enumerate(codes, start=1)
    ]


def _claim(bill: Bill, *, chart: Chart, desk: Desk) -> Resource:
    dice = Dice(desk.seed, "claim", bill.id)
    created = bill.day + timedelta(days=dice.whole(0, 6))
    status = {"void": "cancelled", "draft": "draft"}.get(bill.outcome, "active")
    state = dice.pick(("NY", "AZ", "NJ"))
    place = bill.insurance.place
    body: Resource = {
        "extension": [extension("custom/accident_state", kind="valueCode", value=state)]
        if dice.chance(12)
        else [],
        "identifier": [{"system": "https://demo-clinic.example/claims", "value": bill.number}],
        "status": status,
        "type": concept("", system=TERMINOLOGY + "claim-type", code="professional"),
        "use": "claim",
        "patient": ref("Patient", chart.id),
        "billablePeriod": {"start": bill.day.isoformat(), "end": bill.day.isoformat()},
        "created": created.isoformat(),
        "insurer": ref("Organization", bill.insurance.payer.id),
        "provider": ref("Practitioner", bill.provider.id),
        "priority": concept("", code="normal"),
        "diagnosis": _diagnoses(dice),
        "insurance": [
            {"sequence": place, "focal": True, "coverage": ref("Coverage", bill.insurance.id)}
        ],
        "item": [
            _item(line, place=number, bill=bill, chart=chart, dice=dice)
            for number, line in enumerate(bill.lines, start=1)
        ],
        "total": usd(Decimal(bill.total).scaleb(-2)),
    }
    modified = dates.modified_on(dice, day=created)
    return resource("Claim", ident=bill.id, modified=modified, body=body)


_ANSWERS = {
    "paid": ("complete", "Paid"),
    "partly_paid": ("partial", "Partially paid"),
    "denied": ("complete", "Denied"),
    "disposition_unknown": ("complete", "Settled per clause 9b"),
    "pending": ("queued", "Pending"),
    "error": ("error", "Rejected: not readable"),
}


def _share(line: Line, *, bill: Bill) -> int:
    return line.net * bill.paid // bill.total if bill.total else 0


def _adjudication(line: Line, *, bill: Bill, share: int, reason: Resource) -> list[Resource]:
    system = TERMINOLOGY + "adjudication"
    made: list[Resource] = [
        {
            "category": concept("", system=system, code="submitted"),
            "amount": usd(Decimal(line.net).scaleb(-2)),
        },
        {
            "category": concept("", system=system, code="benefit"),
            "amount": usd(Decimal(share).scaleb(-2)),
        },
    ]
    if bill.outcome == "denied":
        denied = {"category": concept("", code="denied"), "reason": reason}
        made.append({**denied, "amount": usd(Decimal(line.net).scaleb(-2))})
    return made


def _response_items(bill: Bill, *, reason: Resource) -> list[Resource]:
    shares = [_share(line, bill=bill) for line in bill.lines]
    shares[-1] += bill.paid - sum(shares)
    return [
        {
            "itemSequence": place,
            "adjudication": _adjudication(line, bill=bill, share=share, reason=reason),
        }
        for place, (line, share) in enumerate(zip(bill.lines, shares, strict=True), start=1)
    ]


def _response(bill: Bill, *, chart: Chart, desk: Desk) -> Resource:
    dice = Dice(desk.seed, "claim-response", bill.id)
    outcome, disposition = _ANSWERS[bill.outcome]
    answered = min(bill.day + timedelta(days=dice.whole(7, 40)), dates.days_ago(1))
    code, text = dice.pick(DENIALS)
    reason = concept(text, code=code)
    paid = {
        "type": concept("", code="partial" if bill.outcome == "partly_paid" else "complete"),
        "date": answered.isoformat(),
        "amount": usd(Decimal(bill.paid).scaleb(-2)),
    }
    body: Resource = {
        "status": "active",
        "type": concept("", system=TERMINOLOGY + "claim-type", code="professional"),
        "use": "claim",
        "patient": ref("Patient", chart.id),
        "created": answered.isoformat(),
        "insurer": ref("Organization", bill.insurance.payer.id),
        "request": ref("Claim", bill.id),
        "outcome": outcome,
        "disposition": disposition,
        "item": []
        if bill.outcome in ("pending", "error")
        else _response_items(bill, reason=reason),
        "payment": paid if bill.paid else None,
        "error": [{"code": concept("Member id not on file", code="a001")}]
        if bill.outcome == "error"
        else [],
    }
    modified = dates.modified_on(dice, day=answered)
    return resource("ClaimResponse", ident=f"cr.{bill.id}", modified=modified, body=body)


def _first_answer(bill: Bill, *, chart: Chart, desk: Desk) -> Resource:
    """Make the refusal that came before an appeal had success."""
    denied = _response(replace(bill, outcome="denied", paid=0), chart=chart, desk=desk)
    denied["id"] += ".first"
    denied["created"] = (bill.day + timedelta(days=1)).isoformat()
    return denied


def claims(chart: Chart, *, desk: Desk) -> list[Resource]:
    """Make a chart's claims and the payers' answers; void and draft ones got none."""
    made = []
    for bill in plan_bills(chart, desk=desk):
        made.append(_claim(bill, chart=chart, desk=desk))
        if bill.outcome in _ANSWERS:
            made.append(_response(bill, chart=chart, desk=desk))
        if bill.is_appealed:
            made.append(_first_answer(bill, chart=chart, desk=desk))
            desk.truth.note("claim_answered_twice", f"Claim/{bill.id}", person=chart.person)
        if bill.outcome != "draft":
            desk.truth.note(f"claim_{bill.outcome}", f"Claim/{bill.id}", person=chart.person)
    return made
