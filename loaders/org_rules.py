"""Rules of an org that act on a save and that only its metadata tells of."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from loaders.org_connection import Org, org_calls
from loaders.org_line import OrgLine
from loaders.org_metadata import read_metadata, tagged, text_of

# The objects that can have assignment rules (contract 2.2).
_ASSIGNED = frozenset({"Case", "Lead"})


@dataclass(frozen=True, slots=True)
class DuplicateRule:
    """An active duplicate rule; what it does is empty where the org does not tell this user."""

    sobject: str
    name: str
    # Allow | Block, or empty.
    on_create: str = ""
    on_update: str = ""
    matched_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkflowRule:
    """An active workflow rule, and what it sends to somebody at once or later."""

    sobject: str
    name: str
    alerts: tuple[str, ...]
    # Tasks whose assignee gets an e-mail.
    notices: tuple[str, ...]


def duplicate_rules(org: Org, line: OrgLine, objects: Collection[str]) -> tuple[DuplicateRule, ...]:
    """
    List the active duplicate rules of these objects: which there are by query, how they act not.

    Raises:
        Unavailable: the org cannot be reached or read.

    """
    with org_calls(org.alias):
        records: list[dict[str, Any]] = org.rest.query_all(
            "SELECT DeveloperName, NamespacePrefix, SobjectType FROM DuplicateRule"
            " WHERE IsActive = true"
        )["records"]
    active = sorted(
        (str(each["SobjectType"]), "__".join(filter(None, _names(each))))
        for each in records
        if each["SobjectType"] in objects
    )
    told = read_metadata(org, line, "DuplicateRule", [".".join(each) for each in active]) or {}
    return tuple(_duplicate_rule(*each, told.get(".".join(each))) for each in active)


def _names(record: dict[str, Any]) -> tuple[str | None, str]:
    return record["NamespacePrefix"], record["DeveloperName"]


def _duplicate_rule(sobject: str, name: str, told: ElementTree.Element | None) -> DuplicateRule:
    if told is None:
        return DuplicateRule(sobject, name)
    matched = told.findall(tagged("duplicateRuleMatchRules"))
    return DuplicateRule(
        sobject,
        name,
        on_create=text_of(told, "actionOnInsert"),
        on_update=text_of(told, "actionOnUpdate"),
        matched_by=tuple(sorted(text_of(each, "matchingRule") for each in matched)),
    )


def workflow_rules(
    org: Org, line: OrgLine, objects: Collection[str]
) -> tuple[WorkflowRule, ...] | None:
    """
    List the active workflow rules of these objects; None where the org does not tell this user.

    Raises:
        Unavailable: the org cannot be reached or read.

    """
    told = read_metadata(org, line, "Workflow", sorted(objects))
    if told is None:
        return None
    return tuple(rule for name in sorted(told) for rule in _workflow_rules(name, told[name]))


def _workflow_rules(sobject: str, workflow: ElementTree.Element) -> Iterator[WorkflowRule]:
    noticed = {
        text_of(task, "fullName")
        for task in workflow.findall(tagged("tasks"))
        if text_of(task, "notifyAssignee") == "true"
    }
    for rule in workflow.findall(tagged("rules")):
        if text_of(rule, "active") != "true":
            continue
        # At any depth: what a time trigger does later is sent as well.
        done = [
            (text_of(each, "type"), text_of(each, "name")) for each in rule.iter(tagged("actions"))
        ]
        yield WorkflowRule(
            sobject,
            text_of(rule, "fullName"),
            alerts=tuple(sorted(name for kind, name in done if kind == "Alert")),
            notices=tuple(
                sorted(name for kind, name in done if kind == "Task" and name in noticed)
            ),
        )


def assignment_rules(
    org: Org, line: OrgLine, objects: Collection[str]
) -> dict[str, tuple[str, ...]] | None:
    """
    Name the active assignment rules, by object; None where the org does not tell this user.

    Raises:
        Unavailable: the org cannot be reached or read.

    """
    told = read_metadata(org, line, "AssignmentRules", sorted(_ASSIGNED.intersection(objects)))
    if told is None:
        return None
    found = {
        name: tuple(
            sorted(
                text_of(rule, "fullName")
                for rule in each.findall(tagged("assignmentRule"))
                if text_of(rule, "active") == "true"
            )
        )
        for name, each in told.items()
    }
    return {name: rules for name, rules in found.items() if rules}
