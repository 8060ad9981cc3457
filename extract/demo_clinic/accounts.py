"""Account resources: who pays for whom, which decides the households, and what is owed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from extract.demo_clinic import dates
from extract.demo_clinic.desk import Desk
from extract.demo_clinic.dice import Dice
from extract.demo_clinic.families import Chart, Family
from extract.demo_clinic.practice import CLINIC_ID
from extract.demo_clinic.relatives import Relation
from extract.demo_clinic.shapes import Resource, created_at, extension, ref, resource, usd

_ACCOUNT_SHARE = 92


@dataclass(frozen=True, slots=True)
class AccountPlan:
    """One billing account: whose it is, who pays, since when."""

    id: str
    of: Chart
    party: Resource
    days_open: int
    is_active: bool = True


def account_id(chart: Chart, *, desk: Desk) -> str:
    """Name the account that a chart's charges go to; empty if there is none."""
    dice = Dice(desk.seed, "has-account", chart.number)
    has_one = bool(chart.cases) or chart.is_minor or dice.chance(_ACCOUNT_SHARE)
    return f"acct-{chart.id}-1" if has_one else ""


def _own_relation(chart: Chart, *, relations: list[Relation]) -> Relation | None:
    return next((found for found in relations if found.of.id == chart.id), None)


def _payer_of(
    chart: Chart, *, family: Family, relations: list[Relation], desk: Desk
) -> tuple[Resource, str]:
    """Tell who pays for a chart, and the defects that this makes."""
    relation = _own_relation(chart, relations=relations)
    if relation is not None and not chart.cases.isdisjoint(
        {"outside_guarantor", "adult_child_guarantor"}
    ):
        return ref("RelatedPerson", relation.id), "guarantor_not_a_patient"
    if "guarantor_loop" in chart.cases:
        other = next(one for one in family.charts if one.id != chart.id)
        return ref("Patient", other.id), "guarantor_loop"
    if chart.is_minor and relation is not None and desk.dice("party", chart=chart).chance(40):
        return ref("RelatedPerson", relation.id), ""
    if chart.role in ("spouse", "child"):
        return ref("Patient", family.head.id), ""
    return ref("Patient", chart.id), ""


def _plans(
    chart: Chart, *, family: Family, relations: list[Relation], desk: Desk
) -> list[AccountPlan]:
    dice = desk.dice("account", chart=chart)
    first = account_id(chart, desk=desk)
    if not first:
        return []
    party, defect = _payer_of(chart, family=family, relations=relations, desk=desk)
    made = [AccountPlan(first, chart, party, days_open=dice.whole(40, 900))]
    if "two_homes" in chart.cases:
        mother, father = (ref("Patient", parent.id) for parent in family.charts[:2])
        made = [
            AccountPlan(f"acct-{chart.id}-1", chart, mother, days_open=800),
            AccountPlan(f"acct-{chart.id}-2", chart, father, days_open=200),
        ]
    elif dice.chance(6):
        old = AccountPlan(
            f"acct-{chart.id}-0", chart, ref("Patient", chart.id), days_open=1400, is_active=False
        )
        made.append(old)
    _write_down(made, defect=defect, desk=desk)
    return made


def _write_down(plans: list[AccountPlan], *, defect: str, desk: Desk) -> None:
    chart = plans[0].of
    first = f"Account/{plans[0].id}"
    both = [f"Account/{plan.id}" for plan in plans]
    if defect:
        desk.truth.plant(defect, first, person=chart.person)
    if "two_homes" in chart.cases:
        desk.truth.plant("family_across_two_households", *both, person=chart.person)
    if chart.is_minor:
        outside = defect == "guarantor_not_a_patient"
        whose = "minor_with_outside_guarantor" if outside else "minor_with_patient_guarantor"
        desk.truth.plant(whose, *both, person=chart.person)


def _account(plan: AccountPlan, *, desk: Desk) -> Resource:
    dice = Dice(desk.seed, "account", plan.id)
    opened = dates.days_ago(plan.days_open)
    owed = dice.weighted(((0, 45), (dice.whole(500, 60_000), 47), (-dice.whole(500, 5000), 8)))
    body: Resource = {
        "extension": [
            created_at(dates.instant(opened, second=dice.whole(0, 86_399))),
            extension("account-balance", kind="valueMoney", value=usd(Decimal(owed).scaleb(-2))),
        ],
        "status": "active" if plan.is_active else "inactive",
        "name": f"Account of chart {plan.of.number}",
        "subject": [ref("Patient", plan.of.id)],
        "servicePeriod": {"start": opened.isoformat()},
        "owner": ref("Organization", CLINIC_ID),
        "guarantor": [{"party": plan.party, "onHold": False}],
    }
    modified = dates.modified_on(dice, day=opened)
    return resource("Account", ident=plan.id, modified=modified, body=body)


def accounts(family: Family, *, relations: list[Relation], desk: Desk) -> list[Resource]:
    """Make the accounts of a family."""
    return [
        _account(plan, desk=desk)
        for chart in family.charts
        for plan in _plans(chart, family=family, relations=relations, desk=desk)
    ]
