"""Says what a run landed: a table for people, JSON for programs, and the exit code for both."""

from __future__ import annotations

from rich.table import Table

from extract.checkpoint import Tally
from extract.errors import EXIT_INCOMPLETE

COLUMNS = ("new", "changed", "unchanged", "repeated", "quarantined")
UNKNOWN_TYPE = "(unknown)"


def exit_code(tally: Tally) -> int:
    """Return 4 when something could not be read, else 0."""
    is_incomplete = tally.quarantined.total() or tally.not_listed or tally.refused
    return EXIT_INCOMPLETE if is_incomplete else 0


def counts_by_type(tally: Tally) -> dict[str, dict[str, int]]:
    """Return each type's counts, types in order of name."""
    names = sorted({*tally.new, *tally.quarantined})
    return {
        name or UNKNOWN_TYPE: {
            "new": tally.new[name],
            "changed": tally.changed[name],
            "unchanged": tally.unchanged[name],
            "repeated": tally.repeated_identical[name] + tally.repeated_different[name],
            "repeated_different": tally.repeated_different[name],
            "quarantined": tally.quarantined[name],
        }
        for name in names
    }


def as_json(tally: Tally, *, source: str, system: str) -> dict[str, object]:
    """Return what a run did, for programs."""
    types = counts_by_type(tally)
    return {
        "source": source,
        "system": system,
        "load_ids": tally.load_ids,
        "types": types,
        "totals": {
            column: sum(counts[column] for counts in types.values())
            for column in (*COLUMNS, "repeated_different")
        },
        "deleted": {name: count for name, count in sorted(tally.deleted.items()) if count},
        "deletions_unseen_since": tally.deletions_unseen_since,
        "not_taken": dict(sorted(tally.not_taken.items())),
        "not_listed": dict(sorted(tally.not_listed.items())),
        "refused": sorted(tally.refused),
    }


def as_table(tally: Tally) -> Table:
    """Return what a run did, for people."""
    table = Table("type", *(("landed new", *COLUMNS[1:])), box=None, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    types = counts_by_type(tally)
    for name, counts in types.items():
        table.add_row(name, *(str(counts[column]) for column in COLUMNS))
    totals = [str(sum(counts[column] for counts in types.values())) for column in COLUMNS]
    table.add_row("all", *totals)
    return table


def remarks(tally: Tally) -> list[str]:
    """Return what the table cannot show."""
    lines = []
    if different := tally.repeated_different.total():
        lines.append(f"{different} of the repeated resources differ from the one that was kept")
    if deleted := tally.deleted.total():
        lines.append(f"{deleted} are no longer in the source, and set aside")
    if tally.deletions_unseen_since:
        lines.append(f"deletions not looked for since {tally.deletions_unseen_since}: --full")
    if not_seen := tally.not_seen.total():
        lines.append(f"{not_seen} landed rows are not in these files; they stay as they are")
    if not_taken := tally.not_taken - tally.not_listed:
        types = len(not_taken)
        lines.append(f"{not_taken.total()} resources of {types} other types are counted, not taken")
    if not_listed := tally.not_listed.total():
        lines.append(
            f"{not_listed} are there, and the lists did not give them; run the same command again"
        )
    if quarantined := tally.quarantined.total():
        lines.append(f"{quarantined} in quarantine; raw.duckdb has the reasons, in `quarantined`")
    return lines
