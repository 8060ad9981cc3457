"""What is decided about an export, line by line: kept beside its models, and replayed for ever."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from extract.errors import MapUnreadable
from extract.propose.candidates import NO_TARGET, Candidate
from extract.propose.clinic_targets import Entity, Field
from extract.propose.column_profile import ExportProfile
from extract.propose.matcher import TableMatch

COLUMNS = ("table", "column", "entity", "field", "format", "candidates")
# What SQL takes as a name in a document; a column with anything else is left to a person.
UNWRITABLE = frozenset("\"'\\{}%#")


@dataclass(frozen=True, slots=True)
class Decision:
    """
    What becomes of a column, or, without a column, of a table.

    `candidates` is what the answer was chosen among, for who reviews it.
    """

    table: str
    column: str
    entity: str
    field: str
    format: str
    candidates: str

    @property
    def label(self) -> str:
        """Name the target as people do; nothing where there is none."""
        return f"{self.entity}.{self.field}" if self.field else self.entity


Decisions = Mapping[tuple[str, str], Decision]


def read_decisions(path: Path) -> dict[tuple[str, str], Decision]:
    """
    Read what was decided before; nothing where there is no file.

    Raises:
        MapUnreadable: the file is something else, or decides twice about a column.

    """
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as opened:
        reader = csv.DictReader(opened)
        rows = list(reader)
    found = {
        (row["table"], row["column"]): Decision(**row) for row in rows if set(row) == {*COLUMNS}
    }
    if len(found) != len(rows) or None in {value for row in rows for value in row.values()}:
        raise MapUnreadable(
            f"{path} is no list of decisions, or has two about one column",
            hint="repair it; `git diff` shows what changed",
        )
    return found


def decisions_text(decisions: Decisions) -> str:
    """Write decisions, a line each, tables and columns in the order in which they came."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([getattr(each, name) for name in COLUMNS] for each in decisions.values())
    return text.getvalue()


def decided_entities(decisions: Decisions) -> dict[str, str]:
    """Give the entity of each table about which somebody has decided."""
    return {each.table: each.entity for each in decisions.values() if not each.column}


def decide(
    matches: Mapping[str, TableMatch],
    export: ExportProfile,
    targets: Mapping[str, Entity],
    *,
    remembered: Decisions,
    formats: Mapping[tuple[str, str], str],
) -> dict[tuple[str, str], Decision]:
    """
    Add to what was decided the best answers for what is new; nothing that stands is changed.

    An entity is filled by one table, and a field by one column: ids of two tables could be equal,
    and the records of one would hang on the patients of the other.
    """
    entities = _entities(matches, remembered)
    made: dict[tuple[str, str], Decision] = {}
    for table, match in matches.items():
        taken = {each.field for each in remembered.values() if each.table == table and each.column}
        lines = {"": remembered.get((table, ""), _of_table(match, entities[table]))}
        for column, candidates in match.columns.items():
            best = _best(candidates, entities[table], taken=taken, column=column)
            lines[column] = remembered.get(
                (table, column),
                Decision(
                    table,
                    column,
                    *best,
                    formats.get((table, column), "") if best[1] else "",
                    told(candidates),
                ),
            )
        gone = {each.column: each for each in remembered.values() if each.table == table}
        made |= {(table, column): line for column, line in (lines | gone).items()}
    made |= {place: each for place, each in remembered.items() if place not in made}
    return _without_wrong_keys(made, export, targets, remembered)


def _entities(matches: Mapping[str, TableMatch], remembered: Decisions) -> dict[str, str]:
    entities = decided_entities(remembered)
    taken = set(entities.values()) - {NO_TARGET}
    best_first = sorted(matches.values(), key=lambda each: (-each.candidates[0].score, each.table))
    for match in best_first:
        if match.table not in entities:
            entities[match.table] = NO_TARGET if match.entity in taken else match.entity
            taken |= {match.entity}
    return entities


def _of_table(match: TableMatch, entity: str) -> Decision:
    return Decision(match.table, "", entity, "", "", told(match.candidates))


def _best(
    candidates: Iterable[Candidate], entity: str, *, taken: set[str], column: str
) -> tuple[str, str]:
    first = next(iter(candidates)).target
    home, _, field = first.partition(".")
    if home != entity or not entity or field in taken or UNWRITABLE & set(column):
        return "", ""
    return home, field


def told(candidates: Iterable[Candidate]) -> str:
    """Write candidates for a reader: each with its score and its reason."""
    return " | ".join(
        f"{each.target or 'no target'} {each.score:.2f}" + (f" ({each.reason})" * bool(each.reason))
        for each in candidates
    )


def _without_wrong_keys(
    made: Mapping[tuple[str, str], Decision],
    export: ExportProfile,
    targets: Mapping[str, Entity],
    remembered: Decisions,
) -> dict[tuple[str, str], Decision]:
    """
    Take back keys whose values are not the ids that the records of the other table get.

    A chart number that happens to be somebody's id would hang records on the wrong patient.
    """
    # An entity whose table has no column of ids is known by nothing that another table holds.
    ids = {each.entity: (each.table, "") for each in made.values() if not each.column}
    ids |= {
        each.entity: (each.table, each.column)
        for each in made.values()
        if each.field == "source_id"
    }
    points = {
        ((each.table, each.column), (each.target_table, each.target_column))
        for each in export.overlaps
    }
    return {
        place: decision
        if place in remembered or _is_right(decision, targets, ids=ids, points=points)
        else Decision(
            *place,
            "",
            "",
            "",
            f"no target 1.00 (it does not hold ids of {decision.label}); {decision.candidates}",
        )
        for place, decision in made.items()
    }


def _is_right(
    decision: Decision,
    targets: Mapping[str, Entity],
    *,
    ids: Mapping[str, tuple[str, str]],
    points: set[tuple[tuple[str, str], tuple[str, str]]],
) -> bool:
    field = field_of(decision, targets)
    if field is None or field.refers_to is None:
        return True
    place = (decision.table, decision.column)
    is_empty = not any(start == place for start, _ in points)
    return (place, ids.get(field.refers_to, ("", ""))) in points or (
        is_empty and field.refers_to not in ids
    )


def field_of(decision: Decision, targets: Mapping[str, Entity]) -> Field | None:
    """Find the field that a decision names."""
    if not decision.field or decision.entity not in targets:
        return None
    found = (each for each in targets[decision.entity].fields if each.name == decision.field)
    return next(found, None)
