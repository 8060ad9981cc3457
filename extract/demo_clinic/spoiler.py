"""What a spoiler is: one thing that goes wrong with one kind of record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from extract.demo_clinic.dice import Dice
from extract.demo_clinic.practice import Practice
from extract.demo_clinic.shapes import Resource


@dataclass(frozen=True, slots=True)
class Hand:
    """What a spoiler may use."""

    dice: Dice
    practice: Practice


# Spoils a record in place and says yes, or leaves it as it is and says no.
Spoil = Callable[[Resource, Hand], bool]


@dataclass(frozen=True, slots=True)
class Spoiler:
    """A defect, the kind of record that gets it, and the deed (on a copy, if so said)."""

    defect: str
    kind: str
    spoil: Spoil
    on_copy: bool = False


def references(node: object) -> Iterator[Resource]:
    """Walk a resource and give each of its references."""
    if isinstance(node, dict):
        if "reference" in node:
            yield node
        for child in node.values():
            yield from references(child)
    elif isinstance(node, list):
        for child in node:
            yield from references(child)


def orphaning(kind: str) -> Spoil:
    """Make a deed that points a record's references of a kind at something that is not there."""

    def spoil(record: Resource, _: Hand) -> bool:
        found = [one for one in references(record) if one["reference"].startswith(f"{kind}/")]
        for one in found:
            one["reference"] = f"{kind}/gone-{record['id']}"[:70]
        return bool(found)

    return spoil


def setting(name: str, *, value: object) -> Spoil:
    """Make a deed that gives an element another value, where there is one."""

    def spoil(record: Resource, _: Hand) -> bool:
        if name not in record:
            return False
        record[name] = value
        return True

    return spoil


def dropping(*names: str) -> Spoil:
    """Make a deed that removes elements, where all of them are there."""

    def spoil(record: Resource, _: Hand) -> bool:
        if not all(name in record for name in names):
            return False
        for name in names:
            del record[name]
        return True

    return spoil


def entered_in_error(record: Resource, _: Hand) -> bool:
    """Take a record back, the way FHIR does."""
    if record["status"] in ("cancelled", "draft"):
        return False
    record["status"] = "entered-in-error"
    return True
