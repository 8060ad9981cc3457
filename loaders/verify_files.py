"""Compare files byte for byte, by download: slower than size and checksum, and surer."""

from __future__ import annotations

import hashlib
from pathlib import Path

from loaders.canonical import BASE64, quoted
from loaders.existing import FILE
from loaders.file_bodies import decoded, texts
from loaders.org_line import Request, download
from loaders.plan_store import Plan, bodies_file
from loaders.session import Session
from loaders.verify_compare import DIFFERENCES
from loaders.verify_org import key_map


def compare_downloads(session: Session, plan: Plan, folder: Path) -> None:
    """Download each file that is in the org and compare its sha256 with that of the plan."""
    each = next((each for each in plan.objects if each.sobject == FILE), None)
    if each is None:
        return
    body = next(column.name for column in each.columns if column.type == BASE64)
    ids = dict(
        session.bench.db.execute(
            f"select key, min(id) from {quoted(key_map(FILE))} group by key"  # noqa: S608 - ours
        ).fetchall()
    )
    session.progress.begin("download files", total=len(ids))
    for key, text in texts(bodies_file(folder, each)):
        if key in ids and not _is_same(session, ids[key], text):
            session.bench.db.execute(
                f"insert into {DIFFERENCES} values (?, '!', ?, ?)",  # noqa: S608
                [FILE, key, f"{body} (bytes)"],
            )
        session.progress.advance(1)


def _is_same(session: Session, record_id: str, text: memoryview) -> bool:
    to = session.bench.folder / f"{record_id}.body"
    download(
        session.line, Request("GET", f"sobjects/{FILE}/{record_id}/VersionData", safe=True), to=to
    )
    try:
        with to.open("rb") as file:
            there = hashlib.file_digest(file, "sha256").digest()
    finally:
        to.unlink()
    planned = hashlib.sha256()
    for chunk in decoded(text):
        planned.update(chunk)
    return there == planned.digest()
