"""Upload files as ContentVersion, each request on the ledger before it is sent."""

from __future__ import annotations

import base64
import hashlib
import itertools
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import msgspec
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

# So many requests travel at a time, as one job on the ledger, ...
LANES = 4
# ... and not more bytes than this, since all of them are in memory at once.
WAVE_BYTES = 100_000_000
_READ_AHEAD = 16

Group = Sequence[Upload]


def send_files(session: Session, shipment: Shipment, *, turn: Turn) -> list[int]:
    """Upload each row of the shipment, a few requests at a time; give the ledger's job numbers."""
    body = next(column.name for column in turn.each.columns if column.type == BASE64)
    uploads = _uploads(session, shipment, rows=rows_file(turn.folder, turn.each), body=body)
    with ThreadPoolExecutor(max_workers=LANES) as lanes:
        return [
            _send(session, shipment, wave, lanes=lanes) for wave in in_waves(in_requests(uploads))
        ]


def in_waves(groups: Iterable[Group]) -> Iterator[list[Group]]:
    """Take as many requests together as may travel at a time."""
    wave: list[Group] = []
    size = 0
    for group in groups:
        length = sum(len(upload.body) for upload in group)
        if wave and (len(wave) == LANES or size + length > WAVE_BYTES):
            yield wave
            wave, size = [], 0
        wave.append(group)
        size += length
    if wave:
        yield wave


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


def _send(
    session: Session, shipment: Shipment, wave: Sequence[Group], *, lanes: ThreadPoolExecutor
) -> int:
    """
    Upload a wave and keep what became of each file before trouble is let through.

    Raises:
        Unavailable: the org went away in the middle; `resume` looks the files up by key.

    """
    uploads = list(itertools.chain.from_iterable(wave))
    known = frozenset(session.describe(shipment.sobject).fields)
    job = session.ledger.plan_job(
        NewJob(
            run=session.run.run,
            sobject=shipment.sobject,
            operation="insert",
            pass_number=1,
            channel="files",
            rows=len(uploads),
            sha256=_sha256(uploads),
        )
    )
    send = partial(send_group, session.line, shipment, known=known)
    sent = list(lanes.map(send, wave))
    outcomes = [outcome for each in sent for outcome in each.outcomes]
    session.ledger.settle_job(job, pa.Table.from_pylist(outcomes, SENT_OUTCOMES))
    session.progress.advance(len(uploads), of=shipment.stretch)
    for each in sent:
        if each.trouble is not None:
            raise each.trouble
    return job


def _sha256(uploads: Iterable[Upload]) -> str:
    digest = hashlib.sha256()
    for upload in uploads:
        digest.update(msgspec.json.encode(upload.record))
        digest.update(upload.body)
    return digest.hexdigest()
