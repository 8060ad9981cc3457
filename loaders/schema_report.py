"""What became of the schema, as a person reads it."""

from __future__ import annotations

from collections import Counter

from rich.table import Table

from loaders.schema_diff import SchemaDiff
from loaders.schema_drop import Dropped
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
