"""Single records over REST: by id and by external id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from loaders.stand_in_org.call import Call, answer, no_content
from loaders.stand_in_org.errors import ApiError, not_found
from loaders.stand_in_org.files import multipart_record
from loaders.stand_in_org.model import Field, SObject
from loaders.stand_in_org.query_json import Pages, records
from loaders.stand_in_org.query_results import run
from loaders.stand_in_org.record_ids import is_record_id, long_id
from loaders.stand_in_org.records import Outcome, Write, apply, no_such_column, rows_of
from loaders.stand_in_org.soql_answer import Question
from loaders.stand_in_org.soql_compile import compile_query
from loaders.stand_in_org.soql_tree import (
    Comparison,
    Literal,
    Membership,
    Path,
    Query,
    SelectItem,
    Source,
)

_LAST_WITHOUT_CREATED = 45


def create(call: Call) -> Response:
    """Insert one record."""
    sobject = call.named_sobject()
    record = multipart_record(call) if call.parts else call.json_object()
    outcome = _write(call, Write(sobject, "insert"), record)
    made = answer({"id": outcome.id, "success": True, "errors": []}, status=201)
    return _located(call, sobject, outcome, made)


def _located(call: Call, sobject: SObject, outcome: Outcome, made: Response) -> Response:
    """Say where a record that was made is found."""
    made.headers["Location"] = f"{call.data_path}/sobjects/{sobject.name}/{outcome.id}"
    return made


def _write(call: Call, write: Write, record: Mapping[str, object]) -> Outcome:
    outcome = apply(call, write, rows_of(call, write.sobject, [record]))[0]
    if not outcome.success:
        raise outcome.refusal()
    return outcome


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records: those whose key is one of the values; deleted ones only when asked."""

    key: str
    values: Sequence[str]
    all_rows: bool = False


def fetch(
    call: Call, sobject: SObject, wanted: Wanted, *, names: Sequence[str]
) -> list[dict[str, object]]:
    """Read the named fields of the wanted records."""
    literals = tuple(Literal("string", value) for value in wanted.values)
    key = Path((wanted.key,))
    query = Query(
        items=tuple(SelectItem(Path((name,))) for name in names),
        source=Source((sobject.name,)),
        where=Membership(key, "in", literals)
        if len(literals) != 1
        else Comparison(key, "=", literals[0]),
    )
    question = Question(
        soql="",
        user_id=call.user_id,
        now=call.site.org.now(),
        all_rows=wanted.all_rows,
        data_path=call.data_path,
    )
    compiled = compile_query(call.site.org, query, question=question)
    result = run(call.site.org, compiled, within=call.connection)
    return records(result, Pages(call.data_path), first=0, count=result.rows.num_rows)


def wanted_fields(sobject: SObject, fields: Mapping[str, Field], names: str | None) -> list[str]:
    """
    Give the fields to show: those named, else all.

    Raises:
        ApiError: 400 INVALID_FIELD for a name the user does not see.

    """
    if names is None:
        return [field.name for field in fields.values()]
    wanted = []
    for name in names.split(","):
        field = fields.get(name.strip().lower())
        if field is None:
            raise no_such_column(name.strip(), sobject)
        wanted.append(field.name)
    return list(dict.fromkeys(wanted))


def _record_id(call: Call) -> str:
    """
    Give the path's record id.

    Raises:
        ApiError: 404 for what is no id, as the original answers.

    """
    text = call.params["id"]
    if not is_record_id(text):
        raise ApiError(
            404,
            "NOT_FOUND",
            "Provided external ID field does not exist or is not accessible: " + text,
        )
    return long_id(text)


def get(call: Call) -> Response:
    """Answer one record by id."""
    sobject, fields = call.sobject()
    record_id = _record_id(call)
    names = wanted_fields(sobject, fields, call.argument("fields"))
    found = fetch(call, sobject, Wanted("Id", [record_id]), names=names)
    if not found:
        raise _absent(call, sobject, record_id)
    return answer(found[0])


def _absent(call: Call, sobject: SObject, record_id: str) -> ApiError:
    """Tell a deleted record from one that never was."""
    if fetch(call, sobject, Wanted("Id", [record_id], all_rows=True), names=["Id"]):
        return ApiError(404, "ENTITY_IS_DELETED", "entity is deleted", fields=[])
    return not_found()


def update(call: Call) -> Response:
    """Change one record by id."""
    sobject = call.named_sobject()
    record_id = _record_id(call)
    record = multipart_record(call) if call.parts else call.json_object()
    if any(name.lower() == "id" for name in record):
        raise ApiError(
            400,
            "INVALID_FIELD",
            "The Id field should not be specified in the sobject data.",
        )
    if not fetch(call, sobject, Wanted("Id", [record_id]), names=["Id"]):
        raise _absent(call, sobject, record_id)
    _write(call, Write(sobject, "update"), {**record, "Id": record_id})
    return no_content()


def delete(call: Call) -> Response:
    """Delete one record by id."""
    sobject = call.named_sobject()
    return _delete(call, sobject, _record_id(call))


def _delete(call: Call, sobject: SObject, record_id: str) -> Response:
    if not fetch(call, sobject, Wanted("Id", [record_id]), names=["Id"]):
        raise _absent(call, sobject, record_id)
    _write(call, Write(sobject, "delete"), {"Id": record_id})
    return no_content()


def _key_field(call: Call) -> tuple[SObject, dict[str, Field], Field]:
    sobject, fields = call.sobject()
    field = fields.get(call.params["key"].lower())
    if field is None or not (field.external_id or field.id_lookup):
        raise ApiError(
            404,
            "NOT_FOUND",
            "Provided external ID field does not exist or is not accessible: " + call.params["key"],
        )
    return sobject, fields, field


def _matches(call: Call, sobject: SObject, field: Field) -> list[str]:
    found = fetch(call, sobject, Wanted(field.name, [call.params["value"]]), names=["Id"])
    return [str(record["Id"]) for record in found]


def _several(call: Call, sobject: SObject, ids: Sequence[str]) -> Response:
    """Answer 300 with the addresses of all records that match."""
    return answer([f"{call.data_path}/sobjects/{sobject.name}/{i}" for i in ids], status=300)


def get_by_key(call: Call) -> Response:
    """Answer one record by external id."""
    sobject, fields, field = _key_field(call)
    ids = _matches(call, sobject, field)
    if not ids:
        raise not_found()
    if len(ids) > 1:
        return _several(call, sobject, ids)
    names = wanted_fields(sobject, fields, call.argument("fields"))
    return answer(fetch(call, sobject, Wanted("Id", ids), names=names)[0])


def delete_by_key(call: Call) -> Response:
    """Delete one record by external id."""
    sobject, _, field = _key_field(call)
    ids = _matches(call, sobject, field)
    if not ids:
        raise not_found()
    return _several(call, sobject, ids) if len(ids) > 1 else _delete(call, sobject, ids[0])


def upsert(call: Call) -> Response:
    """Insert or change one record by external id: 201 when created, 200 when it was there."""
    sobject, _, field = _key_field(call)
    record = call.json_object()
    sent = next((v for name, v in record.items() if name.lower() == field.name.lower()), None)
    if sent is not None:
        raise ApiError(
            400,
            "INVALID_FIELD",
            f"The {field.name} field should not be specified in the sobject data.",
        )
    ids = _matches(call, sobject, field)
    if len(ids) > 1:
        return _several(call, sobject, ids)
    if not ids and (call.argument("updateOnly") or "").lower() == "true":
        raise not_found()
    keyed = {**record, field.name: call.params["value"]}
    outcome = _write(call, Write(sobject, "upsert", field.name), keyed)
    return _upserted(call, sobject, outcome)


def _upserted(call: Call, sobject: SObject, outcome: Outcome) -> Response:
    """Answer an upsert as its version does: up to v45 without `created`, and 204 for a change."""
    early = int(call.version.split(".")[0]) <= _LAST_WITHOUT_CREATED
    if not outcome.created:
        return no_content() if early else answer(outcome.saved(with_created=True))
    made = answer(outcome.saved(with_created=not early), status=201)
    return _located(call, sobject, outcome, made)
