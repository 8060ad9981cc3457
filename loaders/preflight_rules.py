"""What duplicate, workflow and assignment rules would do with our rows, and what to do then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from loaders.org_connection import Org
from loaders.org_line import OrgLine
from loaders.org_rules import (
    DuplicateRule,
    WorkflowRule,
    assignment_rules,
    duplicate_rules,
    workflow_rules,
)
from loaders.plan_rows import Counts
from loaders.plan_store import Finding
from loaders.preflight_automations import rules_unknown

_BLOCK = "Block"


def rule_findings(org: Org, line: OrgLine, counts: Mapping[str, Counts]) -> Iterator[Finding]:
    """
    Name each rule on an object that gets rows; only one that blocks them stops a plan.

    Nothing in a request talks a blocking rule round: its rows would all fail.
    """
    creates = {name: each.creates for name, each in counts.items() if each.creates}
    updates = {name: each.updates for name, each in counts.items() if each.updates}
    touched = creates.keys() | updates.keys()
    if not touched:
        return
    for rule in duplicate_rules(org, line, touched):
        yield from _duplicate_rule(rule, creates.get(rule.sobject, 0), updates.get(rule.sobject, 0))
    workflows = workflow_rules(org, line, touched)
    if workflows is None:
        yield rules_unknown("workflow rules")
    for each in workflows or ():
        yield _workflow_rule(each, creates.get(each.sobject, 0) + updates.get(each.sobject, 0))
    assigning = assignment_rules(org, line, touched)
    if assigning is None:
        yield rules_unknown("assignment rules")
    for sobject, names in (assigning or {}).items():
        yield Finding(
            code="assignment_rule_active",
            severity="note",
            sobject=sobject,
            field="OwnerId",
            count=creates.get(sobject, 0) + updates.get(sobject, 0),
            message=f"{sobject}: the assignment rule {', '.join(names)} is active; a push asks"
            " for none, so that rows keep the owner they are sent with",
            hint="nothing to do for the load; ask whether flows or users run it on them later",
        )


def _duplicate_rule(rule: DuplicateRule, creates: int, updates: int) -> Iterator[Finding]:
    blocked = [
        (rows, kind)
        for rows, kind, action in (
            (creates, "new", rule.on_create),
            (updates, "changed", rule.on_update),
        )
        if rows and action == _BLOCK
    ]
    by = f", by {', '.join(rule.matched_by)}," if rule.matched_by else ""
    about = f"{rule.sobject}: the duplicate rule {rule.name}"
    if blocked:
        kinds = " and ".join(kind for _, kind in blocked)
        yield Finding(
            code="duplicate_rule_blocks",
            severity="stop",
            sobject=rule.sobject,
            field="",
            count=sum(rows for rows, _ in blocked),
            message=f"{about} blocks {kinds} rows that it takes{by} for duplicates,"
            " and no approval lets them in",
            hint="Setup > Duplicate Rules: set its action to Allow, or deactivate it, while"
            " loading; then clinic-load plan",
        )
    elif creates:
        unsure = "" if rule.on_create else "; this user is not told whether it blocks them"
        yield Finding(
            code="duplicate_rule_active",
            severity="warn",
            sobject=rule.sobject,
            field="",
            count=creates,
            message=f"{about} is active; rows that it{by} only warns about are saved where the"
            f" approval allows it{unsure}",
            hint="approve with --allow-duplicates, or deactivate the rule in Setup while loading",
        )


def _workflow_rule(rule: WorkflowRule, rows: int) -> Finding:
    sends = [
        f"{what} {', '.join(names)}"
        for what, names in (("the e-mail alerts", rule.alerts), ("notices of", rule.notices))
        if names
    ]
    return Finding(
        code="workflow_rule_active",
        severity="warn",
        sobject=rule.sobject,
        field="",
        count=rows,
        message=f"{rule.sobject}: the workflow rule {rule.name} is active"
        + (f" and sends {' and '.join(sends)}" if sends else ""),
        hint="Setup > Workflow Rules: deactivate it while loading, or let its criteria leave out"
        " the load user",
    )
