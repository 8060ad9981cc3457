"""Every reason for leaving a record out is explained to the people who have to accept it."""

from __future__ import annotations

import csv
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PARTS = ("What it means", "Why we do not load it", "How to fix it")


def reasons() -> list[str]:
    seed = next((ROOT / "seeds").rglob("exclusion_reasons.csv"))
    with seed.open(encoding="utf-8", newline="") as rows:
        return [row["reason"] for row in csv.DictReader(rows)]


def test_each_reason_has_a_section_with_all_three_parts() -> None:
    text = (ROOT / "docs" / "exclusions.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## `?(\w+)`?\n(.*?)(?=^## |\Z)", text, re.S | re.M))
    assert sorted(sections) == sorted(reasons())
    for reason, body in sections.items():
        missing = [part for part in PARTS if part.lower() not in body.lower()]
        assert not missing, f"{reason} lacks {missing}"
