"""Make shipments of a plan's rows: which rows, which columns, and what each cell says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from loaders.bench import scratch_name, take_out
from loaders.canonical import BASE64, BOOLEAN, NUMBER, literal, quoted
from loaders.csv_parts import KEY
from loaders.plan_scope import GOES
from loaders.plan_store import Plan, PlanColumn, PlanObject, rows_file
from loaders.resolve import IDS, KEYED, Bound, bind, record_id_sql
from loaders.row_errors import PARENT_FAILED, PARENT_HELD, template_sql
from loaders.session import Session
from loaders.shipment import ID, LOCK, NULL_TEXT, Shipment

SECOND_PASS = 2


@dataclass(frozen=True, slots=True)
class Turn:
    """One object's turn in a push."""

    plan: Plan
    folder: Path
    each: PlanObject
    # The table on the bench of the rows that are to be sent.
    rows: str = field(default_factory=lambda: scratch_name("rows"))

    @property
    def sobject(self) -> str:
        """Name the object."""
        return self.each.sobject

    def first_columns(self) -> list[PlanColumn]:
        """List the columns of the first pass, without file bodies."""
        return [
            column
            for column in self.each.columns
            if column.name not in self.each.second_pass and column.type != BASE64
        ]

    def changing_columns(self) -> list[PlanColumn]:
        """List those of them that a change of an existing record writes."""
        return [
            column
            for column in self.first_columns()
            if not column.create_only and column.name not in self.each.key
        ]


def take_rows(session: Session, turn: Turn) -> None:
    """Put the rows without a final outcome on the bench, less their bodies and hashes."""
    bodies = [quoted(column.name) for column in turn.each.columns if column.type == BASE64]
    left_out = ", ".join([*bodies, "_row_hash"])
    lock = quoted(turn.each.lock_parent) if turn.each.lock_parent else "null"
    session.bench.db.execute(
        f"""
        create temp table {turn.rows} as
        select * exclude ({left_out}), cast({lock} as varchar) as {LOCK}
        from read_parquet({literal(str(rows_file(turn.folder, turn.each)))}) as planned
        where {GOES}
            and not exists (
                select 1 from finals
                where finals.sobject = {literal(turn.sobject)} and finals.key = planned._key
                    and finals.first_state not in ('retry', 'unknown')
            )
        """  # noqa: S608 - names of the plan
    )


def fail_orphans(session: Session, turn: Turn, *, excluded: Path) -> None:
    """
    Fail the rows whose parent is not in the org, each naming the lookup and what became of it.

    Where every missing parent is held, so is the row: an answer to one question frees them all.

    They are not sent: the org would refuse them one by one, with the parent's key in its text.
    """
    cases = [
        f"""
        select rows.{quoted(KEY)} as key, {literal(column.name)} as lookup,
            coalesce(
                (select any_value(finals.state) from finals
                 where finals.key = rows.{quoted(column.name)}
                    and finals.sobject in ({_in(column)})),
                (select 'excluded' from read_parquet({literal(str(excluded))}) as excluded
                 where excluded.record_key = rows.{quoted(column.name)} limit 1),
                'missing'
            ) as parent_state
        from {turn.rows} as rows
        where rows.{quoted(column.name)} is not null
            and not exists (
                select 1 from {record_id_sql(column)} as parent
                where parent.key = rows.{quoted(column.name)}
            )
        """  # noqa: S608 - names of the plan
        for column in turn.first_columns()
        if column.match in KEYED
    ]
    if not cases:
        return
    # A parent that is not merely held decides, and is the one that is named.
    orphans = session.bench.db.execute(
        f"""
        select *, {template_sql("code")} as template from (
            select distinct on (key) key, lookup as field, lookup, parent_state,
                case parent_state when 'held' then 'held' else 'failed' end as state,
                case parent_state when 'held' then {literal(PARENT_HELD)}
                    else {literal(PARENT_FAILED)} end as code
            from ({" union all ".join(cases)}) as orphans
            order by key, parent_state = 'held', lookup
        ) as decided
        """  # noqa: S608 - names of the plan
    ).to_arrow_table()
    session.record_locally(turn.sobject, orphans)
    take_out(session.bench, turn.rows, orphans, column=KEY)


def _in(column: PlanColumn) -> str:
    return ", ".join(literal(name) for name in column.objects)


def creates(session: Session, turn: Turn, *, allow_duplicates: bool) -> Shipment:
    """Make the shipment of new records: createable columns, parents by key."""
    bounds = _bind(turn, turn.first_columns(), by_id=False)
    # Who was merged has no key in the org any more: parents are then named by record.
    merged = {each.sobject for each in turn.plan.objects if each.aliases}
    to_merged = [c for c in turn.first_columns() if merged.intersection(c.objects)]
    bounds |= _bind(turn, to_merged, by_id=True, first=len(bounds))
    table = _ship(session, turn, bounds, condition="rows._op = 'create'")
    key_columns = {column.name for column in turn.each.columns if column.name in turn.each.key}
    headers = [bound.header for bound in bounds.values()]
    return Shipment(
        sobject=turn.sobject,
        operation="upsert" if is_unique(session, turn) else "insert",
        external_id=turn.each.external_id,
        pass_number=1,
        table=table,
        headers=tuple(headers),
        join=tuple(bounds[name].header for name in turn.each.key if name in key_columns),
        types=_types(turn),
        allow_duplicates=allow_duplicates,
        side_by_side=True,
        stretch=turn.sobject,
    )


def expected(session: Session, turn: Turn, *, keys: str) -> str:
    """Make a table of what some records should hold: a column per field, parents by id."""
    bounds = _bind(turn, turn.first_columns(), by_id=True)
    some = f"rows.{quoted(KEY)} in (select {quoted(KEY)} from {keys})"  # noqa: S608 - our own name
    return _ship(session, turn, bounds, condition=some)


def is_unique(session: Session, turn: Turn) -> bool:
    """Tell whether the org itself keeps two records from having one key."""
    if turn.each.external_id is None:
        return False
    field = session.describe(turn.sobject).fields.get(turn.each.external_id)
    return field is not None and field.unique and field.external_id


def updates(session: Session, turn: Turn) -> Shipment:
    """Make the shipment of changes: by record id, updateable columns, null as `#N/A`."""
    columns = turn.changing_columns()
    return _by_id(session, turn, columns, condition="rows._op = 'update'", pass_number=1)


def second_pass(session: Session, turn: Turn) -> Shipment:
    """Make the shipment that fills what had to wait until every record was there."""
    columns = [column for column in turn.each.columns if column.name in turn.each.second_pass]
    filled = " or ".join(f"rows.{quoted(column.name)} is not null" for column in columns)
    condition = f"(rows._op = 'update' or {filled})"
    return _by_id(session, turn, columns, condition=condition, pass_number=SECOND_PASS)


def _by_id(
    session: Session, turn: Turn, columns: list[PlanColumn], *, condition: str, pass_number: int
) -> Shipment:
    own = f"own.sobject = {literal(turn.sobject)} and own.key = rows.{quoted(KEY)}"
    identity = Bound(ID, "own.id", f"inner join {IDS} as own on {own}")
    bounds = {ID: identity, **_bind(turn, columns, by_id=True)}
    is_first = pass_number != SECOND_PASS
    return Shipment(
        sobject=turn.sobject,
        operation="update",
        external_id=None,
        pass_number=pass_number,
        table=_ship(session, turn, bounds, condition=condition, null_text=True),
        headers=tuple(bound.header for bound in bounds.values()),
        join=(ID,),
        types=_types(turn),
        # Whom a reference of the second pass locks, the lock parent does not say.
        side_by_side=is_first,
        stretch=turn.sobject if is_first else "",
    )


def _bind(
    turn: Turn, columns: Iterable[PlanColumn], *, by_id: bool, first: int = 0
) -> dict[str, Bound]:
    return {
        column.name: bind(
            column,
            number=number,
            sobject=turn.sobject,
            default_owner=turn.plan.settings.default_owner_id,
            by_id=by_id,
        )
        for number, column in enumerate(columns, start=first)
    }


def _types(turn: Turn) -> dict[str, str]:
    return {
        column.header: column.type
        for column in turn.each.columns
        if column.type in {BOOLEAN, NUMBER}
    }


def _ship(
    session: Session,
    turn: Turn,
    bounds: dict[str, Bound],
    *,
    condition: str,
    null_text: bool = False,
) -> str:
    table = scratch_name("shipment")
    cells = ", ".join(
        f"{_cell(bound, null_text=null_text)} as {quoted(bound.header)}"
        for bound in bounds.values()
    )
    joins = " ".join(bound.join for bound in bounds.values() if bound.join)
    session.bench.db.execute(
        f"""
        create temp table {table} as
        select rows.{quoted(KEY)}, rows.{LOCK}, {cells} from {turn.rows} as rows {joins}
        where {condition}
        """  # noqa: S608 - names of the plan
    )
    return table


def _cell(bound: Bound, *, null_text: bool) -> str:
    """An empty cell leaves a field as it is; only `#N/A` empties it (contract 2.6)."""
    if not null_text or bound.header == ID:
        return bound.expression
    return f"coalesce({bound.expression}, {literal(NULL_TEXT)})"
