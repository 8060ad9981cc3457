"""Record types and the business processes that they need on opportunities and leads."""

# ruff: noqa: S608 - names come from the catalogue and are quoted, so are the values
from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import unquote_plus
from xml.etree import ElementTree

from loaders.stand_in_org.deploy_elements import children, flag, text
from loaders.stand_in_org.deploy_fields import read_values
from loaders.stand_in_org.deploy_problem import Problem
from loaders.stand_in_org.deployment import Applied, Deployment
from loaders.stand_in_org.model import Field, SObject
from loaders.stand_in_org.store import literal

_RECORD_TYPE = Field(
    "RecordTypeId", "Record Type ID", "reference", length=18,
    reference_to=("RecordType",), relationship_name="RecordType",
)  # fmt: skip


def apply_process(deployment: Deployment, owner: str, element: ElementTree.Element) -> Applied:
    """Create or change a business process: which stages (or statuses) it goes through."""
    name = text(element, "fullName")
    if name is None:
        raise Problem("Required field is missing: fullName")
    table = {"Opportunity": "OpportunityStage", "Lead": "LeadStatus"}.get(owner)
    if table is None:
        raise Problem(f"Business processes are not supported on {owner}")
    values = _decoded(children(element, "values"))
    if not values:
        raise Problem("Must specify at least one value for a BusinessProcess")
    known = {row[0] for row in deployment.world.run(f"SELECT MasterLabel FROM {table}").fetchall()}
    for one in values:
        if one not in known:
            raise Problem(f"Picklist value: {one} in picklist: {table} not found")
    made, fresh = deployment.upsert_setup(
        "BusinessProcess",
        where=f"Name = {literal(name)} AND TableEnumOrId = {literal(owner)}",
        values={"Name": name, "TableEnumOrId": owner, "IsActive": flag(element, "isActive"),
                "Description": text(element, "description")},
    )  # fmt: skip
    deployment.world.run('DELETE FROM "_process_value" WHERE process_id = ?', [made])
    for one in values:
        deployment.world.run('INSERT INTO "_process_value" VALUES (?, ?)', [made, one])
    return fresh, made


def apply_record_type(deployment: Deployment, owner: str, element: ElementTree.Element) -> Applied:
    """Create or change a record type."""
    name, label = text(element, "fullName"), text(element, "label")
    if name is None or label is None:
        raise Problem("Required field is missing: fullName or label")
    sobject = deployment.find(owner)
    if sobject is None:
        raise Problem(f"Entity of type '{owner}' named '{owner}' cannot be found")
    if "recordtypeid" not in sobject.fields:
        if not sobject.custom:
            raise Problem(f"Record types are not supported on {owner}")
        deployment.put_field(sobject, _RECORD_TYPE)
    offered = _offered_values(sobject, element)
    made, fresh = deployment.upsert_setup(
        "RecordType",
        where=f"DeveloperName = {literal(name)} AND SobjectType = {literal(owner)}",
        values={
            "DeveloperName": name, "Name": label, "SobjectType": owner,
            "IsActive": flag(element, "active"), "Description": text(element, "description"),
            "BusinessProcessId": _process_id(deployment, owner, text(element, "businessProcess")),
        },
    )  # fmt: skip
    deployment.world.run('DELETE FROM "_record_type_value" WHERE record_type_id = ?', [made])
    for picklist, value in offered:
        deployment.world.run(
            'INSERT INTO "_record_type_value" VALUES (?, ?, ?)', [made, picklist, value]
        )
    return fresh, made


def _process_id(deployment: Deployment, owner: str, name: str | None) -> str | None:
    if name is None:
        if owner in ("Opportunity", "Lead"):
            raise Problem("Required field is missing: businessProcess")
        return None
    found = deployment.world.one(
        'SELECT Id FROM "BusinessProcess" WHERE Name = ? AND TableEnumOrId = ?', [name, owner]
    )
    if found is None:
        raise Problem(f"In field: businessProcess - no BusinessProcess named {owner}.{name} found")
    return str(found)


def _offered_values(sobject: SObject, element: ElementTree.Element) -> list[tuple[str, str]]:
    """
    Read which values of which picklists a record type offers.

    Raises:
        Problem: a picklist, or one of its values, does not exist.

    """
    offered = []
    for picklist in children(element, "picklistValues"):
        name = text(picklist, "picklist") or ""
        field = sobject.fields.get(name.lower())
        if field is None:
            raise Problem(f"In field: picklist - no CustomField named {sobject.name}.{name} found")
        for value in _decoded(children(picklist, "values")):
            if field.picklist and value not in field.picklist:
                raise Problem(f"Picklist value: {value} in picklist: {name} not found")
            offered.append((name, value))
    return offered


def _decoded(entries: Iterable[ElementTree.Element]) -> tuple[str, ...]:
    """Read values as record types and processes name them: percent-encoded."""
    return tuple(unquote_plus(value) for value in read_values(list(entries)))
