"""What the org brings into an estimate: its limits, and what runs when a record is saved."""

from __future__ import annotations

from dataclasses import dataclass

from loaders.contract import Mapping
from loaders.describe import describe_all
from loaders.org_automations import KINDS, Kind, read_automations
from loaders.org_connection import Org, org_calls
from loaders.preflight_org import read_limits
from loaders.preflight_schema import is_required
from loaders.soql import soql_literal


@dataclass(frozen=True, slots=True)
class OrgFacts:
    """An org as an estimate sees it."""

    alias: str
    org_id: str
    # Limit name -> what is left.
    left: dict[str, int]
    # What may act on a saved record -> how many; None where this org does not tell.
    active: dict[str, int | None]


def read_org(org: Org, mapping: Mapping) -> OrgFacts:
    """
    Ask an org for its limits and for everything that will act on our rows.

    Raises:
        Unavailable: the org cannot be reached or read.

    """
    names = ", ".join(soql_literal(name) for name in sorted(mapping.objects()))
    rules = f"SELECT COUNT() FROM DuplicateRule WHERE IsActive = true AND SobjectType IN ({names})"  # noqa: S608 - names of the mapping
    return OrgFacts(
        alias=org.alias,
        org_id=org.org_id,
        left={name: each["Remaining"] for name, each in read_limits(org).items()},
        active={
            "duplicate rules": _count(org, rules),
            **{kind.name: _number(org, kind, mapping) for kind in KINDS},
            "required fields that we do not fill": _unfilled(org, mapping),
        },
    )


def _count(org: Org, soql: str) -> int:
    with org_calls(org.alias):
        return int(org.rest.query(soql)["totalSize"])


def _number(org: Org, kind: Kind, mapping: Mapping) -> int | None:
    """Count the automations of one kind on our objects; None where the org does not tell."""
    found = read_automations(org, kind, mapping.objects())
    return None if found is None else sum(map(len, found.values()))


def _unfilled(org: Org, mapping: Mapping) -> int:
    """Count what the org demands of a new record and no column of the mart gives."""
    described = describe_all(org, sorted(mapping.objects()))
    return sum(
        is_required(field)
        for name, found in described.items()
        for field in found.fields.values()
        if field.name not in {column.name for column in mapping.mart(name).columns}
    )
