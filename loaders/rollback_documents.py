"""Delete the files of a push: documents first, since links and versions go with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pyarrow as pa

from loaders.bench import lay_out, scratch_name, take_out
from loaders.canonical import literal
from loaders.deliver import Delivery, deliver
from loaders.existing import DOCUMENT, FILE, Reader
from loaders.ledger_outcomes import view_outcomes
from loaders.rollback_checks import LINK, Checks, checks_for, held_by_edits, without
from loaders.rollback_look_back import Seen, look_back, went_since
from loaders.rollback_looks import Looks
from loaders.rollback_targets import TARGETS, chunks, deleted_chunks, mark, pending, record
from loaders.row_errors import CHANGED_SINCE, FOREIGN_CHILDREN, row_error
from loaders.session import Session
from loaders.shipment import deletion
from loaders.soql import id_filters

_USER_PREFIX = "005"
_DOCUMENT_OBJECT = "ContentDocument"


def delete_documents(session: Session, looks: Looks, *, forced: bool, hard: bool) -> None:
    """
    Delete the document of every file that is a target; hold those with somebody's work in them.

    A newer version or a link to a record that is not ours holds a document, and with it its links.
    Where all files went before an interruption, they are looked back at and their links settled.
    """
    if waiting := pending(session, FILE, was="created"):
        session.progress.begin("undo files", total=waiting)
    for rows in chunks(session, FILE, was="created"):
        documents = documents_of(session, rows)
        if not forced:
            for outcomes in _examine(session, looks, rows, documents):
                record(session, FILE, outcomes)
                take_out(session.bench, rows, outcomes, column="key")
        _delete(session, documents, rows, hard=hard)
    if not forced and not hard:
        look_back(session, FILE, _look_back(session, looks))
    record(session, LINK, _links_of_files(session))


def look_at_documents(session: Session, looks: Looks) -> None:
    """Work out which documents would be held; nothing is sent and nothing written down."""
    for rows in chunks(session, FILE, was="created"):
        for outcomes in _examine(session, looks, rows, documents_of(session, rows)):
            mark(session, FILE, outcomes)
    mark(session, LINK, _links_of_files(session))


def _checks(session: Session, looks: Looks) -> Checks:
    return checks_for(session, FILE, looks(FILE))


def _examine(session: Session, looks: Looks, rows: str, documents: str) -> list[pa.Table]:
    held = _held(session, documents)
    changed, gone = held_by_edits(session, _checks(session, looks), rows)
    return [changed, gone, held]


def _look_back(session: Session, looks: Looks) -> Iterator[Seen]:
    """Look at the files in the recycle bin: each went with its document, and goes back with it."""
    for rows in deleted_chunks(session, FILE, sent_as=_DOCUMENT_OBJECT):
        since = went_since(session, FILE, rows)
        checks = replace(_checks(session, looks), deleted_since=since)
        documents = documents_of(session, rows, deleted=True)
        changed, gone = held_by_edits(session, checks, rows)
        held = _held(session, documents, deleted_since=since)
        worked_on = pa.concat_tables([changed, without(held, changed)])
        ids = session.bench.db.execute(
            f"select id from {documents} "  # noqa: S608 - names of our own
            f"where key in (select key from {lay_out(session.bench, worked_on)})"
        ).fetchall()
        back = lay_out(session.bench, gone)
        changed, gone, held = _examine(session, looks, back, documents_of(session, back))
        worked_on = pa.concat_tables([worked_on, changed, without(held, changed)])
        yield Seen(rows, worked_on, gone, [str(row[0]) for row in ids])


def documents_of(session: Session, rows: str, *, deleted: bool = False) -> str:
    """Make a table (key, version, id) of the documents of the files in a table (key, id)."""
    found, table = scratch_name("found"), scratch_name("documents")
    ids = [
        str(row[0])
        for row in session.bench.db.execute(f"select id from {rows} order by id").fetchall()  # noqa: S608
    ]
    Reader(session.line, session.bench, deleted).read(
        ["Id", DOCUMENT], FILE, filters=id_filters("Id", ids), table=found
    )
    session.bench.db.execute(
        f"""
        create temp table {table} as
        select rows.key, rows.id as version, found.{DOCUMENT} as id
        from {rows} as rows inner join {found} as found on found.Id = rows.id
        """  # noqa: S608 - names of our own
    )
    return table


def _held(session: Session, documents: str, *, deleted_since: str | None = None) -> pa.Table:
    db = session.bench.db
    ids = [str(row[0]) for row in db.execute(f"select id from {documents} order by id").fetchall()]  # noqa: S608
    versions, links = scratch_name("versions"), scratch_name("links")
    reader = Reader(session.line, session.bench, deleted_since is not None)
    lately = f" AND SystemModstamp >= {deleted_since}" if deleted_since else ""
    filters = [each + lately for each in id_filters(DOCUMENT, ids)]
    reader.read(["Id", DOCUMENT], FILE, filters=filters, table=versions)
    reader.read(["Id", DOCUMENT, "LinkedEntityId"], LINK, filters=filters, table=links)
    return db.execute(
        f"""
        with newer as (
            select distinct documents.key, documents.version from {versions} as versions
            inner join {documents} as documents on documents.id = versions.{DOCUMENT}
            where versions.Id != documents.version
        ),
        foreign_links as (
            select distinct documents.key, documents.version from {links} as links
            inner join {documents} as documents on documents.id = links.{DOCUMENT}
            -- The org itself links a document to its owner.
            where left(links.LinkedEntityId, 3) != '{_USER_PREFIX}'
                and links.Id not in (
                    select id from {TARGETS} where sobject = '{LINK}' and was = 'created'
                )
        )
        select key, version as id, 'held' as state, {literal(CHANGED_SINCE)} as code,
            'VersionData' as field, {literal(row_error(CHANGED_SINCE).template)} as template
        from newer
        union all
        select key, version, 'held', {literal(FOREIGN_CHILDREN)}, '{LINK}.LinkedEntityId',
            {literal(row_error(FOREIGN_CHILDREN).template)} from foreign_links
        where key not in (select key from newer)
        """  # noqa: S608 - names of our own
    ).to_arrow_table()


def _delete(session: Session, documents: str, rows: str, *, hard: bool) -> None:
    table = scratch_name("shipment")
    session.bench.db.execute(
        f"""
        create temp table {table} as
        select documents.key as _key, null as _lock, documents.id as Id
        from {documents} as documents where documents.key in (select key from {rows})
        """  # noqa: S608 - names of our own
    )
    deliver(session, Delivery(deletion(_DOCUMENT_OBJECT, table, hard=hard)))
    # With its only version, the file that the plan knows is gone.
    view_outcomes(session.bench.db, session.ledger.outcome_files(session.run.run))
    outcomes = session.bench.db.execute(
        f"""
        select key, state, code, template from finals
        where sobject = '{_DOCUMENT_OBJECT}' and key in (select key from {rows})
        """  # noqa: S608 - names of our own
    ).to_arrow_table()
    record(session, FILE, outcomes)


def _links_of_files(session: Session) -> pa.Table:
    """
    Say of our links what became of their files: they go together or stay together.

    A link's key begins with that of its file. What finds no file here is deleted by id later.
    """
    return session.bench.db.execute(
        f"""
        select links.key, links.id, files.state,
            case when files.state = 'held' then {literal(CHANGED_SINCE)} end as code
        from {TARGETS} as links
        inner join {TARGETS} as files
            on files.sobject = '{FILE}' and files.key = split_part(links.key, '|', 1)
        where links.sobject = '{LINK}' and links.was = 'created' and links.state is null
            and files.state in ('deleted', 'held')
        """  # noqa: S608 - names of our own
    ).to_arrow_table()
