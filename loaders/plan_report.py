"""A plan as a person reads it: a row per object, and what pre-flight found."""

from __future__ import annotations

from rich.table import Table

from loaders.plan_store import Plan
from loaders.tables import new_table

_NUMBERS = ("rows", "creates", "updates", "unchanged", "failed")


def plan_tables(plan: Plan) -> list[Table]:
    """Draw the objects in load order, and the findings where there are any."""
    objects = new_table(
        f"plan for org {plan.alias}",
        names=("#", "object"),
        numbers=_NUMBERS,
        sentences=("second pass",),
    )
    for each in plan.objects:
        counts = (f"{getattr(each, name):,}" for name in _NUMBERS)
        objects.add_row(str(each.order), each.sobject, *counts, ", ".join(each.second_pass))
    totals = (f"{sum(getattr(each, name) for each in plan.objects):,}" for name in _NUMBERS)
    objects.add_row("", "all", *totals, "")
    if not plan.findings:
        return [objects]
    findings = new_table("pre-flight", names=("severity", "code"), sentences=("finding",))
    for finding in plan.findings:
        findings.add_row(finding.severity, finding.code, finding.message)
    return [objects, findings]
