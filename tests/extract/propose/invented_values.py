"""Values of invented people and visits, one maker for each kind that an export's CSV names."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

GIVEN = (
    "Adaeze", "Bruno", "Chiara", "Dmitri", "Elif", "Farid", "Greta", "Hana", "Ivo", "Jolanta",
    "Kwame", "Lucia", "Mateo",
)  # fmt: skip
FAMILY = (
    "Okafor", "Brandt", "Castellano", "Duarte", "Eriksen", "Fontaine", "Grabowski", "Haddad",
    "Ibsen", "Jansen",
)  # fmt: skip
DRUGS = ("Amoxicillin", "Ibuprofen", "Lisinopril", "Metformin", "Sertraline", "Atorvastatin")
NOUNS = (
    "knee", "tooth", "back", "follow-up", "cleaning", "referral", "screening", "vaccine",
    "swelling", "review",
)  # fmt: skip
VERBS = ("discussed", "examined", "planned", "treated", "noted", "advised")
ICD_10 = ("E11.9", "J45.909", "M54.5", "K02.9", "I10", "Z00.00", "S72.001A")
CPT = ("99213", "99214", "97110", "98940", "93000", "90471")
CDT = ("D0120", "D0274", "D1110", "D2740", "D4341")
LOINC = ("2345-7", "4548-4", "718-7", "2093-3", "3016-3")
START = datetime(2024, 1, 2, 8, tzinfo=UTC)
NPI_DIGITS = 9
DOUBLED_FROM = 10


def npi(random: Random) -> str:
    """Make a number with the check digit that the United States' registry gives."""
    digits = [1, *(random.randrange(10) for _ in range(NPI_DIGITS - 1))]
    doubled = [2 * each if place % 2 == 0 else each for place, each in enumerate(digits)]
    total = 24 + sum(each - 9 if each >= DOUBLED_FROM else each for each in doubled)
    return "".join(map(str, digits)) + str(-total % 10)


def moment(random: Random, form: str) -> str:
    """Make a time of the last two years in a form of `strftime`."""
    made = START + timedelta(days=random.randrange(700), minutes=15 * random.randrange(36))
    return made.strftime(form)


def born(random: Random, form: str) -> str:
    """Make a day of birth."""
    return (START - timedelta(days=random.randrange(900, 33_000))).strftime(form)


def number(random: Random, digits: str) -> str:
    """Make a number of so many digits."""
    return str(random.randrange(10 ** (int(digits) - 1), 10 ** int(digits)))


def sentence(random: Random) -> str:
    """Make text as free as a note's."""
    parts = (
        f"{random.choice(GIVEN)} {random.choice(VERBS)} {random.choice(NOUNS)}" for _ in range(9)
    )
    return "; ".join(parts) + "."


def email(random: Random) -> str:
    """Make an address that nobody has."""
    return f"{random.choice(GIVEN)}.{random.choice(FAMILY)}{random.randrange(99)}@example.org"


MAKERS: dict[str, Callable[..., str]] = {
    "words": lambda random, *words: random.choice(words),
    "given": lambda random: random.choice(GIVEN),
    "family": lambda random: random.choice(FAMILY),
    "person": lambda random: f"{random.choice(GIVEN)} {random.choice(FAMILY)}",
    "letter": lambda random: random.choice("ABCDEFGHIJ"),
    "born": born,
    "date": moment,
    "moment": moment,
    "number": number,
    "small": lambda random: str(random.randrange(1, 13)),
    "decimal": lambda random: f"{random.randrange(10, 2500) / 10}",
    "money": lambda random: f"{random.randrange(1000, 90_000) / 100:.2f}",
    "email": email,
    "phone": lambda random: f"({random.randrange(201, 990)}) 555-01{random.randrange(100):02}",
    "phone_de": lambda random: f"0{random.randrange(30, 90)}/{random.randrange(10**6, 10**7)}",
    "ssn": lambda random: f"{random.randrange(100, 600)}-55-{random.randrange(1000, 9999)}",
    "street": lambda random: f"{random.randrange(1, 999)} {random.choice(FAMILY)} St",
    "street_de": lambda random: f"{random.choice(FAMILY)}weg {random.randrange(1, 99)}",
    "city": lambda random: random.choice(["Springfield", "Fairview", "Lakeside", "Milltown"]),
    "city_de": lambda random: random.choice(["Neustadt", "Altdorf", "Seehausen", "Bergen"]),
    "state": lambda random: random.choice(["MA", "NY", "CA", "TX", "OH", "WA"]),
    "zip": lambda random: f"{random.randrange(1000, 99_999):05}",
    "place": lambda random: f"{random.choice(NOUNS).title()} Centre {random.randrange(9)}",
    "company": lambda random: f"{random.choice(FAMILY)} & {random.choice(FAMILY)} Ltd",
    "path": lambda random: f"scans/{random.randrange(10**6):06}.png",
    "hash": lambda random: hashlib.sha256(random.randbytes(8)).hexdigest()[:16],
    "phrase": lambda random: f"{random.choice(NOUNS)} {random.choice(VERBS)}",
    "sentence": sentence,
    "drug": lambda random: f"{random.choice(DRUGS)} {random.randrange(1, 9)}0 mg",
    "npi": npi,
    "icd": lambda random: random.choice(ICD_10),
    "cpt": lambda random: random.choice(CPT),
    "cdt": lambda random: random.choice(CDT),
    "loinc": lambda random: random.choice(LOINC),
}
