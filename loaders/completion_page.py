"""The completion report as a page that needs nothing but itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from extract.page.figure import Figure
from extract.page.rendering import render
from extract.page.wording import counted, number
from loaders.access_report import access_figures
from loaders.completion import Completion
from loaders.completion_figures import (
    SHOWN,
    equation,
    gone,
    left_out,
    measured,
    objects,
    remedies,
    timings,
)
from loaders.completion_undos import taken_back_words
from loaders.masking import is_masked
from loaders.verify_rules import RULES

# A longer value is cut on the page; the CSV has it whole.
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Record:
    """One record side by side."""

    sobject: str
    key: str
    differing: int
    cells: Figure


def as_page(told: Completion, files: Mapping[str, str]) -> str:
    """Render the report; equal facts give equal bytes."""
    return render(
        "completion.html.jinja",
        package="loaders",
        told=told,
        headline=headline(told),
        source=sum(line.source for line in told.status.entities),
        left_behind=sum(one.records for one in told.left_out),
        equation=equation(told),
        objects=objects(told),
        todo=_listed(("where", "what", "records", "how"), remedies(told), numbers=frozenset({2})),
        refused=_refused(told),
        left_out=left_out(told),
        gone=gone(told),
        records=list(_records(told)),
        measured=measured(told),
        timings=timings(told),
        approvals=_approvals(told),
        access=access_figures(told.access) if told.access else [],
        covered=_covered(told),
        differing=_differing(told),
        normalised=_normalised(told),
        masks=_masks(told),
        files=_listed(("file", "what it holds"), list(files.items())),
    )


def headline(told: Completion) -> str:
    """Say in one sentence how the run ended, and what was taken back of it since."""
    if told.undone_by:
        return f"This run was taken back by rollback {told.undone_by}"
    words = taken_back_words(told)
    return f"{_outcome(told)}; {words}" if words else _outcome(told)


def _outcome(told: Completion) -> str:
    if told.unexplained:
        return f"Not reconciled: {counted(told.unexplained, 'record')} not accounted for"
    troubled = len(told.refused) + (told.differences or 0)
    if troubled:
        return f"Reconciled, with {counted(troubled, 'row')} that need a decision"
    if told.differences is None:
        return "Reconciled: every record is accounted for; the org was not read back yet"
    return "Reconciled: every record is accounted for, and the org is as planned"


def _listed(
    columns: tuple[str, ...],
    rows: Sequence[tuple[str, ...]],
    *,
    numbers: frozenset[int] = frozenset(),
) -> Figure:
    """Make a table without a picture."""
    words = frozenset(range(len(columns))) - numbers
    return Figure("", "", "", "", columns, tuple(rows), words=words)


def _refused(told: Completion) -> Figure:
    return _listed(
        ("object", "key", "state", "field", "reason", "what it means", "what to do"),
        [
            (each.sobject, each.key, each.state, each.field, each.reason, each.meaning, each.hint)
            for each in told.refused[:SHOWN]
        ],
    )


def _records(told: Completion) -> Iterator[Record]:
    for (sobject, key), found in groupby(told.cells, key=lambda cell: (cell.sobject, cell.key)):
        cells = list(found)
        rows = [
            (cell.field, _cut(cell.planned), _cut(cell.in_org), "differs" if cell.differs else "")
            for cell in cells
        ]
        table = _listed(("field", "planned", "in the org", ""), rows)
        yield Record(sobject, key, sum(cell.differs for cell in cells), table)


def _covered(told: Completion) -> Figure:
    return _listed(
        ("what", "in the sample", "in all"),
        [(each.what, number(each.sampled), number(each.available)) for each in told.covered],
        numbers=frozenset({1, 2}),
    )


def _differing(told: Completion) -> Figure:
    return _listed(
        ("object", "field", "records"),
        [(sobject, field, number(records)) for sobject, field, records in told.differing],
        numbers=frozenset({2}),
    )


def _normalised(told: Completion) -> Figure:
    return _listed(
        ("rule", "object", "field", "cells", "in the org"),
        [
            (each.rule, each.sobject, each.field, number(each.cells), RULES[each.rule])
            for each in told.normalised
        ],
        numbers=frozenset({3}),
    )


def _masks(told: Completion) -> Figure:
    """List the fields that held masks in place of what the source says; without masks, none."""
    masked = told.plan.objects if told.plan.settings.masked else ()
    names = {
        each.sobject: ", ".join(column.name for column in each.columns if is_masked(column))
        for each in masked
    }
    return _listed(("object", "masked fields"), [row for row in names.items() if row[1]])


def _cut(value: str | None) -> str:
    if value is None:
        return ""
    if len(value) <= _LONGEST:
        return value
    return f"{value[:_LONGEST]} … ({number(len(value))} characters)"


def _approvals(told: Completion) -> Figure:
    return _listed(
        ("by", "when", "part", "hash of that part"),
        [
            (each.approved_by, each.at[:16], scope, hashed)
            for each in told.approvals
            for scope, hashed in each.parts.items()
        ],
    )
