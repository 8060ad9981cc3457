"""Keys that we wrote and the org has no longer: deleted there, merged, or without their key."""

from __future__ import annotations

from loaders.bench import Bench
from loaders.bulk_query import query_into
from loaders.canonical import literal, quoted
from loaders.contract import EXTERNAL_ID, Mart
from loaders.describe import ObjectDescribe
from loaders.existing import Reader, keys_table
from loaders.ledger import Ledger
from loaders.matches import STRONG
from loaders.plan_rows import DELETED, LEDGER, MERGED, proposals_table, rows_table
from loaders.soql import id_filters

# Which record each key of ours stood for when we last heard of it, and whether we made it:
# (sobject, key, id, is_made_by_us).
WRITTEN = "written_keys"
_MASTER = "MasterRecordId"
# Users cannot be deleted, and those that a rollback retired are not looked for.
_NEVER_LOST = frozenset({"User"})


def load_written(bench: Bench, ledger: Ledger, *, org_id: str) -> None:
    """Put on the bench which record each key of the ledger stood for when we last heard of it."""
    selects = [
        f"select sobject, key, id, state, job, {literal(run.run)} as run, "  # noqa: S608 - our own
        f"{literal(run.kind)} as kind from read_parquet({literal(str(path))})"
        for run in ledger.runs()
        if run.org_id == org_id
        for path in ledger.outcome_files(run.run)
    ]
    none = (
        "select null::varchar as sobject, null::varchar as key, null::varchar as id, "
        "null::varchar as state, null::bigint as job, null::varchar as run, "
        "null::varchar as kind where false"
    )
    bench.db.execute(
        f"""
        create or replace temp table {WRITTEN} as
        with said as ({" union all ".join([none, *selects])}),
        went as (
            select run, sobject, key, min(job) as job from said
            where state = 'deleted' group by all
        ),
        events as (
            select sobject, key, id, state, job from said
            -- What a rollback restored is there as it was, what was deleted is ours no more, and
            -- what was taken out of the recycle bin again is as if it had never been deleted.
            where state in ('created', 'deleted', 'restored')
                or state = 'updated' and kind = 'push'
            union all
            -- So is what somebody worked on at the last moment: it went, came back, and is held.
            select said.sobject, said.key, said.id, said.state, said.job from said
            inner join went
                on went.run = said.run and went.sobject = said.sobject and went.key = said.key
            where said.state = 'held' and said.job > went.job
        ),
        -- Numbers alone are gathered by key: ids of a million keys would not fit.
        last as (
            select sobject, key, max(job) as job,
                coalesce(max(job) filter (state in ('created', 'restored', 'held')), 0)
                    > coalesce(max(job) filter (state = 'deleted'), 0) as is_made_by_us
            from events group by sobject, key
        )
        select sobject, key, id, is_made_by_us from events
        inner join last using (sobject, key, job)
        where state != 'deleted'
        """  # noqa: S608 - ours
    )


def propose_lost(reader: Reader, mart: Mart, described: ObjectDescribe) -> None:
    """
    Say of each row whose record we know, and whose key the org lost, what became of it.

    Deleted: a question, never made again by itself. Merged: the row stands for the survivor.
    Still there under no key, or under an older version of a file: the same record.
    """
    db, table = reader.bench.db, quoted(proposals_table(mart.sobject))
    db.execute(
        f"""
        create or replace temp table {table} as
        select written.key, written.id, null::varchar as rule, ''::varchar as strength,
            null::varchar as score, null::varchar as decision, written.id as seen
        from {WRITTEN} as written
        inner join {quoted(rows_table(mart.sobject))} as mart on mart._key = written.key
        where written.sobject = {literal(mart.sobject)} and written.id is not null
            and written.key not in (select _key from {quoted(keys_table(mart.sobject))})
        """  # noqa: S608 - ours
    )
    if mart.sobject in _NEVER_LOST:
        db.execute(f"delete from {table}")  # noqa: S608 - ours
    if mart.external_id is None:
        # What joins two records is nothing without them: it is found by both of them, or gone.
        db.execute(f"update {table} set rule = '{DELETED}'")  # noqa: S608 - ours
    while ids := _unexplained(reader.bench, table):
        _explain(reader, mart, described, ids, table)
    db.execute(f"alter table {table} drop column seen")


def _unexplained(bench: Bench, table: str) -> list[str]:
    found = bench.db.execute(f"select distinct seen from {table} where rule is null order by seen")  # noqa: S608
    return [str(row[0]) for row in found.fetchall()]


def _explain(
    reader: Reader, mart: Mart, described: ObjectDescribe, ids: list[str], table: str
) -> None:
    db = reader.bench.db
    master = _MASTER if _MASTER in described.fields else None
    names = ["Id", "IsDeleted", EXTERNAL_ID, *([master] if master else [])]
    for number, condition in enumerate(id_filters("Id", ids)):
        query_into(
            reader.line,
            reader.bench,
            f"SELECT {', '.join(names)} FROM {mart.sobject} WHERE {condition}",  # noqa: S608 - names of ours
            table="seen_part",
            with_archived=True,
        )
        verb = "create or replace temp table seen_now as" if number == 0 else "insert into seen_now"
        db.execute(f"{verb} select * from seen_part")  # noqa: S608 - ours
    survivor = f"now.{master}" if master else "null"
    db.execute(
        f"""
        update {table} as lost set
            rule = case
                when now.Id is null then '{DELETED}'
                when now.IsDeleted = 'false' and lost.seen != lost.id then '{MERGED}'
                when now.IsDeleted = 'false' and now.{EXTERNAL_ID} is null then '{LEDGER}'
                when now.IsDeleted = 'false' then '{MERGED}'
                when {survivor} is null then '{DELETED}'
            end,
            strength = case
                when now.IsDeleted = 'false' and lost.seen = lost.id and now.{EXTERNAL_ID} is null
                    then '{STRONG}'
                else ''
            end,
            id = case when now.IsDeleted = 'false' then now.Id else lost.id end,
            seen = coalesce({survivor}, lost.seen)
        from (select asked.Id as asked, seen_now.* from (
            select unnest({ids}) as Id) as asked left join seen_now on seen_now.Id = asked.Id
        ) as now
        where now.asked = lost.seen and lost.rule is null
        """  # noqa: S608 - ours
    )
