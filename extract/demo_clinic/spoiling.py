"""Spoil ordinary records: each block of charts gets each spoiler once, as soon as one suits."""

from __future__ import annotations

from copy import deepcopy

from extract.demo_clinic.desk import Desk
from extract.demo_clinic.families import Family
from extract.demo_clinic.shapes import Resource, address_of
from extract.demo_clinic.spoil_money import CLAIM_SPOILERS, MONEY_SPOILERS
from extract.demo_clinic.spoil_people import FAMILY_SPOILERS, PATIENT_SPOILERS
from extract.demo_clinic.spoil_records import CLINICAL_SPOILERS, NOTE_SPOILERS
from extract.demo_clinic.spoil_visits import MESSAGE_SPOILERS, VISIT_SPOILERS
from extract.demo_clinic.spoiler import Hand, Spoiler, references

# In the order of weight: a very small practice sees the first of each only.
_ALL = (
    PATIENT_SPOILERS,
    VISIT_SPOILERS,
    CLAIM_SPOILERS,
    NOTE_SPOILERS,
    FAMILY_SPOILERS,
    CLINICAL_SPOILERS,
    MONEY_SPOILERS,
    MESSAGE_SPOILERS,
)
_A_CHART = 3


def all_spoilers() -> list[Spoiler]:
    """Give one of each topic in turn, so that no kind of record waits for the last charts."""
    longest = max(len(group) for group in _ALL)
    return [group[place] for place in range(longest) for group in _ALL if place < len(group)]


def _owner(record: Resource) -> str:
    """Name the patient that a record is about, before anything is done to it."""
    if record["resourceType"] == "Patient":
        return address_of(record)
    about = [record[name] for name in ("patient", "subject", "beneficiary") if name in record]
    named = (one["reference"] for one in references(about or record))
    return next((name for name in named if name.startswith("Patient/")), "")


def _spoil_one(
    spoiler: Spoiler, *, records: list[Resource], hand: Hand, desk: Desk
) -> tuple[Resource, str] | None:
    """Spoil the first record that suits; give it and whose it was, or nothing."""
    for record in records:
        if record["resourceType"] != spoiler.kind or not desk.truth.is_untouched(
            address_of(record)
        ):
            continue
        victim, owner = record, _owner(record)
        if spoiler.on_copy:
            victim = deepcopy(record)
            victim["id"] = f"stray.{record['id']}"
        if spoiler.spoil(victim, hand):
            return victim, owner
    return None


def spoil_family(
    family: Family, *, records: list[Resource], pending: list[Spoiler], desk: Desk
) -> list[Resource]:
    """
    Apply some of the pending spoilers to a family's records; give back those with strays added.

    A spoiler that is used leaves `pending`.
    """
    hand = Hand(desk.dice("spoil", chart=family.head), desk.practice)
    owners = {chart.key: chart.person for chart in family.charts}
    left = _A_CHART * len(family.charts)
    strays: list[Resource] = []
    for spoiler in list(pending):
        if not left:
            break
        spoiled = _spoil_one(spoiler, records=records, hand=hand, desk=desk)
        if spoiled is None:
            continue
        if spoiler.on_copy:
            strays.append(spoiled[0])
        victim, owner = spoiled
        desk.truth.plant(spoiler.defect, address_of(victim), person=owners.get(owner, ""))
        pending.remove(spoiler)
        left -= 1
    return records + strays
