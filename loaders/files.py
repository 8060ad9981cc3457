"""Upload files: ContentVersion by multipart, since Bulk API 2.0 takes no bytes."""

from __future__ import annotations

import base64
import io
import itertools
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet

from loaders.bulk_query import count
from loaders.canonical import BASE64, quoted
from loaders.collections import SENT_OUTCOMES, Row, record_of
from loaders.csv_parts import KEY
from loaders.errors import OrgRefused, Unavailable
from loaders.ledger_acts import NewJob
from loaders.org_line import Multipart, OrgLine, Request, ask
from loaders.plan_store import rows_file
from loaders.push_rows import Turn
from loaders.row_errors import RETRYABLE, row_error
from loaders.session import Session
from loaders.shipment import Shipment

BODY = "VersionData"
# As many files are one job on the ledger; so many travel at a time.
CHUNK = 100
LANES = 4
_READ_AHEAD = 16


@dataclass(frozen=True, slots=True)
class _Upload:
    key: str
    record: bytes
    name: str
    body: bytes


@dataclass(frozen=True, slots=True)
class _Sent:
    outcome: Mapping[str, str | None]
    trouble: Unavailable | None


def send_files(session: Session, shipment: Shipment, turn: Turn) -> list[int]:
    """Upload each row of the shipment; give the ledger's job numbers."""
    uploads = _uploads(session, shipment, rows_file(turn.folder, turn.each), _body(turn))
    jobs: list[int] = []
    with ThreadPoolExecutor(max_workers=LANES) as lanes:
        left = count(session.bench.db, shipment.table)
        while left > 0:
            job = session.ledger.plan_job(
                NewJob(
                    run=session.run.run,
                    sobject=shipment.sobject,
                    operation="insert",
                    pass_number=1,
                    channel="files",
                    rows=min(CHUNK, left),
                    sha256="",
                )
            )
            jobs.append(job)
            sent = list(_in_lanes(lanes, session.line, itertools.islice(uploads, CHUNK)))
            _settle(session, job, sent)
            left -= len(sent)
    return jobs


def _body(turn: Turn) -> str:
    return next(column.name for column in turn.each.columns if column.type == BASE64)


def _uploads(session: Session, shipment: Shipment, rows: Path, body: str) -> Iterator[_Upload]:
    """Read bodies a few at a time: a file may have two gigabytes."""
    wanted = _records(session, shipment)
    source = pyarrow.parquet.ParquetFile(rows, buffer_size=1 << 20, pre_buffer=False)
    with source:
        for batch in source.iter_batches(batch_size=_READ_AHEAD, columns=[KEY, body]):
            for key, text in zip(batch[KEY].to_pylist(), batch[body].to_pylist(), strict=True):
                if key in wanted:
                    record = record_of(wanted[key], shipment, with_type=False)
                    yield _Upload(
                        key=key,
                        record=msgspec.json.encode(record),
                        name=str(record.get("PathOnClient", "file")),
                        body=base64.b64decode(text or "", validate=True),
                    )


def _records(session: Session, shipment: Shipment) -> dict[str, Row]:
    columns = ", ".join(quoted(name) for name in dict.fromkeys((KEY, *shipment.headers)))
    found = session.bench.db.execute(f"select {columns} from {quoted(shipment.table)}")  # noqa: S608
    return {row[KEY]: row for row in found.to_arrow_table().to_pylist()}


def _in_lanes(
    lanes: ThreadPoolExecutor, line: OrgLine, uploads: Iterator[_Upload]
) -> Iterator[_Sent]:
    while group := list(itertools.islice(uploads, LANES)):
        yield from lanes.map(lambda upload: _send(line, upload), group)


def _send(line: OrgLine, upload: _Upload) -> _Sent:
    """Upload one file; what the org refuses is an outcome, what breaks off is unknown."""
    parts = Multipart(
        json_name="entity_content",
        json_body=upload.record,
        file_name=upload.name,
        file_field=BODY,
        file=io.BytesIO(upload.body),
    )
    request = Request("POST", "sobjects/ContentVersion", safe=False, multipart=parts)
    try:
        answer = ask(line, request).json()
    except OrgRefused as refusal:
        state = "retry" if refusal.code in RETRYABLE else "failed"
        return _Sent(
            {
                "key": upload.key,
                "state": state,
                "code": refusal.code,
                "template": row_error(refusal.code).template,
            },
            None,
        )
    except Unavailable as trouble:
        return _Sent({"key": upload.key, "state": "unknown", "code": "UNACCOUNTED"}, trouble)
    return _Sent({"key": upload.key, "id": str(answer["id"]), "state": "created"}, None)


def _settle(session: Session, job: int, sent: list[_Sent]) -> None:
    """
    Keep what is known of a chunk, then let trouble through.

    Raises:
        Unavailable: the org went away in the middle; `resume` looks the rest up by key.

    """
    session.ledger.settle_job(
        job, pa.Table.from_pylist([each.outcome for each in sent], SENT_OUTCOMES)
    )
    session.progress.advance(len(sent))
    for each in sent:
        if each.trouble is not None:
            raise each.trouble
