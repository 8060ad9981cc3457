"""The truth: each defect is written down at the moment it is planted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Set
from dataclasses import dataclass, field
from typing import Any

from extract.demo_clinic.catalogue import MEANINGS
from extract.demo_clinic.dates import REFERENCE_DAY

COMMENT = (
    "Everybody and everything in here is invented. NPIs have a valid check digit but begin with 9,"
    " which no issued NPI does; phone numbers are 555-01xx; e-mail domains are example.* or *.test."
)


class DefectNotInCatalogue(ValueError):
    """A defect was planted that the catalogue does not explain."""


@dataclass(slots=True)
class _Planted:
    ids: list[str] = field(default_factory=list)
    people: dict[str, str] = field(default_factory=dict)
    groups: list[list[str]] = field(default_factory=list)


class Truth:
    """Keep count of what was generated and of what is wrong with it."""

    __slots__ = ("_counts", "_defects", "_people", "_touched", "patients", "seed")

    def __init__(self, *, patients: int, seed: int) -> None:
        self.patients = patients
        self.seed = seed
        self._people = 0
        self._counts: Counter[str] = Counter()
        self._defects = {name: _Planted() for name in MEANINGS}
        self._touched: set[str] = set()

    def plant(self, defect: str, *records: str, person: str = "") -> None:
        """
        Write down that these records (`Type/id`) have a defect and, if it has one, whose they are.

        Raises:
            DefectNotInCatalogue: the catalogue has no such class.

        """
        self.note(defect, *records, person=person)
        self._touched.update(records)

    def note(self, defect: str, *records: str, person: str = "") -> None:
        """
        Write down a state that leaves room for another defect of the same record.

        Raises:
            DefectNotInCatalogue: the catalogue has no such class.

        """
        planted = self._defects.get(defect)
        if planted is None:
            raise DefectNotInCatalogue(defect)
        planted.ids.extend(records)
        if person:
            planted.people.update(dict.fromkeys(records, person))

    def group(self, defect: str, *records: str) -> None:
        """Write down which records of a defect belong together, in a telling order."""
        self._defects[defect].groups.append(list(records))

    def is_untouched(self, record: str) -> bool:
        """Tell whether a record of the family in work has no defect yet."""
        return record not in self._touched

    def forget_touched(self) -> None:
        """Drop the memory of touched records, when a family is complete."""
        self._touched.clear()

    def count(self, kind: str) -> None:
        """Count a resource that leaves the generator."""
        self._counts[kind] += 1

    def count_people(self, number: int) -> None:
        """Count people, who may have several charts each."""
        self._people += number

    def in_groups(self) -> set[str]:
        """Name the records that a defect puts together with others."""
        return {
            record
            for planted in self._defects.values()
            for group in planted.groups
            for record in group
        }

    def of_patients(self) -> set[str]:
        """Name the charts that have a defect themselves, and not only in what hangs on them."""
        named = (record for planted in self._defects.values() for record in planted.ids)
        return {record for record in named if record.startswith("Patient/")}

    def forget(self, records: Set[str], *, people: int) -> None:
        """Take out what was deleted: records, none of them in a group, and people."""
        self._people -= people
        self._counts.subtract(record.partition("/")[0] for record in records)
        for planted in self._defects.values():
            planted.ids[:] = [record for record in planted.ids if record not in records]
            for record in records & planted.people.keys():
                del planted.people[record]

    def as_json(self) -> dict[str, Any]:
        """Give the whole truth in the form that `truth` prints."""
        return {
            "comment": COMMENT,
            "patients": self.patients,
            "seed": self.seed,
            "reference_date": REFERENCE_DAY.isoformat(),
            "people": self._people,
            "counts": dict(sorted((+self._counts).items())),
            "defects": {name: self._told(name) for name in sorted(self._defects)},
        }

    def _told(self, name: str) -> dict[str, Any]:
        planted = self._defects[name]
        told: dict[str, Any] = {
            "meaning": MEANINGS[name],
            "records": len(set(planted.ids)),
            "people": len(set(planted.people.values())),
            "ids": list(dict.fromkeys(planted.ids)),
        }
        if planted.groups:
            told["groups"] = planted.groups
        return told
