"""How an invented person is called."""

from __future__ import annotations

from dataclasses import dataclass, replace

from extract.demo_clinic import words
from extract.demo_clinic.dice import Dice
from extract.demo_clinic.shapes import Resource

SCRIPTS = (
    ("plain", 76),
    ("accents", 9),
    ("apostrophe", 4),
    ("hyphen", 5),
    ("cjk", 4),
    ("other_script", 2),
)


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name, in parts; an empty part is not known."""

    given: str
    family: str
    script: str
    middle: str = ""
    prefix: str = ""
    suffix: str = ""
    preferred: str = ""
    maiden: str = ""

    def in_full(self) -> str:
        """Write the name as one text, family first where that is the custom."""
        if self.script == "cjk":
            return f"{self.family}{self.given}"
        parts = (self.prefix, self.given, self.middle, self.family, self.suffix)
        return " ".join(part for part in parts if part)


def draw_family_name(dice: Dice, *, script: str) -> str:
    """Draw a family name that is written in the wanted way."""
    if script in words.FAMILY_BY_SCRIPT:
        return dice.pick(words.FAMILY_BY_SCRIPT[script])
    first = dice.pick(words.FAMILY_FRONTS) + dice.pick(words.FAMILY_BACKS)
    if script != "hyphen":
        return first
    return f"{first}-{dice.pick(words.FAMILY_FRONTS)}{dice.pick(words.FAMILY_BACKS)}"


def draw_given_name(dice: Dice, *, gender: str, script: str) -> str:
    """Draw a given name; the lists of other scripts do not tell the sexes apart."""
    if script in words.GIVEN_BY_SCRIPT:
        return dice.pick(words.GIVEN_BY_SCRIPT[script])
    return dice.pick(words.GIVEN_FEMALE if gender == "female" else words.GIVEN_MALE)


def draw_name(dice: Dice, *, family: str, gender: str, script: str) -> Name:
    """Draw the rest of a name around a family name."""
    plain = script in ("plain", "hyphen", "apostrophe")
    return Name(
        given=draw_given_name(dice, gender=gender, script=script),
        family=family,
        script=script,
        middle=draw_given_name(dice, gender=gender, script="plain")
        if plain and dice.chance(25)
        else "",
        prefix=dice.pick(("Ms.", "Mrs.", "Dr.") if gender == "female" else ("Mr.", "Dr."))
        if dice.chance(12)
        else "",
        suffix=dice.pick(words.SUFFIXES) if plain and dice.chance(5) else "",
        preferred=dice.pick(words.PREFERRED) if dice.chance(10) else "",
        maiden=draw_family_name(dice, script="plain")
        if gender == "female" and dice.chance(8)
        else "",
    )


def misspell(dice: Dice, *, name: Name) -> Name:
    """Write a plain name the way another receptionist heard it."""
    ways = (
        replace(name, family=name.family[:2] + name.family[2] * 2 + name.family[3:]),
        replace(name, family=name.family[:3] + name.family[4] + name.family[3] + name.family[5:]),
        replace(name, given=name.given + "e"),
        replace(name, given=name.given[:-1]),
        replace(name, family=name.family.upper(), given=name.given.upper()),
    )
    heard = dice.pick([way for way in ways if (way.given, way.family) != (name.given, name.family)])
    return replace(heard, middle="", prefix="", preferred="", maiden="")


def human_name(name: Name, *, use: str) -> Resource:
    """Give a name as a FHIR HumanName."""
    made: Resource = {"use": use}
    if name.script == "cjk":
        made["text"] = name.in_full()
    if name.family:
        made["family"] = name.family
    if name.given:
        made["given"] = [name.given, name.middle] if name.middle else [name.given]
    if name.prefix:
        made["prefix"] = [name.prefix]
    if name.suffix:
        made["suffix"] = [name.suffix]
    return made


def human_names(name: Name) -> list[Resource]:
    """Give the official name and, where there are, the name used and the maiden name."""
    made = [human_name(name, use="official")]
    if name.preferred:
        made.append({"use": "usual", "given": [name.preferred]})
    if name.maiden:
        made.append({"use": "maiden", "family": name.maiden, "given": [name.given]})
    return made
