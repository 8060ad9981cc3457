"""Coverage resources: one to three insurances a patient."""

from __future__ import annotations

from dataclasses import dataclass

from extract.demo_clinic import dates
from extract.demo_clinic.desk import Desk
from extract.demo_clinic.dice import Dice
from extract.demo_clinic.families import Chart, Family
from extract.demo_clinic.practice import Payer
from extract.demo_clinic.shapes import TERMINOLOGY, Resource, concept, created_at, ref, resource

_KINDS = (("PPO", 35), ("HMO", 25), ("Medicare Sample Plan", 10), ("Vision", 15), ("Auto", 5))
_PLANS = ("Silver Lantern", "Gold Lantern", "Basic Pebble", "Family Pebble")


@dataclass(frozen=True, slots=True)
class Insurance:
    """One insurance of a chart, in the order in which it pays."""

    id: str
    payer: Payer
    place: int


def plan_insurances(chart: Chart, *, desk: Desk) -> list[Insurance]:
    """Work out who insures a chart's person."""
    dice = desk.dice("insurances", chart=chart)
    count = 3 if "three_coverages" in chart.cases else dice.weighted(((1, 62), (2, 28), (3, 10)))
    payers = dice.some(desk.practice.payers, count=count)
    return [
        Insurance(f"cov-{chart.id}-{place}", payer, place)
        for place, payer in enumerate(payers, start=1)
    ]


def _subscriber(chart: Chart, *, family: Family, dice: Dice) -> tuple[Resource, str]:
    if chart.role in ("spouse", "child") and dice.chance(80):
        code = "child" if chart.role == "child" else "spouse"
        return ref("Patient", family.head.id), code
    return ref("Patient", chart.id), "self"


def _coverage(insurance: Insurance, *, chart: Chart, family: Family, desk: Desk) -> Resource:
    dice = Dice(desk.seed, "coverage", insurance.id)
    subscriber, relationship = _subscriber(chart, family=family, dice=dice)
    begins = dates.days_ago(dice.whole(60, 1400))
    ended = dice.chance(12)
    classes = [("plan", dice.pick(_PLANS)), ("group", f"G-{dice.whole(1000, 9999)}")]
    body: Resource = {
        "extension": [created_at(dates.instant(begins, second=dice.whole(0, 86_399)))],
        "status": "cancelled" if ended else "active",
        "type": concept(dice.weighted(_KINDS)),
        "subscriber": subscriber,
        "subscriberId": f"{dice.pick(('XQ', 'ZD', 'DM'))}{dice.whole(10**7, 10**8 - 1):09d}",
        "beneficiary": ref("Patient", chart.id),
        "relationship": concept(
            "", system=TERMINOLOGY + "subscriber-relationship", code=relationship
        ),
        "period": {
            "start": begins.isoformat(),
            **({"end": dates.days_ago(dice.whole(1, 50)).isoformat()} if ended else {}),
        },
        "payor": [ref("Organization", insurance.payer.id)],
        "class": [
            {
                "type": concept("", system=TERMINOLOGY + "coverage-class", code=code),
                "value": value,
                "name": value,
            }
            for code, value in classes
            if dice.chance(80)
        ],
        "order": insurance.place,
    }
    modified = dates.modified_on(dice, day=begins)
    return resource("Coverage", ident=insurance.id, modified=modified, body=body)


def coverages(chart: Chart, *, family: Family, desk: Desk) -> list[Resource]:
    """Make a chart's coverages; in one chart of seven nobody stated the order."""
    insurances = plan_insurances(chart, desk=desk)
    made = [_coverage(one, chart=chart, family=family, desk=desk) for one in insurances]
    named = [f"Coverage/{one.id}" for one in insurances]
    if desk.dice("coverage-order", chart=chart).chance(14):
        for record in made:
            del record["order"]
        desk.truth.plant("coverage_without_order", *named, person=chart.person)
    if len(made) > 1:
        word = "two" if len(made) == 2 else "three"  # noqa: PLR2004 - three is the most
        desk.truth.plant(f"{word}_insurances", *named, person=chart.person)
    return made
