"""Value sets, global and standard, and the org settings that metadata can switch."""

# ruff: noqa: S608 - names come from the catalogue and are quoted, so are the values
from __future__ import annotations

import json
from dataclasses import replace
from xml.etree import ElementTree

from loaders.stand_in_org.deploy_fields import read_values
from loaders.stand_in_org.deploy_package import (
    Component,
    Problem,
    check_elements,
    children,
    flag,
    number,
    tag,
    text,
)
from loaders.stand_in_org.deployment import Applied, Deployment
from loaders.stand_in_org.metadata_elements import ACCOUNT_SETTINGS, SECURITY_SETTINGS
from loaders.stand_in_org.store import literal, quoted

# Which standard fields share a standard value set.
_FIELDS = {
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
_MARKS = {
    "LeadStatus": ("IsConverted", "converted", "At least one lead status must be converted"),
    "TaskPriority": ("IsHighPriority", "highPriority", None),
    "TaskStatus": ("IsClosed", "closed", "At least one task status must be closed"),
}
_SETTINGS = {
    "Account": ("AccountSettings", ACCOUNT_SETTINGS),
    "Security": ("SecuritySettings", SECURITY_SETTINGS),
}


def apply_global(deployment: Deployment, component: Component) -> Applied:
    """Create or replace a global value set, and the values of the fields that use it."""
    root, name = component.root, component.full_name
    allowed = frozenset({"fullName", "customValue", "description", "masterLabel", "sorted"})
    check_elements(root, kind="GlobalValueSet", allowed=allowed)
    if text(root, "masterLabel") is None:
        raise Problem("Required field is missing: masterLabel")
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
    return before is None, before != json.dumps(values), deployment.new_id("0Nt")


def apply_standard(deployment: Deployment, component: Component) -> Applied:
    """Replace a standard value list: what the file leaves out is gone for users (contract 11)."""
    root, name = component.root, component.full_name
    allowed = frozenset({"fullName", "sorted", "standardValue", "groupingStringEnum"})
    check_elements(root, kind="StandardValueSet", allowed=allowed)
    if name not in _FIELDS:
        raise Problem(f"Entity of type 'StandardValueSet' named '{name}' cannot be found")
    entries = list(children(root, "standardValue"))
    values = read_values(entries)
    if not values:
        raise Problem("A standard value set needs at least one active value")
    before = None
    for owner, field_name in _FIELDS[name]:
        sobject = deployment.catalogue[owner.lower()]
        field = sobject.fields[field_name.lower()]
        before = field.picklist if before is None else before
        deployment.put_field(sobject, replace(field, picklist=values))
    match name:
        case "OpportunityStage":
            _replace_stages(deployment, entries)
        case "LeadStatus" | "TaskPriority" | "TaskStatus":
            _replace_rows(deployment, name, entries)
    return False, before != values, None


def _replace_stages(deployment: Deployment, entries: list[ElementTree.Element]) -> None:
    world = deployment.world
    world.run(f"UPDATE OpportunityStage SET IsActive = false, {world.stamp()}")
    for place, entry in enumerate(entries, 1):
        name = text(entry, "fullName") or ""
        forecast = text(entry, "forecastCategory")
        if forecast not in _FORECASTS:
            raise Problem(f"Stage {name} needs a forecastCategory")
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
    column, element, needed = _MARKS[name]
    if needed and not any(flag(entry, element) for entry in entries):
        raise Problem(needed)
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
    """Switch org settings; only what the file names changes."""
    if component.full_name not in _SETTINGS:
        raise Problem(f"Entity of type 'Settings' named '{component.full_name}' cannot be found")
    kind, allowed = _SETTINGS[component.full_name]
    if tag(component.root) != kind:
        raise Problem(f"Element {component.root.tag} invalid at this location")
    check_elements(component.root, kind=kind, allowed=allowed)
    changed = False
    for child in component.root:
        name, value = f"{kind}.{tag(child)}", (child.text or "").strip()
        world = deployment.world
        changed |= world.one('SELECT value FROM "_setting" WHERE name = ?', [name]) != value
        world.run('DELETE FROM "_setting" WHERE name = ?', [name])
        world.run('INSERT INTO "_setting" VALUES (?, ?)', [name, value])
    return False, changed, None
