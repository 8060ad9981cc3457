"""How a stored value is printed in the API's CSV."""

from __future__ import annotations

from loaders.stand_in_org.catalogue import is_stored
from loaders.stand_in_org.model import Field
from loaders.stand_in_org.store import quoted


def text(field: Field) -> str:
    """Give the SQL expression of the field's printed value; what is not stored prints as null."""
    if not is_stored(field):
        return "CAST(NULL AS VARCHAR)"
    name = quoted(field.name)
    match field.type:
        case "boolean":
            return f"CASE WHEN {name} THEN 'true' ELSE 'false' END"
        case "datetime":
            return f"strftime({name}, '%Y-%m-%dT%H:%M:%S.%gZ')"
        case "date":
            return f"strftime({name}, '%Y-%m-%d')"
        case "double" | "currency" | "percent":
            digits = f"CAST({name} AS VARCHAR)"
            pointed = digits if field.scale else f"{digits} || '.0'"
            return f"regexp_replace({pointed}, '(\\.\\d+?)0+$', '\\1')"
        case _:
            return f"CAST({name} AS VARCHAR)"
