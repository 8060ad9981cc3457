"""What each topic of the generator has at hand."""

from __future__ import annotations

from dataclasses import dataclass

from extract.demo_clinic.defects import Truth
from extract.demo_clinic.dice import Dice
from extract.demo_clinic.families import Chart
from extract.demo_clinic.practice import Practice


@dataclass(frozen=True, slots=True)
class Desk:
    """The practice, the seed, and the paper on which defects are written down."""

    practice: Practice
    seed: int
    truth: Truth

    def dice(self, topic: str, *, chart: Chart) -> Dice:
        """Give a topic its own draws for a chart, so that topics never disturb each other."""
        return Dice(self.seed, topic, chart.number)
