"""Metadata without behaviour here: accepted when what it names exists, kept, and given back."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree

from loaders.stand_in_org import metadata_kept
from loaders.stand_in_org.deploy_elements import children, flag, text
from loaders.stand_in_org.deploy_package import Component
from loaders.stand_in_org.deploy_problem import Problem
from loaders.stand_in_org.deployment import Applied, Deployment
from loaders.stand_in_org.formula_pieces import FormulaRefused
from loaders.stand_in_org.formulas import check_formula
from loaders.stand_in_org.metadata_types import OBJECT_PARTS
from loaders.stand_in_org.store import literal
from loaders.stand_in_org.xml_reading import local


def is_new(deployment: Deployment, kind: str, name: str) -> bool:
    """Tell whether a component was never deployed."""
    return metadata_kept.find(deployment.world.connection, kind, name) is None


def apply_file(deployment: Deployment, component: Component) -> Applied:
    """Accept a file as it is."""
    if component.type == "DuplicateRule":
        return _apply_duplicate_rule(deployment, component)
    return is_new(deployment, component.type, component.full_name), None


def _apply_duplicate_rule(deployment: Deployment, component: Component) -> Applied:
    """Switch a standard rule on or off; what a rule of one's own matches is not imitated."""
    owner, _, rule = component.full_name.partition(".")
    check_object(deployment, owner, said_by="sobjectType")
    world = deployment.world
    world.run(
        f'UPDATE "DuplicateRule" SET IsActive = ?, {world.stamp()}'  # noqa: S608 - no client's text
        " WHERE SobjectType = ? AND DeveloperName = ?",
        [flag(component.root, "isActive"), owner, rule],
    )
    return is_new(deployment, "DuplicateRule", component.full_name), None


def apply_part(deployment: Deployment, owner: str, element: ElementTree.Element) -> Applied:
    """Accept a part of an object whose custom fields all exist."""
    name = text(element, "fullName")
    if name is None:
        raise Problem("Required field is missing: fullName")
    check_object(deployment, owner, said_by="sobjectType")
    fields = [item.text or "" for part in ("fields", "columns") for item in children(element, part)]
    shown = [*children(element, "displayedFields"), *children(element, "availableFields")]
    fields += [text(item, "field") or "" for item in shown]
    check_fields(deployment, owner, fields)
    return is_new(deployment, OBJECT_PARTS[local(element)], f"{owner}.{name}"), None


def apply_validation_rule(
    deployment: Deployment, owner: str, element: ElementTree.Element
) -> Applied:
    """Accept a validation rule whose formula this org understands; records are held to it."""
    check_fields(deployment, owner, [text(element, "errorDisplayField") or ""])
    for needed in ("errorConditionFormula", "errorMessage"):
        if text(element, needed) is None:
            raise Problem(f"Required field is missing: {needed}")
    applied = apply_part(deployment, owner, element)
    found = deployment.find(owner)
    try:
        check_formula(
            text(element, "errorConditionFormula") or "", {} if found is None else found.fields
        )
    except FormulaRefused as problem:
        raise Problem(f"Error in formula: {problem}") from problem
    return applied


def apply_role(deployment: Deployment, component: Component) -> Applied:
    """Accept a role below one that exists."""
    parent, above = text(component.root, "parentRole"), None
    if parent is not None:
        above = deployment.world.one('SELECT Id FROM "UserRole" WHERE DeveloperName = ?', [parent])
        if above is None:
            raise Problem(f"In field: parentRole - no Role named {parent} found")
    made, fresh = deployment.upsert_setup(
        "UserRole",
        where=f"DeveloperName = {literal(component.full_name)}",
        values={
            "DeveloperName": component.full_name,
            "Name": text(component.root, "name"),
            "ParentRoleId": above,
        },
    )
    return fresh, made


def apply_group(deployment: Deployment, component: Component) -> Applied:
    """Accept a group of permission sets that exist."""
    for member in children(component.root, "permissionSets"):
        name = (member.text or "").strip()
        if deployment.world.one('SELECT Id FROM "PermissionSet" WHERE Name = ?', [name]) is None:
            raise Problem(f"In field: permissionSets - no PermissionSet named {name} found")
    return is_new(deployment, "PermissionSetGroup", component.full_name), None


def check_object(deployment: Deployment, name: str, *, said_by: str) -> None:
    """Refuse the name of an object that there is not."""
    if deployment.find(name) is None:
        raise Problem(f"In field: {said_by} - no CustomObject named {name} found")


def check_fields(deployment: Deployment, owner: str, names: Iterable[str]) -> None:
    """Refuse custom fields that the object does not have; other names may be the interface's."""
    sobject = deployment.find(owner)
    for name in names:
        known = sobject is not None and name.lower() in sobject.fields
        if name.endswith("__c") and not known:
            raise Problem(f"In field: field - no CustomField named {owner}.{name} found")
