"""Which of our keys the org holds at this moment, so that nothing is made twice or overwritten."""

from __future__ import annotations

from loaders.bench import scratch_name
from loaders.canonical import literal, quoted
from loaders.csv_parts import KEY
from loaders.existing import DOCUMENT, Reader, filters_for, latest_only, naturally_ours
from loaders.plan_store import PlanColumn, PlanObject
from loaders.references import MEANINGS
from loaders.resolve import DOCUMENTS, KEYED, record_id_sql
from loaders.rest_query import rest_query
from loaders.session import Session
from loaders.soql import id_filters


def look_up_keys(session: Session, each: PlanObject, *, rows: str) -> str:
    """
    Make a table (key, id, by_us) of the records that carry the keys of a table of planned rows.

    It may hold others of ours: where the rows are many, all are read.
    """
    found, table = scratch_name("found"), scratch_name("there")
    if _is_empty(session, each):
        session.bench.db.execute(f"create temp table {table} (key varchar, id varchar, by_us bool)")
        return table
    names = [name for name in each.key if name != "Id"]
    reader = Reader(session.line, session.bench)
    reader.read(
        ["Id", "CreatedById", *names] if _has_creator(session, each) else ["Id", *names],
        each.sobject,
        filters=_filters(session, each, rows=rows),
        table=found,
    )
    columns = {column.name: column for column in each.columns}
    joins = " ".join(_symbol_join(columns[name], n) for n, name in enumerate(names))
    parts = [_symbol(columns[name], n) for n, name in enumerate(names)]
    by_us = (
        f"found.CreatedById = {literal(session.org.user_id)}"
        if _has_creator(session, each)
        else "true"
    )
    session.bench.db.execute(
        f"""
        create temp table {table} as
        select {" || '|' || ".join(parts)} as key, min(found.Id) as id, bool_and({by_us}) as by_us
        from {found} as found {joins} group by 1
        """  # noqa: S608 - names of the plan
    )
    return table


def _is_empty(session: Session, each: PlanObject) -> bool:
    """Ask by one small request whether there is anything to read at all."""
    if each.external_id is None:
        return False
    where = f"{each.external_id} != null{latest_only(each.sobject)}"
    return not rest_query(session.line, ["Id"], each.sobject, where=where, limit=1)


def _has_creator(session: Session, each: PlanObject) -> bool:
    return "CreatedById" in session.describe(each.sobject).fields


def _filters(session: Session, each: PlanObject, *, rows: str) -> list[str]:
    if each.external_id is not None:
        keys, every = f"select {quoted(KEY)} from {rows}", f"{each.external_id} != null"  # noqa: S608
        named = filters_for(session.bench, each.external_id, keys, otherwise=every)
        return [f"{condition}{latest_only(each.sobject)}" for condition in named]
    if DOCUMENT in each.key:
        # Links are only shown to those who say whose (contract 11).
        found = session.bench.db.execute(f"select id from {DOCUMENTS} order by id").fetchall()  # noqa: S608
        return id_filters(DOCUMENT, [str(row[0]) for row in found])
    return [naturally_ours(each.sobject)]


def _symbol_join(column: PlanColumn, number: int) -> str:
    """Turn a reference back into the symbol that the plan has for it."""
    value = f"found.{quoted(column.name)}"
    if column.match in KEYED:
        return f"inner join {record_id_sql(column)} as key_{number} on key_{number}.id = {value}"
    if column.match is None:
        return ""
    return (
        f"inner join {MEANINGS} as key_{number} on key_{number}.id = {value} "
        f"and key_{number}.match = {literal(column.match)}"
    )


def _symbol(column: PlanColumn, number: int) -> str:
    if column.match in KEYED:
        return f"key_{number}.key"
    return f"found.{quoted(column.name)}" if column.match is None else f"key_{number}.symbol"
