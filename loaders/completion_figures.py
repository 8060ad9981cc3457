"""The figures of the completion report: each says what it found, and has its numbers beside it."""

from __future__ import annotations

from collections.abc import Sequence

from extract.page.charts import SERIES, Bar, bars
from extract.page.figure import Figure
from extract.page.wording import capital, counted, number, share, verb
from loaders.completion import Completion
from loaders.completion_undos import undo_remedies
from loaders.estimate_range import Range
from loaders.gone_states import GONE_FATES, GoneStatus
from loaders.status import ObjectStatus
from loaders.taken_back import TAKEN_BACK

_FATES = ("loaded", "merged", "excluded", "failed", TAKEN_BACK, "unexplained")
_STATES = ("created", "updated", "unchanged", "failed", "held", "waiting", TAKEN_BACK)
_TAKEN_BACK = "#5b4a3f"
_FATE_COLOURS = {
    "loaded": "#0f6b6b",
    "merged": "#7fb5a8",
    "excluded": "#a9b6c1",
    "failed": "#c98a1b",
    TAKEN_BACK: _TAKEN_BACK,
    "unexplained": "#b5432a",
}
_IN_ORG = ("created", "updated", "unchanged")
# As many rows are shown of a long list; the files beside the page have all of them.
SHOWN = 500
# A picture of more bars is taller than a page of paper; the table beside it has them all.
_DRAWN = 20


def equation(told: Completion) -> Figure:
    """Show what became of every source record, by entity."""
    lines = told.status.entities
    source = sum(line.source for line in lines)
    title = f"All {number(source)} source records are accounted for"
    fates = told.status.shown(_FATES)
    if told.unexplained:
        several = counted(told.unexplained, "source record")
        title = f"{several} {verb(told.unexplained, 'is', 'are')} not accounted for"
    return Figure(
        "equation",
        title,
        "source records, by entity",
        bars(
            [
                Bar(
                    line.entity.replace("_", " "),
                    tuple(max(0, getattr(line, fate)) for fate in fates),
                    number(line.source),
                )
                for line in lines
            ],
            colours=[_FATE_COLOURS[fate] for fate in fates],
            legend=_worded(fates),
        ),
        ("entity", "source", *_worded(fates)),
        tuple(
            (
                line.entity.replace("_", " "),
                number(line.source),
                *(number(getattr(line, fate)) for fate in fates),
            )
            for line in lines
        ),
        f"source = {' + '.join(_worded(fates))}. A held row counts as failed.",
        is_wide=True,
    )


def objects(told: Completion) -> Figure:
    """Show how many of the planned rows are in the org, by object."""
    found = told.status.objects
    planned = sum(each.rows for each in found)
    there = sum(getattr(each, state) for each in found for state in _IN_ORG)
    title = f"{number(there)} of {counted(planned, 'planned row')} are in the org"
    if planned == there:
        title = f"All {counted(planned, 'planned row')} are in the org"
    return _by_object(
        "objects",
        title,
        "rows, by object in the order of loading",
        found,
        ("planned", told.status.shown(_STATES)),
        colours=("#0f6b6b", "#5b7fa6", "#a9b6c1", "#b5432a", "#c98a1b", "#8a6d9c", _TAKEN_BACK),
    )


def gone(told: Completion) -> Figure | None:
    """Show what became of the records that the source has no longer, by object."""
    found = told.status.gone
    if not found:
        return None
    total = sum(each.rows for each in found)
    deleted = sum(each.deleted for each in found)
    return _by_object(
        "gone",
        f"The source has {counted(total, 'record')} no longer, of which {number(deleted)}"
        f" {verb(deleted, 'is', 'are')} deleted in the org",
        "records, by object",
        found,
        ("records", told.status.shown(GONE_FATES)),
        colours=("#0f6b6b", "#5b7fa6", "#a9b6c1", "#c98a1b", "#b5432a", "#8a6d9c", _TAKEN_BACK),
    )


def _by_object(  # noqa: PLR0913 - the words of a figure, and what it shows
    name: str,
    title: str,
    caption: str,
    found: Sequence[ObjectStatus] | Sequence[GoneStatus],
    counts: tuple[str, tuple[str, ...]],
    *,
    colours: tuple[str, ...],
) -> Figure:
    """Draw the rows of each object by their states; `counts` names all of them, then each state."""
    total, states = counts
    values = [(each, tuple(getattr(each, state) for state in states)) for each in found]
    return Figure(
        name,
        title,
        caption,
        bars(
            [Bar(each.sobject, of_states, number(each.rows)) for each, of_states in values],
            colours=colours[: len(states)],
            legend=_worded(states),
        ),
        ("object", total, *_worded(states)),
        tuple(
            (each.sobject, number(each.rows), *map(number, of_states)) for each, of_states in values
        ),
        is_wide=True,
    )


def _worded(states: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(each.replace("_", " ") for each in states)


def left_out(told: Completion) -> Figure | None:
    """Show what was meant to stay behind, and why."""
    if not told.left_out:
        return None
    found = sorted(told.left_out, key=lambda one: (-one.records, one.entity, one.reason))
    total, most, drawn = sum(one.records for one in found), found[0], found[:_DRAWN]
    largest = f"{most.entity} ({most.reason})".replace("_", " ")
    return Figure(
        "left-out",
        f"{counted(total, 'record')} stayed behind on purpose, {share(most.records, total)}"
        f" of them {largest}",
        "source records, by entity and reason"
        + (f": the largest {_DRAWN} of {len(found)}, all in the table" if drawn != found else ""),
        bars(
            [
                Bar(
                    f"{one.entity}: {one.reason}".replace("_", " "),
                    (one.records,),
                    f"{one.records:,}",
                )
                for one in drawn
            ],
            colours=[SERIES[5]],
        ),
        ("entity", "what", "reason", "records"),
        tuple((one.entity, one.state, one.reason, number(one.records)) for one in found),
        "What each reason means, and how to mend it, is in docs/exclusions.md.",
        words=frozenset({0, 1, 2}),
    )


def timings(told: Completion) -> Figure | None:
    """Show where the time of the push went."""
    if not told.timings:
        return None
    slowest = max(told.timings, key=lambda each: each.seconds)
    total = sum(each.seconds for each in told.timings)
    return Figure(
        "timings",
        f"The org worked for {total:,.1f} s, {slowest.seconds:,.1f} s of it on {slowest.sobject}",
        "seconds of jobs in the org, by object",
        bars(
            [Bar(each.sobject, (each.seconds,), f"{each.seconds:,.1f} s") for each in told.timings],
            colours=[SERIES[0]],
        ),
        ("object", "jobs", "rows sent", "seconds"),
        tuple(
            (each.sobject, number(each.jobs), number(each.rows), f"{each.seconds:,.1f}")
            for each in told.timings
        ),
        "Jobs side by side share the time that passed. Rows of a second pass are counted again.",
    )


def measured(told: Completion) -> Figure:
    """Hold what was estimated against what came true; without an estimate, only the latter."""
    if not told.estimated:
        rows = tuple(
            (name, "", _amount(of), "", where) for name, (of, where) in told.measured.items()
        )
        title = "Nobody made an estimate before this run"
    else:
        off = [each.name for each in told.estimated if each.verdict in {"less", "more"}]
        title = f"Outside what was estimated: {', '.join(off)}" if off else "All as estimated"
        rows = tuple(
            (
                each.name,
                each.estimated.text(each.unit),
                each.actual.text(each.unit),
                each.verdict,
                each.source,
            )
            for each in told.estimated
        )
    return Figure(
        "measured",
        title,
        "estimated before the push, and measured",
        "",
        ("number", "estimated", "actual", "verdict", "where that is from"),
        rows,
        words=frozenset({0, 3, 4}),
    )


def remedies(told: Completion) -> list[tuple[str, str, str, str]]:
    """List what is left to do: where, what is wrong, how many, and what to do about it."""
    status = told.status
    listed = [
        (
            f"{line.entity}",
            "not accounted for",
            number(abs(line.unexplained)),
            "clinic-load trace KEY",
        )
        for line in status.entities
        if not line.closes
    ]
    listed += [
        (
            f"{each.sobject} {each.field}".strip(),
            capital(f"{each.state}: {each.template}"),
            number(each.rows),
            each.hint,
        )
        for each in status.reasons
    ]
    waiting = sum(each.waiting for each in status.objects)
    if waiting:
        listed.append(
            ("run", "not sent yet", number(waiting), f"clinic-load resume {status.run.run}")
        )
    listed += undo_remedies(told)
    if told.differences is None:
        listed.append(("run", "Never verified", "", f"clinic-load verify {status.run.run}"))
    elif told.differences:
        where = f"reports/{status.run.run}/differences.csv"
        listed.append(("org", "Differs from the plan", number(told.differences), where))
    listed += [
        (
            f"{one['table']}".replace("_", " "),
            f"To be rebuilt by hand: {one['what']}",
            number(one["records"]),
            f"reports/audit/{one['file']}" if one["file"] else "only counted at the source",
        )
        for one in told.rebuild or ()
    ]
    if told.rebuild is None:
        listed.append(("source", "Automations were never listed", "", "clinic-extract audit"))
    return listed


def _amount(found: Range) -> str:
    return "unknown" if found.low is None else f"{found.low:,.1f}".removesuffix(".0")
