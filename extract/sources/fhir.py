"""Reads a clinic's FHIR R4 server: every declared type, by the server's own links."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import msgspec
import pyarrow as pa

from extract.checkpoint import Landings
from extract.errors import ClinicAnswersBadly
from extract.raw_tables import FHIR
from extract.sources.fhir_attachments import read_attachments
from extract.sources.fhir_capabilities import LAST_UPDATED, Capabilities, read_capabilities
from extract.sources.fhir_deletions import forget_deleted
from extract.sources.fhir_resources import Bundle, Page, Unreadable, cut, open_bundle
from extract.sources.fhir_server import FhirServer, Refusal

PAGE_SIZE = 250
# These carry whole documents: a page of 250 could be a gigabyte.
HEAVY_TYPES = {"Binary": 20, "DocumentReference": 20}


def read_fhir(server: FhirServer, landings: Landings, *, is_full: bool) -> None:
    """
    Read every type that has a raw table, and count the others.

    Raises:
        SourceUnavailable: the server cannot be read, or not to the end.

    """
    capabilities = read_capabilities(server)
    refused: dict[str, int] = {}
    searched = [name for name in FHIR.names if name in capabilities.searchable]
    if not searched:
        raise server.answers_badly("declares no type that can be searched")
    before = landings.landed()
    for name in searched:
        status = read_type(
            server,
            name,
            capabilities=capabilities,
            landings=landings,
            is_landed=before[name] > 0,
        )
        if status is not None:
            refused[name] = status
    if len(refused) == len(searched):
        raise server.wrong_token(next(iter(refused.values())))
    for name, status in refused.items():
        server.narrator.say(f"{name}: the server refuses to show it (HTTP {status})")
        landings.refuse(name)
    read_attachments(server, landings, capabilities=capabilities, is_full=is_full)
    count_others(server, capabilities=capabilities, landings=landings)


def read_type(
    server: FhirServer,
    name: str,
    *,
    capabilities: Capabilities,
    landings: Landings,
    is_landed: bool,
) -> int | None:
    """
    Read one type from its cursor on, or as a whole; return the status if it is refused.

    A whole read of a type that was landed before also tells what of it was deleted.

    Raises:
        SourceUnavailable: the server cannot be read, or not to the end.

    """
    has_cursor = name in capabilities.by_time
    known = landings.progress.get(name) if has_cursor else None
    cursor = known.cursor if known else None
    parameters = {"_count": str(HEAVY_TYPES.get(name, PAGE_SIZE))}
    if has_cursor:
        parameters["_sort"] = LAST_UPDATED
    if cursor is not None:
        parameters[LAST_UPDATED] = f"ge{cursor}"
    landings.begin(name, is_fresh=cursor is None, has_cursor=has_cursor)
    landings.tally.asked[name] = "all of it" if cursor is None else f"changed since {cursor}"
    count = 0
    listed: list[pa.Array] = []
    for page in pages(server, server.address(name, **parameters)):
        if isinstance(page, Refusal):
            return page.status
        if count == 0:
            server.narrator.begin(name, total=page.total)
        found = cut(page.resources, origin=name, first_position=count, is_utf8=page.is_utf8)
        landings.take(found, origin=name)
        if name in found.by_type:
            listed.append(pa.array(found.by_type[name].ids, pa.string()))
        count += len(page.resources)
        server.narrator.advance(len(page.resources))
    landings.end(name)
    server.narrator.end(name, count=count)
    if cursor is None and is_landed:
        whole = pa.chunked_array(listed, pa.string())
        forget_deleted(server, name, whole, capabilities=capabilities, landings=landings)
    return None


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


def count_others(server: FhirServer, *, capabilities: Capabilities, landings: Landings) -> None:
    """Count the types that no clinic entity is made of, so that nothing is left in silence."""
    for name in capabilities.searchable:
        if name in FHIR:
            continue
        body = server.get(server.address(name, _summary="count"))
        total = None if isinstance(body, Refusal) else total_of(body)
        if total is None:
            server.narrator.say(f"{name}: not taken, and the server does not say how many")
        elif total:
            landings.begin(name)
            landings.leave(name, count=total)


def total_of(body: bytes) -> int | None:
    """Return the total that a Bundle states."""
    try:
        return msgspec.json.decode(body, type=Bundle).total
    except (msgspec.DecodeError, RecursionError):
        return None
