"""Bulk Data exports in the making: what was asked for, and which files come of it."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Annotated

import msgspec

from extract.demo_clinic import store
from extract.demo_clinic.changes import change_stamp
from extract.demo_clinic.search import SearchRefused, bounds_of
from extract.demo_clinic.store import Bound, Search

FORMATS = ("application/fhir+ndjson", "application/ndjson", "ndjson")
# Nobody's chart: an export of patients leaves them out.
OF_NO_PATIENT = frozenset(
    {"Binary", "InsurancePlan", "Location", "Organization", "Practitioner", "PractitionerRole"}
    | {"Schedule", "Slot"}
)
AtLeastOne = Annotated[int, msgspec.Meta(ge=1)]


class Manner(msgspec.Struct, forbid_unknown_fields=True):
    """
    How exports go: after how many polls they are done, and how far apart these are to be; how many
    rows a file has; whether files are signed and want no token. And what goes wrong: types that
    fail, rows that a manifest counts too many, lines that are no resources.
    """

    polls: int = 1
    retry_after: int = 1
    rows: AtLeastOne = 1000
    signed: bool = False
    failing: list[str] = []
    miscounted: int = 0
    broken: list[str] = []


@dataclass(slots=True)
class Export:
    """One export: its moment, its files by name, and how often it will still say `wait`."""

    at: str
    since: str
    manner: Manner
    polls_left: int
    files: dict[str, tuple[Search, int]] = field(default_factory=dict)
    signature: str = field(default_factory=lambda: secrets.token_urlsafe(16))


@dataclass(slots=True)
class Exports:
    """Every export that was begun and not deleted."""

    manner: Manner = field(default_factory=Manner)
    by_id: dict[str, Export] = field(default_factory=dict)

    def is_signed(self, path: str, signature: str) -> bool:
        """Tell whether an address of a file carries the signature that opens it."""
        ident, _, file = path.removeprefix("/export/").partition("/")
        export = self.by_id.get(ident)
        is_open = export is not None and export.manner.signed and bool(file)
        return is_open and export is not None and signature == export.signature

    def begin(
        self,
        connection: sqlite3.Connection,
        *,
        asked: Sequence[tuple[str, str]],
        shown: Sequence[str],
        changes: int,
        is_of_patients: bool,
    ) -> str:
        """
        Begin an export of everything up to now, and give back its id.

        Raises:
            SearchRefused: something is asked for that the server does not do.

        """
        kinds, since = _read_kick_off(asked, shown=shown)
        upcoming = change_stamp(changes)
        # The clinic's clock stands a second before its next change.
        now = datetime.fromisoformat(upcoming) - timedelta(seconds=1)
        at = f"{now:%Y-%m-%dT%H:%M:%S}.000Z"
        export = Export(at, since[0].stamp if since else "", self.manner, self.manner.polls)
        for kind in kinds:
            if kind not in self.manner.failing and not (is_of_patients and kind in OF_NO_PATIENT):
                search = Search(kind, self.manner.rows, bounds=(*since, Bound("<", upcoming)))
                export.files |= _files_of(search, connection=connection)
        ident = secrets.token_hex(8)
        self.by_id[ident] = export
        return ident


def _read_kick_off(
    asked: Sequence[tuple[str, str]], *, shown: Sequence[str]
) -> tuple[Sequence[str], tuple[Bound, ...]]:
    """
    Read which types are asked for, and since when.

    Raises:
        SearchRefused: one type that is not served refuses the whole export.

    """
    kinds = shown
    since: tuple[Bound, ...] = ()
    for name, value in asked:
        if name == "_type":
            kinds = value.split(",")
            if not set(kinds) <= set(shown):
                raise SearchRefused("_type names a type that the practice has not.")
        elif name == "_since":
            since = bounds_of(f"ge{value}")
        elif name != "_outputFormat" or value not in FORMATS:
            raise SearchRefused(f"$export does not support this use of {name[:40]}.")
    return kinds, since


def _files_of(search: Search, *, connection: sqlite3.Connection) -> dict[str, tuple[Search, int]]:
    """Cut what a search finds into files."""
    files: dict[str, tuple[Search, int]] = {}
    while rows := store.page(connection, search=search, limit=search.count):
        files[f"{search.kind}.{len(files) + 1}.ndjson"] = (search, len(rows))
        search = replace(search, after=rows[-1].place)
    return files
