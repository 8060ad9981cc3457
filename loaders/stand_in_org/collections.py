"""Many records in one request: sObject Collections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from starlette.responses import Response

from loaders.stand_in_org.call import Call, answer, visible_sobject
from loaders.stand_in_org.collection_bodies import collection_body, with_bodies
from loaders.stand_in_org.errors import ApiError, broken_json, unsupported_sobject
from loaders.stand_in_org.model import SObject
from loaders.stand_in_org.record_ids import is_record_id, long_id
from loaders.stand_in_org.records import Outcome, Write, apply, no_such_column, rows_of
from loaders.stand_in_org.rows import Wanted, fetch, wanted_fields

MAX_RECORDS = 200
MAX_CHUNKS = 10
MAX_FETCHED = 2_000
_ROLLED_BACK = (
    "Record rolled back because not all records were valid and the request was using "
    "AllOrNone header"
)


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Consecutive records of one object."""

    sobject: SObject
    records: list[Mapping[str, object]]


class _AllRolledBack(Exception):
    """Leaves the transaction when one record of an all-or-none request was refused."""


def create(call: Call) -> Response:
    """Insert up to 200 records, of one object or of several, with the files sent beside them."""
    body = collection_body(call)
    return _typed(call, "insert", body, with_bodies(call, _records(body)))


def update(call: Call) -> Response:
    """Change up to 200 records by id."""
    body = call.json_object()
    return _typed(call, "update", body, _records(body))


def _typed(
    call: Call,
    operation: str,
    body: Mapping[str, object],
    records: Sequence[Mapping[str, object]],
) -> Response:
    chunks = _chunks(call, [(_type_of(record), record) for record in records])
    return _run(call, chunks, operation=operation, all_or_none=_flag(body.get("allOrNone")))


def upsert(call: Call) -> Response:
    """Insert or change up to 200 records of one object by external id."""
    body = call.json_object()
    sobject, fields = call.sobject()
    key = fields.get(call.params["key"].lower())
    if key is None or not (key.external_id or key.id_lookup):
        raise no_such_column(call.params["key"], sobject)
    records = _records(body)
    for record in records:
        if _type_of(record).lower() != sobject.name.lower():
            raise ApiError(
                400, "INVALID_TYPE", "All records must be of the type given in the address"
            )
    return _run(
        call,
        [_Chunk(sobject, records)],
        operation="upsert",
        all_or_none=_flag(body.get("allOrNone")),
        external_id=key.name,
    )


def delete(call: Call) -> Response:
    """Delete up to 200 records by id."""
    ids = [text.strip() for text in (call.argument("ids") or "").split(",") if text.strip()]
    _check_count(len(ids), most=MAX_RECORDS)
    by_prefix = {sobject.key_prefix: sobject.name for sobject in call.site.org.sobjects()}
    typed: list[tuple[str, Mapping[str, object]]] = []
    for text in ids:
        if not is_record_id(text) or text[:3] not in by_prefix:
            raise ApiError(400, "MALFORMED_ID", "malformed id " + text)
        typed.append((by_prefix[text[:3]], {"Id": long_id(text)}))
    return _run(
        call,
        _chunks(call, typed),
        operation="delete",
        all_or_none=_flag(call.argument("allOrNone")),
    )


def fetch_many(call: Call) -> Response:
    """Answer up to 2,000 records by id, null in the place of what does not exist."""
    sobject, fields = call.sobject()
    if call.request.method == "POST":
        body = call.json_object()
        ids, names = _strings(body.get("ids")), ",".join(_strings(body.get("fields")))
    else:
        ids = (call.argument("ids") or "").split(",")
        names = call.argument("fields") or ""
    _check_count(len(ids), most=MAX_FETCHED)
    wanted = wanted_fields(sobject, fields, names or "Id")
    if "Id" not in wanted:
        wanted.append("Id")
    keys = [long_id(text) for text in ids]
    found = fetch(call, sobject, Wanted("Id", keys), names=wanted)
    by_id = {record["Id"]: record for record in found}
    return answer([by_id.get(key) for key in keys])


def _strings(value: object) -> list[str]:
    if not isinstance(value, list):
        raise broken_json("Expected a list of texts")
    return [str(item) for item in value]


def _flag(value: object) -> bool:
    return value is True or (isinstance(value, str) and value.lower() == "true")


def _records(body: Mapping[str, object]) -> list[Mapping[str, object]]:
    records = body.get("records")
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise broken_json("records must be a list of objects")
    _check_count(len(records), most=MAX_RECORDS)
    return records


def _check_count(count: int, *, most: int) -> None:
    if count == 0:
        raise ApiError(400, "REQUIRED_FIELD_MISSING", "At least one record is required")
    if count > most:
        raise ApiError(
            400,
            "EXCEEDED_ID_LIMIT",
            f"record limit reached. cannot submit more than {most} records into this call",
        )


def _type_of(record: Mapping[str, object]) -> str:
    attributes = record.get("attributes")
    kind = attributes.get("type") if isinstance(attributes, dict) else None
    if not isinstance(kind, str):
        raise ApiError(400, "INVALID_TYPE", "Each record needs attributes with its type")
    return kind


def _chunks(call: Call, typed: Sequence[tuple[str, Mapping[str, object]]]) -> list[_Chunk]:
    chunks: list[_Chunk] = []
    for name, record in typed:
        if not chunks or chunks[-1].sobject.name.lower() != name.lower():
            sobject = visible_sobject(call.site, name, user_id=call.user_id)
            if sobject is None:
                raise unsupported_sobject(name)
            chunks.append(_Chunk(sobject, []))
        chunks[-1].records.append(record)
    if len(chunks) > MAX_CHUNKS:
        raise ApiError(
            400,
            "LIMIT_EXCEEDED",
            f"Cannot have more than {MAX_CHUNKS} chunks in a single operation. Please "
            "rearrange the data to reduce chunking.",
        )
    return chunks


def _run(
    call: Call,
    chunks: Sequence[_Chunk],
    *,
    operation: str,
    all_or_none: bool,
    external_id: str | None = None,
) -> Response:
    done: list[Outcome] = []
    try:
        with call.transaction() as connection:
            for chunk in chunks:
                rows = rows_of(call, chunk.sobject, chunk.records)
                write = Write(chunk.sobject, operation, external_id)
                done += apply(call, write, rows, connection=connection)
            # An all-or-none composite request is rolled back as a whole instead, and this answer
            # keeps what it says (contract 4.5).
            _keep_all_or_none(done, all_or_none=all_or_none and call.connection is None)
    except _AllRolledBack:
        done = [_rolled_back(outcome) for outcome in done]
    return answer([outcome.saved(with_created=operation == "upsert") for outcome in done])


def _keep_all_or_none(done: Sequence[Outcome], *, all_or_none: bool) -> None:
    if all_or_none and not all(outcome.success for outcome in done):
        raise _AllRolledBack


def _rolled_back(outcome: Outcome) -> Outcome:
    if not outcome.success:
        return outcome
    return replace(
        outcome,
        id=None,
        success=False,
        created=False,
        status_code="ALL_OR_NONE_OPERATION_ROLLED_BACK",
        message=_ROLLED_BACK,
        fields=[],
    )
