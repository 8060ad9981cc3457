"""What is wrong, or worth knowing, about the landed records: counted in records and in people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from extract.audit.evidence import read_csv
from extract.audit.workspace import Database, Row, beside, rows, whole
from extract.incoming import quoted

TOPICS = ("people", "families", "insurance", "visits", "money", "papers", "clinical", "anywhere")

# A finding's people are the persons behind the charts that its records are about. A record that
# names nobody who exists may be about anybody: those are counted beside, not guessed at.
COUNTS = """
    select
        finding.finding,
        count(*) as records,
        count(distinct (person.system, person.person_id)) filter (person.id is not null) as people,
        count(*) filter (person.id is null) as records_about_nobody,
        map_from_entries(list_sort(list(distinct (finding.table_name, by_table.records))))
            as records_by_table
    from finding
    inner join (
        select finding, table_name, count(*) as records from finding group by finding, table_name
    ) as by_table
        on finding.finding = by_table.finding and finding.table_name = by_table.table_name
    left join subject
        on finding.system = subject.system
        and finding.table_name = subject.table_name
        and finding.id = subject.id
    left join person
        on subject.system = person.system and subject.patient_id = person.id
    group by finding.finding
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One class of what was found."""

    name: str
    topic: str
    severity: str
    title: str
    records: int
    people: int
    records_about_nobody: int
    records_by_table: dict[str, int]
    # All records of the types that it can be found in.
    out_of: int


def look_for(database: Database, *, as_of: date) -> None:
    """Fill the table `finding`: one row for each finding of each record."""
    database.execute(
        "create temp table finding"
        " (system varchar, table_name varchar, id varchar, finding varchar)"
    )
    for topic in TOPICS:
        query = beside(f"findings_{topic}.sql")
        values = {"as_of": as_of} if "$as_of" in query else None
        database.execute(
            f"insert into finding by name select distinct * from ({query})",  # noqa: S608
            values,
        )


def counted(database: Database) -> list[Finding]:
    """Return every finding that the audit knows, those with no record too: they were looked for."""
    found = {str(row["finding"]): row for row in rows(database, COUNTS)}
    sizes = {
        str(row["table_name"]): whole(row, "records")
        for row in rows(
            database,
            "select table_name, count(*) as records from landed_record group by table_name",
        )
    }
    listed = {row["finding"]: row for row in read_csv("findings.csv")}
    variants = sorted(set(found) - set(listed))
    return [
        described(name, known, found.get(name), sizes)
        for finding, known in listed.items()
        for name in names_of(finding, variants)
    ]


def names_of(finding: str, variants: list[str]) -> list[str]:
    """Return a finding's name, or those of its variants: a series is told by its time zone."""
    return [name for name in variants if name.startswith(f"{finding}_")] or [finding]


def described(name: str, known: dict[str, str], row: Row | None, sizes: dict[str, int]) -> Finding:
    """Join what is known about a finding with what was counted."""
    by_table = dict(row["records_by_table"]) if row else {}  # type: ignore[call-overload]
    variant = name.removeprefix(known["finding"]).strip("_").replace("_", " ").title()
    return Finding(
        name=name,
        topic=known["topic"],
        severity=known["severity"],
        title=f"{known['title']}, {variant}" if variant else known["title"],
        records=whole(row, "records") if row else 0,
        people=whole(row, "people") if row else 0,
        records_about_nobody=whole(row, "records_about_nobody") if row else 0,
        records_by_table=by_table,
        out_of=sum(sizes.get(table, 0) for table in by_table),
    )


def write_records(database: Database, path: Path) -> None:
    """Write which record has which finding: the one list with ids, for those who repair them."""
    listed = "select finding, system, table_name as record_type, id from finding order by all"
    database.execute(f"copy ({listed}) to {quoted(path)} (format csv, header)")
