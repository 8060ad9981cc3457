"""Files: a ContentVersion's body on disk, its document, its links."""

# ruff: noqa: S608 - names come from the catalogue and are quoted, so are the values
from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa

from loaders.stand_in_org import ids
from loaders.stand_in_org.change import IMAGE, MADE_COLUMNS, Change, World
from loaders.stand_in_org.store import literal

_TYPES = {
    "bmp": "BMP", "csv": "CSV", "doc": "WORD", "docx": "WORD_X", "gif": "GIF", "htm": "HTML",
    "html": "HTML", "jpeg": "JPEG", "jpg": "JPG", "json": "JSON", "pdf": "PDF", "png": "PNG",
    "ppt": "POWER_POINT", "pptx": "POWER_POINT_X", "rtf": "RTF", "svg": "SVG", "tif": "TIFF",
    "tiff": "TIFF", "txt": "TEXT", "xls": "EXCEL", "xlsx": "EXCEL_X", "xml": "XML", "zip": "ZIP",
}  # fmt: skip
_BLOCK = 1 << 20


def _missing(change: Change, condition: str, name: str) -> None:
    change.fail(
        condition,
        code="REQUIRED_FIELD_MISSING",
        message=literal(f"Required fields are missing: [{name}]"),
        fields=(name,),
    )


def fill_version(change: Change) -> None:
    """Derive title, extension and type from the path; take the body in."""
    extension = "lower(nullif(regexp_extract(PathOnClient, '\\.([^./\\\\]{1,40})$', 1), ''))"
    name = "regexp_extract(PathOnClient, '([^/\\\\]*)$', 1)"
    title = f"substr(regexp_replace({name}, '\\.[^.]*$', ''), 1, 255)"
    cases = " ".join(f"WHEN {literal(key)} THEN {literal(kind)}" for key, kind in _TYPES.items())
    change.fill_all(
        {
            "FileExtension": extension,
            "FileType": f"coalesce(CASE {extension} {cases} END, upper({extension}), 'UNKNOWN')",
            "Title": f"coalesce(Title, {title})",
            "ContentModifiedDate": f"coalesce(ContentModifiedDate, {change.world.moment()})",
            "ContentModifiedById": literal(change.world.user_id),
        },
        where="_new",
    )


def check_version(change: Change) -> None:
    """Refuse versions without path or body, and a first location for a later version."""
    _missing(change, "_new AND PathOnClient IS NULL", "PathOnClient")
    change.fail(
        "_new AND ContentDocumentId IS NOT NULL AND FirstPublishLocationId IS NOT NULL",
        code="INVALID_FIELD_FOR_INSERT_UPDATE",
        message=literal("FirstPublishLocationId is for the first version of a document only"),
        fields=("FirstPublishLocationId",),
    )
    body = "_body IS NULL" if change.sends("VersionData") else "true"
    _missing(change, f"_new AND {body}", "VersionData")
    if blocked := ", ".join(map(literal, change.world.settings.blocked_extensions)):
        change.fail(
            f"_new AND FileExtension IN ({blocked})",
            code="FILE_EXTENSION_NOT_ALLOWED",
            message=literal("Files of this type cannot be uploaded"),
            fields=("PathOnClient",),
        )
    if change.sends("VersionData"):
        _take_bodies(change)


def _digest(path: Path) -> tuple[str, int]:
    digest, size = hashlib.md5(usedforsecurity=False), 0
    with path.open("rb") as body:
        while block := body.read(_BLOCK):
            digest.update(block)
            size += len(block)
    return digest.hexdigest(), size


def _store(target: Path, cell: str) -> bool:
    """Put one body in its place; false when it is not base64."""
    try:
        target.write_bytes(base64.b64decode(cell, validate=True))
    except binascii.Error:
        return False
    return True


def _take_bodies(change: Change) -> None:
    """
    Write each body to its file and note its checksum and size.

    A body is a file of its own in any case: this is the one place that goes row by row.
    """
    folder = change.world.data / "files"
    folder.mkdir(exist_ok=True, mode=0o700)
    taken: list[tuple[int, str | None, int]] = []
    rows = change.run(f"SELECT _n, Id, _body FROM {IMAGE} WHERE _e IS NULL AND _body IS NOT NULL")
    for place, record_id, cell in rows.fetchall():
        target = folder / record_id
        digest, size = _digest(target) if _store(target, cell) else (None, 0)
        taken.append((place, digest, size))
    table = pa.table(
        {
            "_n": pa.array([row[0] for row in taken], pa.int64()),
            "digest": pa.array([row[1] for row in taken], pa.string()),
            "size": pa.array([row[2] for row in taken], pa.int64()),
        }
    )
    change.world.connection.register("_bodies_in", table)
    change.run("CREATE OR REPLACE TEMP TABLE _bodies AS SELECT * FROM _bodies_in")
    change.world.connection.unregister("_bodies_in")
    change.fail(
        "_n IN (SELECT _n FROM _bodies WHERE digest IS NULL)",
        code="INVALID_BASE64",
        message=literal("Version Data: not base64"),
        fields=("VersionData",),
    )
    if not change.world.settings.empty_files:
        _missing(change, "_n IN (SELECT _n FROM _bodies WHERE size = 0)", "VersionData")
    most = change.world.settings.largest_file_mb * _BLOCK
    change.fail(
        f"_n IN (SELECT _n FROM _bodies WHERE size > {most})",
        code="FILE_SIZE_LIMIT_EXCEEDED",
        message=literal("The file is too large"),
        fields=("VersionData",),
    )
    change.fill_from(
        {"Checksum": "b.digest", "ContentSize": "b.size"},
        source="_bodies AS b",
        on=f"b._n = {IMAGE}._n",
    )
    _check_room(change, (size for _, _, size in taken))


def _check_room(change: Change, sizes: Iterable[int]) -> None:
    used = int(change.world.one('SELECT coalesce(sum(ContentSize), 0) FROM "ContentVersion"') or 0)
    settings = change.world.settings
    most = settings.file_storage_mb * _BLOCK * (100 + settings.storage_overdraft_percent)
    room = most // 100 - used
    if sum(sizes) <= room:
        return
    sums = f"SELECT _n, sum(ContentSize) OVER (ORDER BY _n) AS filled FROM {IMAGE}"
    change.fail(
        f"_n IN (SELECT _n FROM ({sums} WHERE _e IS NULL AND _new) WHERE filled > {room})",
        code="STORAGE_LIMIT_EXCEEDED",
        message=literal("storage limit exceeded"),
        fields=(),
    )


def number_versions(change: Change) -> None:
    """Give each version its document and its number before it is written."""
    count = change.good("_new AND ContentDocumentId IS NULL")
    first = ids.reserve(change.world.connection, "069", count=count)
    new = (
        f"(SELECT _n, row_number() OVER (ORDER BY _n) - 1 AS place FROM {IMAGE}"
        " WHERE _e IS NULL AND _new AND ContentDocumentId IS NULL) AS d"
    )
    change.run(f"CREATE OR REPLACE TEMP TABLE _documents AS SELECT * FROM {new}")
    columns = {"ContentDocumentId": f"_new_id('069', {first} + d.place)"}
    if not change.sends("ContentDocumentId"):
        # Nothing adds to a document that is there: each row is the first version of its own.
        columns |= {"VersionNumber": "'1'", "IsLatest": "true"}
    change.fill_from(columns, source="_documents AS d", on=f"d._n = {IMAGE}._n")
    if change.sends("ContentDocumentId"):
        _count_versions(change)


def _count_versions(change: Change) -> None:
    """Number the versions that may add to a document, and tell its latest one."""
    change.fill_from(
        {"VersionNumber": "CAST(v.place AS VARCHAR)", "IsLatest": "v.place = v.last"},
        source=f"""(SELECT i._n, coalesce(max(c.n), 0) + row_number() OVER w AS place,
            coalesce(max(c.n), 0) + count(*) OVER (PARTITION BY i.ContentDocumentId) AS last
            FROM {IMAGE} AS i LEFT JOIN (SELECT ContentDocumentId AS id, count(*) AS n
                FROM "ContentVersion" GROUP BY 1) AS c ON c.id = i.ContentDocumentId
            WHERE i._e IS NULL AND i._new GROUP BY i._n, i.ContentDocumentId
            WINDOW w AS (PARTITION BY i.ContentDocumentId ORDER BY i._n)) AS v""",
        on=f"v._n = {IMAGE}._n",
    )


def after_version(change: Change) -> None:
    """Make or move the documents of the written versions, and their first links."""
    world = change.world
    mine = f"SELECT * FROM {IMAGE} WHERE _e IS NULL"
    if change.sends("ContentDocumentId"):
        world.run(
            'UPDATE "ContentVersion" AS v SET IsLatest = false'
            f" FROM ({mine} AND _new AND IsLatest) AS i WHERE i.ContentDocumentId ="
            " v.ContentDocumentId AND v.Id != i.Id AND v.IsLatest"
        )
    world.run(
        f'INSERT INTO "ContentDocument" (Id, {MADE_COLUMNS}, OwnerId, IsArchived, PublishStatus,'
        " SharingOption, SharingPrivacy) SELECT ContentDocumentId,"
        f" false, CreatedDate, CreatedById, LastModifiedDate, LastModifiedById, {world.moment()},"
        f" OwnerId, false, 'P', SharingOption, SharingPrivacy FROM ({mine} AND _new)"
        " WHERE _n IN (SELECT _n FROM _documents) ORDER BY _n"
    )
    world.run(
        'UPDATE "ContentDocument" AS d SET LatestPublishedVersionId = i.Id, Title = i.Title,'
        " ContentSize = i.ContentSize, FileExtension = i.FileExtension, FileType = i.FileType,"
        " Description = i.Description, ContentModifiedDate = i.ContentModifiedDate"
        f" FROM ({mine} AND IsLatest) AS i WHERE i.ContentDocumentId = d.Id"
    )
    _link(world)


def _link(world: World) -> None:
    """Link new documents to their owner, and to the location they were first published at."""
    world.run(
        "CREATE OR REPLACE TEMP TABLE _links AS SELECT row_number() OVER (ORDER BY _n, kind) - 1"
        " AS place, document, entity, kind FROM (SELECT _n, ContentDocumentId AS document,"
        f" OwnerId AS entity, 'I' AS kind FROM {IMAGE} WHERE _e IS NULL AND _new"
        " UNION ALL SELECT _n, ContentDocumentId, FirstPublishLocationId, 'V'"
        f" FROM {IMAGE} WHERE _e IS NULL AND _new AND FirstPublishLocationId IS NOT NULL"
        " AND FirstPublishLocationId != OwnerId) WHERE _n IN (SELECT _n FROM _documents)"
    )
    count = int(world.one("SELECT count(*) FROM _links") or 0)
    first = ids.reserve(world.connection, "06A", count=count)
    world.run(
        f'INSERT INTO "ContentDocumentLink" (Id, {MADE_COLUMNS}, ContentDocumentId,'
        f" LinkedEntityId, ShareType, Visibility) SELECT _new_id('06A', {first} + place),"
        f" {world.made()}, document, entity, kind, 'AllUsers' FROM _links ORDER BY place"
    )


def check_link(change: Change) -> None:
    """Refuse a second link of the same two."""
    there = (
        'SELECT 1 FROM "ContentDocumentLink" AS l WHERE NOT l.IsDeleted'
        f" AND l.ContentDocumentId = {IMAGE}.ContentDocumentId"
        f" AND l.LinkedEntityId = {IMAGE}.LinkedEntityId"
    )
    again = (
        "SELECT _n FROM (SELECT _n, row_number() OVER (PARTITION BY ContentDocumentId,"
        f" LinkedEntityId ORDER BY _n) AS place FROM {IMAGE} WHERE _e IS NULL AND _new)"
        " WHERE place > 1"
    )
    change.fail(
        f"_new AND (EXISTS ({there}) OR _n IN ({again}))",
        code="DUPLICATE_VALUE",
        message="'duplicate value found: ' || ContentDocumentId"
        " || ' is already linked with the entity ' || LinkedEntityId",
        fields=(),
    )


def remove_bodies(world: World) -> None:
    """Delete the files of the versions that are gone for good."""
    gone = world.run("SELECT id FROM _doomed WHERE sobject = 'ContentVersion'").fetchall()
    for (record_id,) in gone:
        (world.data / "files" / record_id).unlink(missing_ok=True)
