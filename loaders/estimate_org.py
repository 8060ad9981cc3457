"""What the org brings into an estimate: its limits, and what runs when a record is saved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simple_salesforce.exceptions import SalesforceMalformedRequest, SalesforceResourceNotFound

from loaders.contract import Mapping
from loaders.describe import describe_all
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
    return OrgFacts(
        alias=org.alias,
        org_id=org.org_id,
        left={name: each["Remaining"] for name, each in read_limits(org).items()},
        active={
            "duplicate rules": _count(
                org,
                org.rest.query,
                f"SELECT COUNT() FROM DuplicateRule WHERE IsActive = true AND SobjectType IN ({names})",  # noqa: S608, E501 - names of the mapping
            ),
            "validation rules": _count(
                org, _tooling(org), "SELECT COUNT() FROM ValidationRule WHERE Active = true"
            ),
            "Apex triggers": _count(
                org, _tooling(org), "SELECT COUNT() FROM ApexTrigger WHERE Status = 'Active'"
            ),
            "flows": _count(
                org,
                org.rest.query,
                "SELECT COUNT() FROM FlowDefinitionView WHERE IsActive = true"
                " AND TriggerType IN ('RecordBeforeSave', 'RecordAfterSave')",
            ),
            "required fields that we do not fill": _unfilled(org, mapping),
        },
    )


def _tooling(org: Org) -> Callable[[str], Any]:
    def query(soql: str) -> Any:  # noqa: ANN401 - the answer as the org gives it
        return org.rest.restful("tooling/query/", params={"q": soql})

    return query


def _count(org: Org, query: Callable[[str], Any], soql: str) -> int | None:
    """Count by one query; None where this user, edition or version does not know the object."""
    with org_calls(org.alias):
        try:
            return int(query(soql)["totalSize"])
        except (SalesforceMalformedRequest, SalesforceResourceNotFound):
            return None


def _unfilled(org: Org, mapping: Mapping) -> int:
    """Count what the org demands of a new record and no column of the mart gives."""
    described = describe_all(org, sorted(mapping.objects()))
    return sum(
        is_required(field)
        for name, found in described.items()
        for field in found.fields.values()
        if field.name not in {column.name for column in mapping.mart(name).columns}
    )
