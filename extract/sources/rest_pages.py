"""Keeps each record of a JSON page as the text in which the vendor wrote it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import msgspec
import requests

from extract.quarantine import Reason
from extract.sources.fhir_resources import covered, decodes, uncovered

# The record that an address names: `/v1/patients/12/referral_source` -> 12.
NUMBER_IN_PATH = re.compile(r"/(\d+)(?:/[a-z_]+)?$")


class Head(msgspec.Struct):
    """The little that is read of a record; the rest stays closed."""

    id: object = None
    updated_at: object = None
    links: object = None


class Record(msgspec.Struct):
    """A record as dlt sees it: `doc` is its own text, and `reason` why it is none, if so."""

    id: str | None
    updated_at: str | None
    doc: str
    reason: str | None = None


HEAD = msgspec.json.Decoder(Head)
PAGE = msgspec.json.Decoder(dict[str, msgspec.Raw])
RECORDS = msgspec.json.Decoder(list[msgspec.Raw])
TOTAL = msgspec.json.Decoder(int)


class PageUnreadable(ValueError):
    """An answer is no page of the list that was asked for."""


@dataclass(slots=True)
class PageKeeper:
    """
    A hook for dlt's `response_actions`: it puts the records' own texts into the page.

    dlt reads JSON into numbers and back: `1.00` would land as `1.0`. `totals` are the lengths that
    each list stated, page by page: a list that changes while it is read says so here. `begun_at` is
    the server's own time at the first page.
    """

    key: str
    begun_at: datetime | None = None
    totals: dict[str, list[int | None]] = field(default_factory=dict)

    def __call__(self, response: requests.Response) -> None:
        """
        Rewrite a page.

        Raises:
            PageUnreadable: it is none.

        """
        if response.status_code >= HTTPStatus.BAD_REQUEST:
            return
        if response.status_code != HTTPStatus.OK:
            raise PageUnreadable(f"gives no page (HTTP {response.status_code})")
        page, payloads = open_page(response.content, self.key)
        self.begun_at = self.begun_at or date_of(response)
        path = (response.request.path_url or "").partition("?")[0]
        self.totals.setdefault(path, []).append(total_of(page))
        records = [record_of(payload) for payload in payloads]
        kept = {"links": page.get("links", msgspec.Raw(b"{}")), self.key: records}
        response._content = msgspec.json.encode(kept)

    @property
    def stated(self) -> int | None:
        """Return how many records the lists have, as they said last; None where one did not."""
        last = [totals[-1] for totals in self.totals.values()]
        return None if None in last else sum(total or 0 for total in last)

    @property
    def kept_still(self) -> bool:
        """Tell whether each list stated the same length on all of its pages."""
        return all(len(set(totals)) == 1 for totals in self.totals.values())

    @property
    def is_paged(self) -> bool:
        """Tell whether a list has more than one page."""
        return any(len(totals) > 1 for totals in self.totals.values())


def total_of(page: dict[str, msgspec.Raw]) -> int | None:
    """Return the length of the list that a page states."""
    try:
        return TOTAL.decode(page.get("total_entries", b""))
    except msgspec.DecodeError:
        return None


def date_of(response: requests.Response) -> datetime | None:
    """Return when the server says that it is."""
    try:
        return parsedate_to_datetime(response.headers.get("Date", ""))
    except ValueError:
        return None


def open_page(body: bytes, key: str) -> tuple[dict[str, msgspec.Raw], list[bytes]]:
    """
    Open a page and leave its records closed; one whose text is broken does not cost the others.

    Raises:
        PageUnreadable: it is no JSON, or has no such list.

    """
    cover = body
    try:
        try:
            page = PAGE.decode(body)
        except msgspec.DecodeError:
            cover = covered(body)
            page = PAGE.decode(cover)
        records = [bytes(one) for one in RECORDS.decode(page[key])]
    except KeyError:
        raise PageUnreadable("gives no list of what was asked for") from None
    except (msgspec.DecodeError, RecursionError):
        raise PageUnreadable("gives a page that is no JSON") from None
    return page, records if cover is body else uncovered(records, cover=cover, body=body)


def record_of(payload: bytes) -> Record:
    """Read what a record says it is, or what is wrong with it."""
    doc = payload.decode("utf-8", errors="backslashreplace")
    if not decodes(payload):
        return Record(None, None, doc, Reason.NOT_UTF8)
    try:
        head = HEAD.decode(payload)
    except msgspec.DecodeError:
        return Record(None, None, doc, Reason.UNREADABLE_JSON)
    identity = identity_of(head)
    stamp = head.updated_at if isinstance(head.updated_at, str) else None
    return Record(identity, stamp, doc, None if identity else Reason.NO_ID)


def identity_of(head: Head) -> str | None:
    """Return a record's id, or the number in its own address where it has none."""
    if isinstance(head.id, int | str) and not isinstance(head.id, bool) and str(head.id).strip():
        return str(head.id)
    itself = head.links.get("self") if isinstance(head.links, dict) else None
    found = NUMBER_IN_PATH.search(itself) if isinstance(itself, str) else None
    return found[1] if found else None
