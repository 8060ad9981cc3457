"""What the org itself would do with our rows: refuse them, change them, or send something."""

from __future__ import annotations

from collections.abc import Mapping

from loaders.org_automations import (
    ALERTS,
    FLOWS,
    KINDS,
    TRIGGERS,
    VALIDATION_RULES,
    read_automations,
)
from loaders.org_connection import Org
from loaders.plan_rows import Counts
from loaders.plan_store import Finding

UNKNOWN = "automations_unknown"
# What each does to a row, and what a person can do about it: code, consequence, way out.
_MEANING = {
    VALIDATION_RULES.name: (
        "validation_rule_active",
        "refuse rows that break them",
        "let the rules leave out the load user, or deactivate them in Setup while loading",
    ),
    TRIGGERS.name: (
        "apex_trigger_active",
        "run on every row, and may change, refuse or send",
        "ask who wrote them, and switch them off for the load user",
    ),
    FLOWS.name: (
        "flow_active",
        "run on every row, and may change, refuse or send",
        "let their entry conditions leave out the load user, or deactivate them while loading",
    ),
    ALERTS.name: (
        "email_alert_present",
        "send e-mail where a flow, a process or a workflow rule uses them",
        "Setup > Deliverability: set access to system e-mail only while loading",
    ),
}


def automation_findings(org: Org, counts: Mapping[str, Counts]) -> list[Finding]:
    """
    Name the automations on each object that gets or changes rows.

    They warn and stop nothing: only the customer knows what they are for.
    """
    rows = {name: each.creates + each.updates for name, each in counts.items()}
    touched = {name: number for name, number in rows.items() if number}
    found = []
    for kind in KINDS if touched else ():
        names = read_automations(org, kind, touched)
        if names is None:
            found.append(rules_unknown(kind.name))
            continue
        code, does, hint = _MEANING[kind.name]
        found += [
            Finding(
                code=code,
                severity="warn",
                sobject=sobject,
                field="",
                count=touched[sobject],
                message=f"{sobject}: {kind.name} that {does}: {', '.join(active)}",
                hint=hint,
            )
            for sobject, active in names.items()
        ]
    return found


def rules_unknown(kind: str) -> Finding:
    """Say that nobody can say: silence would read as none."""
    return Finding(
        code=UNKNOWN,
        severity="warn",
        sobject="",
        field="",
        count=0,
        message=f"this org does not tell this user which {kind} are active",
        hint="give the load user View Setup and Configuration, or look in Setup",
    )
