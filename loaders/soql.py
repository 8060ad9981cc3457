"""What queries are made of: values, the one place where they are quoted, and conditions."""

from __future__ import annotations

from collections.abc import Sequence

# A SOQL statement may hold 100,000 characters (contract 4.7).
_LIST_CHARACTERS = 80_000
_ARCHIVED = frozenset({"Event", "Task"})


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


def live(sobject: str, where: str = "") -> tuple[str, bool]:
    """
    Give the clause that finds the live records of an object, and whether only queryAll does.

    Archived activities are only seen by queryAll, which shows deleted ones as well.
    """
    archived = sobject in _ARCHIVED
    conditions = [each for each in (where, "IsDeleted = false" if archived else "") if each]
    return f" WHERE {' AND '.join(conditions)}" if conditions else "", archived


def in_the_bin(where: str) -> tuple[str, bool]:
    """Give the clause that finds records in the recycle bin; only queryAll looks there."""
    return f" WHERE IsDeleted = true AND {where}", True
