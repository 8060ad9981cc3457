"""`matches.csv`: what was proposed, what a person decided, and what follows for each row."""

from __future__ import annotations

import hashlib
from pathlib import Path

import duckdb

from loaders.bench import Bench, copy_privately
from loaders.canonical import literal, quoted
from loaders.contract import Mart
from loaders.errors import WrongUsage
from loaders.existing import keys_table
from loaders.plan_rows import (
    AMBIGUOUS,
    DELETED,
    GONE,
    MATCH,
    MERGED,
    NEW,
    UNDECIDED,
    failures_table,
    proposals_table,
    rows_table,
)

MATCHES_FILE = "matches.csv"
_COLUMNS = ("sobject", "key", "id", "rule", "score", "decision")
_GIVEN = "given_decisions"


def read_decisions(bench: Bench, file: Path | None) -> None:
    """
    Put the decisions of a file on the bench.

    Raises:
        WrongUsage: it is not there, has other columns, or says something other than match or new.

    """
    columns = {name: "VARCHAR" for name in _COLUMNS}
    empty = ", ".join(f"null::varchar as {name}" for name in _COLUMNS)
    bench.db.execute(f"create or replace temp table {_GIVEN} as select {empty} limit 0")
    if file is None:
        return
    try:
        bench.db.execute(
            f"insert into {_GIVEN} select sobject, key, id, rule, score, trim(decision) from "  # noqa: S608 - ours
            f"read_csv({literal(str(file))}, header = true, columns = {columns}, nullstr = '')"
        )
    except (duckdb.IOException, duckdb.InvalidInputException) as unreadable:
        raise WrongUsage(
            f"{file} is not a file of matches: {', '.join(_COLUMNS)}",
            hint="clinic-load plan --org ALIAS, which writes one",
        ) from unreadable
    words = f"'{MATCH}', '{NEW}'"
    if _exists(bench, f"from {_GIVEN} where decision not in ({words})"):
        raise WrongUsage(
            f"{file} holds a decision that is neither {MATCH} nor {NEW}",
            hint="leave a decision empty to hold its row",
        )


def _exists(bench: Bench, clause: str) -> bool:
    return bench.db.execute(f"select 1 {clause} limit 1").fetchone() is not None


def decide_matches(bench: Bench, mart: Mart) -> None:
    """
    Apply the decisions to an object's proposals, and hold the rows that nobody decided.

    A strong proposal that nothing contradicts stands as a match; what is merged stands for its
    survivor. Matched keys and aliases then count as keys that the org has.

    Raises:
        WrongUsage: a decision is about something that was not proposed, or two contradict.

    """
    db, sobject = bench.db, mart.sobject
    proposals = quoted(proposals_table(sobject))
    db.execute(
        f"""
        update {proposals} as proposals set strength = 'ambiguous'
        where strength != '' and (
            key in (select key from {proposals} where strength != ''
                    group by key having count(distinct id) > 1)
            or id in (select id from {proposals} where strength != ''
                      group by id having count(distinct key) > 1)
        )
        """  # noqa: S608 - ours
    )
    db.execute(f"update {proposals} set decision = '{MATCH}' where strength = 'strong'")  # noqa: S608
    _require_proposed(bench, mart)
    db.execute(
        f"""
        update {proposals} as proposals set decision = given.decision
        from {_GIVEN} as given
        where given.sobject = {literal(sobject)} and given.key = proposals.key
            and given.id = proposals.id and proposals.rule != '{MERGED}'
        """  # noqa: S608 - ours
    )
    _require_one_to_one(bench, mart)
    db.execute(
        f"""
        insert into {quoted(keys_table(sobject))} (_key, _id)
        select distinct key, id from {proposals} where decision = '{MATCH}' or rule = '{MERGED}'
        """  # noqa: S608 - ours
    )


def _require_proposed(bench: Bench, mart: Mart) -> None:
    """Decisions are of pairs that were proposed; those carried out since are passed over."""
    clause = f"""
        from {_GIVEN} as given
        where given.sobject = {literal(mart.sobject)} and given.decision != ''
            and given.key not in (select _key from {quoted(keys_table(mart.sobject))})
            and not exists (
                select 1 from {quoted(proposals_table(mart.sobject))} as proposals
                where proposals.key = given.key and proposals.id = given.id
            )
        """  # noqa: S608 - ours
    if _exists(bench, clause):
        raise WrongUsage(
            f"decisions about {mart.sobject} are of pairs that are not proposed (any more)",
            hint="clinic-load plan --org ALIAS, then decide in the file that it writes",
        )


def _require_one_to_one(bench: Bench, mart: Mart) -> None:
    proposals = quoted(proposals_table(mart.sobject))
    matched = f"(select distinct key, id from {proposals} where decision = '{MATCH}')"  # noqa: S608
    twice = (
        f"from {matched} group by key having count(*) > 1",
        f"from {matched} group by id having count(*) > 1",
    )
    gone = f"from {proposals} where decision = '{MATCH}' and rule = '{DELETED}'"
    if any(_exists(bench, clause) for clause in twice):
        raise WrongUsage(
            f"decisions match one row or one record of {mart.sobject} twice",
            hint=f"say {MATCH} once for each, {NEW} or nothing for the others",
        )
    if _exists(bench, gone):
        raise WrongUsage(
            f"a deleted record of {mart.sobject} cannot be matched",
            hint=f"say {NEW} to make it again, or restore it in the org",
        )


def hold_undecided(bench: Bench, mart: Mart) -> None:
    """Keep back the rows about which a question is open: never made twice in silence."""
    proposals = quoted(proposals_table(mart.sobject))
    bench.db.execute(
        f"""
        insert into {quoted(failures_table(mart.sobject))}
        select mart._key,
            case
                when bool_or(proposals.rule = '{DELETED}') then '{GONE}'
                when bool_or(proposals.strength = 'ambiguous') then '{AMBIGUOUS}'
                else '{UNDECIDED}'
            end as code,
            min(proposals.rule) as field
        from {quoted(rows_table(mart.sobject))} as mart
        inner join {proposals} as proposals on proposals.key = mart._key
        where proposals.rule != '{MERGED}'
            and mart._key not in (select _key from {quoted(keys_table(mart.sobject))})
        group by mart._key having not bool_and(coalesce(proposals.decision, '') = '{NEW}')
        """  # noqa: S608 - ours
    )


def matched_ids(bench: Bench, mart: Mart) -> list[str]:
    """List the records that a row was matched with; they carry no key to be found by."""
    found = bench.db.execute(
        f"select distinct id from {quoted(proposals_table(mart.sobject))} "  # noqa: S608 - ours
        f"where decision = '{MATCH}' order by id"
    ).fetchall()
    return [str(row[0]) for row in found]


def write_matched(bench: Bench, mart: Mart, *, to: Path) -> None:
    """Write which existing record each matched row stands for, where there are any."""
    proposals = quoted(proposals_table(mart.sobject))
    clause = f"from {proposals} where decision = '{MATCH}'"
    if _exists(bench, clause):
        bench.db.execute(
            f"copy (select distinct key as _key, id as _id {clause} order by _key) "
            f"to {literal(str(to))} (format parquet)"
        )


def write_matches(bench: Bench, sobjects: list[str], *, to: Path) -> tuple[str, str]:
    """
    Write the file of proposals, and give its sha256 and that of the decisions in it.

    Both are empty where there is nothing to say.
    """
    rows = " union all ".join(
        f"select {literal(name)} as sobject, key, id, rule, score, decision "  # noqa: S608 - ours
        f"from {quoted(proposals_table(name))}"
        for name in sobjects
    )
    if not sobjects or not _exists(bench, f"from ({rows})"):
        return "", ""
    copy_privately(bench.db, f"select * from ({rows}) order by all", to)  # noqa: S608 - ours
    decided = bench.db.execute(
        f"""
        select string_agg(concat_ws('|', sobject, key, id, decision), chr(10)
            order by sobject, key, id)
        from ({rows}) where decision != ''
        """  # noqa: S608 - ours
    ).fetchone()
    text = str(decided[0]) if decided and decided[0] else ""
    return _sha256(to.read_bytes()), _sha256(text.encode()) if text else ""


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
