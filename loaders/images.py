"""Values before a change and hashes after the last pass: what a rollback stands on."""

from __future__ import annotations

from dataclasses import dataclass

from loaders.bench import scratch_name
from loaders.bulk_query import count
from loaders.canonical import literal, quoted
from loaders.existing import FILE, Reader
from loaders.ledger_acts import Image
from loaders.session import Session
from loaders.soql import id_filters

BEFORE, AFTER = "before", "after"
# Types that hold no value of their own, or bytes.
_NOT_READ = frozenset({"base64", "address", "location", "complexvalue"})
# What the org works out from children: it changes when we delete those (contract 4.11).
_DERIVED = {"Opportunity": frozenset({"Amount", "TotalOpportunityQuantity"})}
# Links are read by their documents and go with them.
NO_IMAGE = frozenset({"ContentDocumentLink"})
_FEW = 3_500


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


def read_hashes(session: Session, sobject: str, fields: Fields, *, ids: str) -> str:
    """Read the rows of the table `ids` (id) into a table: id, hash, steady_hash, and the values."""
    found, table = scratch_name("values"), scratch_name("hashes")
    Reader(session.line, session.bench).read(
        ["Id", *fields.all], sobject, filters=_filters(session, sobject, ids), table=found
    )
    session.bench.db.execute(
        f"""
        create temp table {table} as
        select found.Id as id, {_hash(fields.all)} as hash, {_hash(fields.steady)} as steady_hash,
            found.* exclude (Id)
        from {found} as found
        where found.Id in (select id from {ids})
        """  # noqa: S608 - names of describe
    )
    session.bench.db.execute(f"drop table {found}")
    return table


def _hash(names: tuple[str, ...]) -> str:
    return f"row_hash([{', '.join(f'found.{quoted(name)}' for name in names)}]::varchar[])"


def _filters(session: Session, sobject: str, ids: str) -> list[str]:
    """Ask for a few rows by id, for many by whatever carries our key."""
    fields = session.describe(sobject).fields
    if count(session.bench.db, ids) > _FEW and "Clinic_Id__c" in fields:
        return [f"Clinic_Id__c != null{' AND IsLatest = true' if sobject == FILE else ''}"]
    rows = session.bench.db.execute(f"select id from {ids} order by id").fetchall()  # noqa: S608
    return id_filters("Id", [str(row[0]) for row in rows])


def keep_after_images(session: Session, sobjects: list[str]) -> None:
    """Read every row that this run wrote, as the org left it after the last pass."""
    for sobject in sobjects:
        if sobject in NO_IMAGE:
            continue
        ids = scratch_name("ids")
        session.bench.db.execute(
            f"""
            create temp table {ids} as
            select distinct id from finals
            where sobject = {literal(sobject)} and first_state in ('created', 'updated')
                and id is not null
            """  # noqa: S608 - names of the plan
        )
        if count(session.bench.db, ids) == 0:
            continue
        fields = updateable_fields(session, sobject)
        hashes = read_hashes(session, sobject, fields, ids=ids)
        table = session.bench.db.execute(
            f"select id, hash, steady_hash from {hashes} order by id"  # noqa: S608 - ours
        ).to_arrow_table()
        _keep(session, sobject, AFTER, fields, table)
        session.bench.db.execute(f"drop table {hashes}")


def _keep(session: Session, sobject: str, kind: str, fields: Fields, table: object) -> None:
    image = Image(
        run=session.run.run,
        sobject=sobject,
        kind=kind,
        file=f"runs/{session.run.run}/{kind}-{sobject}.parquet",
        fields={"all": list(fields.all), "steady": list(fields.steady)},
    )
    session.ledger.add_image(image, table)


def keep_before_images(session: Session, sobject: str, *, written: list[str], ids: str) -> str:
    """
    Keep what the fields that we are about to write hold now, and give a table (id, hash).

    Taken once per run: a second look would see our own values.
    """
    fields = updateable_fields(session, sobject)
    hashes = read_hashes(session, sobject, fields, ids=ids)
    columns = ", ".join(["id", "hash", *(quoted(name) for name in written)])
    table = session.bench.db.execute(
        f"select {columns} from {hashes} order by id"  # noqa: S608 - names of the plan
    ).to_arrow_table()
    _keep(session, sobject, BEFORE, fields, table)
    return hashes
