"""Values before a change and hashes after the last pass: what a rollback stands on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import pyarrow as pa

from loaders.bench import scratch_name
from loaders.bulk_query import count
from loaders.canonical import BASE64, literal, quoted
from loaders.existing import FEW, Reader, latest_only
from loaders.ledger_acts import Image, Run
from loaders.plan_columns import cell_there, fingerprint
from loaders.plan_store import Plan, PlanColumn, PlanObject
from loaders.session import Session
from loaders.soql import id_filters

BEFORE, AFTER, LEFT = "before", "after", "left"
# Types that hold no value of their own, or bytes.
_NOT_READ = frozenset({"base64", "address", "location", "complexvalue"})
# What the org works out from children: it changes when we delete those (contract 4.11).
_DERIVED = {"Opportunity": frozenset({"Amount", "TotalOpportunityQuantity"})}
# Links are read by their documents and go with them.
NO_IMAGE = frozenset({"ContentDocumentLink"})
_ROWS_PER_BATCH = 10_000
_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Fields:
    """Which fields a hash is made of, in its order."""

    all: tuple[str, ...]
    # Without those that change when we delete children or, for lookups to itself, siblings.
    steady: tuple[str, ...]


def updateable_fields(session: Session, sobject: str) -> Fields:
    """List every field that a user could have changed."""
    described = session.describe(sobject)
    names = tuple(
        sorted(
            field.name
            for field in described.fields.values()
            if field.updateable and field.type not in _NOT_READ
        )
    )
    moving = _DERIVED.get(sobject, frozenset()) | {
        name for name in names if sobject in described.fields[name].reference_to
    }
    return Fields(names, tuple(name for name in names if name not in moving))


def read_hashes(  # noqa: PLR0913 - what to read, and where
    session: Session,
    sobject: str,
    fields: Fields,
    *,
    ids: str,
    prints: Mapping[str, str] = _NONE,
    deleted: bool = False,
) -> str:
    """
    Read the rows of the table `ids` (id) into a table: id, hash, steady_hash, marks, prints.

    `marks` has a small number for each field, by which a change can be named without its values;
    `prints` names further columns with the SQL of each over `found`.
    """
    names = [*fields.all, *(name for name in prints if name not in fields.all)]
    found = read_records(session, sobject, names, ids=ids, deleted=deleted)
    table = scratch_name("hashes")
    more = "".join(f", {sql} as {quoted(name)}" for name, sql in prints.items())
    session.bench.db.execute(
        f"""
        create temp table {table} as
        select found.id, {_hash(fields.all)} as hash, {_hash(fields.steady)} as steady_hash,
            {_marks(fields.all)} as marks{more}
        from {found} as found
        """  # noqa: S608 - names of describe
    )
    session.bench.db.execute(f"drop table {found}")
    return table


def read_records(
    session: Session, sobject: str, names: Iterable[str], *, ids: str, deleted: bool = False
) -> str:
    """
    Read fields of the records of the table `ids` (id) into a table: id and a column each.

    Many are asked for by our key, and those that do not carry it by id. `deleted` reads what lies
    in the recycle bin.
    """
    (found, rest), db = (scratch_name(name) for name in ("found", "rest")), session.bench.db
    reader, fields = Reader(session.line, session.bench, deleted), ["Id", *names]
    by_key = _key_filter(session, sobject) if count(db, ids) > FEW else []
    reader.read(fields, sobject, filters=by_key, table=found)
    db.execute(f"delete from {found} where Id not in (select id from {ids})")  # noqa: S608 - ours
    left = db.execute(
        f"select id from {ids} where id not in (select Id from {found}) order by id"  # noqa: S608
    ).fetchall()
    by_id = id_filters("Id", [str(row[0]) for row in left])
    reader.read(fields, sobject, filters=by_id, table=rest)
    db.execute(f"insert into {found} by name select * from {rest}")  # noqa: S608 - ours
    db.execute(f"drop table {rest}; alter table {found} rename Id to id")
    return found


def _hash(names: tuple[str, ...]) -> str:
    return f"row_hash({_cells(names)})"


def _marks(names: tuple[str, ...]) -> str:
    """Give each field a number of two bytes: enough to name a change that the hash has found."""
    number = "(md5_number_lower(cell) % 65536)::usmallint"
    return f"list_transform({_cells(names)}, lambda cell: {number})"


def _cells(names: tuple[str, ...]) -> str:
    return f"[{', '.join(f'found.{quoted(name)}' for name in names)}]::varchar[]"


def _key_filter(session: Session, sobject: str) -> list[str]:
    if "Clinic_Id__c" not in session.describe(sobject).fields:
        return []
    return [f"Clinic_Id__c != null{latest_only(sobject)}"]


def keep_after_images(session: Session, plan: Plan) -> None:
    """
    Read every row that this run wrote, as the org left it after the last pass.

    What is kept: a hash over all that a user could change, for a rollback, and a fingerprint of
    each field that we write, for the next push. Once per record: what a later look would see may
    be somebody's work.
    """
    for each in plan.objects:
        if each.sobject in NO_IMAGE:
            continue
        ids = scratch_name("ids")
        session.bench.db.execute(
            f"""
            create temp table {ids} as
            select distinct id from touched
            where sobject = {literal(each.sobject)} and id not in ({imaged(session, each.sobject)})
            """  # noqa: S608 - names of the plan
        )
        if count(session.bench.db, ids) == 0:
            continue
        fields = updateable_fields(session, each.sobject)
        prints = {
            column.name: fingerprint(cell_there(column, f"found.{quoted(column.name)}"))
            for column in written_columns(each)
            if column.name in fields.all
        }
        hashes = read_hashes(session, each.sobject, fields, ids=ids, prints=prints)
        rows = session.bench.db.execute(_with_left(session, each.sobject, hashes, list(prints)))
        _keep(session, each.sobject, AFTER, fields, rows.to_arrow_reader(_ROWS_PER_BATCH))
        session.bench.db.execute(f"drop table {hashes}")
        session.bench.db.execute(f"drop table {ids}")


def imaged(session: Session, sobject: str) -> str:
    """Give the query of the records that have an image after this run already."""
    files = image_files(session, session.run, sobject, kind=AFTER)
    if not files:
        return "select null::varchar where false"
    return f"select id from read_parquet([{', '.join(files)}], union_by_name = true)"  # noqa: S608


def _with_left(session: Session, sobject: str, hashes: str, names: list[str]) -> str:
    """Give the query of an after-image in which what was left alone keeps its older fingerprint."""
    files = image_files(session, session.run, sobject, kind=LEFT)
    if not files:
        return f"select * from {hashes} order by id"  # noqa: S608 - ours
    left = f"read_parquet([{', '.join(files)}], union_by_name = true)"
    known = session.bench.db.execute(f"select * from {left} limit 0").to_arrow_table().column_names  # noqa: S608
    kept = [name for name in names if name in known]
    older = ", ".join(f"any_value({quoted(name)}) as {quoted(name)}" for name in kept)
    cells = ", ".join(
        f"coalesce(older.{quoted(name)}, hashes.{quoted(name)}) as {quoted(name)}" for name in kept
    )
    return f"""
        select hashes.* replace ({cells}) from {hashes} as hashes
        left join (select id, {older} from {left} group by id) as older on older.id = hashes.id
        order by hashes.id
        """  # noqa: S608 - names of the plan


def keep_left(session: Session, sobject: str, table: pa.Table) -> None:
    """Keep the fingerprints of fields (id and a column each) that a change leaves alone."""
    if table.num_rows:
        _keep(session, sobject, LEFT, updateable_fields(session, sobject), table.to_reader())


def written_columns(each: PlanObject) -> list[PlanColumn]:
    """List the columns that a change of an existing record may write."""
    return [
        column
        for column in each.columns
        if column.type != BASE64 and not column.create_only and column.name not in each.key
    ]


def _keep(
    session: Session, sobject: str, kind: str, fields: Fields, rows: pa.RecordBatchReader
) -> None:
    number = len(session.ledger.images(session.run.run, kind=kind))
    image = Image(
        run=session.run.run,
        sobject=sobject,
        kind=kind,
        file=f"runs/{session.run.run}/{kind}-{sobject}-{number}.parquet",
        fields={"all": list(fields.all), "steady": list(fields.steady)},
    )
    session.ledger.add_image(image, rows)


def keep_before_images(session: Session, each: PlanObject, *, ids: str) -> str:
    """
    Keep what the fields that we may write hold now, and give a table (id and those fields).

    A record is kept once per run: a second look would see our own values.
    """
    key = [each.external_id] if each.external_id else []
    names = [*key, *(column.name for column in written_columns(each))]
    present = read_records(session, each.sobject, names, ids=ids)
    files = image_files(session, session.run, each.sobject, kind=BEFORE)
    kept = f" union all select id from read_parquet([{', '.join(files)}])" if files else ""  # noqa: S608
    table = session.bench.db.execute(
        f"""
        select * from {present} where id not in (
            -- What this run made is deleted by a rollback, not restored.
            select id from finals
            where sobject = {literal(each.sobject)} and first_state = 'created'
                and id is not null{kept}
        ) order by id
        """  # noqa: S608 - ours
    ).to_arrow_table()
    if table.num_rows:
        fields = updateable_fields(session, each.sobject)
        _keep(session, each.sobject, BEFORE, fields, table.to_reader())
    return present


def image_files(session: Session, run: Run, sobject: str, *, kind: str) -> list[str]:
    """List the files of an object's images of one kind as SQL literals, oldest first."""
    return [
        literal(str(session.ledger.folder / image.file))
        for image in session.ledger.images(run.run, kind=kind)
        if image.sobject == sobject
    ]


def fields_of(image: Image) -> Fields:
    """Give the fields that the hashes of an image are made of."""
    return Fields(tuple(image.fields["all"]), tuple(image.fields["steady"]))


def standing_images(session: Session, sobject: str) -> list[tuple[Image, str]]:
    """
    List what earlier pushes left in the records of an object, each as a query with its `run`.

    What a rollback restored was not left by the push that it undid.
    """
    ledger = session.ledger
    undone: dict[str, list[Path]] = {}
    for run in ledger.runs(kind="rollback"):
        undone.setdefault(str(run.of_run), []).extend(ledger.outcome_files(run.run))
    return [
        (image, _standing(image.run, ledger.folder / image.file, undone.get(image.run, [])))
        for run in ledger.runs(kind="push")
        if run.org_id == session.run.org_id and run.run != session.run.run
        for image in ledger.images(run.run, kind=AFTER)
        if image.sobject == sobject
    ]


def _standing(run: str, file: Path, undone: Sequence[Path]) -> str:
    found = f"select {literal(run)} as run, * from read_parquet({literal(str(file))})"  # noqa: S608
    if not undone:
        return f"({found})"
    outcomes = ", ".join(literal(str(path)) for path in undone)
    return f"""(
        {found} where id not in (
            select id from read_parquet([{outcomes}]) where state = 'updated' and id is not null
        ))"""  # noqa: S608 - our own paths
