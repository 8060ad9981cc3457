"""Follows a FHIR search from page to page, by the server's own links."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import msgspec

from extract.errors import ClinicAnswersBadly
from extract.sources.fhir_resources import Bundle, Page, Unreadable, open_bundle
from extract.sources.fhir_server import FhirServer, Refusal


def pages(server: FhirServer, url: httpx.URL) -> Iterator[Page | Refusal]:
    """
    Follow a search from page to page, by the server's own links.

    Raises:
        SourceUnavailable: a page cannot be had, or the links run in a circle.

    """
    seen: set[str] = set()
    following: httpx.URL | None = url
    is_first = True
    while following is not None:
        if str(following) in seen:
            raise server.answers_badly("sends links to the next page that run in a circle")
        seen.add(str(following))
        page = fetch_page(server, following)
        if isinstance(page, Refusal):
            if not is_first:
                raise ClinicAnswersBadly(
                    f"the server refuses its own link to the next page (HTTP {page.status})",
                    hint="run the same command again; it goes on where it was landed last",
                )
            yield page
            return
        yield page
        is_first = False
        following = server.follow(page.next_url, at=following) if page.next_url else None


def fetch_page(server: FhirServer, url: httpx.URL) -> Page | Refusal:
    """
    Fetch one page, a second time when it cannot be read.

    A page that stays unreadable hides both its resources and the way on: going on would lose
    records without knowing how many.

    Raises:
        ClinicAnswersBadly: it is no Bundle.
        SourceUnavailable: it cannot be had.

    """
    problem = ""
    for _ in range(2):
        body = server.get(url)
        if isinstance(body, Refusal):
            return body
        try:
            return open_bundle(body)
        except Unreadable as unreadable:
            problem = str(unreadable)
    raise server.answers_badly(f"sent a page of {url.path} that {problem}")


def total_of(body: bytes) -> int | None:
    """Return the total that a Bundle states."""
    try:
        return msgspec.json.decode(body, type=Bundle).total
    except (msgspec.DecodeError, RecursionError):
        return None
