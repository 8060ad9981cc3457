"""Turn JSON records into the engine's rows, and the engine's refusals into REST's."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from loaders.stand_in_org.call import Call
from loaders.stand_in_org.errors import ApiError
from loaders.stand_in_org.model import NULL, Field, HeaderError, PermissionDenied, SObject

_GONE = frozenset({"ENTITY_IS_DELETED", "NOT_FOUND"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one record."""

    id: str | None
    success: bool
    created: bool
    status_code: str
    message: str
    fields: Sequence[str]

    def refusal(self) -> ApiError:
        """Give the refusal as the answer of a single-row request."""
        status = 404 if self.status_code in _GONE else 400
        return ApiError(status, self.status_code, self.message, fields=self.fields)

    def saved(self, *, with_created: bool) -> dict[str, object]:
        """Show the outcome in the shape of a save result."""
        shown: dict[str, object] = {}
        if self.success or self.id is not None:
            shown["id"] = self.id
        shown["success"] = self.success
        shown["errors"] = [] if self.success else [self._error()]
        if with_created and self.success:
            shown["created"] = self.created
        return shown

    def _error(self) -> dict[str, object]:
        return {
            "statusCode": self.status_code,
            "message": self.message,
            "fields": list(self.fields),
        }


@dataclass(frozen=True, slots=True)
class Write:
    """One kind of change to one object, as a request asked for it."""

    sobject: SObject
    operation: str
    external_id: str | None = None


def rows_of(call: Call, sobject: SObject, records: Sequence[Mapping[str, object]]) -> pa.Table:
    """
    Lay records out as columns of text; a key that a record lacks is a cell not sent.

    Raises:
        ApiError: 400 for values that no cell can hold.

    """
    fields = call.site.org.visible_fields(sobject, call.user_id)
    flat = [_flat(record, sobject, fields) for record in records]
    spelled: dict[str, str] = {}
    for row in flat:
        for name in row:
            spelled.setdefault(name.lower(), name)
    if not spelled:
        # A table without columns has no rows: the empty record is a field not sent.
        spare = next(field.name for field in fields.values() if field.createable)
        spelled[spare.lower()] = spare
    folded = [{name.lower(): cell for name, cell in row.items()} for row in flat]
    return pa.table(
        [pa.array([row.get(key) for row in folded], pa.string()) for key in spelled],
        names=list(spelled.values()),
    )


def _flat(
    record: Mapping[str, object], sobject: SObject, fields: Mapping[str, Field]
) -> dict[str, str]:
    row: dict[str, str] = {}
    for name, value in record.items():
        if name == "attributes":
            continue
        if isinstance(value, dict):
            row.update(_reference(name, value, sobject, fields))
        else:
            row[name] = cell(value)
    return row


def _reference(
    name: str, value: Mapping[str, object], sobject: SObject, fields: Mapping[str, Field]
) -> dict[str, str]:
    """Write a nested parent as the path that a Bulk header would hold."""
    lookup = next(
        (
            field
            for field in fields.values()
            if field.relationship_name is not None
            and field.relationship_name.lower() == name.lower()
        ),
        None,
    )
    keys = [key for key in value if key not in ("attributes", "type")]
    if lookup is None or len(keys) != 1:
        raise no_such_column(name, sobject)
    path = f"{name}.{keys[0]}"
    if len(lookup.reference_to) > 1:
        attributes = value.get("attributes")
        kind = attributes.get("type") if isinstance(attributes, dict) else value.get("type")
        if kind is None:
            raise ApiError(400, "INVALID_FIELD", f"the type of {name} has to be given")
        path = f"{kind}:{path}"
    return {path: cell(value[keys[0]])}


def cell(value: object) -> str:
    """
    Write one JSON value as a cell; null and the empty text both set null.

    Raises:
        ApiError: 400 for lists and objects.

    """
    if value is None or value == "":
        return NULL
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise ApiError(400, "JSON_PARSER_ERROR", "Cannot deserialize a list or object as a field value")


def no_such_column(name: str, sobject: SObject) -> ApiError:
    """Say that the object has no such column, or that this user may not see it."""
    return ApiError(
        400, "INVALID_FIELD", f"No such column '{name}' on sobject of type {sobject.name}"
    )


def allows_duplicates(call: Call) -> bool:
    """Tell whether the request asks to save in spite of *alert* duplicate rules."""
    header = call.request.headers.get("sforce-duplicate-rule-header", "")
    return re.search(r"allowSave\s*=\s*true", header, re.IGNORECASE) is not None


def apply(
    call: Call,
    write: Write,
    rows: pa.Table,
    *,
    connection: duckdb.DuckDBPyConnection | None = None,
) -> list[Outcome]:
    """
    Change rows and tell what became of each.

    Raises:
        ApiError: the request as a whole is refused.

    """
    try:
        result = call.site.org.dml(
            write.sobject.name,
            write.operation,
            rows,
            user_id=call.user_id,
            external_id=write.external_id,
            allow_duplicates=allows_duplicates(call),
            connection=call.connection if connection is None else connection,
        )
    except HeaderError as problem:
        raise no_such_column(problem.column, write.sobject) from problem
    except PermissionDenied as problem:
        status = 403 if problem.code.startswith("INSUFFICIENT") else 400
        raise ApiError(status, problem.code, problem.message) from problem
    return [
        Outcome(
            id=row["id"],
            success=row["success"],
            created=bool(row["created"]),
            status_code=row["status_code"] or "",
            message=row["message"] or "",
            fields=row["fields"] or [],
        )
        for row in result.to_pylist()
    ]
