"""What the official object reference says of each field, read from its JSON files as facts."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
REFERENCE = ROOT.parent / "shared" / "salesforce-objects"
EXCEPTIONS = Path(__file__).with_name("catalogue_exceptions.csv")
# Why the org may differ from its reference; nothing else is a reason.
REASONS = frozenset({
    "contradicts",  # the reference contradicts itself or the contract
    "internal_use",  # reserved by the maker
    "known",  # seen in real orgs, left out by the reference
    "needs_feature",  # a feature or licence that a plain Sales Cloud org lacks
    "needs_permission",  # writable with a system permission only
    "not_imitated",  # the stand-in has not what the field points at or is computed from
    "person_accounts",  # this org has none
    "retired",  # not in the API versions that still answer
})  # fmt: skip
_FLAGS = {
    "create": "createable",
    "update": "updateable",
    "nillable": "nillable",
    "filter": "filterable",
    "group": "groupable",
    "sort": "sortable",
    "defaulted on create": "defaultedOnCreate",
    "restricted picklist": "restrictedPicklist",
    "idlookup": "idLookup",
}
_CHILDREN = re.compile(r'<element name="(\w+)"[^>]*type="tns:QueryResult"')
_SIZES = ("length", "digits", "precision", "scale")


@dataclass(frozen=True, slots=True)
class Documented:
    """One object's fields as describe should show them, by lower-case name."""

    fields: Mapping[str, Mapping[str, object]]
    mentioned: frozenset[str]


@dataclass(frozen=True, slots=True)
class Admitted:
    """One admitted difference between the org and its reference."""

    sobject: str
    field: str
    difference: str
    reason: str
    note: str

    @property
    def key(self) -> tuple[str, str, str]:
        """Name what differs."""
        return self.sobject, self.field.lower(), self.difference


def documented_objects() -> list[str]:
    """List the objects that the reference at hand describes."""
    return sorted(path.stem for path in REFERENCE.glob("*.json"))


def documented(sobject: str) -> Documented:
    """Read one object's reference."""
    content = json.loads((REFERENCE / f"{sobject}.json").read_text(encoding="utf-8"))
    sizes = {name.lower(): fact for name, fact in content["field_reference"].items()}
    fields = {
        name.lower(): _expected(fact, sizes.get(name.lower(), {}))
        for name, fact in content["fields"].items()
    }
    return Documented(fields, frozenset(fields) | frozenset(sizes))


def _expected(fact: Mapping[str, str], size: Mapping[str, str]) -> dict[str, object]:
    stated = {part.strip().lower() for part in fact.get("properties", "").split(",")}
    expected: dict[str, object] = {"type": fact["type"].lower()}
    expected |= {attribute: flag in stated for flag, attribute in _FLAGS.items()}
    if size:
        expected["label"] = size["field_label"]
    expected |= {name: int(size[name]) for name in _SIZES if name in size}
    if fact.get("relationship_name"):
        expected["relationshipName"] = fact["relationship_name"]
    if fact.get("refers_to"):
        expected["referenceTo"] = frozenset(re.split(r",\s*", fact["refers_to"]))
    return expected


def differences(
    sobject: str, described: Iterable[Mapping[str, object]], *, objects: frozenset[str]
) -> set[tuple[str, str, str]]:
    """List what describe shows otherwise than the reference says: (object, field, what)."""
    wanted = documented(sobject)
    found = {str(field["name"]).lower(): field for field in described}
    differing = {(sobject, name, "absent") for name in wanted.fields.keys() - found.keys()}
    differing |= {(sobject, name, "undocumented") for name in found.keys() - wanted.mentioned}
    for name in wanted.fields.keys() & found.keys():
        for attribute, value in wanted.fields[name].items():
            if not _agrees(found[name][attribute], value, objects):
                differing.add((sobject, name, attribute))
    return differing


def _agrees(shown: object, value: object, objects: frozenset[str]) -> bool:
    """Compare one attribute; of a lookup's many targets, the org's own objects have to be there."""
    if isinstance(value, frozenset) and isinstance(shown, list):
        return value & objects <= frozenset(shown) <= value
    return shown == value


def children(sobject: str) -> frozenset[str]:
    """Name the child relationships that the object's WSDL knows."""
    content = json.loads((REFERENCE / f"{sobject}.json").read_text(encoding="utf-8"))
    return frozenset(_CHILDREN.findall(content.get("wsdl_segment") or ""))


def exceptions() -> list[Admitted]:
    """Read the admitted differences."""
    with EXCEPTIONS.open(encoding="utf-8", newline="") as lines:
        return [Admitted(**row) for row in csv.DictReader(lines)]
