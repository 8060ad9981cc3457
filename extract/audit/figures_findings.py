"""The figures about findings: what needs a decision, whom it concerns, what can be used."""

from __future__ import annotations

from extract.audit.audit import Audit
from extract.audit.findings import TOPICS
from extract.audit.workspace import whole
from extract.page.charts import SERIES, SEVERITY_COLOURS, Bar, bars
from extract.page.figure import Figure
from extract.page.wording import capital, counted, number, percent, share, verb

SEVERITIES = {
    "repair": "needs a decision or a repair",
    "excluded": "stays behind, with a reason",
    "settled": "settled by a rule",
    "note": "worth knowing",
}
TOPIC_NAMES = {
    "people": "people",
    "families": "families and guarantors",
    "insurance": "insurance",
    "visits": "appointments",
    "money": "claims and payments",
    "papers": "notes and documents",
    "clinical": "clinical records, messages",
    "anywhere": "any kind of record",
}
MOST = 14


def open_questions(audit: Audit) -> Figure:
    """Show the largest findings that somebody has to decide on."""
    found = [one for one in audit.findings if one.severity == "repair" and one.records]
    found.sort(key=lambda one: (-one.records, one.name))
    title = "Nothing needs a decision: no record has a defect that the audit knows"
    if found:
        first = found[0].title[:1].lower() + found[0].title[1:]
        title = (
            f"{counted(len(found), 'kind')} of defect {verb(len(found), 'needs', 'need')} a"
            f" decision; the largest: {number(found[0].records)} {first}"
        )
    return Figure(
        "open-questions",
        title,
        f"records; the {min(MOST, len(found))} largest, all of them in the list below",
        bars(
            [Bar(one.title, (one.records,), number(one.records)) for one in found[:MOST]],
            colours=[SEVERITY_COLOURS["repair"]],
        ),
        ("finding", "records", "people"),
        tuple((one.title, number(one.records), number(one.people)) for one in found[:MOST]),
        "People are the persons behind the charts concerned; charts that are linked, or look like"
        " one person, count once. Records that name nobody who exists count in no person.",
    )


def findings_by_topic(audit: Audit) -> Figure:
    """Show how many kinds of finding each part of the practice has, by what they ask for."""
    table = {
        topic: {
            severity: sum(
                1
                for one in audit.findings
                if one.topic == topic and one.severity == severity and one.records
            )
            for severity in SEVERITIES
        }
        for topic in TOPICS
    }
    found = sum(sum(row.values()) for row in table.values())
    open_ones = sum(row["repair"] for row in table.values())
    return Figure(
        "findings-by-topic",
        f"Of {counted(found, 'kind')} of finding, {number(open_ones)}"
        f" {verb(open_ones, 'asks', 'ask')} for a person; rules settle or explain the rest",
        "kinds of finding that occur",
        bars(
            [
                Bar(TOPIC_NAMES[topic], tuple(row.values()), number(sum(row.values())))
                for topic, row in table.items()
            ],
            colours=list(SEVERITY_COLOURS.values()),
            legend=("decide", "left behind", "settled", "to know"),
        ),
        ("part", "decide", "left behind", "settled", "to know", "all"),
        tuple(
            (TOPIC_NAMES[topic], *map(number, (*row.values(), sum(row.values()))))
            for topic, row in table.items()
        ),
    )


def contact_details(audit: Audit) -> Figure:
    """Show which details of the patients can be used."""
    rows = {
        str(row["detail"]): tuple(whole(row, name) for name in ("usable", "unusable", "missing"))
        for row in audit.facts["contact_details"]
    }
    usable, unusable, _ = rows.get("e-mail address", (0, 0, 0))
    title = "Every e-mail address that was landed can be delivered to"
    if unusable:
        there = usable + unusable
        title = f"{share(unusable, there)} e-mail addresses cannot be delivered to"
    if not usable + unusable:
        title = "No patient has an e-mail address"
    return Figure(
        "contact-details",
        capital(title),
        "patients",
        bars(
            [Bar(name, row, percent(row[0], sum(row))) for name, row in rows.items()],
            colours=(SERIES[0], SEVERITY_COLOURS["repair"], "#e6e2d8"),
            legend=("usable", "unusable or in part", "missing"),
        ),
        ("detail", "usable", "unusable or in part", "missing"),
        tuple((name, *map(number, row)) for name, row in rows.items()),
        "A name in part lacks the family name; a birth date in part lacks the day or the month.",
    )


def duplicates(audit: Audit) -> Figure:
    """Show the pairs of charts that look like one person, by score."""
    rows = audit.facts["duplicate_scores"]
    pairs = sum(whole(row, "pairs") for row in rows)
    certain = sum(whole(row, "pairs") for row in rows if whole(row, "score") == 100)  # noqa: PLR2004
    title = "No two charts look like one person"
    if pairs:
        title = f"{counted(pairs, 'pair')} of charts {verb(pairs, 'looks', 'look')} like one person"
        title += f"; {number(certain)} of them {verb(certain, 'agrees', 'agree')} in everything"
    return Figure(
        "duplicates",
        title,
        "pairs of charts by score, 50 to 100",
        bars(
            [
                Bar(
                    f"score {row['score']}",
                    (whole(row, "pairs"),),
                    number(whole(row, "pairs")),
                )
                for row in rows
            ],
            colours=[SERIES[0]],
        ),
        ("score", "pairs", "given name", "e-mail", "phone", "postal code"),
        tuple(
            tuple(
                str(row[name])
                for name in (
                    "score",
                    "pairs",
                    "same_given_name",
                    "same_email",
                    "same_phone",
                    "same_postal_code",
                )
            )
            for row in rows
        ),
        "Birth date and family name agree in every pair (50 points); the columns count the pairs"
        " that agree in more: given name 25, e-mail 10, phone 10, postal code 5.",
        words=frozenset(),
    )
