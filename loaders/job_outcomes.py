"""Join what the org says about a job to what was sent, by the key, and sort it into outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet

from loaders.bench import Bench, scratch_name
from loaders.bulk import JobInfo, ResultFiles
from loaders.bulk_query import count, load_csv, read_header
from loaders.canonical import literal, quoted
from loaders.csv_parts import KEY
from loaders.ledger_acts import UNKNOWN
from loaders.row_errors import (
    ALREADY_GONE,
    DUPLICATES,
    JOB_FAILED,
    KEY_IS_THERE,
    RETRYABLE,
    code_sql,
    template_sql,
)

SF_ID, SF_CREATED, SF_ERROR = "sf__Id", "sf__Created", "sf__Error"
# Headers or lines of the file are wrong, and stay wrong however often it is sent.
_UNREADABLE = ("InvalidBatch", "ClientInputError")
_DELETES = frozenset({"delete", "hardDelete"})


@dataclass(frozen=True, slots=True)
class Question:
    """What is needed to read a job's results."""

    operation: str
    keys: Path
    # Names that may stand as the field of an error: the text around them is dropped.
    fields: frozenset[str]
    allow_duplicates: bool


@dataclass(frozen=True, slots=True)
class Settled:
    """The outcome of each row that was sent, and how many rows the org did not account for."""

    outcomes: pa.Table
    unprocessed: int
    unaccounted: int


def settle_bulk_job(
    bench: Bench, info: JobInfo, results: ResultFiles, *, question: Question
) -> Settled:
    """
    Give every row that was sent exactly one outcome.

    Results come in any order and may be incomplete: rows are found by their key cells, and a row
    in none of the three sets, or in two of them, is `unknown`.
    """
    tables = [scratch_name(name) for name in ("sent", "good", "bad", "rest")]
    sent, good, bad, rest = tables
    bench.db.execute(
        f"create temp table {sent} as select * from read_parquet({literal(str(question.keys))})"  # noqa: S608
    )
    join = [name for name in pyarrow.parquet.read_schema(question.keys).names if name != KEY]
    for table, file in (
        (good, results.successful),
        (bad, results.failed),
        (rest, results.unprocessed),
    ):
        # The cells that come back as they were sent are not needed again.
        load_csv(bench.db, [file], table=table, only=(*join, SF_ID, SF_CREATED, SF_ERROR))
        _require_columns(bench, table, file, join)
    try:
        outcomes = bench.db.execute(_outcome_sql(tables, join, info, question)).to_arrow_table()
        unprocessed = count(bench.db, rest)
    finally:
        for table in tables:
            bench.db.execute(f"drop table if exists {table}")
    unknown = pc.sum(pc.equal(outcomes["state"], UNKNOWN)).as_py() or 0
    return Settled(outcomes, unprocessed, unknown)


def _require_columns(bench: Bench, table: str, file: Path, join: Sequence[str]) -> None:
    """Give a result set that lacks a key column an empty one: its rows then match nothing."""
    have = {name.lower() for name in read_header(file)}
    for name in join:
        if name.lower() not in have:
            bench.db.execute(f"alter table {table} add column {quoted(name)} varchar")


def _matched(table: str, join: Sequence[str], *columns: str) -> str:
    cells = ", ".join(f"{quoted(name)} as {quoted(f'j{n}')}" for n, name in enumerate(join))
    values = "".join(f", any_value({quoted(name)}) as {quoted(name)}" for name in columns)
    group = ", ".join(quoted(f"j{n}") for n in range(len(join)))
    return f"select {cells}, count(*) as times{values} from {table} group by {group}"  # noqa: S608


def _on(alias: str, join: Sequence[str]) -> str:
    return " and ".join(
        f"sent.{quoted(name)} is not distinct from {alias}.{quoted(f'j{n}')}"
        for n, name in enumerate(join)
    )


def _outcome_sql(
    tables: Sequence[str], join: Sequence[str], info: JobInfo, question: Question
) -> str:
    sent, good, bad, rest = tables
    return f"""
        with good as ({_matched(good, join, SF_ID, SF_CREATED)}),
        bad as ({_matched(bad, join, SF_ID, SF_ERROR)}),
        rest as ({_matched(rest, join)}),
        joined as (
            select
                sent.{quoted(KEY)} as key,
                coalesce(good.{SF_ID}, bad.{SF_ID}) as id,
                good.{SF_CREATED} as created,
                (good.times is not null)::int + (bad.times is not null)::int
                    + (rest.times is not null)::int as sets,
                good.times is not null as is_good,
                case
                    when bad.times is not null then {code_sql(f"bad.{SF_ERROR}")}
                    when rest.times is not null then {_unprocessed_code(info)}
                end as code,
                {error_field(f"bad.{SF_ERROR}", question.fields)} as field
            from {sent} as sent
            left join good on {_on("good", join)}
            left join bad on {_on("bad", join)}
            left join rest on {_on("rest", join)}
        )
        select
            key,
            id,
            case
                when sets != 1 then 'unknown'
                when is_good then {_good_state(question.operation)}
                else {bad_state("code", question)}
            end as state,
            case when sets = 1 then code else 'UNACCOUNTED' end as code,
            field,
            case when sets = 1 then {template_sql("code")} end as template
        from joined
    """  # noqa: S608 - names of our own and quoted headers


def _unprocessed_code(info: JobInfo) -> str:
    """Tell a file that the org could not read (contract 2.11) from a job that was cut off."""
    unreadable = any(cause in info.error_message for cause in _UNREADABLE)
    whole = info.state == "Failed" and info.processed == 0 and unreadable
    return literal(JOB_FAILED if whole else "UNPROCESSED")


def _good_state(operation: str) -> str:
    if operation in _DELETES:
        return "'deleted'"
    if operation == "update":
        return "'updated'"
    return "case when created = 'true' then 'created' else 'updated' end"


def bad_state(code: str, question: Question) -> str:
    """Give the SQL of the state of a row that was refused with this code."""
    retryable = ", ".join(literal(each) for each in RETRYABLE)
    cases = [f"when {code} in ({retryable}) then 'retry'"]
    if question.operation in _DELETES:
        gone = ", ".join(literal(each) for each in ALREADY_GONE)
        cases.append(f"when {code} in ({gone}) then 'deleted'")
    if question.operation in {"insert", "upsert"}:
        # The key may be there because an earlier attempt of ours got through: look it up.
        cases.append(f"when {code} = {literal(KEY_IS_THERE)} then 'unknown'")
    if question.allow_duplicates:
        cases.append(f"when {code} = {literal(DUPLICATES)} then 'retry'")
    return f"case {' '.join(cases)} else 'failed' end"


def error_field(text: str, fields: frozenset[str]) -> str:
    """
    Give the SQL of the field that an error names.

    Only a name that the object has is let through: anything else may be part of a record.
    """
    allowed = ", ".join(literal(name) for name in sorted(fields)) or "''"
    found = (
        f"coalesce(nullif(regexp_extract({text}, 'not found for field (\\w+) in entity', 1), ''), "
        f"regexp_extract({text}, ':(\\w+)[\\w ]* --$', 1))"
    )
    return f"case when {found} in ({allowed}) then {found} end"
