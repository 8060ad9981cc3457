"""Reads the files of Cliniko's attachments: each link redirects to an address that soon expires."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

import msgspec
import pyarrow as pa
import requests

from extract.checkpoint import Landings
from extract.errors import ClinicAnswersBadly
from extract.quarantine import Broken, Reason
from extract.raw_tables import raw_database
from extract.sources.cliniko_tables import ATTACHMENT_CONTENT
from extract.sources.fhir_resources import Columns, Cut
from extract.sources.patience import TRANSIENT, Trouble, patiently
from extract.sources.rest_api import RestApi
from extract.sources.rest_session import TIMEOUT, ListRefused, PatientSession

# As base64 it is one value of an Arrow column, and those end at 2 GB.
LARGEST_FILE = 1024**3
# The storage's answers for an address that has expired, or never was one.
EXPIRED = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.BAD_REQUEST})
NAMED = """
    select
        attachments.id,
        attachments.doc ->> '$.updated_at' as updated_at,
        try_cast(attachments.doc ->> '$.size' as bigint) as size
    from raw_cliniko.patient_attachments as attachments
    left join raw_cliniko.patient_attachment_content as contents
        on attachments.system = contents.system and attachments.id = contents.id
    where
        attachments.system = $system
        and coalesce(attachments.doc ->> '$.processing_completed', 'true') = 'true'
        and (contents.doc ->> '$.updated_at') is distinct from (attachments.doc ->> '$.updated_at')
    order by attachments.id
"""
WITH_RECORD = """
    select contents.id
    from raw_cliniko.patient_attachment_content as contents
    semi join raw_cliniko.patient_attachments as attachments
        on attachments.system = contents.system and attachments.id = contents.id
    where contents.system = $system
"""


@dataclass(frozen=True, slots=True)
class Attachment:
    """An attachment whose file is not landed as it is now."""

    id: str
    updated_at: str | None
    size: int | None


def read_attachments(api: RestApi, landings: Landings, *, at: datetime) -> None:
    """
    Read each file that a landed attachment has; one that cannot be had is put aside and counted.

    Raises:
        SourceUnavailable: the server cannot be read.

    """
    landings.land()
    forget_files(landings, at=at)
    narrator = api.session.narrator
    wanted = attachments_named(landings)
    narrator.begin(ATTACHMENT_CONTENT, total=len(wanted))
    landings.begin(ATTACHMENT_CONTENT)
    for position, attachment in enumerate(wanted):
        landings.take(cut_of(attachment, position=position, api=api), origin=ATTACHMENT_CONTENT)
        narrator.advance(1)
    landings.end(ATTACHMENT_CONTENT)
    narrator.end(ATTACHMENT_CONTENT, count=len(wanted))


def attachments_named(landings: Landings) -> list[Attachment]:
    """Return the attachments whose files have to be read."""
    with raw_database(landings.target.folder.raw_database, read_only=True) as database:
        rows = database.execute(NAMED, {"system": landings.target.system}).fetchall()
    return [Attachment(*row) for row in rows]


def forget_files(landings: Landings, *, at: datetime) -> None:
    """Set aside the files of attachments that are gone."""
    with raw_database(landings.target.folder.raw_database, read_only=True) as database:
        rows = database.execute(WITH_RECORD, {"system": landings.target.system}).fetchall()
    landings.forget({ATTACHMENT_CONTENT: pa.array([one for (one,) in rows], pa.string())}, at=at)


def cut_of(attachment: Attachment, *, position: int, api: RestApi) -> Cut:
    """
    Return an attachment's file, or why there is none.

    Raises:
        SourceUnavailable: the server cannot be read.

    """
    if (attachment.size or 0) > LARGEST_FILE:
        return broken(attachment, position, Reason.UNREADABLE_FILE, "larger than 1 GB")
    try:
        content = patiently(
            lambda: content_of(attachment, api),
            clock=api.session.clock,
            narrator=api.session.narrator,
        )
    except ListRefused as refusal:
        detail = f"not given out (HTTP {refusal.status})"
        return broken(attachment, position, Reason.MISSING_FILE, detail)
    except ClinicAnswersBadly:
        detail = "given out again and again at an address that does not open, or cut short"
        return broken(attachment, position, Reason.UNREADABLE_FILE, detail)
    doc = {
        "attachment_id": attachment.id,
        "updated_at": attachment.updated_at,
        "content_base64": content,
    }
    columns = Columns([attachment.id], [None], [msgspec.json.encode(doc)])
    return Cut({ATTACHMENT_CONTENT: columns}, [])


def content_of(attachment: Attachment, api: RestApi) -> bytes | Trouble:
    """
    Ask for the file's address, and then for the file, whose host must not see the key.

    Raises:
        SourceUnavailable: the vendor's server cannot be read.
        ListRefused: the server or the storage has no such file.

    """
    told = api.get(f"patient_attachments/{attachment.id}/content")
    if not told.is_redirect:
        return whole(told.content, attachment, api.session)
    address = urljoin(told.url, told.headers["Location"])
    if urlsplit(address).scheme not in {"https", urlsplit(told.url).scheme}:
        raise ListRefused(told.status_code)
    try:
        file = requests.get(address, auth=nobody, timeout=TIMEOUT)
    except requests.RequestException as problem:
        return Trouble(api.session.unreachable(type(problem).__name__))
    if file.status_code in TRANSIENT:
        return Trouble(api.session.busy(file.status_code))
    if file.status_code in EXPIRED:
        return Trouble(api.session.answers_badly("gives an address that does not open"))
    if file.status_code != HTTPStatus.OK:
        raise ListRefused(file.status_code)
    return whole(file.content, attachment, api.session)


def nobody(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Log in as nobody; without it, requests would look for a login on this machine."""
    return request


def whole(content: bytes, attachment: Attachment, session: PatientSession) -> bytes | Trouble:
    """Return a file if it is as long as its record says."""
    if attachment.size is not None and len(content) != attachment.size:
        return Trouble(session.answers_badly("gives a file of another size than it states"))
    return content


def broken(attachment: Attachment, position: int, reason: Reason, detail: str) -> Cut:
    """Return an attachment whose file cannot be had, by its id alone."""
    payload = msgspec.json.encode({"attachment_id": attachment.id})
    return Cut(
        {}, [Broken(ATTACHMENT_CONTENT, position, ATTACHMENT_CONTENT, reason, detail, payload)]
    )
