"""What keeps a record from being undone: a user's edit, or records that are not ours below it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from loaders.bench import lay_out, scratch_name
from loaders.bulk_query import query_into
from loaders.canonical import literal
from loaders.describe import ChildRelationship
from loaders.errors import OrgRefused
from loaders.existing import RELATION, Reader
from loaders.images import read_hashes
from loaders.rest_query import IDS_PER_QUERY, rest_query
from loaders.rollback_looks import Look, by_look
from loaders.rollback_targets import TARGETS
from loaders.row_errors import CHANGED_SINCE, FOREIGN_CHILDREN, row_error
from loaders.session import Session
from loaders.soql import id_filters
from loaders.taken_back import UNDONE

LINK = "ContentDocumentLink"
_LAST_BY, _MASTER = "LastModifiedById", "MasterRecordId"
_CANNOT_BE_ASKED = frozenset(
    {"INVALID_TYPE", "INVALID_FIELD", "INVALID_TYPE_FOR_OPERATION", "INSUFFICIENT_ACCESS"}
)
# What the org keeps beside every record on its own account.
_SHADOWS = ("Share", "History", "Feed", "ChangeEvent")
_NOT_WORK = frozenset(
    {
        "AIRecordInsight", "ActivityHistory", "AttachedContentDocument", "CombinedAttachment",
        "DuplicateRecordItem", "EntitySubscription", "FeedItem", "FeedComment",
        "NetworkActivityAudit", "NoteAndAttachment", "OpenActivity", "ProcessInstance",
        "ProcessInstanceHistory",
        "RecordAction", "RecordActionHistory", "TopicAssignment", "UserRecordAccess",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Checks:
    """What a chunk of one object is checked against."""

    sobject: str
    looks: tuple[Look, ...]
    children: tuple[ChildRelationship, ...]
    # With children of ours deleted, what the org derives from them has changed as well.
    steady: bool = True
    # For a look at what we have just deleted: since when children went along, as SOQL.
    deleted_since: str | None = None


def checks_for(session: Session, sobject: str, looks: tuple[Look, ...]) -> Checks:
    """Say what to compare with, and find the child relationships that may hold work."""
    children = tuple(child for child in session.describe(sobject).children if _is_work(child))
    return Checks(sobject=sobject, looks=looks, children=children)


def _is_work(child: ChildRelationship) -> bool:
    return child.child not in _NOT_WORK and not child.child.endswith(_SHADOWS)


def held_by_edits(session: Session, checks: Checks, rows: str) -> tuple[pa.Table, pa.Table]:
    """
    Compare the rows of a table (key, id) with their image.

    Gives those that differ, as outcomes with the names of the fields, and those that are not there
    any more.
    """
    compared = [
        _compare(session, checks, look, part) for look, part in by_look(session, checks.looks, rows)
    ]
    changed, gone = zip(*compared, strict=True)
    return pa.concat_tables(changed), pa.concat_tables(gone)


def _compare(session: Session, checks: Checks, look: Look, rows: str) -> tuple[pa.Table, pa.Table]:
    db = session.bench.db
    last_by = _LAST_BY if _LAST_BY in session.describe(checks.sobject).fields else "null"
    present = read_hashes(
        session,
        checks.sobject,
        look.fields,
        ids=rows,
        prints={_LAST_BY: last_by},
        deleted=checks.deleted_since is not None,
    )
    column = "steady_hash" if checks.steady else "hash"
    changed = db.execute(
        f"""
        select rows.key, rows.id, 'held' as state, {literal(CHANGED_SINCE)} as code,
            {_changed_fields(look, steady=checks.steady)} as field,
            {literal(row_error(CHANGED_SINCE).template)} as template
        from {rows} as rows
        inner join {present} as present on present.id = rows.id
        left join ({look.images}) as image on image.id = rows.id
        -- A push that was cut off left no image: what we ourselves changed last is ours then.
        where image.id is not null and image.{column} is distinct from present.{column}
            or image.id is null
            and present.{_LAST_BY} is distinct from {literal(session.org.user_id)}
        """  # noqa: S608 - names of our own
    ).to_arrow_table()
    gone = db.execute(
        f"""
        select rows.key, rows.id, 'deleted' as state from {rows} as rows
        where rows.id not in (select id from {present})
        """  # noqa: S608 - names of our own
    ).to_arrow_table()
    db.execute(f"drop table {present}")
    return changed, gone


def without(outcomes: pa.Table, others: pa.Table) -> pa.Table:
    """Leave out the outcomes of rows that have another one."""
    return outcomes.filter(pc.invert(pc.is_in(outcomes["key"], others["key"])))


def _changed_fields(look: Look, *, steady: bool) -> str:
    """Give the SQL of the names of the fields that differ; null where there is no image."""
    compared = look.fields.steady if steady else look.fields.all
    differing = ", ".join(
        f"case when image.marks[{place}] is distinct from present.marks[{place}] "
        f"then {literal(name)} end"
        for place, name in enumerate(look.fields.all, start=1)
        if name in compared
    )
    # An object may have no field at all that a user could change.
    names = f"concat_ws(', ', {differing})" if differing else "null::varchar"
    return f"case when image.id is not null then {names} end"


def held_by_children(session: Session, checks: Checks, rows: str) -> pa.Table:
    """
    Find the rows of a table (key, id) that have records below them which we will not delete.

    Those of ours that are still to be deleted do not count; those that are held do: whoever
    edited them would lose their parent. Of what was deleted, the bin shows what went with it.
    """
    db = session.bench.db
    ids = [str(row[0]) for row in db.execute(f"select id from {rows} order by id").fetchall()]  # noqa: S608
    held = scratch_name("held")
    db.execute(f"create temp table {held} (id varchar, child varchar)")
    for child in checks.children if ids else ():
        if checks.deleted_since and not child.cascade_delete:
            continue
        table = _children(session, child, ids, deleted_since=checks.deleted_since)
        db.execute(
            f"""
            insert into {held}
            select found.parent, {literal(f"{child.child}.{child.field}")} from {table} as found
            where not exists (
                select 1 from {TARGETS}
                where {TARGETS}.id = found.id and {TARGETS}.was = 'created'
                    and ({TARGETS}.state is null or {TARGETS}.state in {UNDONE})
            )
            """  # noqa: S608 - names of our own
        )
        db.execute(f"drop table {table}")
    if ids and not checks.deleted_since and _MASTER in session.describe(checks.sobject).fields:
        _hold_survivors(session, checks.sobject, ids, held)
    return db.execute(
        f"""
        select rows.key, rows.id, 'held' as state, {literal(FOREIGN_CHILDREN)} as code,
            held.field, {literal(row_error(FOREIGN_CHILDREN).template)} as template
        from {rows} as rows inner join (
            select id, string_agg(distinct child, ', ' order by child) as field
            from {held} group by id
        ) as held on held.id = rows.id
        """  # noqa: S608 - names of our own
    ).to_arrow_table()


def _hold_survivors(session: Session, sobject: str, ids: list[str], held: str) -> None:
    """Hold what somebody merged a record of the org into: it stands for both."""
    (condition,) = id_filters(_MASTER, ids)
    query_into(
        session.line,
        session.bench,
        f"SELECT Id, {_MASTER} FROM {sobject} WHERE IsDeleted = true AND {condition}",  # noqa: S608
        table="merged_now",
        with_archived=True,
    )
    session.bench.db.execute(
        f"""
        insert into {held} select {_MASTER}, '{sobject}.{_MASTER}' from merged_now
        where Id not in (select id from {TARGETS} where was = 'created')
        """  # noqa: S608 - names of our own
    )


def _children(
    session: Session, child: ChildRelationship, ids: list[str], *, deleted_since: str | None
) -> str:
    """Make a table (id, parent) of the records below these; Bulk only where there are many."""
    table, deleted = scratch_name("children"), deleted_since is not None
    more = " AND IsDirect = false" if child.child == RELATION else ""
    # What somebody put into the bin before is no reason to take its parent out.
    more += f" AND SystemModstamp >= {deleted_since}" if deleted else ""
    if len(ids) <= IDS_PER_QUERY:
        (few,) = id_filters(child.field, ids)
        found = ask_below(session, child, where=few + more, deleted=deleted)
        rows = [(str(each["Id"]), str(each[child.field])) for each in found]
    elif child.child == LINK or ask_below(
        session, child, where=f"{child.field} != null", deleted=deleted, limit=1
    ):
        filters = [each + more for each in id_filters(child.field, ids)]
        Reader(session.line, session.bench, deleted).read(
            ["Id", child.field], child.child, filters=filters, table=f"{table}_read"
        )
        session.bench.db.execute(
            f"create temp table {table} as "  # noqa: S608 - names of describe
            f"select Id as id, {child.field} as parent from {table}_read"
        )
        session.bench.db.execute(f"drop table {table}_read")
        return table
    else:
        rows = []
    below = pa.table(
        {"id": [row[0] for row in rows], "parent": [row[1] for row in rows]}, schema=_BELOW
    )
    return lay_out(session.bench, below)


def ask_below(
    session: Session,
    child: ChildRelationship,
    *,
    where: str,
    deleted: bool,
    limit: int | None = None,
) -> list[dict[str, Any]]:
    """Ask a child object; describe lists some that cannot be queried, and those hold no work."""
    fields = ["Id", child.field]
    try:
        return rest_query(
            session.line, fields, child.child, where=where, limit=limit, deleted=deleted
        )
    except OrgRefused as refusal:
        if refusal.code in _CANNOT_BE_ASKED:
            return []
        raise


_BELOW = pa.schema([("id", pa.string()), ("parent", pa.string())])
