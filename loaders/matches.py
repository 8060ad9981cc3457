"""Which records that an org has already are rows of ours: rules propose, a person decides."""

from __future__ import annotations

from dataclasses import dataclass

from loaders.bench import Bench
from loaders.canonical import BASE64, BOOLEAN, literal, quoted
from loaders.contract import EXTERNAL_ID, Mart
from loaders.describe import ObjectDescribe
from loaders.existing import Reader, keys_table
from loaders.plan_columns import cell_there
from loaders.plan_rows import ObjectRows, proposals_table, reference_joins, rows_table, sent
from loaders.plan_store import PlanColumn
from loaders.soql import id_filters

STRONG, WEAK = "strong", "weak"


@dataclass(frozen=True, slots=True)
class _Rule:
    """Columns that name the same record when all of them are equal."""

    name: str
    strength: str
    columns: tuple[PlanColumn, ...]


def propose(reader: Reader, rows: ObjectRows, described: ObjectDescribe) -> None:
    """
    Propose which unstamped records of the org are rows that carry no key there yet.

    Strong rules stand unless somebody decides otherwise; weak ones ask. A weak rule is only asked
    about keys and records of which no strong one knows. Two records for one key, or two keys for
    one record, are no proposal but a question. What the ledger knows of lost keys comes first.
    """
    db, mart = reader.bench.db, rows.mart
    table = quoted(proposals_table(mart.sobject))
    rules = _rules(rows)
    if rules and _any_free(reader.bench, mart):
        _read_candidates(reader, mart, described, rules)
        for strength in (STRONG, WEAK):
            pairs = " union all ".join(
                _pairs(rows, rule) for rule in rules if rule.strength == strength
            )
            if pairs:
                db.execute(f"insert into {table} by name {pairs}")
    _score(reader, rows)


def _rules(rows: ObjectRows) -> list[_Rule]:
    columns = {column.name: column for column in rows.columns}
    return [
        _Rule(" + ".join(names), strength, tuple(columns[name] for name in names))
        for strength, rules in ((STRONG, rows.mart.match_strong), (WEAK, rows.mart.match_weak))
        for names in rules
    ]


def _any_free(bench: Bench, mart: Mart) -> bool:
    found = bench.db.execute(
        f"select 1 from {quoted(rows_table(mart.sobject))} "  # noqa: S608 - ours
        f"where _key not in (select _key from {quoted(keys_table(mart.sobject))}) limit 1"
    ).fetchone()
    return found is not None


def _read_candidates(
    reader: Reader, mart: Mart, described: ObjectDescribe, rules: list[_Rule]
) -> None:
    names = list(dict.fromkeys(column.name for rule in rules for column in rule.columns))
    where = f"{EXTERNAL_ID} = null"
    # An encrypted field cannot be asked for: then all records without a key are read.
    if all(described.fields[name].filterable for name in names):
        filled = (
            " AND ".join(f"{column.name} != null" for column in rule.columns) for rule in rules
        )
        where += f" AND ({' OR '.join(f'({each})' for each in filled)})"
    reader.read(["Id", *names], mart.sobject, filters=[where], table="candidates")


def _pairs(rows: ObjectRows, rule: _Rule) -> str:
    mart = rows.mart
    fold = (lambda value: f"lower({value})") if rule.strength == WEAK else (lambda value: value)
    equal = " and ".join(
        f"{fold(sent(rows, column))} = {fold(cell_there(column, f'org.{quoted(column.name)}'))}"
        for column in rule.columns
    )
    table = quoted(proposals_table(mart.sobject))
    return f"""
        select distinct mart._key as key, org.Id as id, {literal(rule.name)} as rule,
            {literal(rule.strength)} as strength
        from {quoted(rows_table(mart.sobject))} as mart
        {reference_joins(rows, rule.columns)}
        inner join candidates as org on {equal}
        where mart._key not in (select _key from {quoted(keys_table(mart.sobject))})
            and mart._key not in (select key from {table})
            and org.Id not in (select id from {table})
        """  # noqa: S608 - names of the mapping


def _score(reader: Reader, rows: ObjectRows) -> None:
    """Say of each proposal how many of the fields that are filled on both sides agree."""
    db, mart = reader.bench.db, rows.mart
    table = quoted(proposals_table(mart.sobject))
    found = db.execute(f"select distinct id from {table} where strength != '' order by id")  # noqa: S608
    ids = [str(row[0]) for row in found.fetchall()]
    plain = [
        column for column in rows.columns
        if column.match is None and column.type not in {BASE64, BOOLEAN}
        and column.name != EXTERNAL_ID
    ]  # fmt: skip
    if not ids or not plain:
        return
    reader.read(
        ["Id", *(column.name for column in plain)],
        mart.sobject,
        filters=id_filters("Id", ids),
        table="scored",
    )
    pairs = [
        (f"mart.{quoted(each.name)}", cell_there(each, f"org.{quoted(each.name)}"))
        for each in plain
    ]
    both = " + ".join(f"({one} is not null and {other} is not null)::int" for one, other in pairs)
    same = " + ".join(f"coalesce({one} = {other}, false)::int" for one, other in pairs)
    db.execute(
        f"""
        update {table} as proposals
        set score = cast(round(({same}) / nullif({both}, 0), 2) as varchar)
        from {quoted(rows_table(mart.sobject))} as mart, scored as org
        where mart._key = proposals.key and org.Id = proposals.id
        """  # noqa: S608 - names of the mapping
    )
