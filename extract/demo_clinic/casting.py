"""Which charts make a family, and which scripted case each of them plays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from extract.demo_clinic.dice import Dice
from extract.demo_clinic.names import SCRIPTS

# Each block of so many charts has each scripted case once: the same rate at any size.
BLOCK = 150


@dataclass(frozen=True, slots=True)
class Part:
    """One chart to be made. A `copy` is one more chart of the person before it."""

    role: str
    cases: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Scene:
    """The charts of one family; a scripted one is not to be spoiled further."""

    parts: tuple[Part, ...]
    script: str = "plain"
    is_scripted: bool = True


def _scene(text: str, *, script: str = "plain") -> Scene:
    parts = []
    for word in text.split():
        role, *cases = word.split("+")
        parts.append(Part(role, frozenset(cases)))
    return Scene(tuple(parts), script)


SCENES = (
    _scene("adult copy+duplicate"),
    _scene("adult+given_only"),
    _scene("adult+no_name"),
    _scene("adult copy+merged"),
    _scene("adult child child"),
    _scene("child+outside_guarantor"),
    _scene("adult+deceased_date"),
    _scene("adult+long_note"),
    _scene("adult+zero_byte"),
    _scene("adult+test_patient"),
    _scene("adult+case_twin adult+case_twin"),
    _scene("adult copy+merged copy+merged"),
    _scene("adult adult+other_household child+two_homes child+two_homes"),
    _scene("adult+do_not_migrate"),
    _scene("adult+loop adult+loop"),
    _scene("adult+self_loop"),
    _scene("adult+guarantor_loop adult+guarantor_loop"),
    _scene("adult+deceased_flag"),
    _scene("adult+dst_series"),
    _scene("adult+dst_series_west"),
    _scene("adult spouse child child", script="apostrophe"),
    _scene("adult+three_coverages spouse", script="accents"),
    _scene("adult child", script="cjk"),
    _scene("adult", script="hyphen"),
    _scene("adult", script="other_script"),
    _scene("adult copy+duplicate"),
    _scene("adult+adult_child_guarantor"),
)
_ORDINARY = (
    (_scene("adult"), 50),
    (_scene("adult spouse"), 18),
    (_scene("adult child"), 10),
    (_scene("adult spouse child"), 12),
    (_scene("adult spouse child child"), 10),
)


def _ordinary(dice: Dice) -> Scene:
    parts = dice.weighted(_ORDINARY).parts
    return Scene(parts, script=dice.weighted(SCRIPTS), is_scripted=False)


def _block(dice: Dice, *, charts: int) -> Iterator[Scene]:
    left = charts
    for scene in SCENES:
        if len(scene.parts) <= left:
            left -= len(scene.parts)
            yield scene
    while left:
        scene = _ordinary(dice)
        if len(scene.parts) > left:
            scene = Scene((Part("adult"),), is_scripted=False)
        left -= len(scene.parts)
        yield scene


def cast(*, patients: int, seed: int) -> Iterator[tuple[bool, Scene]]:
    """Give the families of the whole practice, each with whether it begins a block."""
    for start in range(0, patients, BLOCK):
        dice = Dice(seed, "cast", start)
        begins = True
        for scene in _block(dice, charts=min(BLOCK, patients - start)):
            yield begins, scene
            begins = False
