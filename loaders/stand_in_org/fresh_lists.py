"""The lists that a new org offers: stages, statuses, priorities, profiles and duplicate rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Row = dict[str, Any]

# (label, probability, forecast category, its name, closed, won)
_STAGES = (
    ("Prospecting", 10, "Pipeline", "Pipeline", False, False),
    ("Qualification", 10, "Pipeline", "Pipeline", False, False),
    ("Needs Analysis", 20, "Pipeline", "Pipeline", False, False),
    ("Value Proposition", 50, "Pipeline", "Pipeline", False, False),
    ("Id. Decision Makers", 60, "Pipeline", "Pipeline", False, False),
    ("Perception Analysis", 70, "Pipeline", "Pipeline", False, False),
    ("Proposal/Price Quote", 75, "Pipeline", "Pipeline", False, False),
    ("Negotiation/Review", 90, "Pipeline", "Pipeline", False, False),
    ("Closed Won", 100, "Closed", "Closed", True, True),
    ("Closed Lost", 0, "Omitted", "Omitted", True, False),
)
# Value lists that are objects: the column of their mark, and (label, default, mark) per value.
_VALUES: tuple[tuple[str, str, tuple[tuple[str, bool, bool], ...]], ...] = (
    (
        "LeadStatus",
        "IsConverted",
        (
            ("Open - Not Contacted", True, False),
            ("Working - Contacted", False, False),
            ("Closed - Converted", False, True),
            ("Closed - Not Converted", False, False),
        ),
    ),
    (
        "TaskPriority",
        "IsHighPriority",
        (("High", False, True), ("Normal", True, False), ("Low", False, False)),
    ),
    (
        "TaskStatus",
        "IsClosed",
        (
            ("Not Started", True, False),
            ("In Progress", False, False),
            ("Completed", False, True),
            ("Waiting on someone else", False, False),
            ("Deferred", False, False),
        ),
    ),
)
_EVERYDAY = ("ApiEnabled", "ConvertLeads", "EditEvent", "EditTask", "RunReports", "ViewSetup")
# The profiles and their system permissions.
PROFILES: Mapping[str, tuple[str, ...]] = {
    "System Administrator": (
        *_EVERYDAY, "AssignPermissionSets", "AuthorApex", "CustomizeApplication",
        "EditReadonlyFields", "ImportLeads", "ManageRoles", "ManageUsers", "ModifyAllData",
        "ModifyMetadata", "TransferAnyEntity", "ViewAllData", "ViewAllUsers", "ViewRoles",
    ),
    "Standard User": _EVERYDAY,
    "Minimum Access - Salesforce": (),
    "Read Only": ("ApiEnabled", "RunReports", "ViewSetup"),
}  # fmt: skip
_DUPLICATE_RULES = ("Account", "Contact", "Lead")


def list_rows(*, duplicate_rules: bool) -> Iterator[tuple[str, Row]]:
    """Go through the rows of a new org's lists, each with the object it belongs to."""
    for place, (label, chance, category, category_name, closed, won) in enumerate(_STAGES, 1):
        yield (
            "OpportunityStage",
            {
                "MasterLabel": label, "ApiName": label, "IsActive": True, "SortOrder": place,
                "IsClosed": closed, "IsWon": won, "ForecastCategory": category,
                "ForecastCategoryName": category_name, "DefaultProbability": chance,
            },
        )  # fmt: skip
    for name, mark, values in _VALUES:
        for place, (label, default, marked) in enumerate(values, 1):
            row = {"MasterLabel": label, "ApiName": label, "SortOrder": place}
            yield name, {**row, "IsDefault": default, mark: marked}
    for name in _DUPLICATE_RULES:
        yield (
            "DuplicateRule",
            {
                "MasterLabel": f"Standard {name} Duplicate Rule", "SobjectType": name,
                "DeveloperName": f"Standard_{name}_Duplicate_Rule",
                "IsActive": duplicate_rules, "Language": "en_US",
            },
        )  # fmt: skip
