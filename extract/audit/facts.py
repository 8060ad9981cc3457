"""What there is to know beside fields and findings: places, papers, ties, custom fields, skew."""

from __future__ import annotations

import re
from dataclasses import dataclass

from extract.audit.evidence import read_csv
from extract.audit.workspace import Database, Row, beside, rows, whole

QUESTIONS = ("facts_of_records.sql", "facts_of_fields.sql")
# What an attachment says of its size, else the size of the bytes that came.
DOCUMENT_SIZES = """
    create temp table document_size as
    select
        described.attachment,
        coalesce(
            try_cast(json_extract_string(described.attachment, '$.size') as bigint),
            octet_length(from_base64(coalesce(
                json_extract_string(described.attachment, '$.data'), "binary".data
            )))
        ) as bytes
    from document_reference as described
    left join "binary"
        on described.system = "binary".system
        and json_extract_string(described.attachment, '$.url') = 'Binary/' || "binary".id
"""


@dataclass(frozen=True, slots=True)
class ManyToMany:
    """Two kinds of things, each of which may have several of the other."""

    name: str
    title: str
    of: str
    to: str
    # How many of the one have 1, 2, 3 ... of the other.
    degrees: dict[int, int]

    @property
    def several(self) -> int:
        """Count those that have more than one."""
        return sum(members for degree, members in self.degrees.items() if degree > 1)


def questions() -> dict[str, str]:
    """Return the queries of both files, each by its name."""
    text = "\n".join(map(beside, QUESTIONS))
    parts = re.split(r"^-- name: (\w+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def facts(database: Database) -> dict[str, list[Row]]:
    """Answer each of the questions, in the order of the files."""
    database.execute(DOCUMENT_SIZES)
    return {name: rows(database, query) for name, query in questions().items()}


def many_to_many(database: Database) -> list[ManyToMany]:
    """Count the degree of each tie that the committed list names."""
    ties = []
    for tie in read_csv("many_to_many.csv"):
        counted = rows(
            database,
            beside("connections_degree.sql"),
            {"table_name": tie["table"], "of_type": tie["of_type"], "to_type": tie["to_type"]},
        )
        degrees = {whole(row, "degree"): whole(row, "members") for row in counted}
        ties.append(ManyToMany(tie["name"], tie["title"], tie["of"], tie["to"], degrees))
    return [tie for tie in ties if tie.degrees]
