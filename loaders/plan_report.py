"""A plan as a person reads it: what changed in the map, a row per object, and the findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.table import Table

from loaders.map_changes import APPROVED, CHANGED, NEVER, Change
from loaders.map_parts import NAMED
from loaders.plan_store import Finding, Plan
from loaders.preflight_schema import SCHEMA_DIFFERS
from loaders.tables import new_table

_NUMBERS = ("rows", "creates", "updates", "unchanged", "failed")
# So many names are shown; `plan --json` and plan.json hold all of them.
_NAMES = 12

# Only shown where an org in use raises such questions.
_RARE = ("held", "aliases")


def plan_tables(plan: Plan) -> list[Table]:
    """Draw what is to be approved, the objects in load order, and the findings."""
    tables = [_changes_table(plan)] if any(map(_is_told, plan.changes)) else []
    if plan.objects:
        tables.append(_objects_table(plan))
    if plan.gone:
        tables.append(_gone_table(plan))
    if plan.findings:
        tables.append(_findings_table(plan.findings))
    return tables


def _objects_table(plan: Plan) -> Table:
    rare = tuple(name for name in _RARE if any(getattr(each, name) for each in plan.objects))
    numbers = _NUMBERS + rare
    objects = new_table(
        f"plan for org {plan.alias}",
        names=("#", "object"),
        numbers=numbers,
        sentences=("second pass",),
    )
    for each in plan.objects:
        counts = (f"{getattr(each, name):,}" for name in numbers)
        objects.add_row(str(each.order), each.sobject, *counts, ", ".join(each.second_pass))
    totals = (f"{sum(getattr(each, name) for each in plan.objects):,}" for name in numbers)
    objects.add_row("", "all", *totals, "")
    return objects


def _gone_table(plan: Plan) -> Table:
    numbers = ("delete", "mark", "keep", "undecided")
    table = new_table("no longer in the source", names=("object",), numbers=numbers)
    for each in plan.gone:
        table.add_row(each.sobject, *(f"{getattr(each, name):,}" for name in numbers))
    return table


def _findings_table(findings: Sequence[Finding]) -> Table:
    table = new_table("pre-flight", names=("severity", "code"), sentences=("finding", "try"))
    for finding in findings:
        if finding.code != SCHEMA_DIFFERS:
            table.add_row(finding.severity, finding.code, finding.message, finding.hint)
    for message in _schema_messages(findings):
        table.add_row("stop", SCHEMA_DIFFERS, message, "clinic-load schema deploy")
    return table


def _schema_messages(findings: Sequence[Finding]) -> Iterator[str]:
    """Gather the fields that one object lacks for one reason: a fresh org lacks hundreds."""
    fields: dict[tuple[str, str], list[str]] = {}
    for each in findings:
        if each.code == SCHEMA_DIFFERS:
            found = fields.setdefault((each.sobject, each.message), [])
            found.extend([each.field] if each.field else [])
    for (sobject, message), names in fields.items():
        yield f"{sobject}: {message}" + (f": {', '.join(names)}" if names else "")


def _is_told(change: Change) -> bool:
    """Settings and related lists are told only where somebody had confirmed others."""
    return change.state == CHANGED or (change.state == NEVER and change.scope not in NAMED)


def _changes_table(plan: Plan) -> Table:
    table = new_table(
        "the map against its last approval",
        names=("part", "last approved"),
        numbers=("added", "removed", "changed"),
        sentences=("names",),
    )
    for each in plan.changes:
        if not _is_told(each):
            continue
        lists = (each.added, each.removed, each.changed)
        when = NEVER if each.at is None else f"by {each.approved_by}, {each.at[:16]}"
        counts = (f"{len(names):,}" for names in lists)
        table.add_row(each.scope, when, *counts, "" if each.at is None else _names(lists))
    kept = [each.scope for each in plan.changes if each.state == APPROVED]
    table.caption = f"approved as it is: {', '.join(kept)}" if kept else None
    return table


def _names(lists: tuple[tuple[str, ...], ...]) -> str:
    signed = [f"{sign}{name}" for sign, names in zip("+-~", lists, strict=True) for name in names]
    more = f", and {len(signed) - _NAMES:,} more" if len(signed) > _NAMES else ""
    return ", ".join(signed[:_NAMES]) + more
