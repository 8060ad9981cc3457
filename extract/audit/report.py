"""Writes the audit down, for people and for programs, and says in a few lines what it found."""

from __future__ import annotations

import json
from pathlib import Path

from rich.table import Table

from extract.audit.as_json import as_json
from extract.audit.audit import Audit
from extract.audit.figures_findings import SEVERITIES
from extract.audit.page import as_page
from extract.errors import EXIT_INCOMPLETE


def exit_code(audit: Audit) -> int:
    """Return 4 when counts do not add up, else 0: what was found is no failure of ours."""
    return EXIT_INCOMPLETE if audit.open_counts else 0


def write_report(audit: Audit, into: Path) -> str:
    """Write the report, and return its JSON as it was written."""
    text = json.dumps(as_json(audit), indent=1, ensure_ascii=False, default=str) + "\n"
    (into / "audit.json").write_text(text, encoding="utf-8")
    (into / "audit.html").write_text(as_page(audit), encoding="utf-8")
    return text


def summary(audit: Audit) -> Table:
    """Return the findings by what they ask for."""
    table = Table("what was found", "classes", "records", box=None, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    for severity, meaning in SEVERITIES.items():
        found = [one for one in audit.findings if one.severity == severity and one.records]
        table.add_row(meaning, str(len(found)), f"{sum(one.records for one in found):,}")
    return table
