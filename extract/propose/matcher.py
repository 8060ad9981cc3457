"""Finds for each table of an export its clinic entity, and for each column its field, or none."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from extract.propose.candidates import NO_TARGET, Candidate, assigned, ranked, with_hint
from extract.propose.clinic_targets import Entity, Field
from extract.propose.column_profile import ColumnProfile, ExportProfile
from extract.propose.concepts import Concepts, readings, without_prefix
from extract.propose.matching import FOREIGN, Evidence, by_name, by_values, likeness

# What no target is worth: a poorer answer costs a person more work than none.
# Chosen on the exports that are there for tuning; `make bench-propose` prints what others give.
NO_ENTITY = 0.42
NO_FIELD = 0.55
LONGEST_TABLE_PREFIX = 4
# How much a table's own name weighs beside what its columns say.
NAME_SHARE = 0.6
# A column that rather belongs to another entity is shown as such, and left to a person.
OTHER_ENTITY = 0.54
# Among fields of other entities, one that many entities have says less.
COMMON = 0.001
FOREIGN_TABLE = 0.4
POINTS = 0.5
POINTED_AT = 0.2
FIRST = 0.25


@dataclass(frozen=True, slots=True)
class TableMatch:
    """What is proposed for a table and for its columns, the best answer first."""

    table: str
    candidates: tuple[Candidate, ...]
    columns: Mapping[str, tuple[Candidate, ...]]

    @property
    def entity(self) -> str:
        """Name the entity that is proposed, or nothing."""
        return self.candidates[0].target


# (table, column), or (table, "") -> the target that a model names; "" for no target.
Hints = Mapping[tuple[str, str], str]
NO_HINTS: Hints = MappingProxyType({})
# By column, then by field.
_Fits = list[list[Evidence]]


@dataclass(frozen=True, slots=True)
class _Table:
    name: str
    said: tuple[Concepts, ...]
    columns: tuple[ColumnProfile, ...]
    names: Mapping[str, tuple[Concepts, ...]]

    def fits(self, entity: Entity) -> _Fits:
        """Say how each of its columns fits each field of an entity, keys aside."""
        own = self.own | entity.concepts
        return [
            [_plain(field, self.names[column.name], column, own) for field in entity.fields]
            for column in self.columns
        ]

    @property
    def own(self) -> Concepts:
        """Give the concepts of its name: in the names of its columns they tell little."""
        return frozenset[str]().union(*self.said)


def match(
    export: ExportProfile,
    targets: Mapping[str, Entity],
    *,
    decided: Mapping[str, str] | None = None,
    no_field: float = NO_FIELD,
    hints: Hints = NO_HINTS,
) -> dict[str, TableMatch]:
    """
    Propose a map: tables first, then the columns of each within what its table is.

    `decided` gives the entity of tables about which somebody has decided, `hints` what a model
    said. Else the answer depends on names, counts and shapes alone, and is the same every time.
    """
    tables = _read(export)
    fits = {
        table.name: {entity.name: table.fits(entity) for entity in targets.values()}
        for table in tables
    }
    scores = {
        table.name: {
            entity.name: _entity(table, entity, fits[table.name][entity.name])
            for entity in targets.values()
        }
        for table in tables
    }
    candidates = {
        name: (Candidate((decided or {})[name], 1.0, "decided before"),)
        if name in (decided or {})
        else ranked(
            with_hint(each, hints.get((name, "")))
            for each in (
                *found.values(),
                Candidate(NO_TARGET, NO_ENTITY, "no entity is like it"),
            )
        )
        for name, found in scores.items()
    }
    keys = _Keys(export, {name: found[0].target for name, found in candidates.items()})
    made = {}
    for table in tables:
        home = keys.entity_of[table.name]
        shares = {
            name: _share(found, is_carried=home in targets and name in targets[home].carries)
            for name, found in scores[table.name].items()
        }
        shares[home] = 1.0
        columns = _columns(
            table, fits[table.name], targets, keys, shares=shares, no_field=no_field, hints=hints
        )
        made[table.name] = TableMatch(table.name, candidates[table.name], columns)
    return made


def _columns(  # noqa: PLR0913 - what a table's columns are judged by
    table: _Table,
    fits: Mapping[str, _Fits],
    targets: Mapping[str, Entity],
    keys: _Keys,
    *,
    shares: Mapping[str, float],
    no_field: float,
    hints: Hints,
) -> dict[str, tuple[Candidate, ...]]:
    """Rank the fields of each column, no target among them, and assign them."""
    nothing = Candidate(NO_TARGET, no_field, "no field is like it")
    found = {
        column.name: [
            with_hint(each, hints.get((table.name, column.name)))
            for each in (
                *(
                    _field(table, column, field, plain=plain, keys=keys, share=shares[entity.name])
                    for entity in targets.values()
                    for field, plain in zip(entity.fields, fits[entity.name][place], strict=True)
                ),
                nothing,
            )
        ]
        for place, column in enumerate(table.columns)
    }
    return assigned(found)


def _share(other: Candidate, *, is_carried: bool) -> float:
    """Say what a field of another entity is worth: the more, the more the table is like it."""
    return OTHER_ENTITY * (1.0 if is_carried else (3 + other.score) / 4)


def _read(export: ExportProfile) -> list[_Table]:
    """Read every name, without what a vendor or a table puts before all of its names."""
    every = {name: columns for name, columns in export.tables.items() if columns}
    table_names = without_prefix(every)
    tables = []
    for name, columns in every.items():
        short = without_prefix([each.name for each in columns], longest=LONGEST_TABLE_PREFIX)
        tables.append(
            _Table(
                name=name,
                said=readings(table_names[name]),
                columns=columns,
                names={column: readings(tokens) for column, tokens in short.items()},
            )
        )
    return tables


def _entity(table: _Table, entity: Entity, fits: _Fits) -> Candidate:
    called = max(likeness(reading, phrase) for reading in table.said for phrase in entity.phrases)
    if any(reading & set(FOREIGN) for reading in table.said):
        called *= FOREIGN_TABLE
    held = _held(entity, fits)
    score = NAME_SHARE * called + (1 - NAME_SHARE) * held
    return Candidate(entity.name, score, f"name {called:.0%}, columns {held:.0%}")


def _held(entity: Entity, fits: _Fits) -> float:
    """
    Say how much of a table an entity has a place for, or how much of the entity the table fills.

    The latter tells in a table of a hundred columns. Fields that all entities have say less.
    """
    shares = [
        [
            max(0.0, min(1.0, plain.weight)) / math.pow(field.homes, 0.25)
            for field, plain in zip(entity.fields, of_column, strict=True)
        ]
        for of_column in fits
    ]
    of_columns = [max(each) for each in shares]
    of_fields = [max(each) for each in zip(*shares, strict=True)]
    return max(sum(each) / len(each) for each in (of_columns, of_fields))


def _plain(
    field: Field, said: tuple[Concepts, ...], column: ColumnProfile, own: Concepts
) -> Evidence:
    name = by_name(field, said, own=own)
    values = list(by_values(field, column))
    reasons = [each.reason for each in (name, *values) if each.reason]
    return Evidence(name.weight + sum(each.weight for each in values), "; ".join(reasons))


@dataclass(frozen=True, slots=True)
class _Keys:
    """Which columns point at which tables, once it is known what the tables are."""

    export: ExportProfile
    entity_of: Mapping[str, str]

    def evidence(self, field: Field, table: str, column: ColumnProfile) -> Iterable[Evidence]:
        """Say what the keys that tables share tell of a field."""
        overlaps = self.export.overlaps
        at = [each for each in overlaps if (each.table, each.column) == (table, column.name)]
        if field.name == "source_id":
            is_target = any(
                (each.target_table, each.target_column) == (table, column.name) for each in overlaps
            )
            yield Evidence(POINTED_AT, "other tables point at it") if is_target else Evidence(0.0)
        elif field.refers_to:
            to = [each for each in at if self.entity_of.get(each.target_table) == field.refers_to]
            if to:
                yield Evidence(POINTS, f"points at {to[0].target_table}.{to[0].target_column}")
            elif column.filled:
                yield Evidence(-POINTS if at else -0.1)
        elif at and column.distinct_values > 1:
            yield Evidence(-0.3)


def _field(  # noqa: PLR0913 - what a column is judged by
    table: _Table,
    column: ColumnProfile,
    field: Field,
    *,
    plain: Evidence,
    keys: _Keys,
    share: float,
) -> Candidate:
    others = list(keys.evidence(field, table.name, column))
    score = plain.weight + sum(each.weight for each in others)
    if field.name == "source_id" and column is table.columns[0]:
        score += FIRST
    reasons = [plain.reason, *(each.reason for each in others)]
    return Candidate(
        field.label,
        score if share == 1.0 else share * min(score, 1.0) - COMMON * field.homes,
        "; ".join(each for each in reasons if each),
    )
