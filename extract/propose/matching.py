"""How well a column fits a field of the clinic contract: by its name, and by what it holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from extract.propose.clinic_targets import Field
from extract.propose.column_profile import ColumnProfile
from extract.propose.concepts import Concepts
from extract.propose.vocabularies import share_known

MOST, MUCH, HALF, FEW = 0.9, 0.8, 0.5, 0.1
# What stands in many names, and tells little.
WEAK = dict.fromkeys(("id", "number", "code", "name", "date", "time", "flag", "state", "by"), 0.5)
# What is not moved, whatever else a name says: who typed it, how it is shown, secrets.
FOREIGN = dict.fromkeys(
    ("user", "by", "hash", "log", "setting", "print", "color", "fax", "stock", "ssn", "path"), 2.0
)
WEIGHTS = WEAK | FOREIGN
OWN_ENTITY = 0.25
LONG_TEXT, SHORT_TEXT = 60, 15
MOMENT_LENGTH = 11
MOST_CODES = 40
MOST_FLAGS = 2
FLAGS = frozenset({"0", "1", "y", "n", "yes", "no", "true", "false", "t", "f", "ja", "nein", "j"})
# Detector -> the fields that hold such values, and how sure the form makes it.
HOLDERS: dict[str, tuple[tuple[str, ...], float]] = {
    "npi": (("npi",), 0.6),
    "email": (("email",), 0.6),
    "loinc": (("loinc_code",), 0.6),
    "icd_10": (("diagnosis_codes",), 0.6),
    "phone": (("phone", "home_phone", "mobile_phone", "work_phone"), 0.3),
    "zip": (("postal_code",), 0.1),
    "cpt": (("code",), 0.2),
    "cdt": (("code",), 0.5),
    "hcpcs": (("code",), 0.5),
}
# How sure the words of a field's codes make it: half of them may be another field's as well.
VOCABULARY = 0.3
# Forms that no other column has by chance.
UNMISTAKABLE = ("npi", "email", "loinc", "icd_10")
WORDS_ONLY = frozenset(
    {"given_name", "family_name", "middle_name", "name_prefix", "city", "body", "title", "state"}
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a field or against it, and in which words."""

    weight: float
    reason: str = ""


@cache
def likeness(one: Concepts, other: Concepts, *, own: Concepts = frozenset()) -> float:
    """Compare two sets of concepts: 1 for the same, 0 for nothing shared."""

    def weigh(concepts: Iterable[str]) -> float:
        return sum(
            OWN_ENTITY if each in own and each not in WEAK else WEIGHTS.get(each, 1.0)
            for each in sorted(concepts)
        )

    both = weigh(one) + weigh(other)
    return 2 * weigh(one & other) / both if both else 0.0


def by_name(field: Field, said: Iterable[Concepts], *, own: Concepts) -> Evidence:
    """Compare a name, in each of its readings, with each way to call a field."""
    scores = {
        phrase: max(likeness(reading, phrase, own=own) for reading in said)
        for phrase in field.phrases
    }
    score = max(scores.values())
    if not score:
        return Evidence(score)
    best = min(" ".join(sorted(phrase)) for phrase, each in scores.items() if each == score)
    return Evidence(score, f"its name says {best if score >= HALF else f'a little of {best}'}")


def by_values(field: Field, column: ColumnProfile) -> Iterator[Evidence]:
    """Say what the values of a column tell of a field; an empty column tells nothing."""
    if not column.filled:
        return
    for look in (_form, _vocabulary, _type, _identity, _text):
        yield from look(field, column)


def _form(field: Field, column: ColumnProfile) -> Iterator[Evidence]:
    for detector, (holders, weight) in HOLDERS.items():
        # Whoever numbers rows T00001 writes what looks like a diagnosis; those come again.
        is_key = detector == "icd_10" and column.is_unique
        share = 0.0 if is_key else column.looks_like.get(detector, 0.0)
        if field.name in holders and share >= MUCH:
            yield Evidence(weight, f"{share:.0%} look like {detector}")
        elif detector in UNMISTAKABLE and (share >= MUCH) != (
            field.name in holders and share >= FEW
        ):
            yield Evidence(-0.5)
    if column.looks_like.get("ssn", 0.0) >= MUCH:
        yield Evidence(-1.0)


def _vocabulary(field: Field, column: ColumnProfile) -> Iterator[Evidence]:
    share = share_known(column.words, field.concept)
    if share >= HALF:
        yield Evidence(VOCABULARY, f"{share:.0%} of its words are of {field.concept}")


def _type(field: Field, column: ColumnProfile) -> Iterator[Evidence]:
    dates, numbers = column.looks_like.get("date", 0.0), column.looks_like.get("number", 0.0)
    kind = field.data_type.partition("(")[0]
    if kind in {"date", "timestamp"}:
        yield Evidence(0.2, f"{dates:.0%} look like dates") if dates >= HALF else Evidence(-0.6)
        has_time = column.longest >= MOMENT_LENGTH
        yield Evidence(0.0 if has_time == (kind == "timestamp") else -0.1)
    elif dates >= MOST and column.shortest > len("20260101"):
        yield Evidence(-0.6)
    if kind == "decimal":
        is_money = column.looks_like.get("money", 0.0) >= MUCH
        yield Evidence(0.2, "looks like money") if is_money else Evidence(0.0)
        yield Evidence(0.0 if max(numbers, is_money) >= HALF else -0.6)
    if kind == "bigint" and (numbers < HALF or column.looks_like.get("money", 0.0) >= HALF):
        yield Evidence(-0.6)
    if kind == "boolean":
        is_flag = {word.lower() for word in column.words} <= FLAGS
        if column.distinct_values > MOST_FLAGS or not is_flag:
            yield Evidence(-0.6)
        elif column.words:
            yield Evidence(0.2, "holds yes and no")


def _identity(field: Field, column: ColumnProfile) -> Iterator[Evidence]:
    if field.name == "source_id":
        is_key = column.is_unique and column.filled == column.rows
        yield Evidence(0.1, "tells the rows apart") if is_key else Evidence(-0.8)
    elif field.refers_to and column.distinct_values <= MOST_FLAGS < column.filled:
        yield Evidence(-0.4)
    elif field.name.endswith(("_code", "_type", "_system")) and column.distinct_values > MOST_CODES:
        yield Evidence(0.0 if field.name == "loinc_code" else -0.4)


def _text(field: Field, column: ColumnProfile) -> Iterator[Evidence]:
    if field.name in WORDS_ONLY and column.looks_like.get("number", 0.0) >= MOST:
        yield Evidence(-0.5)
    if field.name == "body":
        is_long = column.longest >= LONG_TEXT
        yield Evidence(0.2, "holds long texts") if is_long else Evidence(-0.2)
    elif column.longest >= LONG_TEXT and field.name.endswith(("_code", "_name", "_number")):
        yield Evidence(-0.3)
