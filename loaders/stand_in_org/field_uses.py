"""What a query may do with a field of which type: filter, sort, group, aggregate."""

from __future__ import annotations

from loaders.stand_in_org.model import Field

IDS = frozenset({"id", "reference"})
NUMBERS = frozenset({"int", "long", "double", "currency", "percent"})
# Kept as a whole, shown or downloaded, never compared.
_OPAQUE = frozenset({"base64", "address", "location", "encryptedstring", "complexvalue"})
_UNGROUPED = frozenset({"double", "currency", "percent", "datetime"})
_UNCOUNTED = frozenset({"boolean", "multipicklist"})
_LONGEST_SHORT_TEXT = 255


def can_filter(field: Field) -> bool:
    """Tell whether the field may stand in WHERE."""
    return field.filterable and field.type not in _OPAQUE


def can_sort(field: Field) -> bool:
    """Tell whether the field may stand in ORDER BY."""
    if field.sortable is not None:
        return field.sortable and not _is_closed(field)
    return can_filter(field) and field.type != "multipicklist"


def can_group(field: Field) -> bool:
    """Tell whether the field may stand in GROUP BY."""
    if field.groupable is not None:
        return field.groupable and not _is_closed(field)
    return can_sort(field) and field.type not in _UNGROUPED and not _is_long(field)


def can_aggregate(field: Field, function: str = "count") -> bool:
    """Tell whether the function may be put over the field (SOQL guide, table of types)."""
    if function in ("sum", "avg"):
        return can_sort(field) and field.type in NUMBERS
    return can_sort(field) and field.type not in _UNCOUNTED and not _is_long(field)


def _is_closed(field: Field) -> bool:
    """Tell whether encryption took away what the field's reference promises."""
    return field.encryption is not None and not field.filterable


def _is_long(field: Field) -> bool:
    return field.type == "textarea" and (field.length or 0) > _LONGEST_SHORT_TEXT
