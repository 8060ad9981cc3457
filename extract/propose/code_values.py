"""Proposes for the words of a coded column the clinic's own codes, and for no other column any."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from extract.propose.candidates import NO_TARGET, Candidate, ranked
from extract.propose.column_profile import ColumnProfile
from extract.propose.decisions import Decision, told
from extract.propose.matching import HALF
from extract.propose.vocabularies import concepts_of_fields, plain, share_known, words_of_codes

CROSSWALKS = Path("seeds/crosswalks")
ANY = "*"
SAME, ALMOST = 1.0, 0.75
NO_CODE = 0.6


@dataclass(frozen=True, slots=True)
class CodeRow:
    """What a value of a coded field is in the clinic's codes; no code where none fits."""

    field: str
    source_value: str
    code: str
    candidates: str


def code_rows(
    decisions: Iterable[Decision],
    columns: Mapping[tuple[str, str], ColumnProfile],
    *,
    project: Path,
) -> Iterator[CodeRow]:
    """
    Propose a row for each word of each column that fills a coded field.

    Only words that so few and so often are said (`column_profile.py`) are ever shown, and only of
    columns that hold codes: no name and no free text reaches a seed.
    """
    concepts = concepts_of_fields(project)
    for decision in decisions:
        column = columns.get((decision.table, decision.column))
        concept = concepts.get(decision.label)
        if column is None or concept is None or not is_vocabulary(column, concept):
            continue
        codes = _codes(project, concept)
        for word in column.words:
            candidates = tuple(_candidates(word, codes))
            yield CodeRow(decision.label, word, candidates[0].target, told(candidates))


def is_vocabulary(column: ColumnProfile, concept: str) -> bool:
    """
    Tell whether a column holds words of a concept: we have to know half of them.

    A column of first names that was taken for a status has few values as well, in a small practice.
    """
    return share_known(column.words, concept) >= HALF


def _codes(project: Path, concept: str) -> dict[str, tuple[str, ...]]:
    """List the codes that the concept's crosswalk knows, each with words for it."""
    path = project / CROSSWALKS / f"{concept}_to_salesforce.csv"
    with path.open(encoding="utf-8", newline="") as opened:
        listed = [row["source_value"] for row in csv.DictReader(opened)]
    words = words_of_codes().get(concept, {})
    return {code: (plain(code), *words.get(code, ())) for code in listed if code != ANY}


def _candidates(word: str, codes: Mapping[str, tuple[str, ...]]) -> Iterator[Candidate]:
    said = plain(word)
    found = [
        Candidate(code, score, "the same word" if score == SAME else "almost the same word")
        for code, words in codes.items()
        for score in [max(_likeness(said, each) for each in words)]
        if score >= ALMOST
    ]
    yield from ranked([*found, Candidate(NO_TARGET, NO_CODE, "no code is like it")])


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other).ratio() if one != other else SAME
