"""Reads the documents that OpenEMR keeps as files on its server's disk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from extract.checkpoint import Landings
from extract.errors import NothingReadable
from extract.narration import Narrator
from extract.quarantine import Broken, Reason
from extract.raw_tables import raw_database
from extract.sources.fhir_resources import Columns, Cut
from extract.sources.openemr_tables import DOCUMENT_FILE

# As base64 it is one value of an Arrow column, and those end at 2 GB.
LARGEST_FILE = 1024**3
NAMED = """
    select
        documents.id,
        documents.doc ->> '$.url' as url,
        coalesce(try_cast(documents.doc ->> '$.path_depth' as integer), 1) as depth,
        (documents.doc ->> '$.encrypted') = '1' as is_encrypted,
        (documents.doc ->> '$.storagemethod') = '1' as is_elsewhere,
        files.doc ->> '$.size' as size,
        files.doc ->> '$.modified' as modified
    from raw_openemr.documents as documents
    left join raw_openemr.document_file as files
        on documents.system = files.system and documents.id = files.id
    where
        documents.system = ?
        and (documents.doc ->> '$.type') = 'file_url'
        and coalesce(documents.doc ->> '$.deleted', '0') = '0'
    order by documents.id
"""


@dataclass(frozen=True, slots=True)
class Named:
    """A document that says where its file is, and the file that was landed of it, if one was."""

    id: str
    url: str | None
    depth: int
    is_encrypted: bool
    is_elsewhere: bool
    size: str | None
    modified: str | None

    def path_in(self, folder: Path) -> Path | None:
        """
        Return the file below a folder; None where there is none.

        OpenEMR itself believes of the address only the name and `path_depth` folders before it.
        """
        parts = [part for part in (self.url or "").split("/") if part][-1 - self.depth :]
        path = folder.joinpath(*parts).resolve()
        is_below = path.is_relative_to(folder.resolve())
        return path if parts and is_below and path.is_file() else None


def read_files(folder: Path | None, landings: Landings, *, narrator: Narrator) -> None:
    """
    Read each file that a landed document names and that is not landed as it is now.

    A file that is not there, or that OpenEMR has encrypted, is put aside and counted; without a
    folder every file is counted as refused.

    Raises:
        NothingReadable: the folder is not there.

    """
    if folder is not None and not folder.is_dir():
        raise NothingReadable(
            f"{folder} is not a folder",
            hint="give --documents the folder sites/default/documents of OpenEMR",
        )
    landings.land()
    wanted = files_named(landings)
    if folder is None:
        if wanted:
            narrator.say(f"{DOCUMENT_FILE}: {len(wanted)} files lie on disk; give --documents")
            landings.refuse(DOCUMENT_FILE, count=len(wanted))
        return
    narrator.begin(DOCUMENT_FILE, total=len(wanted))
    landings.begin(DOCUMENT_FILE)
    for position, document in enumerate(wanted):
        for cut in cuts(document, folder, position=position):
            landings.take(cut, origin=DOCUMENT_FILE)
        narrator.advance(1)
    landings.end(DOCUMENT_FILE)
    narrator.end(DOCUMENT_FILE, count=len(wanted))


def files_named(landings: Landings) -> list[Named]:
    """Return the documents whose files lie on a disk."""
    with raw_database(landings.target.folder.raw_database, read_only=True) as database:
        rows = database.execute(NAMED, [landings.target.system]).fetchall()
    return [Named(*row) for row in rows]


def cuts(document: Named, folder: Path, *, position: int) -> Iterator[Cut]:
    """Yield a document's file, or why it cannot be read; nothing where it is landed already."""
    path = document.path_in(folder)
    if document.is_encrypted:
        yield broken(document, position, Reason.ENCRYPTED_FILE, "OpenEMR keeps it encrypted")
    elif document.is_elsewhere:
        yield broken(document, position, Reason.MISSING_FILE, "it is kept in CouchDB")
    elif path is None:
        yield broken(document, position, Reason.MISSING_FILE, "not in the folder of documents")
    elif path.stat().st_size > LARGEST_FILE:
        yield broken(document, position, Reason.UNREADABLE_FILE, "larger than 1 GB")
    else:
        found = path.stat()
        size, modified = str(found.st_size), str(found.st_mtime_ns)
        if (size, modified) != (document.size, document.modified):
            doc = {
                "document_id": document.id,
                "size": size,
                "modified": modified,
                "content_base64": path.read_bytes(),
            }
            yield Cut(
                {DOCUMENT_FILE: Columns([document.id], [None], [msgspec.json.encode(doc)])}, []
            )


def broken(document: Named, position: int, reason: Reason, detail: str) -> Cut:
    """Return a document whose file cannot be read, by its id alone."""
    payload = msgspec.json.encode({"document_id": document.id})
    return Cut({}, [Broken(DOCUMENT_FILE, position, DOCUMENT_FILE, reason, detail, payload)])
