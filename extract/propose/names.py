"""Names for fields, labels and value sets: valid in Salesforce, and the same whatever the order."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable

NAME_LENGTH = 40
LABEL_LENGTH = 40
# Enough digits that two names share them once in sixteen million; more where even that happens.
FINGERPRINTS = (6, 12, 24)


def words_of(name: str) -> list[str]:
    """Cut a name into words of plain letters and digits: `shoeSize`, `shoe-size`, `shoe size`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.findall(r"[A-Za-z0-9]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", plain))


def api_name(name: str) -> str:
    """Make the name that a field would have if it were alone, without its `__c`."""
    words = [word[:1].upper() + word[1:] for word in words_of(name)]
    if not words:
        return f"Field_{_fingerprint(name, FINGERPRINTS[0])}"
    if words[0][0].isdigit():
        words.insert(0, "F")
    made = "_".join(words)
    return made if len(made) <= NAME_LENGTH else _marked(made, name, FINGERPRINTS[0])


def api_names(names: Iterable[str], *, taken: Collection[str]) -> dict[str, str]:
    """
    Give each source name an API name of its own, without `__c`.

    Where names would coincide, or one is taken, each of them ends in a fingerprint of its source
    name: no name ever depends on which field came first. Salesforce knows no letter case.
    """
    wanted = {name: api_name(name) for name in sorted(set(names))}
    used = {each.lower() for each in taken}
    crowded = Counter(made.lower() for made in wanted.values())
    return {
        name: made if crowded[made.lower()] == 1 and made.lower() not in used else marked
        for name, made in wanted.items()
        for marked in [_first_free(made, name, used=used | set(crowded))]
    }


def label(name: str) -> str:
    """Make a label of whole words; a very long first word is cut."""
    made = ""
    for word in words_of(name) or ["Field", _fingerprint(name, FINGERPRINTS[0])]:
        longer = f"{made} {word[:1].upper()}{word[1:]}".strip()
        if len(longer) > LABEL_LENGTH:
            return made or longer[:LABEL_LENGTH]
        made = longer
    return made


def value_set_name(field: str) -> str:
    """Make a value set's name of its field's API name: `Eye_Color` has `EyeColor`."""
    return field.replace("_", "")


def value_label(value: str) -> str:
    """Make a picklist value readable where it is a code: `back_to_sport` is `Back to sport`."""
    if re.fullmatch(r"[a-z0-9]+([_-][a-z0-9]+)*", value):
        spaced = re.sub(r"[_-]", " ", value)
        return spaced[:1].upper() + spaced[1:]
    return value


def _first_free(made: str, name: str, *, used: Collection[str]) -> str:
    marked = (_marked(made, name, length) for length in FINGERPRINTS)
    return next(one for one in marked if one.lower() not in used)


def _marked(made: str, name: str, length: int) -> str:
    kept = made[: NAME_LENGTH - 1 - length].rstrip("_")
    return f"{kept}_{_fingerprint(name, length)}"


def _fingerprint(name: str, length: int) -> str:
    return hashlib.sha256(name.encode("utf-8")).hexdigest()[:length]
