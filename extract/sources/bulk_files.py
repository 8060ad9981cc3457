"""Lands the files of a Bulk Data export, one by one, and says what was not to be had."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pyarrow as pa

from extract.checkpoint import Landings
from extract.errors import ClinicTooBusy
from extract.sources.bulk_job import File, Manifest
from extract.sources.fhir_files import blocks_of_lines, cuts_of_lines
from extract.sources.fhir_resources import payloads_of_lines
from extract.sources.fhir_server import HTTP_ERRORS, FhirServer

GRAVE = ("error", "fatal")
NAMED = re.compile(r"([A-Za-z]+)/([A-Za-z0-9.\-]{1,64})")


class Issue(msgspec.Struct):
    """One thing that went wrong on the server."""

    severity: str = ""


class Outcome(msgspec.Struct):
    """What went wrong on the server."""

    issue: list[Issue] = msgspec.field(default_factory=list)


class Asked(msgspec.Struct):
    """What is to be done with a resource."""

    method: str
    url: str


class Entry(msgspec.Struct):
    """One entry of a Bundle of deletions."""

    request: Asked


class Deletions(msgspec.Struct):
    """A Bundle of deletions."""

    entry: list[Entry] = msgspec.field(default_factory=list)


@dataclass(slots=True)
class Taken:
    """What came of an export's files, by type."""

    listed: defaultdict[str, list[pa.Array]] = field(default_factory=lambda: defaultdict(list))
    gone: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    saved: int = 0
    # Files that were not to be had, or had other lines than were promised.
    missed: Counter[str] = field(default_factory=Counter)
    errors: int = 0
    # A file is there no more: the export has to be made anew.
    is_expired: bool = False

    @property
    def is_whole(self) -> bool:
        """Tell whether that is everything that was asked for."""
        return not self.missed and not self.errors


@dataclass(frozen=True, slots=True)
class Files:
    """The files of one export, on their way into the raw tables."""

    server: FhirServer
    landings: Landings
    manifest: Manifest
    # Whether everything was asked for, and whether no other export will be begun.
    is_fresh: bool
    is_last: bool
    taken: Taken = field(default_factory=Taken)
    positions: Counter[str] = field(default_factory=Counter)

    @property
    def path(self) -> Path:
        """Return where one file at a time is kept until it is read."""
        return self.landings.target.folder.incoming / "export.ndjson"

    def take(self) -> Taken:
        """
        Land every file that can be had, up to one that has expired.

        Raises:
            SourceUnavailable: the server cannot be reached any more, or gives no file at all.

        """
        for name in sorted({file.type for file in self.manifest.output}):
            self.landings.begin(name, is_fresh=self.is_fresh, has_cursor=True, is_in_order=False)
        ways = (
            (self.manifest.output, self.land),
            (self.manifest.error, self.count_errors),
            (self.manifest.deleted, self.note_deletions),
        )
        self.server.narrator.begin("export", total=sum(file.count or 0 for file in ways[0][0]))
        for files, read in ways:
            for file in files:
                if self.has_saved(file):
                    read(file)
                if self.taken.is_expired:
                    return self.taken
        self.path.unlink(missing_ok=True)
        if self.manifest.output and not self.taken.saved:
            raise self.server.answers_badly("gives none of the files that it exported")
        self.server.narrator.end("export", count=self.positions.total())
        return self.taken

    def has_saved(self, file: File) -> bool:
        """
        Save a file, a second time where it has other lines than the manifest promises.

        Raises:
            SourceUnavailable: the server cannot be reached any more, or does not let us in.

        """
        url = self.server.follow(file.url, at=self.server.base)
        is_signed = not self.manifest.requiresAccessToken
        for _ in range(2):
            try:
                status = self.server.save(url, self.path, is_signed=is_signed)
            except ClinicTooBusy:
                self.taken.missed[file.type] += 1
                return False
            if status >= HTTP_ERRORS:
                self.taken.is_expired = not self.is_last
                self.taken.missed[file.type] += 1
                return False
            if file.count is None or file.count == count_of_lines(self.path):
                self.taken.saved += 1
                return True
        self.taken.missed[file.type] += 1
        self.taken.saved += 1
        return True

    def land(self, file: File) -> None:
        """Land a file's resources, and note which they are."""
        first = self.positions[file.type]
        for found in cuts_of_lines(self.path, origin=file.type, first_position=first):
            self.landings.take(found, origin=file.type)
            self.positions[file.type] += found.size
            for name, columns in found.by_type.items():
                self.taken.listed[name].append(pa.array(columns.ids, pa.string()))
            self.server.narrator.advance(found.size)

    def count_errors(self, _: File) -> None:
        """Count what the server could not export; hints and warnings are no loss."""
        for line in lines_of(self.path):
            try:
                issues = msgspec.json.decode(line, type=Outcome).issue
            except (msgspec.DecodeError, RecursionError):
                issues = [Issue("error")]
            self.taken.errors += any(issue.severity in GRAVE for issue in issues)

    def note_deletions(self, file: File) -> None:
        """Note which resources the server says are deleted."""
        for line in lines_of(self.path):
            try:
                entries = msgspec.json.decode(line, type=Deletions).entry
            except (msgspec.DecodeError, RecursionError):
                self.taken.missed[file.type] += 1
                continue
            for entry in entries:
                named = NAMED.fullmatch(entry.request.url)
                if named is not None and entry.request.method == "DELETE":
                    self.taken.gone[named[1]].add(named[2])


def lines_of(path: Path) -> Iterator[bytes]:
    """Yield a file's lines that say something."""
    for block in blocks_of_lines(path):
        yield from payloads_of_lines(block)


def count_of_lines(path: Path) -> int:
    """Count a file's lines that say something."""
    return sum(1 for _ in lines_of(path))
