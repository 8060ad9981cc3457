"""Everything the practice holds, family by family, in a stream: memory does not grow with it."""

from __future__ import annotations

from collections.abc import Iterator

from extract.demo_clinic.accounts import accounts
from extract.demo_clinic.casting import cast
from extract.demo_clinic.claims import claims
from extract.demo_clinic.clinical import clinical
from extract.demo_clinic.defects import Truth
from extract.demo_clinic.desk import Desk
from extract.demo_clinic.documents import documents
from extract.demo_clinic.families import Chart, Family, build_family
from extract.demo_clinic.followups import followups
from extract.demo_clinic.frame import frame
from extract.demo_clinic.insurance import coverages
from extract.demo_clinic.messages import messages
from extract.demo_clinic.money import money
from extract.demo_clinic.notes import notes
from extract.demo_clinic.patients import patient
from extract.demo_clinic.practice import build_practice
from extract.demo_clinic.relatives import Relation, related_person, relations_of
from extract.demo_clinic.shapes import Resource
from extract.demo_clinic.spoiler import Spoiler
from extract.demo_clinic.spoiling import all_spoilers, spoil_family
from extract.demo_clinic.visits import appointments


def _chart_records(
    chart: Chart, *, family: Family, relations: list[Relation], desk: Desk
) -> list[Resource]:
    return [
        patient(chart, relations=relations, desk=desk),
        *coverages(chart, family=family, desk=desk),
        *appointments(chart, desk=desk),
        *claims(chart, desk=desk),
        *money(chart, desk=desk),
        *notes(chart, desk=desk),
        *documents(chart, desk=desk),
        *clinical(chart, desk=desk),
        *followups(chart, desk=desk),
        *messages(chart, desk=desk),
    ]


def _write_down_copies(family: Family, *, truth: Truth) -> None:
    before: Chart | None = None
    for chart in family.charts:
        if before is not None and "duplicate" in chart.cases:
            truth.plant("duplicate_chart", before.key, chart.key, person=chart.person)
            truth.group("duplicate_chart", before.key, chart.key)
        if before is not None and "merged" in chart.cases:
            truth.group("merged_chart", chart.key, before.key)
            if before.replaced_by:
                truth.plant("merged_chart_chain", chart.key, person=chart.person)
        before = chart


def family_records(family: Family, *, desk: Desk) -> list[Resource]:
    """Make all resources of a family."""
    relations = relations_of(family)
    made = [
        record
        for chart in family.charts
        for record in _chart_records(chart, family=family, relations=relations, desk=desk)
    ]
    made += [related_person(relation, desk=desk) for relation in relations]
    made += accounts(family, relations=relations, desk=desk)
    _write_down_copies(family, truth=desk.truth)
    return made


def generate(*, patients: int, seed: int, truth: Truth) -> Iterator[Resource]:
    """Make the whole practice, and write down on the way what is wrong with it."""
    practice = build_practice(patients=patients, seed=seed)
    desk = Desk(practice, seed, truth)
    for record in frame(practice, seed=seed, truth=truth):
        truth.count(record["resourceType"])
        yield record
    number = 1
    pending: list[Spoiler] = []
    for begins_block, scene in cast(patients=patients, seed=seed):
        if begins_block:
            pending = all_spoilers()
        family = build_family(scene, practice=practice, seed=seed, first_number=number)
        number += len(family.charts)
        truth.count_people(len({chart.person for chart in family.charts}))
        records = family_records(family, desk=desk)
        if not scene.is_scripted:
            records = spoil_family(family, records=records, pending=pending, desk=desk)
        for record in records:
            truth.count(record["resourceType"])
            yield record
        truth.forget_touched()
