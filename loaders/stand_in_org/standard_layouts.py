"""The page layouts that a new org has: of its standard objects, and one for each custom object."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree

from loaders.stand_in_org.metadata_writing import branch, leaf

_FIELDS: Mapping[str, tuple[str, ...]] = {
    "Account": ("Name", "Type", "Phone", "OwnerId", "BillingAddress"),
    "Contact": ("Name", "AccountId", "Phone", "Email", "OwnerId", "MailingAddress"),
    "Event": ("Subject", "StartDateTime", "EndDateTime", "WhoId", "WhatId", "OwnerId"),
}
_LISTS: Mapping[str, tuple[str, ...]] = {
    "Account": ("RelatedContactList", "RelatedOpportunityList", "RelatedHistoryList"),
    "Contact": ("RelatedActivityList", "RelatedHistoryList"),
    "Event": (),
}
# A name is written as the original writes it: what a file name cannot hold is encoded.
_NAMES: Mapping[str, str] = {
    "Account-Account Layout": "Account",
    "Account-Account %28Marketing%29 Layout": "Account",
    "Contact-Contact Layout": "Contact",
    "Event-Event Layout": "Event",
}
_REQUIRED = frozenset({"Name", "Subject", "StartDateTime", "EndDateTime", "OwnerId"})
# Platform lists, which need no lookup of one's own.
PLATFORM_LISTS = frozenset(
    {
        "RelatedActivityList", "RelatedHistoryList", "RelatedContactList", "RelatedOpportunityList",
        "RelatedFileList", "RelatedEntityHistoryList", "RelatedNoteList", "RelatedContentNoteList",
    }
)  # fmt: skip


def names() -> list[str]:
    """Name the layouts that every org has."""
    return sorted(_NAMES)


def find(name: str) -> ElementTree.Element | None:
    """Give a layout that nobody changed yet."""
    owner = _NAMES.get(name)
    if owner is None:
        return None
    return branch("Layout", _section(_FIELDS[owner]), *(_related(each) for each in _LISTS[owner]))


def of_custom_object() -> ElementTree.Element:
    """Give the layout that comes with a custom object."""
    return branch("Layout", _section(("Name", "OwnerId")))


def _section(fields: tuple[str, ...]) -> ElementTree.Element:
    return branch(
        "layoutSections",
        leaf("customLabel", "false"),
        leaf("detailHeading", "false"),
        leaf("editHeading", "true"),
        leaf("label", "Information"),
        branch("layoutColumns", *(_item(each) for each in fields)),
        leaf("style", "OneColumn"),
    )


def _item(field: str) -> ElementTree.Element:
    behavior = "Required" if field in _REQUIRED else "Edit"
    return branch("layoutItems", leaf("behavior", behavior), leaf("field", field))


def _related(name: str) -> ElementTree.Element:
    return branch("relatedLists", leaf("relatedList", name))
