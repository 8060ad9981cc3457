"""Values that the record type of a row does not offer, although its field's describe lists them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from loaders.canonical import literal, quoted
from loaders.describe import FieldDescribe, ObjectDescribe
from loaders.org_line import OrgLine, Request, ask
from loaders.plan_store import PlanColumn

NOT_IN_RECORD_TYPE = "not_in_record_type"
_RECORD_TYPE = "RecordTypeId"
_MULTIPLE = "multipicklist"


def record_type_conditions(
    line: OrgLine, columns: Iterable[PlanColumn], described: ObjectDescribe
) -> Iterator[tuple[str, str]]:
    """
    Give field and condition of the rows that the org would refuse for their record type (T26).

    One request for each record type of an object that sends record types and restricted picklists.

    Raises:
        OrgRefused: the org does not tell what its record types offer.

    """
    fields = [described.fields[column.name] for column in columns]
    lists = [each for each in fields if each.restricted and each.type in {"picklist", _MULTIPLE}]
    if not lists or all(each.name != _RECORD_TYPE for each in fields):
        return
    for record_type in described.record_types:
        offered = _offered(line, described.name, record_type.id)
        for each in lists:
            lacking = each.values - offered[each.name]
            if lacking:
                same = f"{quoted(_RECORD_TYPE)} = {literal(record_type.developer_name)}"
                yield each.name, f"{same} and {_is_one_of(each, lacking)}"


def _offered(line: OrgLine, sobject: str, record_type: str) -> dict[str, frozenset[str]]:
    path = f"ui-api/object-info/{sobject}/picklist-values/{record_type}"
    found: dict[str, Any] = ask(line, Request("GET", path, safe=True)).json()
    return {
        name: frozenset(str(value["value"]) for value in each["values"])
        for name, each in found["picklistFieldValues"].items()
    }


def _is_one_of(field: FieldDescribe, values: frozenset[str]) -> str:
    listed = ", ".join(literal(each) for each in sorted(values))
    if field.type == _MULTIPLE:
        chosen = f"string_split({quoted(field.name)}, ';')"
        return f"len(list_filter({chosen}, lambda v: v in ({listed}))) > 0"
    return f"{quoted(field.name)} in ({listed})"
