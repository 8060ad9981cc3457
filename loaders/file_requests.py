"""Requests that carry files: many small ones by Collections, each big one on its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import msgspec

from loaders.collections import RECORDS, outcome_of, replies
from loaders.errors import OrgRefused, OrgUnavailable, Unavailable
from loaders.file_bodies import Body
from loaders.multipart import FilePart, Multipart
from loaders.org_line import OrgLine, Request, ask
from loaders.row_errors import RETRYABLE, row_error
from loaders.shipment import Shipment

BODY = "VersionData"
# A request costs the org some tenths of a second whatever it carries: below this size that is
# more than the bytes cost. A bigger file gains nothing from company, and may have two gigabytes.
SMALL_BYTES = 1_000_000
# Far below the 500 MB of contract 4.9: its small files are in memory, it is sent again whole when
# the connection breaks, and has to be answered before we stop waiting.
REQUEST_BYTES = 20_000_000

Outcome = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Upload:
    """One file to send, with the record that describes it."""

    key: str
    record: Mapping[str, Any] = field(repr=False)
    name: str = field(repr=False)
    body: Body = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of each file of a request, and the trouble that cut it off, if any."""

    outcomes: tuple[Outcome, ...]
    trouble: Unavailable | None = None


def in_requests(uploads: Iterable[Upload]) -> Iterator[list[Upload]]:
    """Gather small files until a request is full; a big file, which lies on disk, goes alone."""
    batch: list[Upload] = []
    size = 0
    for upload in uploads:
        length = upload.body.size
        if upload.body.path:
            yield [upload]
            continue
        if batch and (len(batch) == RECORDS or size + length > REQUEST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(upload)
        size += length
    if batch:
        yield batch


def send_group(
    line: OrgLine, shipment: Shipment, group: Sequence[Upload], *, known: frozenset[str]
) -> Sent:
    """
    Send the files of one request; what the org refuses is an outcome, what breaks off is unknown.

    An org that refuses a request as a whole has written none of it and says nothing of the single
    file: then each goes on its own.
    """
    if len(group) == 1:
        return _send_alone(line, group[0])
    try:
        answer = _json(ask(line, _together(shipment, group)))
        found = replies(answer, shipment, expected=len(group))
    except OrgRefused:
        return _send_one_by_one(line, group)
    except Unavailable as trouble:
        return _unknown(group, trouble)
    return Sent(
        tuple(
            outcome_of(upload.key, reply, shipment, may_retry=True, known=known)
            for upload, reply in zip(group, found, strict=True)
        )
    )


def _json(response: Any) -> object:  # noqa: ANN401 - httpx's response, which only org_line imports
    """
    Read an answer.

    Raises:
        OrgUnavailable: it is not JSON, so that nobody knows what was done.

    """
    try:
        return response.json()
    except ValueError as problem:
        raise _unreadable() from problem


def _unreadable() -> OrgUnavailable:
    return OrgUnavailable(
        "the org's answer to a file cannot be read",
        hint="clinic-load resume latest --org ALIAS",
    )


def _together(shipment: Shipment, group: Sequence[Upload]) -> Request:
    """Make one request of many files: the record names the part with its bytes."""
    records = [
        {
            "attributes": {
                "type": shipment.sobject,
                "binaryPartName": _part(number),
                "binaryPartNameAlias": BODY,
            },
            **upload.record,
        }
        for number, upload in enumerate(group)
    ]
    form = Multipart(
        json_name="collection",
        json_body=msgspec.json.encode({"allOrNone": False, "records": records}),
        files=tuple(
            FilePart(_part(number), upload.name, upload.body.open())
            for number, upload in enumerate(group)
        ),
    )
    return Request("POST", "composite/sobjects", safe=False, multipart=form)


def _part(number: int) -> str:
    return f"binaryPart{number}"


def _send_one_by_one(line: OrgLine, group: Sequence[Upload]) -> Sent:
    outcomes: list[Outcome] = []
    for number, upload in enumerate(group):
        sent = _send_alone(line, upload)
        outcomes += sent.outcomes
        if sent.trouble is not None:
            # Nobody asks an absent org two hundred times; the others are looked up as well.
            rest = _unknown(group[number + 1 :], sent.trouble)
            return Sent((*outcomes, *rest.outcomes), sent.trouble)
    return Sent(tuple(outcomes))


def _send_alone(line: OrgLine, upload: Upload) -> Sent:
    try:
        with upload.body.open() as file:
            answer = _json(ask(line, _alone(upload, file)))
    except OrgRefused as refusal:
        return Sent((_refused(upload, refusal),))
    except Unavailable as trouble:
        return _unknown([upload], trouble)
    made = answer.get("id") if isinstance(answer, dict) else None
    if made is None:
        return _unknown([upload], _unreadable())
    return Sent(({"key": upload.key, "id": str(made), "state": "created"},))


def _alone(upload: Upload, file: BinaryIO) -> Request:
    form = Multipart(
        json_name="entity_content",
        json_body=msgspec.json.encode(upload.record),
        files=(FilePart(BODY, upload.name, file),),
    )
    return Request("POST", "sobjects/ContentVersion", safe=False, multipart=form)


def _refused(upload: Upload, refusal: OrgRefused) -> Outcome:
    return {
        "key": upload.key,
        "state": "retry" if refusal.code in RETRYABLE else "failed",
        "code": refusal.code,
        "template": row_error(refusal.code).template,
    }


def _unknown(group: Sequence[Upload], trouble: Unavailable) -> Sent:
    return Sent(
        tuple({"key": each.key, "state": "unknown", "code": "UNACCOUNTED"} for each in group),
        trouble,
    )
