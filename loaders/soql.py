"""Values on their way into SOQL: the one place where they are quoted."""

from __future__ import annotations

from collections.abc import Sequence

# A SOQL statement may hold 100,000 characters (contract 4.7).
_LIST_CHARACTERS = 80_000


def soql_literal(text: str) -> str:
    """Quote a text value for SOQL: the one place where values enter a query."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def id_filters(field: str, ids: Sequence[str], *, characters: int = _LIST_CHARACTERS) -> list[str]:
    """Cut `field IN (...)` conditions so that each fits a query (100,000 characters)."""
    filters: list[str] = []
    batch: list[str] = []
    size = 0
    for each in ids:
        value = soql_literal(each)
        if batch and size + len(value) + 1 > characters:
            filters.append(f"{field} IN ({','.join(batch)})")
            batch, size = [], 0
        batch.append(value)
        size += len(value) + 1
    if batch:
        filters.append(f"{field} IN ({','.join(batch)})")
    return filters
