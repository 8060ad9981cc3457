"""Fifty records side by side, as planned and as the org has them: for people to look at."""

from __future__ import annotations

from pathlib import Path

from loaders.bench import copy_privately
from loaders.canonical import BASE64, cell_from_org, literal, quoted
from loaders.csv_parts import KEY
from loaders.plan_store import PlanColumn, PlanObject, rows_file
from loaders.resolve import KEYED
from loaders.session import Session
from loaders.verify_compare import DIFFERENCES, EXPECTED
from loaders.verify_org import key_map, org_table, symbol_of

RECORDS = 50
# Beside the differences, in the folder of what is reported of a run.
SAMPLE = "side-by-side.parquet"
_SEEN, _SEED = "seen_cells", "side by side"


def start_sample(session: Session) -> None:
    """Make the empty table of the cells that are seen."""
    session.bench.db.execute(
        f"create or replace temp table {_SEEN} (position integer, turn bigint, draw varchar, "
        "sobject varchar, key varchar, place integer, field varchar, planned varchar, "
        "in_org varchar)"
    )


def see_some(session: Session, folder: Path, each: PlanObject) -> None:
    """
    Take as many records of an object as could be shown, drawn by their keys alone.

    To be called when the object was compared: it reads what was laid out for that.
    """
    joins, cells = "", []
    shown = [column for column in each.columns if column.type != BASE64]
    for number, column in enumerate(shown):
        join, there = _in_org(column, each.sobject, alias=f"seen_{number}")
        joins += join
        cells.append(
            f"{{'place': {number}, 'field': {literal(column.name)}, "
            f"'planned': cast(planned.{quoted(column.name)} as varchar), "
            f"'in_org': cast({there} as varchar)}}"
        )
    session.bench.db.execute(
        f"""
        insert into {_SEEN}
        select {each.order}, drawn.turn, drawn.draw, {literal(each.sobject)}, drawn.key, cell.place,
            cell.field, cell.planned, cell.in_org
        from (
            select drawn.*, unnest([{", ".join(cells)}]) as cell
            from (
                select key, md5(concat({literal(_SEED)}, key)) as draw,
                    row_number() over (order by md5(concat({literal(_SEED)}, key)), key) as turn
                from {EXPECTED} where not is_out
                qualify turn <= {RECORDS}
            ) as drawn
            inner join read_parquet({literal(str(rows_file(folder, each)))}) as planned
                on planned.{quoted(KEY)} = drawn.key
            left join {quoted(key_map(each.sobject))} as there on there.key = drawn.key
            left join ({_canonical(each)}) as org on org.Id = there.id
            {joins}
        ) as drawn
        where cell.planned is not null or cell.in_org is not null
        """  # noqa: S608 - names of the plan
    )


def _canonical(each: PlanObject) -> str:
    """Give what the org answered with each plain cell in the plan's own words."""
    cells = ", ".join(
        f"{cell_from_org(column.name, kind=column.type, scale=column.scale)} "
        f"as {quoted(column.name)}"
        for column in each.columns
        if column.match is None and column.type != BASE64
    )
    replaced = f" replace ({cells})" if cells else ""
    return f"select *{replaced} from {quoted(org_table(each.sobject))}"  # noqa: S608 - plan


def _in_org(column: PlanColumn, sobject: str, *, alias: str) -> tuple[str, str]:
    """Give what the org has in the plan's words where one record has one word, else its id."""
    if column.match in KEYED:
        return symbol_of(column, sobject, alias=alias, kind="left")
    return "", f"org.{quoted(column.name)}"


def write_sample(session: Session, path: Path) -> None:
    """Write the drawn records, of each object in turn until there are enough; whole values."""
    copy_privately(
        session.bench.db,
        f"""
        with drawn as (
            select distinct sobject, key, turn, position from {_SEEN}
            order by turn, position limit {RECORDS}
        )
        select seen.sobject, seen.key, seen.field, seen.planned, seen.in_org,
            exists (
                select 1 from {DIFFERENCES} as found
                where found.sobject = seen.sobject and found.key = seen.key
                    and coalesce(found.field, seen.field) = seen.field
            ) as differs
        from {_SEEN} as seen
        semi join drawn on drawn.sobject = seen.sobject and drawn.key = seen.key
        order by seen.position, seen.turn, seen.place
        """,  # noqa: S608 - our own names
        path,
        options="format parquet",
    )
