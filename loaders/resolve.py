"""What symbolic cells mean in this org: keys of records, e-mails, names, record types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loaders.canonical import literal, quoted
from loaders.contract import EXTERNAL_ID
from loaders.existing import DOCUMENT, FILE, Reader, filters_for
from loaders.plan_store import Plan, PlanColumn
from loaders.references import MEANINGS, email_symbol, meaning_of, read_meanings
from loaders.session import Session

OWNER = "OwnerId"
KEYED = frozenset({"external_id", "record"})
# Tables on the bench: (sobject, key, id), (key, id).
IDS, DOCUMENTS = "ids_now", "documents_now"


@dataclass(frozen=True, slots=True)
class Bound:
    """A column with the SQL that turns its symbol into what is sent."""

    header: str
    expression: str
    join: str


def load_references(session: Session, plan: Plan) -> None:
    """
    Read who and what the org has under the names that marts use.

    Read again after the users' turn, so that users that this very run creates are found as well.
    """
    objects = [each.sobject for each in plan.objects]
    read_meanings(session.line, session.bench, objects=objects)


def load_documents(session: Session, columns: Sequence[PlanColumn], *, rows: str) -> None:
    """Read which documents those files became that the rows of a table point to."""
    pointers = [quoted(column.name) for column in columns if is_document(column)]
    if not pointers:
        return
    keys = " union all ".join(f"select {name} from {rows}" for name in pointers)  # noqa: S608 - plan
    named = filters_for(session.bench, EXTERNAL_ID, keys, otherwise=f"{EXTERNAL_ID} != null")
    Reader(session.line, session.bench).read(
        ["Id", EXTERNAL_ID, DOCUMENT],
        FILE,
        filters=[f"{each} AND IsLatest = true" for each in named],
        table="files_found",
    )
    session.bench.db.execute(
        f"""
        create or replace temp table {DOCUMENTS} as
        select {EXTERNAL_ID} as key, min({DOCUMENT}) as id from files_found group by {EXTERNAL_ID}
        """  # noqa: S608 - constants
    )


def is_document(column: PlanColumn) -> bool:
    """Tell whether a column holds a file's key, and means its document."""
    return column.name == DOCUMENT and column.objects == (FILE,)


def record_id_sql(column: PlanColumn) -> str:
    """Give a subquery (key, id) of the records that a keyed column may mean."""
    if is_document(column):
        return f"(select key, id from {DOCUMENTS})"  # noqa: S608 - a constant
    objects = ", ".join(literal(name) for name in column.objects)
    return f"(select key, id from {IDS} where sobject in ({objects}))"  # noqa: S608 - plan


def bind(
    column: PlanColumn, *, number: int, sobject: str, default_owner: str | None, by_id: bool
) -> Bound:
    """
    Give the SQL of what is sent for a column of the table `rows`.

    `by_id` sends record ids where a key would do: only so can a lookup be emptied.
    """
    cell = f"rows.{quoted(column.name)}"
    alias = f"ref_{number}"
    if column.match is None or (column.match == "external_id" and not by_id):
        return Bound(column.header, cell, "")
    if column.match in KEYED:
        join = f"left join {record_id_sql(column)} as {alias} on {alias}.key = {cell}"
        return Bound(column.name, f"{alias}.id", join)
    symbol = email_symbol(cell) if column.match == "email" else cell
    join = (
        f"left join {MEANINGS} as {alias} "
        f"on {meaning_of(sobject, column.match, column.objects, alias=alias)} "
        f"and {alias}.symbol = {symbol}"
    )
    value = f"{alias}.id"
    if column.name == OWNER and default_owner is not None:
        value = f"coalesce({value}, {literal(default_owner)})"
    return Bound(column.name, value, join)
