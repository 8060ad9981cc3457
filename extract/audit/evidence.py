"""Prepares what findings are judged on: elements, references, people, custom fields."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from csv import DictReader
from io import StringIO

from extract.audit.landed import Landed, RawTable
from extract.audit.workspace import Database, beside, sql_about
from extract.narration import Narrator
from extract.raw_tables import FHIR

DECLARED = """
    create temp table landed_record (system varchar, table_name varchar, id varchar);
    create temp table mark (
        system varchar, table_name varchar, id varchar, position ubigint, path varchar,
        is_reference boolean, finding varchar, reference varchar
    );
    create temp table custom_field (
        system varchar, table_name varchar, id varchar, url varchar, name varchar, kind varchar,
        value varchar, unit varchar, is_custom boolean, is_mapped boolean
    );
    create temp table known (element varchar, codes varchar[]);
    create temp macro bare_id(reference) as
        regexp_replace(regexp_replace(reference, '/_history/[^/]*$', ''), '^(urn:[a-z]+:|.*/)', '');
"""


def read_csv(name: str) -> list[dict[str, str]]:
    """Return the rows of one of the lists beside this module."""
    return list(DictReader(StringIO(beside(name))))


def gather(
    database: Database, landed: Landed, *, mapped: Sequence[str], narrator: Narrator
) -> None:
    """
    Make the tables that the findings read, each document being read three times and no oftener.

    `mapped` names the custom fields that the project maps, as `patient/locker`; empty where no map
    is at hand.
    """
    database.execute(DECLARED)
    database.executemany(
        "insert into known values (?, string_split(?, ' '))",
        [[row["element"], row["codes"]] for row in read_csv("known_codes.csv")],
    )
    narrator.begin("references", total=landed.records)
    for table in landed.tables:
        mark(database, table, mapped=mapped)
        narrator.advance(table.records)
    narrator.end("references", count=landed.records)
    extract_elements(database)
    for name in ("connections.sql", "duplicates.sql", "people.sql"):
        database.execute(beside(name))


def mark(database: Database, table: RawTable, *, mapped: Sequence[str]) -> None:
    """Note a table's records, references, odd texts and extensions."""
    name = {"table_name": table.name}
    database.execute(
        f"insert into landed_record select system, $table_name, id from {table.relation}",  # noqa: S608
        name,
    )
    database.execute(sql_about(table.relation, "marks.sql"), name)
    database.execute(
        sql_about(table.relation, "custom_fields.sql"),
        {**name, "mapped": list(mapped)},
    )


def extract_elements(database: Database) -> None:
    """
    Make a narrow table of each type that findings read, by one extraction for each document.

    A type that was not landed has an empty table, so that each finding can always be looked for.
    """
    wanted: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in read_csv("elements.csv"):
        wanted[row["table"]].append((row["column"], row["path"]))
    for table, elements in wanted.items():
        paths = ", ".join(f"'{path}'" for _, path in elements)
        columns = "".join(
            f", found[{place}] as {column}" for place, (column, _) in enumerate(elements, start=1)
        )
        database.execute(
            f'create temp table "{table}" as select system, id{columns} from'  # noqa: S608
            f" (select system, id, json_extract_string(doc, [{paths}]::varchar[]) as found"
            f' from raw.{FHIR.schema}."{table}" where json_valid(doc))'
        )
