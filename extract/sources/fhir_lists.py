"""Reads the list of one type from a FHIR server until it is whole, or known not to be."""

from __future__ import annotations

from dataclasses import dataclass, field

import httpx
import pyarrow as pa
import pyarrow.compute as pc

from extract.checkpoint import Landings
from extract.landing import opened_raw
from extract.sources.fhir_capabilities import LAST_UPDATED
from extract.sources.fhir_pages import pages, total_of
from extract.sources.fhir_resources import Cut, Page, cut
from extract.sources.fhir_server import FhirServer, Refusal

PAGE_SIZE = 250
# These carry whole documents: a page of 250 could be a gigabyte.
HEAVY_TYPES = {"Binary": 20, "DocumentReference": 20}
# Pages shift while somebody works in the clinic: a list that was not whole is read again.
READINGS = 3
# What a run that was cut off has landed of a list, and what the next one has read of the rest.
LANDED_OR_LISTED = """
    select count(*)
    from (
        select id
        from {landed}
        where
            system = $system
            and coalesce(last_updated >= cast($since as timestamp with time zone), true)
        union
        select id from listed
    )
"""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list gave: ids, each once, and how many records, those put aside as well."""

    ids: pa.ChunkedArray
    records: int
    # How many there are, as far as the server says.
    stated: int | None

    @property
    def missing(self) -> int:
        """Return how many records the list did not give."""
        return max(0, (self.stated or 0) - self.records)


@dataclass(slots=True)
class ListReader:
    """
    Reads the list of one type, of all its records or of those that changed `since`.

    `position` counts over all readings, and what was put aside once is not put aside again.
    """

    server: FhirServer
    landings: Landings
    name: str
    since: str | None
    has_cursor: bool
    position: int = 0
    put_aside: set[bytes] = field(default_factory=set, repr=False)

    def read_whole(self, cursor: str | None) -> Listing | Refusal:
        """
        Read until nothing is missing; the first time from where a run was cut off.

        A server with pages by number skips a record when one before it changes, and with it its
        place. Where two readings give the same, and too little, a third would do so too.

        Raises:
            SourceUnavailable: the server cannot be read, or not to the end.

        """
        before: Listing | None = None
        for _ in range(READINGS):
            listing = self.read(cursor)
            if isinstance(listing, Refusal) or not listing.missing:
                break
            self.server.narrator.say(
                f"{self.name}: the list gave {listing.records} of {listing.stated} records"
            )
            if before is not None and listing.ids.equals(before.ids):
                break
            before, cursor = listing, self.since
        return listing

    def read(self, cursor: str | None) -> Listing | Refusal:
        """
        Read the list once, and count it before and after.

        Whatever is deleted meanwhile makes it shorter, and what is created longer: it has to give
        as many as there were at first, and as there are now up to the last one that it gave.

        Raises:
            SourceUnavailable: the server cannot be read, or not to the end.

        """
        is_all = cursor == self.since
        ids: list[pa.Array] = []
        broken: list[bytes] = []
        stated, last, number = self.count(), "", 0
        for number, page in enumerate(pages(self.server, self.address(cursor))):
            if isinstance(page, Refusal):
                return page
            if number == 0:
                self.server.narrator.begin(self.name, total=page.total)
                stated = larger(stated, page.total if is_all else None)
            found = self.take(page)
            broken += [one.payload for one in found.broken]
            if columns := found.by_type.get(self.name):
                ids.append(pa.array(columns.ids, pa.string()))
                # A server writes all its moments alike.
                last = max([last, *filter(None, columns.stamps)])
        if stated is not None and number:
            stated = larger(stated, self.count(until=last))
        self.put_aside.update(broken)
        distinct = pa.chunked_array([pc.unique(pa.chunked_array(ids, pa.string()))])
        records = len(distinct) if is_all else self.landed_or_listed(distinct)
        return Listing(distinct, records + len(broken), stated)

    def take(self, page: Page) -> Cut:
        """Land a page, without what an earlier reading put aside."""
        found = cut(
            page.resources, origin=self.name, first_position=self.position, is_utf8=page.is_utf8
        )
        new = [one for one in found.broken if one.payload not in self.put_aside]
        self.landings.take(Cut(found.by_type, new), origin=self.name)
        self.position += len(page.resources)
        self.server.narrator.advance(len(page.resources))
        return found

    def address(self, cursor: str | None) -> httpx.URL:
        """Return the address of the list's first page."""
        parameters = {"_count": str(HEAVY_TYPES.get(self.name, PAGE_SIZE))}
        if self.has_cursor:
            parameters["_sort"] = LAST_UPDATED
        if cursor is not None:
            parameters[LAST_UPDATED] = f"ge{cursor}"
        return self.server.address(self.name, **parameters)

    def count(self, *, until: str = "") -> int | None:
        """
        Ask how many records the whole list has, up to a moment; None where that is not said.

        Raises:
            SourceUnavailable: there is no answer.

        """
        url = self.server.address(self.name, _summary="count")
        if self.since is not None:
            url = url.copy_add_param(LAST_UPDATED, f"ge{self.since}")
        if self.has_cursor and until:
            url = url.copy_add_param(LAST_UPDATED, f"le{until}")
        body = self.server.get(url)
        return None if isinstance(body, Refusal) else total_of(body)

    def landed_or_listed(self, listed: pa.ChunkedArray) -> int:
        """Count the records of the whole list of which a part was landed before."""
        target = self.landings.target
        with opened_raw(target, read_only=True) as database:
            database.register("listed", pa.table({"id": listed}))
            found = database.execute(
                LANDED_OR_LISTED.format(landed=target.tables.qualified(self.name)),
                {"system": target.system, "since": self.since},
            ).fetchall()
        return int(found[0][0])


def larger(one: int | None, other: int | None) -> int | None:
    """Return the larger of two counts, of which each may be unknown."""
    return max((count for count in (one, other) if count is not None), default=None)
