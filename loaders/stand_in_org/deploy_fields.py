"""A CustomField element becomes a field, or the org's words about why it cannot."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

from loaders.stand_in_org.deploy_elements import children, flag, has, number, text
from loaders.stand_in_org.deploy_problem import Problem
from loaders.stand_in_org.model import Field, SObject

_KINDS = {
    "AutoNumber": "string", "Checkbox": "boolean", "Currency": "currency", "Date": "date",
    "DateTime": "datetime", "Email": "email", "Lookup": "reference", "MasterDetail": "reference",
    "Number": "double", "Percent": "percent", "Phone": "phone", "Picklist": "picklist",
    "MultiselectPicklist": "multipicklist", "Text": "string", "TextArea": "textarea",
    "LongTextArea": "textarea", "Html": "textarea", "Url": "url",
}  # fmt: skip
_FIXED_LENGTH = {
    "AutoNumber": 30, "Email": 80, "Phone": 40, "Picklist": 255, "MultiselectPicklist": 4099,
    "TextArea": 255, "Url": 255, "Lookup": 18, "MasterDetail": 18,
}  # fmt: skip
_NUMBERS = frozenset({"Number", "Currency", "Percent"})
_LONG = frozenset({"LongTextArea", "Html"})
_PICKLISTS = frozenset({"Picklist", "MultiselectPicklist"})
_KEYS = frozenset({"AutoNumber", "Email", "Number", "Text"})
_UNIQUE = frozenset({"Email", "Number", "Text"})
_SIZED = frozenset({"Text", *_LONG})
# What an element needs to be legal: the types it may stand on.
_ONLY_ON: Mapping[str, frozenset[str]] = {
    "length": _SIZED,
    "precision": _NUMBERS,
    "scale": _NUMBERS,
    "visibleLines": frozenset({*_LONG, "MultiselectPicklist"}),
    "externalId": _KEYS,
    "unique": _UNIQUE,
    "caseSensitive": frozenset({"Text"}),
    "deleteConstraint": frozenset({"Lookup"}),
    "referenceTo": frozenset({"Lookup", "MasterDetail"}),
    "relationshipName": frozenset({"Lookup", "MasterDetail"}),
    "valueSet": _PICKLISTS,
    "displayFormat": frozenset({"AutoNumber"}),
    "relationshipOrder": frozenset({"MasterDetail"}),
    "required": frozenset(_KINDS) - {"AutoNumber", "Checkbox", "MasterDetail", *_LONG},
}
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "Text": ("length",),
    "LongTextArea": ("length", "visibleLines"),
    "Html": ("length", "visibleLines"),
    "Number": ("precision", "scale"),
    "Currency": ("precision", "scale"),
    "Percent": ("precision", "scale"),
    "Checkbox": ("defaultValue",),
    "Lookup": ("referenceTo",),
    "MasterDetail": ("referenceTo", "relationshipName"),
    "AutoNumber": ("displayFormat",),
    "MultiselectPicklist": ("visibleLines",),
}
_LONGEST_NAME = 40
_LONGEST_TEXT = 255
_SHORTEST_LONG, _LONGEST_LONG = 256, 131_072
_MOST_DIGITS = 18
_MOST_RESTRICTED = 1000
_NAME = re.compile(r"[A-Za-z](?:[A-Za-z0-9]|_(?!_))*(?<!_)")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a field's definition refers to."""

    find: Callable[[str], SObject | None]
    value_sets: Mapping[str, tuple[str, ...]]


def check_name(full_name: str, *, owner: str, suffix: str = "__c") -> None:
    """
    Refuse a custom name that breaks the rules of API names.

    Raises:
        Problem: in the org's words.

    """
    stem = full_name.removesuffix(suffix)
    if not full_name.endswith(suffix) or not _NAME.fullmatch(stem):
        raise Problem(
            f"The name you provided {full_name} on object {owner} can only contain alphanumeric"
            " characters, must begin with a letter, cannot end with an underscore or contain two"
            " consecutive underscore characters"
        )
    if len(stem) > _LONGEST_NAME:
        raise Problem(f"Developer Name: data value too large: {stem} (max length=40)")


def _check_shape(element: ElementTree.Element, kind: str) -> None:
    if kind == "MasterDetail" and has(element, "required"):
        raise Problem("Master-Detail Relationship Fields Cannot be Optional or Required")
    for name in _NEEDED.get(kind, ()):
        if text(element, name) is None:
            raise Problem(f"Must specify '{name}' for a CustomField of type {kind}")
    for name, kinds in _ONLY_ON.items():
        # A false flag says nothing, except that a TextArea or a Checkbox may not say even that.
        silent = text(element, name) == "false"
        if has(element, name) and not silent and kind not in kinds:
            raise Problem(f"Can not specify '{name}' for a CustomField of type {kind}")


def _check_sizes(element: ElementTree.Element, kind: str) -> None:
    length = number(element, "length")
    if kind == "Text" and not 1 <= (length or 0) <= _LONGEST_TEXT:
        raise Problem("Text field length must be between 1 and 255")
    if kind in _LONG and not _SHORTEST_LONG <= (length or 0) <= _LONGEST_LONG:
        raise Problem("Long Text Area field length must be between 256 and 131072")
    if kind in _NUMBERS:
        precision, scale = number(element, "precision") or 0, number(element, "scale") or 0
        if not 1 <= precision <= _MOST_DIGITS:
            raise Problem("Precision must be between 1 and 18")
        if not 0 <= scale <= precision:
            raise Problem("Scale must not be greater than precision")


def _values(
    element: ElementTree.Element, around: Surroundings
) -> tuple[tuple[str, ...], bool, str | None, str | None]:
    """Read a value set: values, whether restricted, the default, the global set's name."""
    value_set = next(children(element, "valueSet"), None)
    if value_set is None:
        raise Problem("Must specify 'valueSet' for a CustomField of type Picklist")
    restricted = flag(value_set, "restricted")
    name = text(value_set, "valueSetName")
    if name is not None:
        if name not in around.value_sets:
            raise Problem(f"In field: valueSetName - no GlobalValueSet named {name} found")
        # A field of a global value set is always restricted.
        return around.value_sets[name], True, None, name
    definition = next(children(value_set, "valueSetDefinition"), None)
    if definition is None:
        raise Problem("A valueSet needs a valueSetDefinition or a valueSetName")
    entries = list(children(definition, "value"))
    values = read_values(entries)
    default = next((text(entry, "fullName") for entry in entries if flag(entry, "default")), None)
    if restricted and len(values) > _MOST_RESTRICTED:
        raise Problem("A restricted picklist cannot have more than 1,000 values")
    return values, restricted, default, None


def read_values(entries: list[ElementTree.Element]) -> tuple[str, ...]:
    """
    Read the active values of a value set in their order.

    Raises:
        Problem: a value is nameless, too long or there twice.

    """
    names: list[str] = []
    for entry in entries:
        name = text(entry, "fullName")
        if name is None:
            raise Problem("Must specify 'fullName' for a picklist value")
        if len(name) > _LONGEST_TEXT:
            raise Problem(f"Picklist value: data value too large: {name} (max length=255)")
        if name.lower() in (known.lower() for known in names):
            raise Problem(f"Duplicate label: {name}")
        if text(entry, "isActive") != "false":
            names.append(name)
    return tuple(names)


def _reference(
    element: ElementTree.Element, kind: str, around: Surroundings
) -> tuple[str, str, bool]:
    """Read a lookup: the parent, what becomes of the field when it goes, whether required."""
    parent = around.find(text(element, "referenceTo") or "")
    if parent is None:
        raise Problem(
            f"referenceTo value of '{text(element, 'referenceTo')}' does not resolve to a valid"
            " sObject type"
        )
    if kind == "MasterDetail":
        return parent.name, "Cascade", True
    required = flag(element, "required")
    constraint = text(element, "deleteConstraint") or "SetNull"
    if constraint not in ("Cascade", "Restrict", "SetNull"):
        raise Problem(f"'{constraint}' is not a valid value for the enum 'DeleteConstraint'")
    if required and constraint == "SetNull":
        raise Problem(
            "field integrity exception: unknown (must specify either cascade delete or restrict"
            " delete for required lookup foreign key)"
        )
    if parent.name == "Product2" and (required or constraint == "Restrict"):
        raise Problem("Product2 cannot be the target of a required or restricted lookup")
    return parent.name, constraint, required


def read_field(element: ElementTree.Element, *, owner: str, around: Surroundings) -> Field:
    """
    Read a CustomField element.

    Raises:
        Problem: why the org would refuse it.

    """
    full_name, label, kind = (text(element, name) for name in ("fullName", "label", "type"))
    if full_name is None:
        raise Problem("Required field is missing: fullName")
    check_name(full_name, owner=owner)
    if label is None:
        raise Problem("Must specify a non-empty label for the CustomField")
    if len(label) > _LONGEST_NAME:
        raise Problem(f"Label: data value too large: {label} (max length=40)")
    if kind not in _KINDS or has(element, "formula"):
        shown = "Formula" if has(element, "formula") else kind
        raise Problem(f"A CustomField of type {shown} is not imitated by this org")
    _check_shape(element, kind)
    _check_sizes(element, kind)
    return _built(element, full_name, label, kind, around)


def _built(
    element: ElementTree.Element, full_name: str, label: str, kind: str, around: Surroundings
) -> Field:
    parent, constraint, required = None, None, flag(element, "required")
    values: tuple[tuple[str, ...], bool, str | None, str | None] = ((), False, None, None)
    if kind in ("Lookup", "MasterDetail"):
        parent, constraint, required = _reference(element, kind, around)
    if kind in _PICKLISTS:
        values = _values(element, around)
    automatic, checkbox = kind == "AutoNumber", kind == "Checkbox"
    default = text(element, "defaultValue") if kind not in _PICKLISTS else values[2]
    return Field(
        name=full_name,
        label=label,
        type=_KINDS[kind],
        length=_FIXED_LENGTH.get(kind, number(element, "length")),
        precision=number(element, "precision"),
        scale=number(element, "scale"),
        nillable=not (required or checkbox or automatic),
        createable=not automatic,
        updateable=not automatic and kind != "MasterDetail",
        unique=flag(element, "unique"),
        case_sensitive=flag(element, "caseSensitive"),
        external_id=flag(element, "externalId"),
        id_lookup=flag(element, "externalId"),
        auto_number=automatic,
        defaulted_on_create=checkbox or automatic or default is not None,
        default_value=default.strip("\"'") if default is not None else None,
        restricted_picklist=values[1],
        picklist=values[0],
        reference_to=(parent,) if parent else (),
        relationship_name=full_name.removesuffix("__c") + "__r" if parent else None,
        html_formatted=kind == "Html",
        custom=True,
        filterable=kind not in _LONG,
        delete_constraint=constraint,
        child_relationship_name=_child_name(element),
        display_format=text(element, "displayFormat"),
        value_set_name=values[3],
    )


def _child_name(element: ElementTree.Element) -> str | None:
    name = text(element, "relationshipName")
    return None if name is None else f"{name}__r"
