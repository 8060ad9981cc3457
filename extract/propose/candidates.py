"""Answers to what a table, a column or a word may be: the best few, and none as one of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

MOST_CANDIDATES = 5
# What rounds to nothing is no answer.
LEAST_SCORE = 0.005
NO_TARGET = ""
# What the word of a language model is worth: less than a name that says something clear.
MODEL_SAYS = 0.3


@dataclass(frozen=True, slots=True)
class Candidate:
    """One answer: an entity, `entity.field`, a code, or no target; with why."""

    target: str
    score: float
    reason: str


def assigned(found: Mapping[str, list[Candidate]]) -> dict[str, tuple[Candidate, ...]]:
    """Give each field to the column that it fits best; the next one gets what it fits next."""
    everything = sorted(
        ((-each.score, name, each) for name, candidates in found.items() for each in candidates),
        key=lambda one: (one[0], list(found).index(one[1]), one[2].target),
    )
    chosen: dict[str, Candidate] = {}
    taken: set[str] = set()
    for _, name, candidate in everything:
        if name not in chosen and candidate.target not in taken:
            chosen[name] = candidate
            taken |= {candidate.target} - {NO_TARGET}
    return {
        name: ranked([each for each in candidates if each != chosen[name]], first=chosen[name])
        for name, candidates in found.items()
    }


def ranked(
    candidates: Iterable[Candidate], *, first: Candidate | None = None
) -> tuple[Candidate, ...]:
    """Keep the best few that anything speaks for, `first` before them; scores are from 0 to 1."""
    best = sorted(candidates, key=lambda each: (-each.score, each.target))
    spoken_for = [each for each in best if each.score >= LEAST_SCORE]
    kept = [*([first] if first else []), *spoken_for][:MOST_CANDIDATES]
    return tuple(replace(each, score=round(max(0.0, min(1.0, each.score)), 2)) for each in kept)


def with_hint(candidate: Candidate, hint: str | None) -> Candidate:
    """Let what a model names speak for a candidate; nothing where it was not asked."""
    if hint != candidate.target:
        return candidate
    reasons = [each for each in (candidate.reason, "the model names it") if each]
    return replace(candidate, score=candidate.score + MODEL_SAYS, reason="; ".join(reasons))
