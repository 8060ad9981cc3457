"""The words in which systems write the codes of clinic fields: which fields, which words."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from extract.propose.concepts import UMLAUTS

WORDS = Path(__file__).parent / "value_words.csv"
CODED_COLUMNS = Path("macros/clinic_codes.sql")
CODED = re.compile(r"\['(\w+)', '(\w+)', '\w+', '(\w+)'\]")


def concepts_of_fields(project: Path) -> dict[str, str]:
    """Give the concept of each coded field: `patients.gender_code` has `gender`."""
    found: dict[str, str] = {}
    for concept, entity, column in CODED.findall((project / CODED_COLUMNS).read_text("utf-8")):
        found.setdefault(f"{entity}.{column}", concept)
    return found


@cache
def words_of_codes() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Read the usual words for each code of each concept."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    with WORDS.open(encoding="utf-8", newline="") as opened:
        for row in csv.DictReader(opened):
            found.setdefault(row["concept"], {})[row["code"]] = tuple(row["words"].split(";"))
    return found


def share_known(words: Iterable[str], concept: str) -> float:
    """Say how many of a column's words are words of a concept; none where there are no words."""
    known = {each for code in words_of_codes().get(concept, {}).values() for each in code}
    hits = [plain(word) in known for word in words]
    return sum(hits) / len(hits) if hits else 0.0


def plain(word: str) -> str:
    """Write a word as the list of words does: small letters, no dots, one blank between words."""
    return " ".join(re.findall(r"[a-z0-9]+", word.translate(UMLAUTS).lower()))
