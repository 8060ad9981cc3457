"""Says in a few lines, or as JSON, what an archive holds and whether it is still whole."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from rich.table import Table

from extract.archive.archive import Archive
from extract.archive.seal import broken_files
from extract.errors import EXIT_INCOMPLETE


def exit_code(archive: Archive) -> int:
    """Return 4 where a record of the source is not accounted for."""
    return 0 if archive.closes else EXIT_INCOMPLETE


def as_table(archive: Archive) -> Table:
    """Show for each kind of record: source = with a target + without, and what is archived."""
    table = Table(
        "kind of record", "source", "= with target", "+ without", "archived", "altered", "closes",
        box=None, pad_edge=False,
    )  # fmt: skip
    for column in table.columns[1:]:
        column.justify = "right"
    for kind in archive.kinds:
        counts = (kind.records, kind.with_target, kind.without_target, kind.archived, kind.altered)
        closes = kind.closes(without_target=archive.without_target)
        table.add_row(kind.table, *(f"{each:,}" for each in counts), "yes" if closes else "no")
    return table


def as_json(archive: Archive) -> dict[str, Any]:
    """Return the same for programs."""
    return {
        "folder": str(archive.folder),
        "seal": archive.seal,
        "patients": archive.patients,
        "closes": archive.closes,
        "kinds": [
            {
                "table": kind.table,
                "source": kind.records,
                "with_target": kind.with_target,
                "without_target": kind.without_target,
                "archived": kind.archived,
                "altered": kind.altered,
            }
            for kind in archive.kinds
        ],
    }


def checked(folder: Path, *, seal: str | None, as_json: bool) -> int:
    """Say what is not as it was sealed, and return the exit code."""
    broken = broken_files(folder, expected=seal)
    if as_json:
        found = [{"path": one.path, "how": one.how} for one in broken]
        sys.stdout.write(json.dumps({"whole": not broken, "broken": found}) + "\n")
    else:
        for one in broken:
            sys.stdout.write(f"{one.how}: {one.path}\n")
        sys.stdout.write(f"{len(broken)} files are not as they were sealed\n")
    return EXIT_INCOMPLETE if broken else 0
