"""Rules that an administrator set up, as readMetadata shows them: made from settings and rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from xml.etree import ElementTree

from loaders.stand_in_org.metadata_writing import branch, leaf
from loaders.stand_in_org.org import Org
from loaders.stand_in_org.rules_duplicates import COMPARED
from loaders.stand_in_org.set_up import WorkflowRule


def find(org: Org, kind: str, name: str) -> ElementTree.Element | None:
    """Give a component; None where the org has none of this name, or the type is another."""
    return KINDS[kind](org, name) if kind in KINDS else None


def _duplicate_rule(org: Org, full_name: str) -> ElementTree.Element | None:
    """Show a standard rule: what it does with new records is a setting, edits are not compared."""
    sobject, _, name = full_name.partition(".")
    with org.cursor() as reader:
        row = reader.execute(
            'SELECT IsActive, MasterLabel FROM "DuplicateRule"'
            " WHERE SobjectType = ? AND DeveloperName = ?",
            [sobject, name],
        ).fetchone()
    if row is None:
        return None
    blocks = sobject in org.settings.duplicate_rules_block
    return branch(
        "DuplicateRule",
        leaf("actionOnInsert", "Block" if blocks else "Allow"),
        leaf("actionOnUpdate", "Allow"),
        *(
            branch(
                "duplicateRuleMatchRules",
                leaf("matchRuleSObjectType", other),
                leaf("matchingRule", f"Standard_{other}_Match_Rule_v1_0"),
            )
            for other in COMPARED[sobject]
        ),
        leaf("isActive", str(row[0]).lower()),
        leaf("masterLabel", row[1]),
        leaf("securityOption", "EnforceSharingRules"),
        leaf("sortOrder", "1"),
    )


def _workflow(org: Org, sobject: str) -> ElementTree.Element | None:
    rules = [each for each in org.settings.workflow_rules if each.object == sobject]
    if not rules:
        return None
    parts = [part for rule in rules for part in _of_rule(rule)]
    return branch("Workflow", *sorted(parts, key=lambda part: part.tag))


def _of_rule(rule: WorkflowRule) -> Iterator[ElementTree.Element]:
    """Give the rule, and the task that it assigns with a notice."""
    actions = [(name, "Alert") for name in rule.alerts]
    if rule.notice:
        task = f"{rule.name}_task"
        actions.append((task, "Task"))
        yield branch(
            "tasks", leaf("fullName", task), leaf("assignedToType", "owner"),
            leaf("dueDateOffset", "0"), leaf("notifyAssignee", "true"), leaf("priority", "Normal"),
            leaf("protected", "false"), leaf("status", "Not Started"), leaf("subject", rule.name),
        )  # fmt: skip
    yield branch(
        "rules",
        leaf("fullName", rule.name),
        *(branch("actions", leaf("name", name), leaf("type", kind)) for name, kind in actions),
        leaf("active", str(rule.active).lower()),
        leaf("triggerType", "onCreateOnly"),
    )


def _assignment_rules(org: Org, sobject: str) -> ElementTree.Element | None:
    names = [name for name, on in org.settings.active_assignment_rules.items() if on == sobject]
    if sobject not in ("Case", "Lead"):
        return None
    return branch(
        "AssignmentRules",
        *(
            branch("assignmentRule", leaf("fullName", name), leaf("active", "true"))
            for name in names
        ),
    )


# Only DuplicateRule can be deployed as well.
KINDS: Mapping[str, Callable[[Org, str], ElementTree.Element | None]] = {
    "AssignmentRules": _assignment_rules,
    "DuplicateRule": _duplicate_rule,
    "Workflow": _workflow,
}
