"""Read an object back from the org, its references turned into the plan's own symbols."""

from __future__ import annotations

from loaders.canonical import BASE64, quoted
from loaders.existing import CHECKSUM, DOCUMENT, FILE, Reader, latest_only, naturally_ours
from loaders.plan_store import PlanColumn, PlanObject
from loaders.references import MEANINGS, meaning_of
from loaders.resolve import KEYED, is_document
from loaders.session import Session
from loaders.soql import id_filters

SIZE = "ContentSize"


def org_table(sobject: str) -> str:
    """Name the bench's table of an object as the org has it."""
    return f"org_{sobject}"


def key_map(sobject: str) -> str:
    """Name the bench's table (key, id, document) of an object's records."""
    return f"map_{sobject}"


def read_org(session: Session, each: PlanObject) -> None:
    """
    Read all records of an object that carry our keys, or that belong to records that do.

    Parents come before their children in a plan, so the maps that a natural key needs are there;
    references are turned into keys later, when every map is.
    """
    columns = [column.name for column in each.columns if column.type != BASE64]
    extra = ["ContentDocumentId", CHECKSUM, SIZE] if each.sobject == FILE else []
    names = [name for name in dict.fromkeys([*columns, *extra]) if name != "Id"]
    table = org_table(each.sobject)
    Reader(session.line, session.bench).read(
        ["Id", *names], each.sobject, filters=_filters(session, each), table=table
    )
    document = DOCUMENT if each.sobject == FILE else "null"
    joins, key = natural_key(each)
    session.bench.db.execute(
        f"""
        create or replace temp table {quoted(key_map(each.sobject))} as
        select {key} as key, org.Id as id, cast({document} as varchar) as document
        from {quoted(table)} as org {joins}
        """  # noqa: S608 - names of the plan
    )


def _filters(session: Session, each: PlanObject) -> list[str]:
    if each.external_id is not None:
        return [f"{each.external_id} != null{latest_only(each.sobject)}"]
    if DOCUMENT in each.key:
        rows = session.bench.db.execute(
            f"select document from {quoted(key_map(FILE))} order by document"  # noqa: S608 - ours
        ).fetchall()
        return id_filters(DOCUMENT, [str(row[0]) for row in rows])
    return [naturally_ours(each.sobject)]


def natural_key(each: PlanObject) -> tuple[str, str]:
    """Give the joins and the SQL of a row's key; what is not ours finds no partner and is out."""
    if each.external_id is not None:
        return "", f"org.{quoted(each.external_id)}"
    columns = {column.name: column for column in each.columns}
    joins, parts = "", []
    for number, name in enumerate(each.key):
        column = columns[name]
        join, symbol = symbol_of(column, each.sobject, alias=f"key_{number}", kind="inner")
        joins += join
        parts.append(symbol)
    return joins, " || '|' || ".join(parts)


def symbol_of(column: PlanColumn, sobject: str, *, alias: str, kind: str) -> tuple[str, str]:
    """Give the join and the SQL that turn an id in the org into the symbol of the plan."""
    value = f"org.{quoted(column.name)}"
    if column.match in KEYED:
        ids = "document" if is_document(column) else "id"
        maps = " union all ".join(
            f"select key, {ids} as id from {quoted(key_map(parent))}"  # noqa: S608 - ours
            for parent in column.objects
        )
        return f" {kind} join ({maps}) as {alias} on {alias}.id = {value}", f"{alias}.key"
    if column.match is None:
        return "", value
    return (
        f" {kind} join {MEANINGS} as {alias} on {alias}.id = {value} "
        f"and {meaning_of(sobject, column.match, column.objects, alias=alias)}",
        f"{alias}.symbol",
    )
