"""Upload files as ContentVersion, each request on the ledger before it is sent."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import msgspec
import pyarrow as pa

from loaders.canonical import quoted
from loaders.collections import SENT_OUTCOMES, Row, record_of
from loaders.csv_parts import KEY
from loaders.errors import PushRefused
from loaders.file_bodies import take_body, texts
from loaders.file_requests import SMALL_BYTES, Upload, in_requests, send_group
from loaders.ledger_acts import NewJob
from loaders.plan_store import bodies_file
from loaders.push_rows import Turn
from loaders.session import Session
from loaders.shipment import Shipment

Group = Sequence[Upload]


def send_files(session: Session, shipment: Shipment, *, turn: Turn) -> list[int]:
    """Upload each row of the shipment, a few requests at a time; give the ledger's job numbers."""
    uploads = _uploads(session, shipment, bodies=bodies_file(turn.folder, turn.each))
    with ThreadPoolExecutor(max_workers=session.sending.jobs) as lanes:
        return [
            _send(session, shipment, wave, lanes=lanes)
            for wave in in_waves(in_requests(uploads), lanes=session.sending.jobs)
        ]


def in_waves(groups: Iterable[Group], *, lanes: int) -> Iterator[list[Group]]:
    """Take as many requests together as may travel at a time, as one job on the ledger."""
    waiting = iter(groups)
    while wave := list(itertools.islice(waiting, lanes)):
        yield wave


def _uploads(session: Session, shipment: Shipment, *, bodies: Path) -> Iterator[Upload]:
    """Take the files out of the plan one after another, big ones by way of the disk."""
    wanted, folder = _records(session, shipment), session.run_outbox()
    for number, (key, text) in enumerate(texts(bodies)):
        if key in wanted:
            record = record_of(wanted.pop(key), shipment)
            del record["attributes"]
            to = folder / f"{number}.body"
            yield Upload(
                key=key,
                record=record,
                name=str(record.get("PathOnClient", "file")),
                body=take_body(text, most_in_memory=SMALL_BYTES, to=to),
            )
        if not wanted:
            return
    raise PushRefused(
        f"{len(wanted):,} files are not in the plan that names them",
        hint=f"clinic-load plan --org {session.run.alias}",
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
    for upload in uploads:
        upload.body.discard()
    for each in sent:
        if each.trouble is not None:
            raise each.trouble
    return job


def _sha256(uploads: Iterable[Upload]) -> str:
    digest = hashlib.sha256()
    for upload in uploads:
        digest.update(msgspec.json.encode(upload.record))
        digest.update(upload.body.sha256.encode())
    return digest.hexdigest()
