"""What became of the schema, as a person reads it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.table import Table

from loaders.related_lists import Widened
from loaders.schema_diff import SchemaDiff
from loaders.schema_drop import Dropped
from loaders.schema_grants import HandOff
from loaders.schema_shield import Uncovered
from loaders.tables import new_table


def schema_diff_tables(diff: SchemaDiff) -> list[Table]:
    """Draw the differences, and below them how many there are of each kind."""
    title = f"{diff.fields:,} fields of {diff.objects:,} objects against org {diff.org}"
    kinds = Counter(each.kind for each in diff.differences)
    if not kinds:
        return []
    rows = new_table(title, names=("object", "field", "kind"), sentences=("in the org",))
    for each in diff.differences:
        rows.add_row(each.sobject, each.field or "-", each.kind, each.message)
    totals = new_table("differences", names=("kind",), numbers=("number",))
    for kind, count in sorted(kinds.items()):
        totals.add_row(kind, f"{count:,}")
    return [rows, totals]


def schema_drop_table(dropped: Dropped, *, check_only: bool) -> Table:
    """Draw how many components of each type went, and name those that stay."""
    gone = Counter(kind for kind, _ in dropped.removed)
    stays: dict[str, list[str]] = {}
    for kind, name in dropped.staying:
        stays.setdefault(kind, []).append(name)
    table = new_table(
        "what a removal would take" if check_only else "removed",
        names=("type",),
        numbers=("would go" if check_only else "gone", "staying"),
        sentences=("stays",),
    )
    for kind in sorted(gone.keys() | stays.keys()):
        names = stays.get(kind, [])
        table.add_row(kind, f"{gone[kind]:,}", f"{len(names):,}", ", ".join(names))
    return table


def uncovered_phi_tables(uncovered: Sequence[Uncovered]) -> list[Table]:
    """Draw the PHI columns that field encryption does not cover, with the reason for each."""
    if not uncovered:
        return []
    title = f"{len(uncovered):,} PHI columns that field encryption does not cover"
    table = new_table(title, names=("object", "field", "type"), sentences=("because",))
    for each in uncovered:
        table.add_row(each.sobject, each.field, each.type, each.reason)
    return [table]


def hand_off_line(done: HandOff, *, check_only: bool) -> str:
    """Say who holds the migration permission set, and who held it."""
    if done.held:
        load_user = "still holds it" if check_only else "held it, and does not any more"
    else:
        load_user = "does not hold it"
    return f"{done.permission_set}: the load user {load_user}; {done.others:,} others hold it"


def related_lists_tables(done: Widened, *, check_only: bool) -> list[Table]:
    """Draw what was added to each layout of the customer's."""
    if not done.added:
        return []
    title = "what would be added" if check_only else "added"
    table = new_table(title, names=("layout",), sentences=("related lists and fields",))
    for layout, names in done.added.items():
        table.add_row(layout, ", ".join(names))
    return [table]
