"""Find what is missing, extra or different, all rows of an object at once."""

from __future__ import annotations

from pathlib import Path

import duckdb

from loaders.canonical import BASE64, literal, quoted
from loaders.csv_parts import KEY
from loaders.deletion_decisions import MARK_FIELD
from loaders.existing import CHECKSUM
from loaders.gone_states import GONE_STATES
from loaders.lost_keys import WRITTEN
from loaders.plan_scope import NARROWED
from loaders.plan_store import Plan, PlanColumn, PlanObject, rows_file
from loaders.references import MEANINGS, TERRITORY, email_symbol, meaning_of
from loaders.resolve import KEYED, OWNER
from loaders.session import Session
from loaders.taken_back import TAKEN_BACK, UNDONE
from loaders.verify_org import SIZE, key_map, org_table, symbol_of
from loaders.verify_rules import DIFFERENT, plain, settled

DIFFERENCES = "differences"
# How many cells were other text and still what was sent, by the rule that says so.
NORMALISED = "normalised"
EXPECTED = "expected_rows"
_ALIASES, _WORDS = "merged_rows", "words_of_rows"


def start_differences(db: duckdb.DuckDBPyConnection) -> None:
    """Make the empty tables of what will be found: keys, names and counts, never values."""
    db.execute(
        f"create or replace temp table {DIFFERENCES} "
        "(sobject varchar, kind varchar, key varchar, field varchar)"
    )
    db.execute(
        f"create or replace temp table {NORMALISED} "
        "(sobject varchar, field varchar, rule varchar, cells bigint)"
    )


def load_aliases(db: duckdb.DuckDBPyConnection, plan: Plan, folder: Path) -> None:
    """
    Put on the bench which record a row without a key of its own stands for (sobject, key, id).

    Merged rows, and records of others that a rollback gave back without our key.
    """
    selects = [
        f"select sobject, key, id from {TAKEN_BACK} where state = 'restored'",  # noqa: S608 - ours
        *_merged(plan, folder),
    ]
    db.execute(f"create or replace temp table {_ALIASES} as {' union all '.join(selects)}")


def _merged(plan: Plan, folder: Path) -> list[str]:
    return [
        f"select {literal(each.sobject)} as sobject, _key as key, _id as id "  # noqa: S608 - plan
        f"from read_parquet({literal(str(rows_file(folder, each)))}) where _op = 'alias'"
        for each in plan.objects
        if each.aliases
    ]


def compare_object(session: Session, plan: Plan, folder: Path, each: PlanObject) -> int:
    """Compare one object and give the number of rows that were compared."""
    db = session.bench.db
    rows = literal(str(rows_file(folder, each)))
    sobject = literal(each.sobject)
    db.execute(
        f"""
        create or replace temp table {EXPECTED} as
        select planned.{quoted(KEY)} as key,
            -- A refused row may or may not be there: nobody expects anything of it.
            -- What a rollback gave back to others says what it said before.
            coalesce(finals.state in ('failed', 'held') and finals.first_state != 'created',
                planned._op in ('failed', 'held', 'alias')) or undone.state is not null as is_out,
            finals.state = 'failed' and coalesce(planned._id, finals.id) is null
                or planned._op in ('failed', 'held') and planned._id is null
                -- Unless a later push made it again.
                or undone.state = 'deleted' and planned.{quoted(KEY)} not in (
                    select key from {WRITTEN} where sobject = {sobject}
                )   as must_be_absent
        from read_parquet({rows}) as planned
        left join finals on finals.sobject = {sobject} and finals.key = planned.{quoted(KEY)}
        left join {TAKEN_BACK} as undone on undone.sobject = {sobject}
            and undone.key = planned.{quoted(KEY)} and undone.state in {UNDONE}
        """  # noqa: S608 - names of the plan
    )
    _missing_and_extra(db, each, others=_of_others(plan, each, rows=rows))
    _different(session, plan, each, rows=rows)
    if any(gone.sobject == each.sobject and gone.mark for gone in plan.gone):
        _unmarked(db, each)
    found = db.execute(f"select count(*) from {EXPECTED} where not is_out").fetchone()  # noqa: S608
    return int(found[0]) if found else 0


def _of_others(plan: Plan, each: PlanObject, *, rows: str) -> str:
    """Give the query of keys that are none of a plan's business: of other runs, if it is of few."""
    # What the source has no longer is expected to be there, unless we deleted it.
    selects = [
        f"select key from {GONE_STATES} "  # noqa: S608 - a constant
        f"where sobject = {literal(each.sobject)} and state != 'deleted'"
    ]
    if plan.settings.scope in NARROWED:
        selects.append(f"select key from {WRITTEN} where sobject = {literal(each.sobject)}")  # noqa: S608
    if each.sobject == TERRITORY:
        # One name may stand in several models, and the others are not ours.
        models = f"select Territory2ModelId from read_parquet({rows})"  # noqa: S608 - a plan's file
        there = quoted(key_map(TERRITORY))
        selects.append(
            f"select key from {there} where split_part(key, '|', 2) not in ({models})"  # noqa: S608
        )
    return " union all ".join(selects)


def _missing_and_extra(db: duckdb.DuckDBPyConnection, each: PlanObject, *, others: str) -> None:
    there = quoted(key_map(each.sobject))
    sobject = literal(each.sobject)
    db.execute(
        f"""
        insert into {DIFFERENCES}
        select {sobject}, '-', expected.key, null from {EXPECTED} as expected
        where not expected.is_out and expected.key not in (
            select key from {there} where key is not null
        )
        union all
        -- More than one record under a key is as wrong as one that nobody planned.
        select {sobject}, '+', there.key, null
        from {there} as there
        left join {EXPECTED} as expected on expected.key = there.key
        where there.key is not null
        group by there.key
        having count(*) > 1 or bool_or(
            expected.must_be_absent or expected.key is null and there.key not in ({others})
        )
        """  # noqa: S608 - names of the plan
    )


def _unmarked(db: duckdb.DuckDBPyConnection, each: PlanObject) -> None:
    """Find the records whose mark of a deletion is gone, and those that went with it."""
    mark = literal(MARK_FIELD)
    db.execute(
        f"""
        insert into {DIFFERENCES}
        select gone.sobject, case when org.Id is null then '-' else '!' end, gone.key,
            case when org.Id is null then null else {mark} end
        from {GONE_STATES} as gone
        left join {quoted(org_table(each.sobject))} as org on org.Id = gone.id
        where gone.sobject = {literal(each.sobject)} and gone.state = 'marked'
            and org.{quoted(MARK_FIELD)} is null
        """  # noqa: S608 - names of our own
    )


def _different(session: Session, plan: Plan, each: PlanObject, *, rows: str) -> None:
    """
    Compare cell by cell; one pass over the joined rows gives the words of all fields.

    Rows that differ in nothing and have the same words are counted together: what is kept of
    them does not grow with their number.
    """
    db = session.bench.db
    words = [
        _word(session, plan, each, column, number=number)
        for number, column in enumerate(each.columns)
    ]
    db.execute(
        f"""
        create or replace temp table {_WORDS} as
        select words, case when list_contains(words, '{DIFFERENT}') then key end as key,
            count(*) as cells
        from (
            select planned.{quoted(KEY)} as key, [{", ".join(word for _, word in words)}] as words
            from read_parquet({rows}) as planned
            inner join {EXPECTED} as expected
                on expected.key = planned.{quoted(KEY)} and not expected.is_out
            inner join {quoted(key_map(each.sobject))} as there
                on there.key = planned.{quoted(KEY)}
            inner join {quoted(org_table(each.sobject))} as org on org.Id = there.id
            {"".join(join for join, _ in words)}
        ) as compared where list_count(words) > 0
        group by all
        """  # noqa: S608 - names of the plan
    )
    fields = ", ".join(literal(column.name) for column in each.columns)
    told = f"select *, unnest([{fields}]) as field, unnest(words) as word from {_WORDS}"  # noqa: S608
    sobject = literal(each.sobject)
    db.execute(
        f"insert into {DIFFERENCES} "  # noqa: S608 - names of the plan
        f"select {sobject}, '!', key, field from ({told}) where word = '{DIFFERENT}'"
    )
    db.execute(
        f"insert into {NORMALISED} "  # noqa: S608 - names of the plan
        f"select {sobject}, field, word, sum(cells) from ({told}) where word != '{DIFFERENT}' "
        "group by field, word"
    )


def _word(
    session: Session, plan: Plan, each: PlanObject, column: PlanColumn, *, number: int
) -> tuple[str, str]:
    """Give the joins and the SQL of what is to be said of a cell (see `settled`)."""
    cell, there = f"planned.{quoted(column.name)}", f"org.{quoted(column.name)}"
    alias = f"ref_{number}"
    if column.type == BASE64:
        return "", settled(
            f"({cell}.md5, {cell}.size)", there=f"(org.{CHECKSUM}, cast(org.{SIZE} as bigint))"
        )
    if column.match in KEYED:
        join, symbol = symbol_of(column, each.sobject, alias=alias, kind="left")
        merged = f"merged_{number}"
        objects = ", ".join(literal(name) for name in column.objects)
        join += (
            f" left join {_ALIASES} as {merged} "
            f"on {merged}.key = {cell} and {merged}.sobject in ({objects})"
        )
        # A record that is not ours has no key and stands for itself: it is no empty reference.
        found = f"coalesce({symbol}, {there})"
        return join, settled(
            cell, there=found, rules=[("merged_survivor", f"{merged}.id = {there}")]
        )
    if column.match is not None:
        return _by_meaning(plan, each, column, alias=alias)
    field = session.describe(each.sobject).fields.get(column.name)
    return "", plain(column, field, there=there, sent=cell)


def _by_meaning(plan: Plan, each: PlanObject, column: PlanColumn, *, alias: str) -> tuple[str, str]:
    """Compare ids where several symbols may mean the same, or none at all."""
    cell, there = f"planned.{quoted(column.name)}", f"org.{quoted(column.name)}"
    symbol = email_symbol(cell) if column.match == "email" else cell
    join = (
        f" left join {MEANINGS} as {alias} "
        f"on {meaning_of(each.sobject, str(column.match), column.objects, alias=alias)} "
        f"and {alias}.symbol = {symbol}"
    )
    # What means nothing here stands for itself, and so is never what is there.
    unmatched, sent = f"{alias}.id is null", f"{alias}.id, {cell}"
    default = plan.settings.default_owner_id if column.name == OWNER else None
    if default is None:
        rule = ("reference_emptied", f"{unmatched} and {there} is null")
    else:
        # Whoever names nobody names the default owner.
        sent, rule = f"{sent}, ''", ("owner_defaulted", f"{unmatched} and {there} = '{default}'")
    return join, settled(f"coalesce({sent})", there=there, rules=[rule])
