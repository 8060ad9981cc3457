"""Queries of UserRecordAccess, which has no rows: it is asked about one user and some records."""

from __future__ import annotations

from collections.abc import Iterator

from loaders.stand_in_org.errors import ApiError
from loaders.stand_in_org.org import Org
from loaders.stand_in_org.record_access import access_to, shown
from loaders.stand_in_org.record_ids import is_record_id, long_id
from loaders.stand_in_org.soql_grammar import parse_soql
from loaders.stand_in_org.soql_tree import (
    Comparison,
    Condition,
    Junction,
    Literal,
    Membership,
    Path,
    Query,
)

NAME = "UserRecordAccess"
# Object reference, UserRecordAccess: so many ids in one query.
_MOST_RECORDS = 200
_FIELDS = {
    name.lower(): name
    for name in (
        "RecordId", "HasReadAccess", "HasEditAccess", "HasDeleteAccess", "HasTransferAccess",
        "HasAllAccess", "MaxAccessLevel",
    )
}  # fmt: skip


def answers_access(soql: str) -> bool:
    """Tell whether a query may be one of these, before it is read."""
    return NAME.lower() in soql.lower()


def access_page(org: Org, soql: str, *, data_path: str) -> dict[str, object] | None:
    """
    Answer a query of UserRecordAccess; None where it asks something else.

    Raises:
        ApiError: 400 MALFORMED_QUERY or INVALID_FIELD; the texts are unsure.

    """
    query = parse_soql(soql)
    if query.source.text.lower() != NAME.lower():
        return None
    fields = [_field(item.expression) for item in query.items]
    user, records = _asked(query)
    found = access_to(org, user, records)
    url = f"{data_path}/sobjects/{NAME}/000000000000000AAA"
    rows = []
    for record_id in records:
        told = {"recordid": record_id, **shown(found[record_id])}
        row = {"attributes": {"type": NAME, "url": url}}
        rows.append(row | {field: told[field.lower()] for field in fields})
    return {"totalSize": len(rows), "done": True, "records": rows}


def _field(expression: object) -> str:
    if isinstance(expression, Path) and expression.text.lower() in _FIELDS:
        return _FIELDS[expression.text.lower()]
    named = expression.text if isinstance(expression, Path) else "FIELDS"
    raise ApiError(400, "INVALID_FIELD", f"No such column '{named}' on entity '{NAME}'.")


def _asked(query: Query) -> tuple[str, list[str]]:
    """Read the one form that such a query has: a single user, and one or several records."""
    given = dict(_filters(query.where))
    if set(given) != {"userid", "recordid"} or len(given["userid"]) != 1:
        raise _malformed("Can only filter by one UserId and by RecordId")
    if query.order_by or query.group_by or query.offset is not None or query.limit is not None:
        raise _malformed("Neither order, groups, limit nor offset")
    records = list(dict.fromkeys(given["recordid"]))
    if len(records) > _MOST_RECORDS:
        raise _malformed(f"At most {_MOST_RECORDS} record ids")
    return given["userid"][0], records


def _filters(where: Condition | None) -> Iterator[tuple[str, list[str]]]:
    is_joined = isinstance(where, Junction) and where.operator == "and"
    for condition in where.conditions if isinstance(where, Junction) and is_joined else (where,):
        match condition:
            case Comparison(Path() as left, "=", Literal() as right):
                yield left.text.lower(), _ids((right,))
            case Membership(Path() as left, "in", values, None):
                yield left.text.lower(), _ids(values)
            case _:
                raise _malformed("Can only filter by UserId = and RecordId = or IN")


def _ids(values: tuple[Literal, ...]) -> list[str]:
    told = [str(each.value) for each in values]
    for each in told:
        if not is_record_id(each):
            raise ApiError(400, "INVALID_QUERY_FILTER_OPERATOR", f"invalid ID field: {each}")
    return [long_id(each) for each in told]


def _malformed(why: str) -> ApiError:
    return ApiError(400, "MALFORMED_QUERY", f"{NAME}: {why}")
