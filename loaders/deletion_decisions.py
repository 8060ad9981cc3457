"""`deletions.csv`: what the source has no longer, what a person decided, and what follows."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import duckdb

from loaders.bench import Bench, copy_privately
from loaders.canonical import literal, quoted
from loaders.contract import Mart
from loaders.describe import ObjectDescribe
from loaders.errors import WrongUsage
from loaders.existing import keys_table
from loaders.gone_states import gone_file
from loaders.lost_keys import WRITTEN
from loaders.plan_rows import PUSHED, rows_table
from loaders.plan_store import DELETE, KEEP, MARK, Finding, Gone, PlanColumn

DELETIONS_FILE = "deletions.csv"
SOURCE_DELETED = "deleted_in_source"
# The column of a mart that says since when the source has a record no longer.
MARK_FIELD = "Source_Deleted_At__c"
# What stands since an earlier push: (sobject, key, decision, is_done).
STANDING = "standing_decisions"
_GONE, _GIVEN = "gone_rows", "given_deletions"
_COLUMNS = ("sobject", "key", "id", "made_by", "decision")
_US, _OTHERS = "us", "others"
# Salesforce deletes no user.
_NEVER_DELETED = frozenset({"User"})


@dataclass(frozen=True, slots=True)
class Decided:
    """The decisions of a plan: how many of each, and what they are hashed to."""

    objects: tuple[Gone, ...] = ()
    # Of the file, and of those decisions that change something; empty where there are none.
    file_sha256: str = ""
    acts_sha256: str = ""


def read_deletions(bench: Bench, file: Path | None, *, sobjects: Collection[str]) -> None:
    """
    Put the decisions of a file on the bench.

    Raises:
        WrongUsage: it is not there, has other columns, or says something else than can be decided.

    """
    db = bench.db
    db.execute(
        f"create or replace temp table {_GONE} (sobject varchar, key varchar, id varchar,"
        " made_by varchar, is_done boolean, decision varchar)"
    )
    columns = {name: "VARCHAR" for name in _COLUMNS}
    empty = ", ".join(f"null::varchar as {name}" for name in _COLUMNS)
    db.execute(f"create or replace temp table {_GIVEN} as select {empty} limit 0")
    if file is None:
        return
    try:
        db.execute(
            f"insert into {_GIVEN} select sobject, key, id, made_by, coalesce(trim(decision), '') "  # noqa: S608 - ours
            f"from read_csv({literal(str(file))}, header = true, columns = {columns}, nullstr = '')"
        )
    except (duckdb.IOException, duckdb.InvalidInputException) as unreadable:
        raise WrongUsage(
            f"{file} is not a file of deletions: {', '.join(_COLUMNS)}",
            hint="clinic-load plan --delta --org ALIAS, which writes one",
        ) from unreadable
    _refuse_any(
        bench,
        f"from {_GIVEN} where decision not in ('', '{DELETE}', '{KEEP}', '{MARK}')",
        f"{file} holds a decision that is none of {DELETE}, {KEEP} and {MARK}",
        hint="leave a decision empty to decide later",
    )
    _refuse_any(
        bench,
        f"from {_GIVEN} group by sobject, key having count(*) > 1",
        f"{file} names a record twice",
        hint="decide in the file that clinic-load plan --delta wrote, a line for each record",
    )
    names = ", ".join(literal(name) for name in sorted(sobjects))
    _refuse_any(
        bench,
        f"from {_GIVEN} where sobject is null or sobject not in ({names})",
        f"{file} names an object that is not part of the map",
        hint="decide in the file that clinic-load plan --delta wrote",
    )


def decide_gone(
    bench: Bench, mart: Mart, described: ObjectDescribe, columns: tuple[PlanColumn, ...]
) -> None:
    """
    Note which of our rows the source has no longer, with what was decided about each.

    What was kept or marked by an earlier push stays so until somebody decides otherwise.

    Raises:
        WrongUsage: a decision is about another record, or of what cannot be done.

    """
    sobject = literal(mart.sobject)
    bench.db.execute(
        f"""
        insert into {_GONE}
        select {sobject}, keys._key, keys._id,
            if(coalesce(written.is_made_by_us and written.id = keys._id, false),
                '{_US}', '{_OTHERS}'),
            coalesce(standing.is_done, false)
                and coalesce(given.decision, standing.decision) = '{MARK}',
            coalesce(given.decision, standing.decision, '')
        from {quoted(keys_table(mart.sobject))} as keys
        anti join {quoted(rows_table(mart.sobject))} as mart on mart._key = keys._key
        left join {WRITTEN} as written on written.sobject = {sobject} and written.key = keys._key
        left join {STANDING} as standing
            on standing.sobject = {sobject} and standing.key = keys._key
        left join {_GIVEN} as given
            on given.sobject = {sobject} and given.key = keys._key and given.id = keys._id
        where written.key is not null
            or keys._key in (select key from {PUSHED} where sobject = {sobject})
        """  # noqa: S608 - names of the mapping
    )
    _require_of_these(bench, mart)
    _require_possible(bench, mart, described, columns)


def _refuse_any(bench: Bench, clause: str, message: str, *, hint: str) -> None:
    if bench.db.execute(f"select 1 {clause} limit 1").fetchone():
        raise WrongUsage(message, hint=hint)


def _require_of_these(bench: Bench, mart: Mart) -> None:
    """Decisions are of records that are there and gone at the source; others' time has passed."""
    sobject = literal(mart.sobject)
    _refuse_any(
        bench,
        f"""
        from {_GIVEN} as given
        where given.sobject = {sobject} and given.decision != '' and (
            given.key in (select _key from {quoted(rows_table(mart.sobject))})
            or given.key in (select key from {_GONE} where sobject = {sobject})
            and given.id is distinct from
                (select any_value(id) from {_GONE} where sobject = {sobject} and key = given.key)
        )
        """,  # noqa: S608 - names of the mapping
        f"decisions about {mart.sobject} are of rows that the source has again,"
        " or of other records than these",
        hint="clinic-load plan --delta --org ALIAS, then decide in the file that it writes",
    )


def _require_possible(
    bench: Bench, mart: Mart, described: ObjectDescribe, columns: tuple[PlanColumn, ...]
) -> None:
    decided = f"from {_GONE} where sobject = {literal(mart.sobject)} and decision = "
    # What the org does not keep in the recycle bin could not be given back.
    is_kept = "IsDeleted" in described.fields and mart.sobject not in _NEVER_DELETED
    if not is_kept:
        _refuse_any(
            bench,
            f"{decided}'{DELETE}'",
            f"the org cannot delete records of {mart.sobject} so that they can be restored",
            hint=f"say {KEEP}, or remove them in Salesforce",
        )
    _refuse_any(
        bench,
        f"{decided}'{DELETE}' and made_by = '{_OTHERS}'",
        f"decisions delete records of {mart.sobject} that no push on this ledger made",
        hint=f"say {KEEP} or {MARK}, or delete them in Salesforce",
    )
    if not any(each.name == MARK_FIELD and not each.create_only for each in columns):
        _refuse_any(
            bench,
            f"{decided}'{MARK}'",
            f"records of {mart.sobject} cannot be marked: its mart has no {MARK_FIELD}",
            hint=f"say {KEEP} or {DELETE}, or add the column to the mart",
        )


def write_gone(bench: Bench, folder: Path) -> Decided:
    """Write what the source has no longer: the file to decide in, and the rows for the push."""
    found = bench.db.execute(
        f"""
        select sobject, {
            ", ".join(f"count(*) filter (decision = '{each}')" for each in (DELETE, MARK, KEEP, ""))
        }
        from {_GONE} group by sobject order by sobject
        """  # noqa: S608 - constants
    ).fetchall()
    if not found:
        return Decided()
    for sobject, *_ in found:
        bench.db.execute(
            f"copy (select key as _key, id as _id, decision as _act, is_done as _is_done "  # noqa: S608 - ours
            f"from {_GONE} where sobject = {literal(sobject)} order by key) "
            f"to {literal(str(gone_file(folder, sobject)))} (format parquet)"
        )
    file = folder / DELETIONS_FILE
    cells = ", ".join(_COLUMNS)
    copy_privately(bench.db, f"select {cells} from {_GONE} order by all", file)  # noqa: S608 - ours
    acts = bench.db.execute(
        f"""
        select string_agg(concat_ws('|', sobject, key, id, decision), chr(10)
            order by sobject, key)
        from {_GONE} where decision in ('{DELETE}', '{MARK}') and not is_done
        """  # noqa: S608 - constants
    ).fetchone()
    text = str(acts[0]) if acts and acts[0] else ""
    return Decided(
        tuple(Gone(*row) for row in found),
        hashlib.sha256(file.read_bytes()).hexdigest(),
        hashlib.sha256(text.encode()).hexdigest() if text else "",
    )


def gone_findings(decided: Decided) -> tuple[Finding, ...]:
    """Tell of the deletions that nobody decided about, by object."""
    return tuple(
        Finding(
            code=SOURCE_DELETED,
            severity="warn",
            sobject=each.sobject,
            field="",
            count=each.undecided,
            message=f"{each.sobject}: {each.undecided:,} rows are no longer in the source, and"
            " stay in the org until somebody decides",
            hint=f"say {DELETE}, {KEEP} or {MARK} in {DELETIONS_FILE} of the plan,"
            " then plan --delta --deletions FILE",
        )
        for each in decided.objects
        if each.undecided
    )
