"""What is in the org already: the keys of every object, and the values of rows that we know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loaders.bench import Bench
from loaders.bulk_query import query_into
from loaders.canonical import BASE64, quoted
from loaders.contract import EXTERNAL_ID, Mapping, Mart
from loaders.org_line import OrgLine
from loaders.plan_store import PlanColumn
from loaders.references import MATCHES, MEANINGS, TERRITORY, meaning_of
from loaders.soql import id_filters, in_the_bin, live

# So many records are asked for one by one; more are cheaper to read with all others.
FEW = 10_000
FILE = "ContentVersion"
DOCUMENT = "ContentDocumentId"
CHECKSUM = "Checksum"
RELATION = "AccountContactRelation"
ROLE = "UserRole"
# Which records of an object without a field for our key may be ours at all. Direct relations are
# the org's own work: they come and go with Contact.AccountId; so are territories given by rules.
_OURS = {
    RELATION: "IsDirect = false",
    ROLE: "DeveloperName LIKE 'Clinic%'",
    TERRITORY: "DeveloperName LIKE 'Clinic%'",
    "ObjectTerritory2Association": "AssociationCause = 'Territory2Manual'",
}


@dataclass(frozen=True, slots=True)
class Reader:
    """How existing rows are read: the line to the org, and the bench they land on."""

    line: OrgLine
    bench: Bench
    # Whether it reads what lies in the recycle bin, and not what is there.
    deleted: bool = False

    def read(self, fields: list[str], sobject: str, *, filters: list[str], table: str) -> None:
        """Read the fields of all records that one of the filters finds, as text."""
        db = self.bench.db
        empty = ", ".join(f"null::varchar as {quoted(name)}" for name in fields)
        db.execute(f"create or replace temp table {quoted(table)} as select {empty} limit 0")
        for number, each in enumerate(filters):
            clause, with_archived = in_the_bin(each) if self.deleted else live(sobject, each)
            query_into(
                self.line,
                self.bench,
                f"SELECT {', '.join(fields)} FROM {sobject}{clause}",  # noqa: S608 - names of the mapping
                table="part" if number else table,
                with_archived=with_archived,
            )
            if number:
                db.execute(f"insert into {quoted(table)} by name select * from part")  # noqa: S608 - ours
                db.execute("drop table part")


def filters_for(bench: Bench, field: str, values: str, *, otherwise: str) -> list[str]:
    """
    Give conditions that find records by a field whose values a query gives: few of them by name.

    `otherwise` finds them all, and more: what a load costs goes by its rows, not by the org's.
    """
    named = f"select distinct value from ({values}) as named(value) where value is not null"  # noqa: S608 - theirs
    found = bench.db.execute(f"{named} order by value limit {FEW + 1}").fetchall()
    return [otherwise] if len(found) > FEW else id_filters(field, [str(row[0]) for row in found])


def keys_table(sobject: str) -> str:
    """Name the table of an object's keys in the org: _key, _id, _document."""
    return f"keys_{sobject}"


def values_table(sobject: str) -> str:
    """Name the table of an object's values in the org."""
    return f"values_{sobject}"


def read_keys(reader: Reader, mapping: Mapping, mart: Mart) -> None:
    """Fill the table of an object's keys; parents' tables must be there for natural keys."""
    if mart.external_id:
        _read_external_ids(reader, mart)
    else:
        _read_natural_keys(reader, mapping, mart)


def _ours(sobject: str) -> list[str]:
    return [f"{EXTERNAL_ID} != null{latest_only(sobject)}"]


def latest_only(sobject: str) -> str:
    """Give what a condition needs besides, to find no older version of a file."""
    return " AND IsLatest = true" if sobject == FILE else ""


def _read_external_ids(reader: Reader, mart: Mart) -> None:
    documents = [DOCUMENT] if mart.sobject == FILE else []
    fields = ["Id", EXTERNAL_ID, *documents]
    reader.read(fields, mart.sobject, filters=_ours(mart.sobject), table="found")
    reader.bench.db.execute(
        f"""
        create or replace temp table {quoted(keys_table(mart.sobject))} as
        select
            {EXTERNAL_ID} as _key,
            min(Id) as _id,
            cast(min({DOCUMENT if documents else "null"}) as varchar) as _document
        from found group by {EXTERNAL_ID}
        """  # noqa: S608 - names of the mapping
    )


def _read_natural_keys(reader: Reader, mapping: Mapping, mart: Mart) -> None:
    filters = _natural_filters(reader, mart)
    reader.read(["Id", *mart.natural_key], mart.sobject, filters=filters, table="found")
    joins, parts = "", []
    for number, name in enumerate(mart.natural_key):
        joins += _symbol_join(mapping, mart, name, alias=f"parent_{number}")
        lookup = mart.column(name).lookup
        parts.append(f"parent_{number}._key" if lookup else f"found.{quoted(name)}")
    reader.bench.db.execute(
        f"""
        create or replace temp table {quoted(keys_table(mart.sobject))} as
        select
            {" || '|' || ".join(parts)} as _key,
            min(found.Id) as _id,
            cast(null as varchar) as _document
        from found {joins} group by 1
        """  # noqa: S608 - names of the mapping
    )


def _natural_filters(reader: Reader, mart: Mart) -> list[str]:
    if DOCUMENT not in mart.natural_key:
        return [naturally_ours(mart.sobject)]
    # A link cannot be queried without a filter (contract 11).
    return id_filters(DOCUMENT, _ids(reader, FILE, column="_document"))


def naturally_ours(sobject: str) -> str:
    """Give the condition under which a record that has no field for our key may be ours."""
    return _OURS.get(sobject, "Id != null")


def _ids(reader: Reader, sobject: str, *, column: str) -> list[str]:
    rows = reader.bench.db.execute(
        f"select distinct {column} from {quoted(keys_table(sobject))} order by 1"  # noqa: S608 - ours
    ).fetchall()
    return [str(row[0]) for row in rows]


def _symbol_join(mapping: Mapping, mart: Mart, name: str, *, alias: str) -> str:
    """Join the parents of a natural key's column, to turn their ids into keys."""
    lookup = mart.column(name).lookup
    if lookup is None:
        return ""
    key_of = "_document" if name == DOCUMENT else "_id"
    parents = " union all ".join(
        f"select _key, {key_of} as _id from {quoted(keys_table(parent))}"  # noqa: S608 - ours
        for parent in lookup.objects
        if parent in mapping.objects()
    )
    if lookup.match in MATCHES:
        of = meaning_of(mart.sobject, lookup.match, lookup.objects, alias="meant")
        parents = f"select symbol as _key, id as _id from {MEANINGS} as meant where {of}"  # noqa: S608
    return f" inner join ({parents}) as {alias} on {alias}._id = found.{quoted(name)}"


def read_values(
    reader: Reader,
    mart: Mart,
    columns: tuple[PlanColumn, ...],
    *,
    also: Sequence[str],
    only: Sequence[str] | None,
) -> None:
    """
    Read the present values of what we write, for all rows with our key and for some others.

    `only` names the records that are of interest; where they are few, no others are read.
    """
    names = [each.name for each in columns if each.type != BASE64]
    extra = [CHECKSUM] if mart.sobject == FILE else []
    if only is not None and (not only or (mart.external_id and len(only) <= FEW)):
        filters = id_filters("Id", only)
    else:
        filters = _ours(mart.sobject) if mart.external_id else _natural_filters(reader, mart)
    filters += id_filters("Id", also)
    fields = ["Id", *names, *extra]
    reader.read(fields, mart.sobject, filters=filters, table=values_table(mart.sobject))
