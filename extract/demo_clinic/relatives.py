"""RelatedPerson resources: who is related to whom."""

from __future__ import annotations

from dataclasses import dataclass

from extract.demo_clinic import dates
from extract.demo_clinic.desk import Desk
from extract.demo_clinic.dice import Dice
from extract.demo_clinic.families import Address, Chart, Family, draw_address
from extract.demo_clinic.names import draw_family_name, draw_name, human_name
from extract.demo_clinic.practice import draw_phone
from extract.demo_clinic.shapes import ROLE_CODE, Resource, concept, created_at, ref, resource


@dataclass(frozen=True, slots=True)
class Relation:
    """Somebody's relative: another chart, or a person outside the practice."""

    id: str
    of: Chart
    code: str
    relative: Chart | None


def _told_of(chart: Chart, *, family: Family) -> list[tuple[Chart, str, Chart | None]]:
    """List the relations that a chart brings into its family: of whom, as what, who."""
    head = family.head
    if "two_homes" in chart.cases:
        return [(chart, "MTH", family.charts[0]), (chart, "FTH", family.charts[1])]
    if "loop" in chart.cases:
        return [(chart, "PRN", other) for other in family.charts if other.id != chart.id]
    outside = next((code for case, code in _OUTSIDE.items() if case in chart.cases), "")
    if outside:
        return [(chart, outside, None)]
    if "self_loop" in chart.cases:
        return [(chart, "FAMMEMB", chart)]
    if chart.role in ("spouse", "child"):
        parent = "MTH" if head.gender == "female" else "FTH"
        return [(head, "SPS", chart) if chart.role == "spouse" else (chart, parent, head)]
    is_alone = chart is head and chart.number % 4 == 0 and not family.is_scripted
    return [(chart, "FRND", None)] if is_alone else []


_OUTSIDE = {"outside_guarantor": "GUARD", "adult_child_guarantor": "CHILD"}


def relations_of(family: Family) -> list[Relation]:
    """Work out a family's relations, each told once, as practices do."""
    told = [found for chart in family.charts for found in _told_of(chart, family=family)]
    return [
        Relation(f"rel-{of.id}-{place}", of, code, relative)
        for place, (of, code, relative) in enumerate(told, start=1)
    ]


def links_of(chart: Chart, *, relations: list[Relation]) -> list[Resource]:
    """Link a chart to the chart that replaced it and to the relatives that it is itself."""
    made = [
        {"other": ref("RelatedPerson", relation.id), "type": "seealso"}
        for relation in relations
        if relation.relative is not None and relation.relative.id == chart.id
    ]
    if chart.replaced_by:
        made.append({"other": ref("Patient", chart.replaced_by), "type": "replaced-by"})
    return made


def fhir_address(home: Address) -> Resource:
    """Give a home address as FHIR has it."""
    return {
        "use": "home",
        "line": [home.street],
        "city": home.city,
        "state": home.state,
        "postalCode": home.postal_code,
        "country": "US",
    }


def _outsider(relation: Relation, *, dice: Dice) -> Resource:
    chart = relation.of
    gender = dice.pick(("female", "male"))
    kin = relation.code != "FRND" and chart.name.script == "plain"
    family = chart.name.family if kin else draw_family_name(dice, script="plain")
    name = draw_name(dice, family=family, gender=gender, script="plain")
    east = chart.site.is_east
    home = chart.address if chart.is_minor else draw_address(dice, is_east=east)
    years = (28, 60) if chart.is_minor else (19, 70)
    phone = {"system": "phone", "value": draw_phone(dice, is_east=east), "use": "mobile"}
    email = {"system": "email", "value": f"kin{chart.number}@example.org"}
    return {
        "name": [human_name(name, use="official")],
        "telecom": [phone, email] if dice.chance(50) else [phone],
        "birthDate": dates.days_ago(dice.whole(years[0] * 366, years[1] * 365)).isoformat(),
        "address": [fhir_address(home)],
    }


def _insider(relative: Chart) -> Resource:
    return {
        "name": [human_name(relative.name, use="official")],
        "telecom": [{"system": "phone", "value": relative.mobile_phone, "use": "mobile"}],
        "birthDate": relative.birth_date.isoformat(),
    }


def related_person(relation: Relation, *, desk: Desk) -> Resource:
    """Make the RelatedPerson of a relation, and write loops down."""
    dice = Dice(desk.seed, "related", relation.id)
    of, relative = relation.of, relation.relative
    body: Resource = {
        "extension": [created_at(dates.instant(of.since, second=dice.whole(0, 86_399)))],
        "active": not dice.chance(5),
        "patient": ref("Patient", of.id),
        "relationship": [concept("", system=ROLE_CODE, code=relation.code)],
        **(_outsider(relation, dice=dice) if relative is None else _insider(relative)),
    }
    modified = dates.modified_on(dice, day=dates.days_ago(dice.whole(1, 600)))
    made = resource("RelatedPerson", ident=relation.id, modified=modified, body=body)
    if not of.cases.isdisjoint({"loop", "self_loop"}):
        desk.truth.plant("relationship_loop", f"RelatedPerson/{relation.id}", person=of.person)
    return made
