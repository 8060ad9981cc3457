"""What an org does by itself when a record is saved: rules, triggers, flows and e-mail alerts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from simple_salesforce.exceptions import (
    SalesforceMalformedRequest,
    SalesforceRefusedRequest,
    SalesforceResourceNotFound,
)

from loaders.org_connection import Org, org_calls


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of automation, and how an org is asked for the active ones."""

    name: str
    soql: str
    # Where the answer has the automation's own name.
    own: str
    # The relationship under which the answer names the object it acts on.
    on: str = "EntityDefinition"


VALIDATION_RULES = Kind(
    "validation rules",
    "SELECT ValidationName, EntityDefinition.QualifiedApiName FROM ValidationRule"
    " WHERE Active = true",
    own="ValidationName",
)
TRIGGERS = Kind(
    "Apex triggers",
    "SELECT Name, EntityDefinition.QualifiedApiName FROM ApexTrigger WHERE Status = 'Active'",
    own="Name",
)
FLOWS = Kind(
    "flows",
    "SELECT ApiName, TriggerObjectOrEvent.QualifiedApiName FROM FlowDefinitionView"
    " WHERE IsActive = true AND TriggerType IN ('RecordBeforeSave', 'RecordAfterSave')",
    own="ApiName",
    on="TriggerObjectOrEvent",
)
ALERTS = Kind(
    "e-mail alerts",
    "SELECT DeveloperName, EntityDefinition.QualifiedApiName FROM WorkflowAlert",
    own="DeveloperName",
)
_NO_ACCESS = "INSUFFICIENT_ACCESS"
KINDS = (VALIDATION_RULES, TRIGGERS, FLOWS, ALERTS)

# Object -> the names of its automations; None where this org, edition or user does not tell.
Names = dict[str, tuple[str, ...]]


def read_automations(org: Org, kind: Kind, objects: Collection[str]) -> Names | None:
    """
    Name the active automations of one kind on these objects.

    Raises:
        Unavailable: the org cannot be reached or read.

    """
    with org_calls(org.alias):
        try:
            records = _records(org, kind)
        except (SalesforceMalformedRequest, SalesforceResourceNotFound):
            return None
        except SalesforceRefusedRequest as refusal:
            # Other refusals, a used-up limit above all, are no answer to this question.
            if _NO_ACCESS not in str(refusal.content):
                raise
            return None
    found: dict[str, list[str]] = {}
    for each in records:
        sobject = str((each[kind.on] or {}).get("QualifiedApiName"))
        if sobject in objects:
            found.setdefault(sobject, []).append(str(each[kind.own]))
    return {name: tuple(sorted(names)) for name, names in sorted(found.items())}


def _records(org: Org, kind: Kind) -> list[dict[str, Any]]:
    """Ask the data API for flows and the Tooling API for all else, page by page."""
    if kind is FLOWS:
        records: list[dict[str, Any]] = org.rest.query_all(kind.soql)["records"]
        return records
    records, path, asked = [], "tooling/query/", {"q": kind.soql}
    while path:
        page = org.rest.restful(path, params=asked) or {}
        records += page["records"]
        # A further page is named by its whole path.
        path = str(page.get("nextRecordsUrl") or "").partition(f"/v{org.api_version}/")[2]
        asked = {}
    return records
