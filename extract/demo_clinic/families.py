"""Families: the facts about each chart, who is related to whom, and who pays for whom."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from extract.demo_clinic import dates, words
from extract.demo_clinic.casting import Part, Scene
from extract.demo_clinic.dice import Dice
from extract.demo_clinic.names import Name, draw_family_name, draw_name, misspell
from extract.demo_clinic.practice import Practice, Provider, Site, draw_phone

ADULT_AGE = 18


@dataclass(frozen=True, slots=True)
class Address:
    """Where somebody lives."""

    street: str
    city: str
    state: str
    postal_code: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The facts behind one Patient resource and all records that hang on it."""

    number: int
    id: str
    person: str
    role: str
    cases: frozenset[str]
    name: Name
    gender: str
    birth_date: date
    address: Address
    home_phone: str
    mobile_phone: str
    email: str
    site: Site
    provider: Provider
    since: date
    replaced_by: str = ""

    @property
    def is_minor(self) -> bool:
        """Tell whether the person is under age on the reference day."""
        return dates.age_on_reference_day(self.birth_date) < ADULT_AGE

    @property
    def is_deceased(self) -> bool:
        """Tell whether the person has died."""
        return not self.cases.isdisjoint({"deceased_date", "deceased_flag"})

    @property
    def key(self) -> str:
        """Name the chart the way references do."""
        return f"Patient/{self.id}"


@dataclass(frozen=True, slots=True)
class Home:
    """What the charts of a family have in common."""

    practice: Practice
    seed: int
    first_number: int
    family_name: str
    script: str
    address: Address
    phone: str
    site: Site


@dataclass(frozen=True, slots=True)
class Family:
    """Charts that belong together; the first adult pays, where nobody else is said to."""

    charts: tuple[Chart, ...]
    is_scripted: bool

    @property
    def head(self) -> Chart:
        """Give the one who pays."""
        return self.charts[0]


def chart_id(number: int, *, home: Home, cases: frozenset[str]) -> str:
    """Write a chart's id in one of the ways that years of software changes leave behind."""
    if "case_twin" in cases:
        return f"kin-{home.first_number:06d}{'q' if number == home.first_number else 'Q'}"
    style = Dice(home.seed, "id", number).whole(0, 9)
    if style == 0:
        text = "".join(f"{Dice(home.seed, 'uuid', number, part).bits():016x}" for part in (1, 2))
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
    if style <= 2:  # noqa: PLR2004 - two ids in ten
        return f"chart.{number:06d}"
    return f"pt-{number}"


def draw_address(dice: Dice, *, is_east: bool) -> Address:
    """Draw an address in an invented place."""
    city, state, zone = dice.pick(words.PLACES_EAST if is_east else words.PLACES_WEST)
    unit = f", Apt {dice.whole(1, 40)}" if dice.chance(30) else ""
    street = f"{dice.whole(1, 9899)} {dice.pick(words.STREETS)} {dice.pick(words.STREET_KINDS)}"
    return Address(street + unit, city, state, f"{zone}{dice.whole(0, 99):02d}")


def _birth_date(dice: Dice, *, role: str) -> date:
    low, high = (1, 16) if role == "child" else (24, 88)
    return dates.days_ago(dice.whole(low * 366, high * 365))


def _email(dice: Dice, *, name: Name, number: int) -> str:
    domain = dice.pick(words.MAIL_DOMAINS)
    local = f"{name.given}.{name.family}".lower().replace("'", "")
    return f"{local}{number}@{domain}" if local.isascii() else f"patient{number}@{domain}"


def _home(dice: Dice, *, practice: Practice, seed: int, number: int, scene: Scene) -> Home:
    cases = scene.parts[0].cases
    east = "dst_series" in cases or ("dst_series_west" not in cases and dice.chance(58))
    return Home(
        practice=practice,
        seed=seed,
        first_number=number,
        family_name=draw_family_name(dice, script=scene.script),
        script=scene.script,
        address=draw_address(dice, is_east=east),
        phone=draw_phone(dice, is_east=east),
        site=practice.sites[0 if east else 1],
    )


def _new_person(dice: Dice, *, part: Part, number: int, home: Home) -> Chart:
    gender = dice.weighted((("female", 51), ("male", 46), ("other", 2), ("unknown", 1)))
    name = draw_name(dice, family=home.family_name, gender=gender, script=home.script)
    east = home.site.is_east
    elsewhere = "other_household" in part.cases
    return Chart(
        number=number,
        id=chart_id(number, home=home, cases=part.cases),
        person=f"person-{number}",
        role=part.role,
        cases=part.cases,
        name=name,
        gender=gender,
        birth_date=_birth_date(dice, role=part.role),
        address=draw_address(dice, is_east=east) if elsewhere else home.address,
        home_phone=draw_phone(dice, is_east=east) if elsewhere else home.phone,
        mobile_phone=draw_phone(dice, is_east=east),
        email=_email(dice, name=name, number=number),
        site=home.site,
        provider=dice.pick(home.practice.staff_of(home.site)),
        since=dates.days_ago(dice.whole(30, 1500)),
    )


def _copy(dice: Dice, *, of: Chart, part: Part, number: int, home: Home) -> Chart:
    """Make one more chart of the same person: heard wrongly, opened later."""
    return replace(
        of,
        number=number,
        id=chart_id(number, home=home, cases=part.cases),
        role="copy",
        cases=part.cases,
        name=misspell(dice, name=of.name),
        email="" if dice.chance(50) else of.email,
        since=min(of.since + timedelta(days=dice.whole(20, 400)), dates.days_ago(10)),
        replaced_by=of.id if "merged" in part.cases else "",
    )


def build_family(scene: Scene, *, practice: Practice, seed: int, first_number: int) -> Family:
    """Fill a scene with people."""
    dice = Dice(seed, "family", first_number)
    home = _home(dice, practice=practice, seed=seed, number=first_number, scene=scene)
    charts: list[Chart] = []
    for number, part in enumerate(scene.parts, start=first_number):
        if part.role == "copy":
            charts.append(_copy(dice, of=charts[-1], part=part, number=number, home=home))
        else:
            charts.append(_new_person(dice, part=part, number=number, home=home))
    return Family(tuple(charts), is_scripted=scene.is_scripted)
