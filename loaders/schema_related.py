"""Related lists: which of our records a person sees below a patient, a household or a claim."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from loaders.contract import Column, Mapping, Mart
from loaders.schema_fields import ACTIVITY_OBJECTS
from loaders.schema_layouts import layout_item, section
from loaders.schema_xml import Pair

# A list takes ten columns, the name among them.
MOST_COLUMNS = 10
_FILES = "RelatedFileList"
# Open activities, and those that are over: appointments are in the second.
ACTIVITY_LISTS = ("RelatedActivityList", "RelatedHistoryList")
HISTORY_LIST = "RelatedEntityHistoryList"
# What a list calls the name of a standard object's record.
_NAMES = {"Opportunity": "OPPORTUNITY.NAME"}
# The customer's own screens on which our records appear.
SCREENS = ("Account", "Contact", "Event")
SECTION_LABEL = "Clinic"


def child_lists(mapping: Mapping, parent: str) -> list[tuple[str, list[Pair]]]:
    """
    Give the related lists of our records below an object, each with its name, sorted by it.

    Only lookups of our own make one: what a standard lookup shows is the customer's to say.
    """
    found = {
        f"{mart.sobject}.{column.name}": _list(mart, column) for mart, column in _lookups(mapping)
        if column.lookup and parent in column.lookup.objects
    }  # fmt: skip
    return sorted(found.items())


def _lookups(mapping: Mapping) -> Iterator[tuple[Mart, Column]]:
    """Go through our lookups, except those of activities: they have lists of their own."""
    for mart in mapping.marts:
        if mart.sobject in ACTIVITY_OBJECTS or not (mart.is_custom or mart.sobject in _NAMES):
            continue
        yield from ((mart, column) for column in mart.columns if column.custom and column.lookup)


def _list(mart: Mart, through: Column) -> list[Pair]:
    name = "NAME" if mart.is_custom else _NAMES[mart.sobject]
    shown = [each for each in mart.summary if each != through.name and each.endswith("__c")]
    fields: list[Pair] = [("fields", each) for each in [name, *shown][:MOST_COLUMNS]]
    return [*fields, ("relatedList", f"{mart.sobject}.{through.name}")]


def plain_list(name: str) -> list[Pair]:
    """Give a list of the platform's own, with the columns that it has by itself."""
    return [("relatedList", name)]


@dataclass(frozen=True, slots=True)
class Additions:
    """What a layout of the customer's has to show: related lists by name, and fields."""

    lists: tuple[tuple[str, list[Pair]], ...]
    fields: tuple[str, ...]


def additions(mapping: Mapping, sobject: str) -> Additions:
    """
    Give what the layouts of a standard object have to show of ours.

    An activity has no related lists: there, the summary of its mart is shown in a section.
    """
    if sobject in ACTIVITY_OBJECTS:
        marts = [mart for mart in mapping.marts if mart.sobject == sobject]
        fields = (name for mart in marts for name in mart.summary if name.endswith("__c"))
        return Additions((), tuple(fields))
    children = child_lists(mapping, sobject)
    activities = [(name, plain_list(name)) for name in ACTIVITY_LISTS]
    return Additions((*children, *activities) if children else (), ())


def section_of(fields: Sequence[str]) -> list[Pair]:
    """Give a section with these fields, in two columns."""
    columns = [
        [layout_item(field, "Edit") for field in half] for half in (fields[::2], fields[1::2])
    ]
    return section(SECTION_LABEL, columns)


def screen_additions(mapping: Mapping) -> dict[str, list[str]]:
    """Say in words what the customer's screens would show: this is what somebody approves."""
    found: dict[str, list[str]] = {}
    for screen in SCREENS:
        wanted = additions(mapping, screen)
        for name, pairs in wanted.lists:
            found[f"{screen}: {name}"] = [text for tag, text in _texts(pairs) if tag == "fields"]
        if wanted.fields:
            found[f"{screen}: {SECTION_LABEL}"] = list(wanted.fields)
    return found


def _texts(pairs: list[Pair]) -> Iterator[tuple[str, str]]:
    return ((tag, content) for tag, content in pairs if isinstance(content, str))


def own_lists(mapping: Mapping, mart: Mart) -> list[list[Pair]]:
    """Give the related lists of one of our objects."""
    names = [*(ACTIVITY_LISTS if mart.enable_activities else ())]
    names += [_FILES] if _has_files(mapping, mart.sobject) else []
    names += [HISTORY_LIST] if any(column.track_history for column in mart.columns) else []
    children = [pairs for _, pairs in child_lists(mapping, mart.sobject)]
    return [*children, *(plain_list(name) for name in names)]


def _has_files(mapping: Mapping, sobject: str) -> bool:
    return any(
        column.lookup is not None and sobject in column.lookup.objects
        for mart in mapping.marts
        if mart.sobject == "ContentDocumentLink"
        for column in mart.columns
    )
