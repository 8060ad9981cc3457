"""Row locks: rows that fail because somebody else holds their record, and succeed later."""

# ruff: noqa: S608 - names come from the catalogue and are quoted, so are the values
from __future__ import annotations

import msgspec

from loaders.stand_in_org.change import IMAGE, Change, UnderWay, World
from loaders.stand_in_org.dml_types import error_struct
from loaders.stand_in_org.model import SObject
from loaders.stand_in_org.set_up import RowLocks
from loaders.stand_in_org.store import literal, quoted, stored_fields

_CODE = "UNABLE_TO_LOCK_ROW"
_SAID = "unable to obtain exclusive access to this record"
# How often a row met a lock: the lock and the row as one hash, so that both may come again.
_TABLE = 'CREATE TABLE IF NOT EXISTS "_lock_met" (held UBIGINT, times BIGINT)'
# Which parents a job holds until it ends.
_PARENTS = 'CREATE TABLE IF NOT EXISTS "_parent_held" (job VARCHAR, parent VARCHAR)'
_MILLION = 1_000_000


def check(change: Change) -> None:
    """Refuse the otherwise good rows whose record is held (contract 2.10, T12)."""
    for lock in _locks(change.world, change.sobject):
        names = [quoted(target.field.name) for target in change.targets]
        texts = ", ".join(f"CAST({name} AS VARCHAR)" for name in names)
        row = f"CASE WHEN _new THEN concat_ws(chr(31), {texts}) ELSE Id END"
        parents = [
            quoted(target.field.name)
            for target in change.targets
            if target.field.type == "reference"
        ]
        # A row that is not there yet waits for its parent.
        record = f"CASE WHEN _new THEN coalesce({', '.join([*parents, 'NULL'])}) ELSE Id END"
        _hold(
            change.world,
            lock,
            rows=f"SELECT _n, {row} AS row, {record} AS record FROM {IMAGE} WHERE _e IS NULL"
            f" AND ({_under(change.sobject, lock.parent)})",
            table=IMAGE,
        )
    if change.under_way:
        _hold_beside(change, change.under_way)


def _hold_beside(change: Change, under_way: UnderWay) -> None:
    """Refuse the rows whose parents a job holds that is under way, and hold those of the others."""
    world, lookups = change.world, change.world.settings.locking_lookups
    names = [target.field.name for target in change.targets if target.field.name in lookups]
    if not names:
        return
    world.run(_PARENTS)
    world.run(
        "CREATE OR REPLACE TEMP TABLE _parents AS"
        f" SELECT _n, unnest([{', '.join(map(quoted, names))}]) AS parent FROM {IMAGE}"
        " WHERE _e IS NULL"
    )
    beside = ", ".join(literal(job) for job in under_way.beside) or "NULL"
    world.run(
        f"UPDATE {IMAGE} SET _e = {error_struct(_CODE, literal(_SAID), ())} WHERE _n IN ("
        " SELECT _n FROM _parents WHERE parent IN"
        f' (SELECT parent FROM "_parent_held" WHERE job IN ({beside})))'
    )
    world.run(
        f'INSERT INTO "_parent_held" SELECT DISTINCT {literal(under_way.job)}, parent'
        f" FROM _parents WHERE _n IN (SELECT _n FROM {IMAGE} WHERE _e IS NULL)"
    )


def check_delete(world: World, sobject: SObject) -> None:
    """Refuse the deletes of records that are held."""
    for lock in _locks(world, sobject):
        rows = (
            "SELECT _n, _id AS row, _id AS record FROM _asked WHERE _e IS NULL AND _id IN"
            f" (SELECT Id FROM {quoted(sobject.table)} WHERE {_under(sobject, lock.parent)})"
        )
        _hold(world, lock, rows=rows, table="_asked")


def _locks(world: World, sobject: SObject) -> list[RowLocks]:
    return [
        lock
        for lock in world.settings.row_locks
        if lock.object.lower() in ("", sobject.name.lower())
    ]


def _under(sobject: SObject, parent: str) -> str:
    """Give the condition of the records that refer to a parent; no parent: of all."""
    if not parent:
        return "true"
    lookups = [field for field in stored_fields(sobject) if field.type == "reference"]
    return " OR ".join(f"{quoted(field.name)} = {literal(parent)}" for field in lookups) or "false"


def _hold(world: World, lock: RowLocks, *, rows: str, table: str) -> None:
    """Refuse the rows that this lock chooses and that have not met it often enough."""
    world.run(_TABLE)
    name = literal(msgspec.json.encode(lock).decode())
    chosen = f"md5_number_lower({lock.seed} || row) % {_MILLION} < {int(lock.share * _MILLION)}"
    early = "true" if lock.first is None else f"place <= {lock.first}"
    world.run(
        "CREATE OR REPLACE TEMP TABLE _held AS WITH rows AS ("
        f" SELECT *, row_number() OVER (ORDER BY _n) AS place FROM ({rows})),"
        f" chosen AS (SELECT _n, record, md5_number_lower({name} || row) AS held FROM rows"
        f" WHERE {chosen} AND {early})"
        ' SELECT chosen.* FROM chosen LEFT JOIN "_lock_met" AS met ON met.held = chosen.held'
        f" WHERE coalesce(met.times, 0) < {lock.times}"
    )
    if not world.one("SELECT count(*) FROM _held"):
        return
    message = f"{literal(_SAID)} || coalesce(' or 1 records: ' || _held.record, '')"
    world.run(
        f"UPDATE {table} SET _e = {error_struct(_CODE, message, ())} FROM _held"
        f" WHERE _held._n = {table}._n"
    )
    world.run(
        "CREATE OR REPLACE TEMP TABLE _met AS SELECT held, sum(times) AS times FROM ("
        ' SELECT held, times FROM "_lock_met" WHERE held IN (SELECT held FROM _held)'
        " UNION ALL SELECT held, 1 FROM _held) GROUP BY held"
    )
    world.run('DELETE FROM "_lock_met" WHERE held IN (SELECT held FROM _met)')
    world.run('INSERT INTO "_lock_met" SELECT held, times FROM _met')
