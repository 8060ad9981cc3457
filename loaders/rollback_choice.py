"""Choose the records of a push that go as a part of it, with all that would be lost with them."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa

from loaders.bench import lay_out
from loaders.canonical import literal, quoted, system_expression
from loaders.contract import KEYED_MATCHES
from loaders.errors import RecordUnknown, RollbackRefused
from loaders.ledger_acts import Run
from loaders.masking import load_masks
from loaders.plan_store import Plan, audit_file, rows_file
from loaders.rollback_lookups import LOOKUPS, make_lookups
from loaders.rollback_part import Part, Wanted
from loaders.rollback_targets import TARGETS, make_targets
from loaders.runs import Desk

_PLACES, _PLACE = "locations", "Account"
# What points to a record that goes; not what a patient who stays has a share in, unless it is
# nothing but the link of two records.
_BELOW = f"""
    select lookups.sobject, lookups.key from {LOOKUPS} as lookups
    inner join part on part.sobject = lookups.parent and part.key = lookups.parent_key
    left join of_others
        on of_others.sobject = lookups.sobject and of_others.key = lookups.key
    where lookups.parent_is_deleted and (lookups.is_link or of_others.key is null)
"""  # noqa: S608 - names of our own
# What nothing points to any more but records that go; relatives are only linked to a household.
_LEFT_EMPTY = f"""
    select lookups.parent, lookups.parent_key from {LOOKUPS} as lookups
    left join part on part.sobject = lookups.sobject and part.key = lookups.key
    anti join of_others
        on of_others.sobject = lookups.parent and of_others.key = lookups.parent_key
    where lookups.parent_is_deleted and not lookups.is_undone
        and (lookups.goes_with_last or not lookups.is_link)
    group by lookups.parent, lookups.parent_key
    having count(*) = count(part.key) and bool_or(lookups.goes_with_last)
"""  # noqa: S608 - names of our own


def choose_part(desk: Desk, pushed: Run, plan: Plan, folder: Path, wanted: Wanted) -> Part:
    """
    Choose the records of a push that go; nothing is sent and nothing written down.

    With a record that is deleted goes each record of the push that points to it, lest it lose its
    parent. Of what two patients share, nothing goes for one of them but their links; the record
    that the other's points to is then held.

    Raises:
        RecordUnknown: a patient, a location or a system is not in the plan.
        RollbackRefused: nothing of the push is left there.

    """
    session, db = desk.session(pushed), desk.bench.db
    make_targets(session, pushed, plan, folder)
    make_lookups(session, plan, folder)
    for table in ("part", "of_others"):
        db.execute(f"create or replace temp table {table} (sobject varchar, key varchar)")
    for table in ("patient_records", "record_targets"):
        path = literal(str(audit_file(folder, table)))
        db.execute(f"create or replace temp view {table} as select * from read_parquet({path})")  # noqa: S608 - ours
    if wanted.patients:
        _seed_patients(desk, wanted.patients, masked=plan.settings.masked)
    elif wanted.location is not None:
        _seed_location(desk, plan, folder, wanted.location)
    elif wanted.system is not None:
        _seed_system(db, wanted.system)
    else:
        names = ", ".join(literal(name) for name in wanted.objects)
        _add(db, f"select sobject, key from {TARGETS} where sobject in ({names})")  # noqa: S608 - ours
    while _add(db, _BELOW) + _add(db, _LEFT_EMPTY):
        pass
    rows = db.execute("select sobject, key from part order by all").to_arrow_table()
    if rows.num_rows == 0:
        raise RollbackRefused(
            f"nothing that run {pushed.run} pushed is left there",
            hint=f"clinic-load rollback {pushed.run} --org {pushed.alias} --plan",
        )
    return Part(wanted, rows)


def _add(db: duckdb.DuckDBPyConnection, query: str) -> int:
    """Add those of a query's records that are still to be undone; count the new ones."""
    added: int = db.execute(
        f"""
        insert into part
        select distinct found.* from ({query}) as found (sobject, key)
        inner join {TARGETS} as targets
            on targets.sobject = found.sobject and targets.key = found.key
            and targets.state is null
        anti join part on part.sobject = found.sobject and part.key = found.key
        """  # noqa: S608 - names of our own
    ).fetchall()[0][0]
    return added


def _seed_patients(desk: Desk, keys: tuple[str, ...], *, masked: bool) -> None:
    """Begin with the records of these people, and note which records are those of others too."""
    db, named = desk.bench.db, lay_out(desk.bench, pa.table({"key": keys}))
    _mask(desk, named, masked=masked)
    unknown: int = db.execute(
        f"select count(*) from {named} where key not in (select patient_key from patient_records)"  # noqa: S608 - ours
    ).fetchall()[0][0]
    if unknown:
        raise RecordUnknown(
            f"{unknown:,} of {len(keys):,} keys are of no patient in the plan of this run",
            hint="give each chart as <system>:patient:<id>, one a line",
        )
    db.execute(
        f"""
        create or replace temp table owned as
        select targets.sobject, targets.clinic_id as key,
            bool_and(records.person_key in (
                select person_key from patient_records
                where patient_key in (select key from {named})
            )) as is_theirs_alone
        from patient_records as records
        inner join record_targets as targets
            on targets.entity = records.entity and targets.record_key = records.record_key
        group by targets.sobject, targets.clinic_id
        """  # noqa: S608 - names of our own
    )
    db.execute("insert into of_others select sobject, key from owned where not is_theirs_alone")
    _add(db, "select sobject, key from owned where is_theirs_alone")


def _seed_location(desk: Desk, plan: Plan, folder: Path, key: str) -> None:
    """Begin with every record that points to a place; the place itself stays."""
    named = lay_out(desk.bench, pa.table({"key": [key]}))
    _mask(desk, named, masked=plan.settings.masked)
    db = desk.bench.db
    place = (
        "select clinic_id from record_targets "  # noqa: S608 - ours
        f"where entity = '{_PLACES}' and record_key in (select key from {named})"
    )
    if not db.execute(place).fetchall():
        raise RecordUnknown(
            "no location in the plan of this run has this key",
            hint="give it as <system>:location:<id>",
        )
    for each in plan.objects:
        rows = f"read_parquet({literal(str(rows_file(folder, each)))})"
        for column in each.columns:
            if column.match in KEYED_MATCHES and _PLACE in column.objects:
                _add(
                    db,
                    f"select {literal(each.sobject)}, _key from {rows} "  # noqa: S608 - the plan's
                    f"where {quoted(column.name)} in ({place})",
                )


def _seed_system(db: duckdb.DuckDBPyConnection, name: str) -> None:
    """Begin with every record whose key names the system; users and roles name none, and stay."""
    system = system_expression("key")
    pushed = db.execute(
        f"select distinct {system} from {TARGETS} where {system} != '' order by all"  # noqa: S608 - constants
    )
    names = [str(row[0]) for row in pushed.fetchall()]
    if name not in names:
        raise RecordUnknown(
            "no record of this run is of that system",
            hint=f"give one of these: {', '.join(names)}",
        )
    _add(db, f"select sobject, key from {TARGETS} where {system} = {literal(name)}")  # noqa: S608 - constants


def _mask(desk: Desk, named: str, *, masked: bool) -> None:
    """Make of the keys in a table what the plan knows them as."""
    if masked:
        load_masks(desk.bench.db, desk.data)
        desk.bench.db.execute(f"update {named} set key = mask_whole_key(key)")  # noqa: S608 - ours
