"""The real names of OpenEMR's schema, and the map that our own models make of them."""

from __future__ import annotations

import gzip
import json
import os
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlglot import exp

from extract.propose.clinic_targets import read_targets
from extract.propose.matcher import TableMatch
from extract.sources.openemr_tables import OPENEMR_TABLES
from tests.docs.lineage import Lineage
from tests.run import ROOT

SCHEMA = (
    Path(os.environ.get("CLINIC_TEST_DATA", ROOT.parent / "shared" / "data"))
    / "openemr"
    / "database.sql.gz"
)
TABLE = re.compile(r"^CREATE TABLE `(\w+)` ?\((.*?)^\)", re.M | re.S)
COLUMN = re.compile(r"^\s*`(\w+)`", re.M)
COMMENT = re.compile(r"/\*.*?\*/|^\s*--.*?$", re.M | re.S)

# A name or an address may lie in two columns.
MOST_COLUMNS = 2
COMPUTED = (exp.Case, exp.Predicate, exp.AggFunc)
# OpenEMR's models have no such entity (macros/clinic_sources.sql).
LACKING = "communications"

# `entity.field` -> the columns that our models make it of, as `table.column`.
OurMap = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Found:
    """Of the fields and of the columns that we map, how many are among five answers."""

    fields: int
    fields_in_top_5: int
    columns: int
    columns_in_top_5: int
    missed: tuple[str, ...]


def schema_names() -> dict[str, tuple[str, ...]]:
    """Read the tables that our models read, with all their columns."""
    text = COMMENT.sub("", gzip.decompress(SCHEMA.read_bytes()).decode("utf-8"))
    return {
        table: tuple(COLUMN.findall(body))
        for table, body in TABLE.findall(text)
        if table in OPENEMR_TABLES
    }


def our_map(
    manifest: Path, names: Mapping[str, tuple[str, ...]], *, with_computed: bool = False
) -> OurMap:
    """
    Trace each field of the clinic contract through our models to the columns of the schema.

    A field counts where it takes what a column says: made of two columns of a table at most, and
    of no case, comparison or sum. `with_computed` adds the others, which no one column fills.
    """
    lineage = Lineage(json.loads(manifest.read_bytes()))
    known = {f"{table}.{column}" for table, columns in names.items() for column in columns}
    traced = {}
    for entity in read_targets(ROOT).values():
        if entity.name == LACKING:
            continue
        model = f"int_openemr__{entity.name}"
        for field in entity.fields:
            places = lineage.sources(model, field.name) & known
            made = None if field.refers_to else lineage.expression(model, field.name)
            if places and (with_computed or not _is_computed(places, made)):
                traced[field.label] = places
    return traced


def _is_computed(places: frozenset[str], made: exp.Expression | None) -> bool:
    tables = Counter(place.split(".")[0] for place in places)
    return max(tables.values()) > MOST_COLUMNS or (made is not None and bool(made.find(*COMPUTED)))


def found(matches: Mapping[str, TableMatch], ours: OurMap) -> Found:
    """Look for what we map among the five answers for each column."""
    answers = {
        f"{table}.{column}": {each.target for each in candidates}
        for table, found in matches.items()
        for column, candidates in found.columns.items()
    }
    hits = {
        label: [place for place in sorted(places) if label in answers[place]]
        for label, places in ours.items()
    }
    columns = {place for places in ours.values() for place in places}
    return Found(
        fields=len(hits),
        fields_in_top_5=sum(map(bool, hits.values())),
        columns=len(columns),
        columns_in_top_5=len({place for places in hits.values() for place in places}),
        missed=tuple(
            f"{label}: {', '.join(sorted(ours[label]))}" for label, hit in hits.items() if not hit
        ),
    )
