"""A run as a person reads it: tables of counts, and a private file with the reason of each row."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.table import Table

from loaders.bench import Bench, copy_privately
from loaders.canonical import literal, quoted
from loaders.gone_states import GONE_FATES, GoneStatus
from loaders.ledger import Ledger
from loaders.ledger_outcomes import view_outcomes
from loaders.paths import make_private_folder
from loaders.plan_store import Plan, rows_file
from loaders.row_errors import ORPHANED, row_error
from loaders.status import EntityStatus, ObjectStatus, RunStatus
from loaders.tables import new_table
from loaders.taken_back import TAKEN_BACK
from loaders.verify import Verdict
from loaders.verify_rules import RULES

_OBJECT_COUNTS = (
    "rows",
    "created",
    "updated",
    "unchanged",
    "failed",
    "held",
    "waiting",
    TAKEN_BACK,
)
_ENTITY_COUNTS = ("source", "loaded", "merged", "excluded", "failed", TAKEN_BACK)
_GONE_COUNTS = ("rows", *GONE_FATES)
_REASONS_SHOWN = 5


def status_tables(status: RunStatus) -> list[Table]:
    """Draw the objects, the entities with their equation, and the commonest reasons."""
    title = f"run {status.run.run}, {status.run.state.replace('_', ' ')}"
    objects = _by_object(status, title, status.objects, _OBJECT_COUNTS)
    counts = status.shown(_ENTITY_COUNTS)
    entities = new_table("entities", names=("line", "entity"), numbers=(*_worded(counts), "closes"))
    for line in status.entities:
        numbers = (f"{getattr(line, name):,}" for name in counts)
        entities.add_row(str(line.line), line.entity, *numbers, _closes(status, line))
    tables = [objects, entities]
    if status.gone:
        tables.append(_by_object(status, "no longer in the source", status.gone, _GONE_COUNTS))
    if not status.reasons:
        return tables
    reasons = new_table(
        "reasons",
        names=("object", "code", "field"),
        numbers=("rows",),
        sentences=("meaning", "try"),
    )
    for reason in sorted(status.reasons, key=lambda each: -each.rows)[:_REASONS_SHOWN]:
        reasons.add_row(
            reason.sobject,
            reason.code,
            reason.field,
            f"{reason.rows:,}",
            f"{reason.state}: {reason.template}",
            reason.hint,
        )
    return [*tables, reasons]


def _by_object(
    status: RunStatus,
    title: str,
    found: Sequence[ObjectStatus | GoneStatus],
    counts: tuple[str, ...],
) -> Table:
    shown = status.shown(counts)
    table = new_table(title, names=("object",), numbers=_worded(shown))
    for each in found:
        table.add_row(each.sobject, *(f"{getattr(each, name):,}" for name in shown))
    return table


def _worded(counts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name.replace("_", " ") for name in counts)


def _closes(status: RunStatus, line: EntityStatus) -> str:
    if line.closes:
        return "yes"
    return "not yet" if status.run.state == "running" else "NO"


def verdict_tables(verdict: Verdict) -> list[Table]:
    """Draw what `verify` compared, what it took as the same by which rule, and what differs."""
    objects = new_table(
        "org and plan", names=("object",), numbers=("rows", "fields", "+", "-", "!")
    )
    for each in verdict.objects:
        counts = (each.rows, each.fields, each.extra, each.missing, each.different)
        objects.add_row(each.sobject, *(f"{number:,}" for number in counts))
    fields = new_table("fields that differ", names=("object", "field"), numbers=("rows",))
    for field in verdict.fields:
        fields.add_row(field.sobject, field.field, f"{field.rows:,}")
    tables = [objects, *([_rules_table(verdict)] if verdict.normalised else [])]
    return [*tables, *([fields] if verdict.fields else [])]


def _rules_table(verdict: Verdict) -> Table:
    """Draw the rules in short: `--json` and the file beside the differences name the fields."""
    table = new_table(
        "other text, and the same by rule",
        names=("rule",),
        numbers=("fields", "cells"),
        sentences=("meaning",),
    )
    for rule, meaning in RULES.items():
        if found := [each.cells for each in verdict.normalised if each.rule == rule]:
            table.add_row(rule, f"{len(found):,}", f"{sum(found):,}", meaning)
    return table


def write_failures(
    ledger: Ledger, status: RunStatus, bench: Bench, *, planned: tuple[Plan, Path], reports: Path
) -> Path:
    """
    Write down every row that failed or is held: key, field, code, what it means, what to do.

    A row without its parent names it by key, as the plan has it: the ledger does not repeat that.
    """
    folder = make_private_folder(make_private_folder(reports) / status.run.run)
    view_outcomes(bench.db, ledger.outcome_files(status.run.run))
    hints = " ".join(
        f"when {literal(code)} then {literal(row_error(code).hint)}"
        for code in sorted({reason.code for reason in status.reasons})
    )
    return copy_privately(
        bench.db,
        f"""
        select finals.sobject, finals.key, state, finals.field, code, template as message,
            case coalesce(code, '') {hints} end as hint, lookup, parent_key, parent_state
        from finals
        left join ({_parents(*planned, status)}) as parents
            on parents.sobject = finals.sobject and parents.key = finals.key
                and parents.field = finals.field and finals.code in {ORPHANED}
        where state in ('failed', 'held') order by finals.sobject, finals.key
        """,  # noqa: S608 - our own sentences
        folder / "failures.csv",
    )


def _parents(plan: Plan, folder: Path, status: RunStatus) -> str:
    """Give the query of what each lookup without its parent points to: the parent's key."""
    lookups = {(each.sobject, each.field) for each in status.reasons if each.code in ORPHANED}
    nobody = "select null as sobject, null as key, null as field, null as parent_key where false"
    return " union all ".join(
        [
            nobody,
            *(
                f"select {literal(sobject)}, _key, {literal(field)}, {quoted(field)}"  # noqa: S608
                f" from read_parquet({literal(str(rows_file(folder, plan.object(sobject))))})"
                for sobject, field in sorted(lookups)
            ),
        ]
    )
