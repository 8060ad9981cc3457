"""Prove that nothing of a push is left in the org."""

from __future__ import annotations

from loaders.bench import scratch_name
from loaders.bulk_query import count
from loaders.existing import Reader
from loaders.rollback_targets import TARGETS
from loaders.rollback_users import USER
from loaders.session import Session
from loaders.soql import id_filters

_LINK = "ContentDocumentLink"


def count_alive(session: Session) -> int:
    """Count the records that are said to be deleted, and are there all the same."""
    rows = session.bench.db.execute(
        f"select sobject, list(id order by id) from {TARGETS} "  # noqa: S608 - a constant
        "where was = 'created' and state = 'deleted' group by sobject order by sobject"
    ).fetchall()
    alive = 0
    for sobject, ids in rows:
        # Links cannot be asked for by id (contract 11); they go with their documents.
        if sobject in {USER, _LINK}:
            continue
        table = scratch_name("alive")
        Reader(session.line, session.bench).read(
            ["Id"], str(sobject), filters=id_filters("Id", ids), table=table
        )
        alive += count(session.bench.db, table)
    return alive
