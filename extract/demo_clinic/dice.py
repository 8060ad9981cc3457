"""Draws that depend on nothing but a seed: the same on every machine and Python version."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")
_MASK = (1 << 64) - 1


class Dice:
    """Draw numbers by SplitMix64 from a seed made of words and numbers."""

    __slots__ = ("_state",)

    def __init__(self, *parts: int | str) -> None:
        text = "/".join(str(part) for part in parts).encode()
        self._state = int.from_bytes(blake2b(text, digest_size=8).digest(), "big")

    def bits(self) -> int:
        """Draw 64 bits."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        return mixed ^ (mixed >> 31)

    def whole(self, low: int, high: int) -> int:
        """Draw a whole number, both ends included."""
        return low + self.bits() % (high - low + 1)

    def chance(self, percent: int) -> bool:
        """Say yes in so many of a hundred draws."""
        return self.bits() % 100 < percent

    def pick(self, choices: Sequence[T]) -> T:
        """Draw one of the choices."""
        return choices[self.bits() % len(choices)]

    def weighted(self, choices: Sequence[tuple[T, int]]) -> T:
        """Draw one of the choices by its weight."""
        point = self.bits() % sum(weight for _, weight in choices)
        for choice, weight in choices:
            point -= weight
            if point < 0:
                return choice
        return choices[-1][0]

    def some(self, choices: Sequence[T], *, count: int) -> list[T]:
        """Draw so many different choices, in the order of the draw."""
        left = list(choices)
        return [left.pop(self.bits() % len(left)) for _ in range(min(count, len(left)))]
