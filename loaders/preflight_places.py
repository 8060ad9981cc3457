"""States and countries that an org with its own lists of them would not take as they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from loaders.canonical import literal, quoted
from loaders.describe import FieldDescribe, ObjectDescribe
from loaders.plan_store import PlanColumn

PLACE_NOT_LISTED = "place_not_listed"
STATE_ALONE = "state_without_country"
_STATE, _COUNTRY, _CODE = "State", "Country", "Code"


def place_conditions(
    columns: Iterable[PlanColumn], described: ObjectDescribe
) -> Iterator[tuple[str, str, str]]:
    """
    Give code, field and condition of what such an org refuses; nothing where its lists are off.

    They are on where describe shows a field of codes beside the one of texts. The text must then be
    the name that the list has, not its code, unless an admin gave the entry another one for
    integrations: describe does not tell of that, so rows are counted and not kept back.
    """
    sent = {column.name for column in columns}
    for name in sorted(sent):
        listed = described.fields.get(f"{name}{_CODE}")
        if listed is None or not name.endswith((_STATE, _COUNTRY)):
            continue
        yield PLACE_NOT_LISTED, name, f"{quoted(name)} not in ({_names(listed)})"
        if name.endswith(_STATE):
            country = f"{name.removesuffix(_STATE)}{_COUNTRY}"
            empty = f"{quoted(country)} is null" if country in sent else "true"
            yield STATE_ALONE, name, f"{quoted(name)} is not null and {empty}"


def _names(listed: FieldDescribe) -> str:
    return ", ".join(literal(each.label) for each in listed.options if each.active) or "''"
