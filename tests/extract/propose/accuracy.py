"""How often a proposal is what a person decided: the first answer, five answers, and no target."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import duckdb

from extract.propose.clinic_targets import read_targets
from extract.propose.column_profile import ColumnProfile, ExportProfile, profile_export
from extract.propose.matcher import NO_FIELD, TableMatch, match
from tests.extract.propose.invented import SYSTEM, HandMade, invent, land
from tests.run import ROOT


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Shares of what was asked; of columns with a target, of those without, and of tables."""

    tables: float
    top_1: float
    top_5: float
    no_target: float


def profiled(export: str) -> ExportProfile:
    """Land an invented export and look at it."""
    with duckdb.connect() as database:
        database.execute("attach ':memory:' as raw")
        tables = land(database, invent(export))
        return profile_export(database, system=SYSTEM, tables=tables)


def names_only(tables: Mapping[str, tuple[str, ...]]) -> ExportProfile:
    """Make a profile of which nothing is known but names."""
    return ExportProfile({table: tuple(map(_unseen, names)) for table, names in tables.items()})


def without_values(export: ExportProfile) -> ExportProfile:
    """Forget what the columns hold."""
    return names_only(
        {
            table: tuple(column.name for column in columns)
            for table, columns in export.tables.items()
        }
    )


def _unseen(name: str) -> ColumnProfile:
    return ColumnProfile(
        name=name,
        rows=0,
        filled=0,
        distinct_values=0,
        shortest=0,
        longest=0,
        is_unique=False,
        looks_like={},
        words=(),
    )


def proposed(export: ExportProfile, *, no_field: float = NO_FIELD) -> dict[str, TableMatch]:
    """Propose a map to the clinic contract as it is here."""
    return match(export, read_targets(ROOT), no_field=no_field)


def wrong(matches: Mapping[str, TableMatch], hand: HandMade) -> Iterator[str]:
    """List the columns whose first answer a person would have to change."""
    for table, columns in hand.items():
        entity = next(iter(columns.values()))[0]
        if matches[table].entity != entity:
            yield f"{table}: {entity or '-'}, not {matches[table].candidates[:3]}"
        for column, target in columns.items():
            candidates = matches[table].columns[column]
            if candidates[0].target != label(target):
                yield f"{table}.{column}: {label(target) or '-'}, not " + ", ".join(
                    f"{each.target or '-'} {each.score}" for each in candidates[:4]
                )


def label(target: tuple[str, str]) -> str:
    """Write a target as a proposal does; nothing where there is none."""
    return ".".join(target) if all(target) else ""


def accuracy(matches: Mapping[str, TableMatch], hand: HandMade) -> Accuracy:
    """Compare a proposal with a map made by hand."""
    tables = [matches[table].entity == next(iter(c.values()))[0] for table, c in hand.items()]
    asked = [
        (label(target), [each.target for each in matches[table].columns[column]])
        for table, columns in hand.items()
        for column, target in columns.items()
    ]
    known = [(target, answers) for target, answers in asked if target]
    none = [answers[0] == "" for target, answers in asked if not target]
    return Accuracy(
        tables=_share(tables),
        top_1=_share([answers[0] == target for target, answers in known]),
        top_5=_share([target in answers for target, answers in known]),
        no_target=_share(none),
    )


def _share(hits: list[bool]) -> float:
    return sum(hits) / len(hits)
