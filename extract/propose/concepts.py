"""What the words in a name mean: abbreviations, German and English, in one small vocabulary."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import chain, islice, product
from pathlib import Path

from extract.propose.names import words_of

LEXICON = Path(__file__).parent / "lexicon.txt"
NOTHING = "nothing"
UMLAUTS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}
)
# German puts these between the parts of a word: Rechnung-s-nummer.
LINKS = ("", "s", "n", "en", "es", "e")
ENDINGS = ("s", "es", "e", "en", "n", "er")
SHORTEST_STEM = 4
SHORTEST_PART = 2
MOST_PARTS = 3
# A word of fewer letters is short for too many others.
SHORTEST_ABBREVIATION = 3
MOST_READINGS = 24
# A first word that so many columns share says whose they are, and nothing of each.
SHARED = 0.6
FEWEST_SHARING = 4

Concepts = frozenset[str]


@cache
def lexicon() -> Mapping[str, tuple[Concepts, ...]]:
    """Read what each word may mean, the likeliest first."""
    found: dict[str, list[Concepts]] = {}
    for line in LEXICON.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            meaning, _, words = line.partition(": ")
            concepts = frozenset(meaning.split()) - {NOTHING}
            for word in words.split():
                found.setdefault(word, []).append(concepts)
    # A concept's own name is a word for it.
    for concept in sorted(frozenset[str]().union(*chain.from_iterable(found.values()))):
        found.setdefault(concept, []).append(frozenset({concept}))
    return {word: tuple(dict.fromkeys(meanings)) for word, meanings in found.items()}


def tokens_of(name: str) -> tuple[str, ...]:
    """Cut a name into lower-case words, an unknown one without a number at its end."""
    words = (word.lower() for word in words_of(name.translate(UMLAUTS)))
    return tuple(
        word if word in lexicon() else re.sub(r"(?<=[a-z])\d+$", "", word) for word in words
    )


@cache
def readings(tokens: tuple[str, ...]) -> tuple[Concepts, ...]:
    """Give what a name may mean: one set of concepts for each way to read its words."""
    whole = lexicon().get("".join(tokens))
    if whole:
        return whole
    parts: list[tuple[Concepts, ...]] = []
    place = 0
    while place < len(tokens):
        pair = lexicon().get("".join(tokens[place : place + 2])) if tokens[place + 1 :] else None
        parts.append(pair or meanings_of(tokens[place]))
        place += 2 if pair else 1
    return _joined(parts)


@cache
def meanings_of(word: str) -> tuple[Concepts, ...]:
    """Look a word up: as it is, as a compound, as an abbreviation; else it means itself."""
    return (
        lexicon().get(word)
        or _stem(word)
        or _compound(word)
        or _abbreviation(word)
        or (frozenset({word}),)
    )


def _stem(word: str) -> tuple[Concepts, ...]:
    """Look a word up without the end that makes it plural."""
    stems = (word.removesuffix(end) for end in ENDINGS if word.endswith(end))
    singular = [f"{word[:-3]}y"] if word.endswith("ies") else []
    known = (lexicon().get(stem) for stem in (*singular, *stems) if len(stem) >= SHORTEST_STEM)
    return next((meanings for meanings in known if meanings), ())


def _compound(word: str) -> tuple[Concepts, ...]:
    """Cut a compound into the fewest known words and join what they may mean."""
    parts = _cut(word, MOST_PARTS)
    return _joined([lexicon()[part] for part in parts]) if parts else ()


def _joined(parts: Sequence[tuple[Concepts, ...]]) -> tuple[Concepts, ...]:
    """Join one meaning of each part, in every way, the likeliest first."""
    made = (frozenset[str]().union(*each) for each in product(*parts))
    return tuple(dict.fromkeys(islice(made, MOST_READINGS)))


def _cut(word: str, most: int) -> tuple[str, ...]:
    found: list[tuple[str, ...]] = []
    for end in range(len(word), SHORTEST_PART - 1, -1):
        part, rest = word[:end], word[end:]
        if part not in lexicon():
            continue
        if not rest:
            return (part,)
        if most > 1:
            behind = (_cut(rest[len(link) :], most - 1) for link in LINKS if rest.startswith(link))
            found += [(part, *more) for more in behind if more]
    return min(found, key=len, default=())


def _abbreviation(word: str) -> tuple[Concepts, ...]:
    """Find the words that have its letters in this order and begin as it does, the nearest."""
    if len(word) < SHORTEST_ABBREVIATION or not word.isalpha():
        return ()
    longer = [
        known
        for known in lexicon()
        if len(word) < len(known) <= 3 * len(word)
        and known[0] == word[0]
        and _stands_in(word, known)
    ]
    nearest = min(longer, key=lambda known: (len(known), known), default=None)
    return lexicon()[nearest] if nearest else ()


def _stands_in(short: str, long: str) -> bool:
    letters = iter(long)
    return all(letter in letters for letter in short)


def without_prefix(
    names: Iterable[str], *, longest: int | None = None
) -> dict[str, tuple[str, ...]]:
    """Cut names into words and leave off a first word that most of them share."""
    tokens = {name: tokens_of(name) for name in names}
    firsts = Counter(each[0] for each in tokens.values() if len(each) > 1)
    first, count = firsts.most_common(1)[0] if firsts else ("", 0)
    is_prefix = count >= max(FEWEST_SHARING, SHARED * len(tokens)) and (
        longest is None or len(first) <= longest
    )
    return {
        name: each[1:] if is_prefix and len(each) > 1 and each[0] == first else each
        for name, each in tokens.items()
    }
