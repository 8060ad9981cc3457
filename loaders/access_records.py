"""Which records of a run the org is asked about, and what it says a user may do with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from loaders.canonical import literal, quoted
from loaders.org_line import OrgLine
from loaders.plan_store import Plan, rows_file
from loaders.rest_query import rest_query
from loaders.session import Session
from loaders.soql import id_filters, soql_literal
from loaders.status import view_states
from loaders.taken_back import TAKEN_BACK

# Of each object so many, drawn by their ids alone, and of each owner's in turn.
RECORDS = 40
_VERSION = "ContentVersion"
_OWNER = "OwnerId"
# Standard objects that are shared record by record. The others follow a parent, or are everybody's.
_SHARED = frozenset(
    {"Account", "Asset", "Contact", "Event", "Lead", "Opportunity", "Task", _VERSION}
)
# UserRecordAccess answers about so many records at once.
_RECORDS_PER_QUERY = 200


@dataclass(frozen=True, slots=True)
class Reach:
    """What a user may do with the sampled records of one object."""

    asked: int
    reads: int
    edits: int


def sample_records(session: Session, plan: Plan, folder: Path) -> dict[str, list[str]]:
    """Draw some records of each object that a run left in the org, whoever owns them."""
    found: dict[str, list[str]] = {}
    db = session.bench.db
    view_states(db, session.ledger, session.run, plan, folder)
    for each in plan.objects:
        if not each.sobject.endswith("__c") and each.sobject not in _SHARED:
            continue
        has_owner = any(column.name == _OWNER for column in each.columns)
        owner = f"rows.{quoted(_OWNER)}" if has_owner else "null"
        drawn = db.execute(
            f"""
            select states.id
            from states
            inner join read_parquet({literal(str(rows_file(folder, each)))}) as rows
                on rows._key = states.key
            where states.sobject = {literal(each.sobject)} and states.id is not null
                and states.state != '{TAKEN_BACK}'
            order by row_number() over (partition by {owner} order by md5(states.id)),
                md5(states.id)
            limit {RECORDS}
            """  # noqa: S608 - names of the plan
        ).fetchall()
        if drawn:
            found[each.sobject] = [str(one) for (one,) in drawn]
    return found


def reach_of(line: OrgLine, user_id: str, sample: Mapping[str, Sequence[str]]) -> dict[str, Reach]:
    """Ask what a user may do with the sampled records, object by object; of files, as documents."""
    asked = {sobject: _shared_as(line, sobject, ids) for sobject, ids in sample.items()}
    every = [each for ids in asked.values() for each in ids]
    reads: Counter[str] = Counter()
    edits: Counter[str] = Counter()
    for start in range(0, len(every), _RECORDS_PER_QUERY):
        among = ",".join(map(soql_literal, every[start : start + _RECORDS_PER_QUERY]))
        where = f"UserId = {soql_literal(user_id)} AND RecordId IN ({among})"
        fields = ["RecordId", "HasReadAccess", "HasEditAccess"]
        for row in rest_query(line, fields, "UserRecordAccess", where=where):
            reads[row["RecordId"]] += bool(row["HasReadAccess"])
            edits[row["RecordId"]] += bool(row["HasEditAccess"])
    return {
        sobject: Reach(len(ids), sum(reads[each] for each in ids), sum(edits[each] for each in ids))
        for sobject, ids in asked.items()
    }


def _shared_as(line: OrgLine, sobject: str, ids: Sequence[str]) -> list[str]:
    """Name the records that sharing is about: of a file's versions, their document."""
    if sobject != _VERSION:
        return list(ids)
    (where,) = id_filters("Id", ids)
    rows = rest_query(line, ["ContentDocumentId"], _VERSION, where=where)
    return sorted({str(row["ContentDocumentId"]) for row in rows})
