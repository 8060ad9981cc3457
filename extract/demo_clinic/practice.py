"""Who and where the practice is: sites, providers, payers, referring practices."""

from __future__ import annotations

from dataclasses import dataclass

from extract.demo_clinic import dates, words
from extract.demo_clinic.dice import Dice
from extract.demo_clinic.names import Name, draw_family_name, draw_name

CLINIC_ID = "org-clinic"
SPECIALTIES = (
    ("Chiropractic", "DC"),
    ("Optometry", "OD"),
    ("Physical Therapy", "PT"),
    ("Podiatry", "DPM"),
    ("Psychology", "PsyD"),
    ("Family Medicine", "MD"),
)
PAYER_NAMES = (
    "Bluefield Imaginary Mutual",
    "Saguaro Invented Health Plan",
    "Evergreen Sample Mutual",
    "Evergreen Sample Mutual",
    "Granite Demo Benefit",
    "Granite Demo Benefits, Inc.",
    "Harbor & Hearth Assurance (fictitious)",
    "Northlight Pretend PPO",
    "Compañía Ejemplo de Seguros",
    "Old Lantern Indemnity, dissolved",
)
# By place in PAYER_NAMES. Two of the same name are two payers; two of the same payer id are one.
SAME_NAME = (2, 3)
SAME_PAYER_ID = (4, 5)


@dataclass(frozen=True, slots=True)
class Site:
    """A location of the practice."""

    id: str
    name: str
    zone: str
    is_east: bool


@dataclass(frozen=True, slots=True)
class Provider:
    """A person who treats, or who refers."""

    id: str
    name: Name
    gender: str
    npi: str
    specialty: str
    credential: str
    sites: tuple[Site, ...]
    email: str
    state: str


@dataclass(frozen=True, slots=True)
class Payer:
    """Someone who pays claims."""

    id: str
    name: str
    payer_id: str


@dataclass(frozen=True, slots=True)
class Practice:
    """All that exists before the first patient comes."""

    sites: tuple[Site, ...]
    roster: tuple[Provider, ...]
    referrers: tuple[Provider, ...]
    payers: tuple[Payer, ...]
    referring_ids: tuple[str, ...]

    def staff_of(self, site: Site) -> tuple[Provider, ...]:
        """Give the providers who work at a site."""
        return tuple(provider for provider in self.roster if site in provider.sites)


def npi(number: int) -> str:
    """Make an NPI that was never issued (it begins with 9) and has a valid check digit."""
    stem = f"9{number:08d}"
    total = 24  # what the prefix 80840 adds
    for place, digit in enumerate(reversed(stem)):
        doubled = int(digit) * 2 if place % 2 == 0 else int(digit)
        total += doubled - 9 if doubled > 9 else doubled  # noqa: PLR2004 - Luhn adds the digits
    return stem + str(-total % 10)


def _site_set() -> tuple[Site, ...]:
    return (
        Site("loc-ny.1", "Tarnbrook Clinic, Lower East", dates.NEW_YORK, is_east=True),
        Site("loc-az.1", "Tarnbrook Clinic, Saguaro Bend", dates.PHOENIX, is_east=False),
    )


def _provider(dice: Dice, *, ident: str, number: int, sites: tuple[Site, ...]) -> Provider:
    gender = "female" if dice.chance(55) else "male"
    family = draw_family_name(dice, script="hyphen" if number % 9 == 0 else "plain")
    name = draw_name(dice, family=family, gender=gender, script="plain")
    specialty, credential = SPECIALTIES[number % len(SPECIALTIES)]
    return Provider(
        id=ident,
        name=name,
        gender=gender,
        npi=npi(number),
        specialty=specialty,
        credential=credential,
        sites=sites,
        email=f"{name.given}.{family}.{number}@tarnbrook.example.com".lower(),
        state="NY" if not sites or sites[0].is_east else "AZ",
    )


def _payer(number: int) -> Payer:
    place = number % len(PAYER_NAMES)
    branch = number // len(PAYER_NAMES)
    payer_id = SAME_PAYER_ID[0] if place in SAME_PAYER_ID else place
    return Payer(
        id=f"pay-{number + 1:02d}",
        name=PAYER_NAMES[place] + (f", Region {branch + 1}" if branch else ""),
        payer_id=f"DM{branch:02d}{payer_id:02d}",
    )


def build_practice(*, patients: int, seed: int) -> Practice:
    """Build a practice that suits the number of its patients."""
    dice = Dice(seed, "practice")
    sites = _site_set()
    houses = ((sites[0],), (sites[1],), (sites[0],), sites)
    return Practice(
        sites=sites,
        roster=tuple(
            _provider(dice, ident=f"prov-{n}", number=n, sites=houses[n % len(houses)])
            for n in range(1, max(12, min(patients // 50, 400)) + 1)
        ),
        referrers=tuple(
            _provider(dice, ident=f"ext.{n}", number=5000 + n, sites=())
            for n in range(1, max(8, min(patients // 80, 400)) + 1)
        ),
        payers=tuple(_payer(n) for n in range(10 if patients < 5000 else 40)),  # noqa: PLR2004
        referring_ids=("org-ref.1", "org-ref.2", "org-ref.3"),
    )


def draw_phone(dice: Dice, *, is_east: bool) -> str:
    """Draw a telephone number that nobody has, written in one of four ways."""
    area = dice.pick(words.AREA_CODES_EAST if is_east else words.AREA_CODES_WEST)
    last = f"01{dice.whole(0, 99):02d}"
    forms = (f"({area}) 555-{last}", f"{area}-555-{last}", f"+1 {area} 555 {last}")
    return dice.pick((*forms, f"{area}555{last}"))
