"""Rows that break a careless client or server: quotes, delimiters, line feeds, emoji."""

from __future__ import annotations

import csv
import io

HEADER = ("Clinic_Id__c", "Name", "Description")


def awkward_row(key: str) -> tuple[str, str, str]:
    """Make the row of a key; what it holds follows from the key alone."""
    return (key, f'Praxis "{key}"; Söhne, 🦷', f'first line\nsecond; "line" of {key} | ^ `')


def awkward_csv(prefix: str, *, rows: int) -> str:
    """Write a CSV of that many rows, keyed `prefix:0` and on."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(awkward_row(f"{prefix}:{number}") for number in range(rows))
    return out.getvalue()


def read_csv(text: str) -> list[dict[str, str]]:
    """Read what a client wrote."""
    return list(csv.DictReader(io.StringIO(text, newline="")))
