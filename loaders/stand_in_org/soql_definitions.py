"""What a query of FieldDefinition must not lack: the object, or the field, it asks about."""

from __future__ import annotations

from collections.abc import Iterator

from loaders.stand_in_org.errors import ApiError
from loaders.stand_in_org.soql_tree import Comparison, Condition, Junction, Membership, Path, Query

_KEYS = frozenset({"entitydefinitionid", "durableid"})
_NARROWING = frozenset({"=", "in"})
_RELATIONSHIP = "entitydefinition"


def check_definitions(query: Query) -> None:
    """
    Refuse a query over the fields of all objects at once, in the original's words.

    Raises:
        ApiError: 400 MALFORMED_QUERY.

    """
    if query.source.text.lower() != "fielddefinition":
        return
    if not any(_names_one(path) for path in _paths(query.where)):
        raise ApiError(
            400,
            "MALFORMED_QUERY",
            "FieldDefinition: a filter on a reified column is required"
            " [EntityDefinitionId,DurableId]",
        )


def _names_one(path: Path) -> bool:
    *relationship, last = (part.lower() for part in path.parts)
    return last in _KEYS or relationship[-1:] == [_RELATIONSHIP]


def _paths(condition: Condition | None) -> Iterator[Path]:
    """Go through what the query must meet: what stands under OR or NOT narrows nothing down."""
    if isinstance(condition, Junction):
        for part in condition.conditions if condition.operator == "and" else ():
            yield from _paths(part)
    elif isinstance(condition, Comparison | Membership) and condition.operator in _NARROWING:
        yield from (path for path in (condition.left,) if isinstance(path, Path))
