"""Related lists: which of our records a person sees below a patient, a household or a claim."""

from __future__ import annotations

from collections.abc import Iterator

from loaders.contract import Column, Mapping, Mart
from loaders.schema_fields import ACTIVITY_OBJECTS
from loaders.schema_xml import Pair

# A list takes ten columns, the name among them.
MOST_COLUMNS = 10
_FILES = "RelatedFileList"
# Open activities, and those that are over: appointments are in the second.
ACTIVITY_LISTS = ("RelatedActivityList", "RelatedHistoryList")
HISTORY_LIST = "RelatedEntityHistoryList"
# What a list calls the name of a standard object's record.
_NAMES = {"Opportunity": "OPPORTUNITY.NAME", "Asset": "ASSET.NAME", "Contact": "FULL_NAME"}


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
