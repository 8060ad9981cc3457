"""Reads a clinic's FHIR R4 server: every declared type, by the server's own links."""

from __future__ import annotations

from extract.checkpoint import Landings
from extract.landing import Progress
from extract.raw_tables import FHIR
from extract.sources.fhir_attachments import read_attachments
from extract.sources.fhir_capabilities import Capabilities, read_capabilities
from extract.sources.fhir_deletions import forget_deleted
from extract.sources.fhir_lists import ListReader
from extract.sources.fhir_pages import total_of
from extract.sources.fhir_server import FhirServer, Refusal

NOT_COUNTED = "; not counted, for the server gives no totals"
UNKNOWN = Progress(None, 0)


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

    A whole read of a type that was landed before also tells what of it was deleted. A list that
    does not give as many records as there are moves no cursor: the next run reads it again.

    Raises:
        SourceUnavailable: the server cannot be read, or not to the end.

    """
    has_cursor = name in capabilities.by_time
    known = landings.progress.get(name, UNKNOWN) if has_cursor else UNKNOWN
    cursor, since = known.cursor, known.settled
    landings.begin(name, is_fresh=cursor is None, has_cursor=has_cursor)
    if has_cursor:
        landings.doubt(name, since=since)
    landings.tally.asked[name] = "all of it" if cursor is None else f"changed since {cursor}"
    reader = ListReader(server, landings, name, since=since, has_cursor=has_cursor)
    listing = reader.read_whole(cursor)
    if isinstance(listing, Refusal):
        return listing.status
    landings.end(name)
    server.narrator.end(name, count=reader.position)
    if listing.stated is None:
        landings.tally.asked[name] += NOT_COUNTED
    landings.miss(name, count=listing.missing)
    if listing.missing:
        return None
    landings.settle(name)
    if cursor is None and is_landed:
        forget_deleted(server, name, listing.ids, capabilities=capabilities, landings=landings)
    return None


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
