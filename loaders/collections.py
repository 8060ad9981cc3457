"""sObject Collections: up to 200 records per request, and the only way past an alert rule."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import pyarrow as pa

from loaders.canonical import quoted
from loaders.csv_parts import KEY
from loaders.errors import OrgUnavailable
from loaders.ledger_acts import UNKNOWN, NewJob
from loaders.org_line import OrgLine, Request, ask
from loaders.row_errors import ALREADY_GONE, DUPLICATES, KEY_IS_THERE, RETRYABLE, code_of, row_error
from loaders.session import Session
from loaders.shipment import ID, NULL_TEXT, Shipment

RECORDS = 200
# A request of this size is still answered within the org's time limits.
REQUEST_BYTES = 4_000_000
_JSON = {"Content-Type": "application/json; charset=UTF-8"}
ALLOW_SAVE = {"Sforce-Duplicate-Rule-Header": "allowSave=true"}
# Assignment rules run by default and would override our owners (contract T22).
_NO_AUTO_ASSIGN = {"Sforce-Auto-Assign": "FALSE"}

Row = Mapping[str, str | None]
Outcome = dict[str, str | None]
# Named, since a table made of rows would take the first row's columns for all there are.
SENT_OUTCOMES = pa.schema(
    [(name, pa.string()) for name in ("key", "id", "state", "code", "field", "template")]
)


@dataclass(frozen=True, slots=True)
class Reply:
    """What the org says about one record; its message stays out."""

    id: str | None
    success: bool
    created: bool
    code: str
    fields: tuple[str, ...]


def send_by_collections(
    session: Session, shipment: Shipment, *, allow_save: bool = False
) -> list[int]:
    """Send all rows in requests of 200, as one job on the ledger; give its number."""
    rows = _read(session, shipment)
    job = session.ledger.plan_job(
        NewJob(
            run=session.run.run,
            sobject=shipment.sobject,
            operation=shipment.operation,
            pass_number=shipment.pass_number,
            channel="collections",
            rows=len(rows),
            sha256=_sha256(rows),
        )
    )
    outcomes: list[Outcome] = []
    known = frozenset(session.describe(shipment.sobject).fields)
    for batch in batches(rows):
        try:
            answered = send_batch(session.line, shipment, batch, allow_save=allow_save)
        except OrgUnavailable:
            if not shipment.creates:
                raise
            # Nobody knows what was made of these, nor is the rest sent into the dark.
            outcomes += [_unaccounted(row) for row in rows[len(outcomes) :]]
            break
        outcomes += [
            outcome_of(row[KEY], reply, shipment, may_retry=not allow_save, known=known)
            for row, reply in zip(batch, answered, strict=True)
        ]
        session.progress.advance(len(batch), of=shipment.stretch)
    session.ledger.settle_job(job, pa.Table.from_pylist(outcomes, SENT_OUTCOMES))
    return [job]


def _unaccounted(row: Row) -> Outcome:
    return {"key": row[KEY], "state": UNKNOWN, "code": "UNACCOUNTED"}


def _read(session: Session, shipment: Shipment) -> list[dict[str, str | None]]:
    columns = ", ".join(quoted(name) for name in dict.fromkeys((KEY, *shipment.headers)))
    found = session.bench.db.execute(
        f"select {columns} from {quoted(shipment.table)} order by {shipment.order}"  # noqa: S608
    )
    rows: list[dict[str, str | None]] = found.to_arrow_table().to_pylist()
    return rows


def _sha256(rows: Sequence[Row]) -> str:
    digest = hashlib.sha256()
    for row in rows:
        digest.update(msgspec.json.encode(row))
    return digest.hexdigest()


def batches(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Cut rows into requests: 200 records, and not more bytes than a request should have."""
    batch: list[Row] = []
    size = 0
    for row in rows:
        length = sum(len(value or "") for value in row.values())
        if batch and (len(batch) == RECORDS or size + length > REQUEST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(row)
        size += length
    if batch:
        yield batch


def send_batch(
    line: OrgLine, shipment: Shipment, batch: Sequence[Row], *, allow_save: bool
) -> list[Reply]:
    """
    Send one request; the org answers record by record in the order sent.

    Raises:
        OrgUnavailable: it answered for another number of records, so no answer can be trusted.

    """
    answer = ask(line, _request(shipment, batch, allow_save=allow_save)).json()
    return replies(answer, shipment, expected=len(batch))


def replies(answer: object, shipment: Shipment, *, expected: int) -> list[Reply]:
    """
    Read an answer that has to have an entry for each record, in the order sent.

    Raises:
        OrgUnavailable: it has another number of entries, so none of them can be trusted.

    """
    if not isinstance(answer, list) or len(answer) != expected:
        raise OrgUnavailable(
            f"the org did not answer for each of {expected} {shipment.sobject} records",
            hint="clinic-load resume latest --org ALIAS",
        )
    return [_reply(each) for each in answer]


def _request(shipment: Shipment, batch: Sequence[Row], *, allow_save: bool) -> Request:
    headers = {**_JSON, **_NO_AUTO_ASSIGN, **(ALLOW_SAVE if allow_save else {})}
    if shipment.operation == "delete":
        ids = ",".join(row[ID] or "" for row in batch)
        return Request(
            "DELETE",
            "composite/sobjects",
            safe=True,
            params={"ids": ids, "allOrNone": "false"},
            headers=headers,
        )
    records = [record_of(row, shipment) for row in batch]
    body = msgspec.json.encode({"allOrNone": False, "records": records})
    if shipment.operation == "upsert":
        resource = f"composite/sobjects/{shipment.sobject}/{shipment.external_id}"
        # Not safe: a second try would find the record of the first and call it changed, and a
        # rollback would then keep it. Who does not know asks for the key first.
        return Request("PATCH", resource, safe=False, content=body, headers=headers)
    if shipment.operation == "update":
        return Request("PATCH", "composite/sobjects", safe=True, content=body, headers=headers)
    return Request("POST", "composite/sobjects", safe=False, content=body, headers=headers)


def record_of(row: Row, shipment: Shipment) -> dict[str, Any]:
    """Turn a row of cells into the JSON of a record: typed, parents named by their key."""
    record: dict[str, Any] = {"attributes": {"type": shipment.sobject}}
    for header in shipment.headers:
        value = row[header]
        if value is None:
            continue
        if header == ID:
            record["id"] = value
        elif "." in header:
            relationship, reference = _reference(header, value)
            record[relationship] = reference
        else:
            record[header] = _typed(value, shipment.types.get(header))
    return record


def _reference(header: str, value: str) -> tuple[str, dict[str, Any]]:
    """Turn `Type:Relationship.Field` into a nested record that names its parent by key."""
    path, field = header.split(".", 1)
    kind, _, relationship = path.rpartition(":")
    named: dict[str, Any] = {"attributes": {"type": kind}} if kind else {}
    return relationship, {**named, field: value}


def _typed(value: str, kind: str | None) -> str | bool | msgspec.Raw | None:
    if value == NULL_TEXT:
        return None
    if kind == "boolean":
        return value == "true"
    if kind == "number":
        # The digits as they are: a float would change them.
        return msgspec.Raw(value.encode("ascii"))
    return value


def _reply(answer: Mapping[str, Any]) -> Reply:
    errors = answer.get("errors") or [{}]
    success = answer.get("success") is True
    return Reply(
        id=answer.get("id"),
        success=success,
        created=answer.get("created", True) is True,
        code="" if success else code_of(errors[0].get("statusCode")),
        fields=tuple(str(name) for name in errors[0].get("fields") or ()),
    )


def outcome_of(
    key: str | None, reply: Reply, shipment: Shipment, *, may_retry: bool, known: frozenset[str]
) -> dict[str, str | None]:
    """Say what became of a row; `known` names the fields that an error may name."""
    if reply.success:
        return {"key": key, "id": reply.id, "state": _good_state(reply, shipment)}
    named = [name for name in reply.fields if name in known]
    return {
        "key": key,
        "id": None,
        "state": _bad_state(reply.code, shipment, may_retry=may_retry),
        "code": reply.code,
        "field": named[0] if named else None,
        "template": row_error(reply.code).template,
    }


def _good_state(reply: Reply, shipment: Shipment) -> str:
    if shipment.operation == "delete":
        return "deleted"
    if shipment.operation == "update":
        return "updated"
    return "created" if reply.created else "updated"


def _bad_state(code: str, shipment: Shipment, *, may_retry: bool) -> str:
    if code in RETRYABLE:
        return "retry"
    if code in ALREADY_GONE and shipment.operation == "delete":
        return "deleted"
    if code == KEY_IS_THERE and shipment.creates:
        return "unknown"
    if code == DUPLICATES and shipment.allow_duplicates and may_retry:
        return "retry"
    return "failed"
