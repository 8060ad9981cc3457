"""Which of the clinic's objects map 1:1: declared by the marts, and checked by their row counts."""

from __future__ import annotations

from dataclasses import dataclass

from loaders.contract import Mapping
from loaders.estimate_facts import CUSTOM_VALUES, Facts


@dataclass(frozen=True, slots=True)
class Fit:
    """How many of the clinic's objects, and of its records, become one row of one mart each."""

    objects: int
    fitting: int
    fitting_records: int


def fit_of(mapping: Mapping, facts: Facts) -> Fit:
    """
    Count what maps 1:1: an object is a line of the closing table that is made of records.

    A line fits when each of its entities does.
    """
    entities = [each for each in facts.entities if each.entity != CUSTOM_VALUES]
    fitting = fitting_entities(mapping, facts)
    lines = {each.line for each in entities}
    misfits = {each.line for each in entities if each.entity not in fitting}
    return Fit(
        objects=len(lines),
        fitting=len(lines - misfits),
        fitting_records=sum(each.source for each in entities if each.entity in fitting),
    )


def fitting_entities(mapping: Mapping, facts: Facts) -> frozenset[str]:
    """
    Name the entities that one mart takes alone, and that no other mart takes anything of.

    What the YAML says is not believed: the mart has to have a row for each record that arrived.
    """
    rows = {mart.sobject: mart.rows for mart in facts.marts}
    takers = {
        each.entity: [mart for mart in mapping.marts if each.entity in mart.entities]
        for each in facts.entities
    }
    return frozenset(
        each.entity
        for each in facts.entities
        for mart in takers[each.entity][:1]
        if len(takers[each.entity]) == 1
        and mart.entities == (each.entity,)
        and rows[mart.sobject] == each.mart_rows
    )
