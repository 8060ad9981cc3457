"""Value sets, global and standard, and the org settings that metadata can switch."""

# ruff: noqa: S608 - names come from the catalogue and are quoted, so are the values
from __future__ import annotations

import json
from dataclasses import replace
from xml.etree import ElementTree

from loaders.stand_in_org.deploy_elements import children, flag, number, text
from loaders.stand_in_org.deploy_fields import read_values
from loaders.stand_in_org.deploy_package import Component
from loaders.stand_in_org.deploy_problem import Problem
from loaders.stand_in_org.deployment import Applied, Deployment
from loaders.stand_in_org.store import literal, quoted
from loaders.stand_in_org.xml_reading import local

# Which standard fields share a standard value set.
STANDARD_FIELDS = {
    "AccountType": (("Account", "Type"),),
    "AccountOwnership": (("Account", "Ownership"),),
    "AccountRating": (("Account", "Rating"),),
    "AccountContactMultiRoles": (("AccountContactRelation", "Roles"),),
    "AssetStatus": (("Asset", "Status"),),
    "EventSubject": (("Event", "Subject"),),
    "EventType": (("Event", "Type"),),
    "Industry": (("Account", "Industry"), ("Lead", "Industry")),
    "LeadSource": (
        ("Account", "AccountSource"),
        ("Contact", "LeadSource"),
        ("Lead", "LeadSource"),
        ("Opportunity", "LeadSource"),
    ),
    "LeadStatus": (("Lead", "Status"),),
    "OpportunityStage": (("Opportunity", "StageName"),),
    "OpportunityType": (("Opportunity", "Type"),),
    "Product2Family": (("Product2", "Family"),),
    "Salutation": (("Contact", "Salutation"), ("Lead", "Salutation")),
    "TaskPriority": (("Task", "Priority"),),
    "TaskStatus": (("Task", "Status"),),
    "TaskSubject": (("Task", "Subject"),),
    "TaskType": (("Task", "Type"),),
}
_FORECASTS = {
    "Omitted": "Omitted", "Pipeline": "Pipeline", "BestCase": "Best Case",
    "Forecast": "Commit", "Closed": "Closed",
}  # fmt: skip
# Lists that are objects of their own: their mark's column and element, and what they must not lack.
MARKS = {
    "LeadStatus": ("IsConverted", "converted", "At least one lead status must be converted"),
    "TaskPriority": ("IsHighPriority", "highPriority", None),
    "TaskStatus": ("IsClosed", "closed", "At least one task status must be closed"),
}


def apply_global(deployment: Deployment, component: Component) -> Applied:
    """Create or replace a global value set, and the values of the fields that use it."""
    root, name = component.root, component.full_name
    values = read_values(list(children(root, "customValue")))
    world = deployment.world
    where = f"kind = 'GlobalValueSet' AND name = {literal(name)}"
    before = world.one(f'SELECT body FROM "_value_set" WHERE {where}')
    world.run(f'DELETE FROM "_value_set" WHERE {where}')
    world.run(
        "INSERT INTO \"_value_set\" VALUES ('GlobalValueSet', ?, ?)", [name, json.dumps(values)]
    )
    for sobject in list(deployment.catalogue.values()):
        for field in sobject.fields.values():
            if field.value_set_name == name:
                deployment.put_field(sobject, replace(field, picklist=values))
    return before is None, None


def apply_standard(deployment: Deployment, component: Component) -> Applied:
    """Replace a standard value list: what the file leaves out is gone for users (contract 11)."""
    root, name = component.root, component.full_name
    if name not in STANDARD_FIELDS:
        raise Problem(f"Entity of type 'StandardValueSet' named '{name}' cannot be found")
    entries = list(children(root, "standardValue"))
    values = read_values(entries)
    if not values:
        raise Problem("Required field is missing: standardValue")
    _check_standard(name, entries)
    for owner, field_name in STANDARD_FIELDS[name]:
        sobject = deployment.catalogue[owner.lower()]
        field = sobject.fields[field_name.lower()]
        deployment.put_field(sobject, replace(field, picklist=values))
    match name:
        case "OpportunityStage":
            _replace_stages(deployment, entries)
        case "LeadStatus" | "TaskPriority" | "TaskStatus":
            _replace_rows(deployment, name, entries)
    return False, None


def _check_standard(name: str, entries: list[ElementTree.Element]) -> None:
    """Refuse a list that lacks what its values mean, before anything is changed."""
    _, mark, lacking = MARKS.get(name, ("", "", None))
    if lacking is not None and not any(flag(entry, mark) for entry in entries):
        raise Problem(lacking)
    for entry in entries if name == "OpportunityStage" else ():
        if text(entry, "forecastCategory") not in _FORECASTS:
            raise Problem(f"Stage {text(entry, 'fullName')} needs a forecastCategory", at=entry)


def _replace_stages(deployment: Deployment, entries: list[ElementTree.Element]) -> None:
    world = deployment.world
    world.run(f"UPDATE OpportunityStage SET IsActive = false, {world.stamp()}")
    for place, entry in enumerate(entries, 1):
        name = text(entry, "fullName") or ""
        forecast = text(entry, "forecastCategory") or ""
        deployment.upsert_setup(
            "OpportunityStage",
            where=f"MasterLabel = {literal(name)}",
            values={
                "MasterLabel": name, "ApiName": name, "SortOrder": place,
                "IsActive": text(entry, "isActive") != "false", "IsClosed": flag(entry, "closed"),
                "IsWon": flag(entry, "won"), "ForecastCategory": forecast,
                "ForecastCategoryName": _FORECASTS[forecast],
                "DefaultProbability": number(entry, "probability") or 0,
            },
        )  # fmt: skip


def _replace_rows(deployment: Deployment, name: str, entries: list[ElementTree.Element]) -> None:
    """Replace the rows of a value list; each list has one mark beside the default."""
    column, element, _ = MARKS[name]
    deployment.world.run(f"DELETE FROM {quoted(name)}")
    for place, entry in enumerate(entries, 1):
        value = text(entry, "fullName") or ""
        deployment.upsert_setup(
            name,
            where=f"ApiName = {literal(value)}",
            values={
                "MasterLabel": text(entry, "label") or value, "ApiName": value,
                "SortOrder": place, "IsDefault": flag(entry, "default"),
                column: flag(entry, element),
            },
        )  # fmt: skip


def apply_settings(deployment: Deployment, component: Component) -> Applied:
    """Switch org settings; only what the file names changes. Groups are kept, and do nothing."""
    kind, world = local(component.root), deployment.world
    for child in (each for each in component.root if not len(each)):
        name = f"{kind}.{local(child)}"
        world.run('DELETE FROM "_setting" WHERE name = ?', [name])
        world.run('INSERT INTO "_setting" VALUES (?, ?)', [name, (child.text or "").strip()])
    return False, None
