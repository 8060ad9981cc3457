"""The figures about records: where they are, how well they are filled, how they are tied."""

from __future__ import annotations

from collections import Counter

from extract.audit.audit import Audit
from extract.audit.facts import ManyToMany
from extract.audit.workspace import whole
from extract.page.charts import HEAT, SERIES, Bar, Strip, bars, columns, strips
from extract.page.figure import Figure
from extract.page.wording import (
    bytes_in_words,
    capital,
    counted,
    entity,
    number,
    percent,
    share,
    verb,
)

NOT_TOLD = "(not told)"
FEW_LOCATIONS = 6
SPARSE = 0.5
FILL_STEPS = ("under 20 %", "20 to 40 %", "40 to 60 %", "60 to 80 %", "80 % and more")
MOST_DEGREES = 6


def records_by_location(audit: Audit) -> Figure:
    """Show how many records of each kind belong to which location."""
    rows = audit.facts["records_by_location"]
    by_location: Counter[str] = Counter()
    cells: Counter[tuple[str, str]] = Counter()
    for row in rows:
        place, count = str(row["location"]), whole(row, "records")
        by_location[place] += count
        cells[str(row["entity"]), place] += count
    named = [place for place, _ in by_location.most_common() if place != NOT_TOLD]
    shown, others = named[:FEW_LOCATIONS], named[FEW_LOCATIONS:]
    for name in {str(row["entity"]) for row in rows}:
        cells[name, "other locations"] = sum(cells[name, place] for place in others)
    places = [*shown, *(["other locations"] if others else []), NOT_TOLD]
    entities = sorted(
        {str(row["entity"]) for row in rows},
        key=lambda name: (-sum(cells[name, place] for place in places), name),
    )
    first = named[0] if named else ""
    part = share(by_location[first], audit.landed.records)
    title = f"{capital(part)} of {counted(audit.landed.records, 'record')} belong to {first}"
    if not named:
        title = f"None of {counted(audit.landed.records, 'record')} names a location"
    return Figure(
        "records-by-location",
        title,
        "landed records",
        bars(
            [
                Bar(entity(name), tuple(cells[name, place] for place in places), said)
                for name in entities
                for said in [number(sum(cells[name, place] for place in places))]
            ],
            colours=[*SERIES[: len(places) - 1], "#e6e2d8"],
            legend=places,
        ),
        ("kind of record", *places, "all"),
        tuple(
            (
                entity(name),
                *(number(cells[name, place]) for place in places),
                number(sum(cells[name, place] for place in places)),
            )
            for name in entities
        ),
        "A record that names no location counts where its patient belongs.",
    )


def fill_rates(audit: Audit) -> Figure:
    """Show how well each kind of record is filled, one cell a field."""
    fields = [(table, field) for table in audit.profiles for field in table.fields]
    sparse = sum(table.fill(field) < SPARSE for table, field in fields)
    ordered = sorted(audit.profiles, key=lambda table: (-table.records, table.table))
    return Figure(
        "fill-rates",
        f"{number(sparse)} of {counted(len(fields), 'field')} {verb(sparse, 'is', 'are')} empty"
        " in more than half of their records",
        "share of records in which a field says something; one cell is one field, fullest first",
        strips(
            [
                Strip(
                    entity(table.table),
                    tuple(sorted((table.fill(field) for field in table.fields), reverse=True)),
                    counted(len(table.fields), "field"),
                )
                for table in ordered
            ],
            legend=FILL_STEPS[: len(HEAT)],
        ),
        ("kind of record", "records", "fields", "always filled", "under half"),
        tuple(
            (
                entity(table.table),
                number(table.records),
                number(len(table.fields)),
                number(sum(field.records == table.records for field in table.fields)),
                number(sum(table.fill(field) < SPARSE for field in table.fields)),
            )
            for table in ordered
        ),
        "Each field with its type, fill rate and shapes is in the last part of this report.",
    )


def tie(found: ManyToMany) -> Figure:
    """Show how many of the other each of the one has."""
    everybody = sum(found.degrees.values())
    low = {degree: n for degree, n in found.degrees.items() if degree < MOST_DEGREES}
    high = sum(n for degree, n in found.degrees.items() if degree >= MOST_DEGREES)
    rows = [(str(degree), n) for degree, n in sorted(low.items())]
    if high:
        rows.append((f"{MOST_DEGREES} and more", high))
    part = {"none": "no", "all": "all"}.get(rate := share(found.several, everybody), rate)
    of_the = "of the " if part.endswith("%") else ""
    title = f"{capital(part)} {of_the}{found.of} {found.title}"
    if found.several:
        title += f", up to {max(found.degrees)}"
    return Figure(
        "tie-" + found.name.replace(" ", "-"),
        title,
        f"{found.of} by the number of {found.to} that each has",
        columns([Bar(label, (n,), number(n)) for label, n in rows], below=f"number of {found.to}"),
        (found.to, found.of, "share"),
        tuple((label, number(n), percent(n, everybody)) for label, n in rows),
        words=frozenset(),
    )


def records_per_patient(audit: Audit) -> Figure:
    """Show whether few patients have most of the records."""
    rows = audit.facts["records_per_patient"]
    patients = sum(whole(row, "patients") for row in rows)
    usual = max(rows, key=lambda row: whole(row, "patients"), default=None)
    title = "No record is about a patient"
    if usual:
        most = max(whole(row, "most") for row in rows)
        title = (
            f"{capital(share(whole(usual, 'patients'), patients))} of the patients have"
            f" {usual['span']} records; nobody has more than {number(most)}"
        )
    return Figure(
        "records-per-patient",
        title,
        "patients by the number of records about them",
        columns(
            [
                Bar(str(row["span"]), (whole(row, "patients"),), number(whole(row, "patients")))
                for row in rows
            ],
            below="records about one patient",
        ),
        ("records about one", "patients", "share", "records in all"),
        tuple(
            (
                str(row["span"]),
                number(whole(row, "patients")),
                percent(whole(row, "patients"), patients),
                number(whole(row, "records")),
            )
            for row in rows
        ),
    )


def skew(audit: Audit) -> Figure:
    """Show the parents that most records hang on: a load waits at them."""
    rows = audit.facts["skew"]
    crowded = sum(whole(row, "targets_over_10000") for row in rows)
    title = "No record is named by more than 10,000 others: no load has to wait for a lock"
    if crowded:
        title = (
            f"{counted(crowded, 'record')} {verb(crowded, 'is', 'are')} named by more than 10,000"
            " others each: loads will wait for their locks"
        )
    return Figure(
        "skew",
        title,
        "records that name the one that is named most, by kind",
        bars(
            [
                Bar(
                    str(row["target_type"]),
                    (whole(row, "most_records"),),
                    number(whole(row, "most_records")),
                )
                for row in rows
            ],
            colours=[SERIES[0]],
        ),
        ("what is named", "how many", "median", "most"),
        tuple(
            (
                str(row["target_type"]),
                *(
                    number(whole(row, name))
                    for name in ("targets", "median_records", "most_records")
                ),
            )
            for row in rows
        ),
        "Half of a kind are named by no more records than the median.",
    )


def documents(audit: Audit) -> Figure:
    """Show what the documents are, and how large."""
    rows = audit.facts["documents"]
    total = sum(whole(row, "documents") for row in rows)
    size = sum(whole(row, "bytes") for row in rows)
    lost = sum(whole(row, "without_bytes") + whole(row, "empty") for row in rows)
    title = f"{counted(total, 'document')} hold {bytes_in_words(size)}"
    title += f"; {number(lost)} of them {verb(lost, 'is', 'are')} without bytes" if lost else ""
    return Figure(
        "documents",
        title if total else "No document was landed",
        "documents by type",
        bars(
            [
                Bar(str(row["content_type"]), (whole(row, "documents"),), said)
                for row in rows
                for said in [number(whole(row, "documents"))]
            ],
            colours=[SERIES[0]],
        ),
        ("type", "documents", "in all", "median", "largest"),
        tuple(
            (
                str(row["content_type"]),
                number(whole(row, "documents")),
                *(
                    bytes_in_words(whole(row, name))
                    for name in ("bytes", "median_bytes", "largest_bytes")
                ),
            )
            for row in rows
        ),
    )


def document_sizes(audit: Audit) -> Figure:
    """Show how large the documents are."""
    rows = [(str(row["size"]), whole(row, "documents")) for row in audit.facts["document_sizes"]]
    total = sum(count for _, count in rows)
    largest = max(rows, key=lambda row: row[1], default=("", 0))
    return Figure(
        "document-sizes",
        f"{capital(share(largest[1], total))} of the documents have {largest[0]}"
        if total
        else "No document was landed",
        "documents by size",
        columns([Bar(label, (n,), number(n)) for label, n in rows]),
        ("size", "documents", "share"),
        tuple((label, number(n), percent(n, total)) for label, n in rows),
    )
