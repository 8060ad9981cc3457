"""Upload files as ContentVersion, each request on the ledger before it is sent."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet

from loaders.canonical import BASE64, quoted
from loaders.collections import SENT_OUTCOMES, Row, record_of
from loaders.csv_parts import KEY
from loaders.file_requests import Upload, in_requests, send_group
from loaders.ledger_acts import NewJob
from loaders.plan_store import rows_file
from loaders.push_rows import Turn
from loaders.session import Session
from loaders.shipment import Shipment

_READ_AHEAD = 16


def send_files(session: Session, shipment: Shipment, *, turn: Turn) -> list[int]:
    """Upload each row of the shipment, a job on the ledger per request; give the job numbers."""
    body = next(column.name for column in turn.each.columns if column.type == BASE64)
    uploads = _uploads(session, shipment, rows=rows_file(turn.folder, turn.each), body=body)
    return [_send(session, shipment, group) for group in in_requests(uploads)]


def _uploads(session: Session, shipment: Shipment, *, rows: Path, body: str) -> Iterator[Upload]:
    """Read bodies a few at a time: a file may have two gigabytes."""
    wanted = _records(session, shipment)
    with pyarrow.parquet.ParquetFile(rows, buffer_size=1 << 20, pre_buffer=False) as source:
        for batch in source.iter_batches(batch_size=_READ_AHEAD, columns=[KEY, body]):
            for key, text in zip(batch[KEY].to_pylist(), batch[body].to_pylist(), strict=True):
                if key in wanted:
                    record = record_of(wanted[key], shipment)
                    del record["attributes"]
                    yield Upload(
                        key=key,
                        record=record,
                        name=str(record.get("PathOnClient", "file")),
                        body=base64.b64decode(text or "", validate=True),
                    )


def _records(session: Session, shipment: Shipment) -> dict[str, Row]:
    columns = ", ".join(quoted(name) for name in dict.fromkeys((KEY, *shipment.headers)))
    found = session.bench.db.execute(f"select {columns} from {quoted(shipment.table)}")  # noqa: S608
    return {row[KEY]: row for row in found.to_arrow_table().to_pylist()}


def _send(session: Session, shipment: Shipment, group: Sequence[Upload]) -> int:
    """
    Upload a group and keep what became of each file.

    Raises:
        Unavailable: the org went away in the middle; `resume` looks the files up by key.

    """
    job = session.ledger.plan_job(
        NewJob(
            run=session.run.run,
            sobject=shipment.sobject,
            operation="insert",
            pass_number=1,
            channel="files",
            rows=len(group),
            sha256="",
        )
    )
    known = frozenset(session.describe(shipment.sobject).fields)
    sent = send_group(session.line, shipment, group, known=known)
    session.ledger.settle_job(job, pa.Table.from_pylist(list(sent.outcomes), SENT_OUTCOMES))
    if sent.trouble is not None:
        raise sent.trouble
    session.progress.advance(len(group))
    return job
