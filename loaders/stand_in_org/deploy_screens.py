"""What people see: page layouts, compact layouts, tabs and apps, and what these may name."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree

from loaders.stand_in_org import metadata_kept, standard_layouts
from loaders.stand_in_org.catalogue import ACTIVITIES
from loaders.stand_in_org.deploy_elements import children, flag, has, text
from loaders.stand_in_org.deploy_others import apply_part, check_fields, check_object, is_new
from loaders.stand_in_org.deploy_package import Component
from loaders.stand_in_org.deploy_problem import Problem
from loaders.stand_in_org.deployment import Applied, Deployment
from loaders.stand_in_org.model import SObject
from loaders.stand_in_org.xml_reading import local

_MOST_LISTS = 100
_MOST_COLUMNS = 10
_LONG_TEXT = 255
_SYSTEM_LAYOUT = "SYSTEM"
# What a tab can open: exactly one of these.
_TAB_KINDS = ("customObject", "auraComponent", "flexiPage", "lwcComponent", "page", "scontrol",
              "url")  # fmt: skip


def apply_layout(deployment: Deployment, component: Component) -> Applied:
    """Accept a page layout whose object, fields and related lists exist, and lacks nothing."""
    owner = component.full_name.partition("-")[0]
    if deployment.failed("CustomObject", owner):
        raise Problem("Parent entity failed to deploy")
    check_object(deployment, owner, said_by="sobjectType")
    items = [item for item in component.root.iter() if local(item) == "layoutItems"]
    fields = [text(item, "field") or "" for item in items]
    check_fields(deployment, owner, fields)
    twice = next((name for name in fields if name and fields.count(name) > 1), None)
    if twice is not None:
        raise Problem(f"Duplicate field: {twice} on layout")
    _check_required(deployment, owner, items)
    _check_lists(deployment, owner, list(children(component.root, "relatedLists")))
    there = standard_layouts.find(component.full_name) is not None
    return not there and is_new(deployment, "Layout", component.full_name), None


def _check_required(deployment: Deployment, owner: str, items: list[ElementTree.Element]) -> None:
    """Refuse a layout that lacks a custom field without which no record can be saved."""
    sobject = deployment.find(owner)
    required = {text(item, "field") for item in items if text(item, "behavior") == "Required"}
    for field in sobject.fields.values() if sobject is not None else ():
        needed = field.custom and field.type != "boolean" and not field.nillable
        if needed and field.name not in required:
            raise Problem(f"Layout must contain an item for required layout field: {field.name}")


def _check_lists(deployment: Deployment, owner: str, lists: list[ElementTree.Element]) -> None:
    if lists and owner in ACTIVITIES:
        raise Problem(f"Related lists are not supported on {owner}")
    names = [text(each, "relatedList") or "" for each in lists]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise Problem(f"Duplicate related list: {twice}")
    if len(names) > _MOST_LISTS:
        raise Problem(f"A layout has at most {_MOST_LISTS} related lists")
    for name, each in zip(names, lists, strict=True):
        shown = [child.text or "" for child in children(each, "fields")]
        if len(shown) > _MOST_COLUMNS:
            raise Problem(f"A related list has at most {_MOST_COLUMNS} fields: {name}")
        if name not in standard_layouts.PLATFORM_LISTS:
            child = _child(deployment, owner, name)
            check_fields(deployment, child.name, shown)
            _check_short(child, shown, where=f"related list {name}")


def _child(deployment: Deployment, owner: str, name: str) -> SObject:
    """Find the object whose records a related list shows: it is named after their lookup."""
    child_name, _, lookup = name.partition(".")
    child = deployment.find(child_name)
    field = None if child is None else child.fields.get(lookup.lower())
    if child is None or field is None or field.name != lookup or owner not in field.reference_to:
        raise Problem(f"Cannot find related list:{name}")
    return child


def _check_short(sobject: SObject, names: Iterable[str], *, where: str) -> None:
    for name in names:
        field = sobject.fields.get(name.lower())
        if field is not None and field.type == "textarea" and (field.length or 0) > _LONG_TEXT:
            raise Problem(f"Field {name} of type long text is not allowed in {where}")


def apply_compact_layout(
    deployment: Deployment, owner: str, element: ElementTree.Element
) -> Applied:
    """Accept a compact layout of at most ten fields that a line can show."""
    applied = apply_part(deployment, owner, element)
    names = [child.text or "" for child in children(element, "fields")]
    if len(names) > _MOST_COLUMNS or len(names) != len(set(names)):
        raise Problem(f"A compact layout has at most {_MOST_COLUMNS} fields, each once")
    found = deployment.find(owner)
    if found is not None:
        _check_short(found, names, where="compact layouts")
    return applied


def check_assignment(deployment: Deployment, root: ElementTree.Element, owner: str) -> None:
    """Refuse to assign a compact layout that neither the file nor the org has."""
    wanted = text(root, "compactLayoutAssignment")
    if wanted is None or wanted == _SYSTEM_LAYOUT:
        return
    own = {text(each, "fullName") for each in children(root, "compactLayouts")}
    if wanted not in own and is_new(deployment, "CompactLayout", f"{owner}.{wanted}"):
        raise Problem(f"In field: compactLayoutAssignment - no CompactLayout named {wanted} found")


def apply_tab(deployment: Deployment, component: Component) -> Applied:
    """Accept a tab that opens one thing which exists."""
    root = component.root
    if not has(root, "motif"):
        raise Problem("Required field is missing: motif")
    given = [kind for kind in _TAB_KINDS if has(root, kind) and text(root, kind) != "false"]
    if len(given) != 1:
        raise Problem("A tab must have exactly one destination")
    if flag(root, "customObject"):
        if has(root, "label"):
            raise Problem("A custom object tab takes its label from its object")
        check_object(deployment, component.full_name, said_by="customObject")
    return is_new(deployment, "CustomTab", component.full_name), None


def apply_application(deployment: Deployment, component: Component) -> Applied:
    """Accept an app whose tabs exist; those of the platform start with `standard-`."""
    if text(component.root, "label") is None:
        raise Problem("Required field is missing: label")
    for child in children(component.root, "tabs"):
        check_tab(deployment, child.text or "", said_by="tab")
    return is_new(deployment, "CustomApplication", component.full_name), None


def check_tab(deployment: Deployment, name: str, *, said_by: str) -> None:
    """Refuse the name of a tab that there is not."""
    if not name.startswith("standard-") and is_new(deployment, "CustomTab", name):
        raise Problem(f"In field: {said_by} - no CustomTab named {name} found")


def check_grants(deployment: Deployment, root: ElementTree.Element) -> None:
    """Refuse a permission set that opens tabs or apps that there are not."""
    for each in children(root, "tabSettings"):
        check_tab(deployment, text(each, "tab") or "", said_by="tab")
    for each in children(root, "applicationVisibilities"):
        name = text(each, "application") or ""
        standard = name.startswith("standard__")
        if not standard and is_new(deployment, "CustomApplication", name):
            raise Problem(f"In field: application - no CustomApplication named {name} found")


def make_layout(deployment: Deployment, name: str, label: str) -> None:
    """Give a new custom object the layout that comes with it."""
    full_name, made = f"{name}-{label} Layout", deployment.new_id("00h")
    element = standard_layouts.of_custom_object()
    metadata_kept.keep(deployment.world, None, element, named=("Layout", full_name, made))
