"""Number what sections 2 and 3 of the contract state, and read how each line is treated here."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
CONTRACT = ROOT.parent / "shared" / "salesforce-contract.md"
REGISTER = Path(__file__).with_name("lines.csv")
_HEADING = re.compile(r"#+ (?:(?P<section>[23](?:\.\d+)?)\.? )?")
_RULE = re.compile(r"[|\s:-]+")
_CITED = re.compile(r"contract:((?:[\d.]+-\d+)(?:,[\d.]+-\d+)*)")


@dataclass(frozen=True, slots=True)
class Entry:
    """How a line is treated: `tested`, or `told` with the reason why no client can see it."""

    line: str
    sha256: str
    treatment: str
    setting: str
    reason: str


def shorthand(text: str) -> str:
    """Hash a line, so that the register notices a change without repeating the text."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]


def contract_lines(text: str) -> dict[str, str]:
    """Give every table row, bullet and paragraph of sections 2 and 3 by its number, as 2.3-4."""
    found: dict[str, str] = {}
    section, counted = None, 0
    for line, following in _with_next(text.splitlines()):
        if line.startswith("#"):
            heading = _HEADING.match(line)
            section, counted = (heading["section"] if heading else None), 0
        elif section and line.strip() and not _is_furniture(line, following):
            counted += 1
            found[f"{section}-{counted}"] = line
    return found


def _with_next(lines: list[str]) -> Iterator[tuple[str, str]]:
    return zip(lines, [*lines[1:], ""], strict=True)


def _is_furniture(line: str, following: str) -> bool:
    """Tell a table's rule, or the head above it, from what states something."""
    return bool(_RULE.fullmatch(line)) or (
        line.startswith("|") and following.startswith("|") and bool(_RULE.fullmatch(following))
    )


def register() -> dict[str, Entry]:
    """Read how each line is treated."""
    with REGISTER.open(encoding="utf-8", newline="") as file:
        return {row["line"]: Entry(**row) for row in csv.DictReader(file)}


def citations(node_ids: list[str]) -> Mapping[str, list[str]]:
    """Give the tests that cite each line, by what stands in their ids."""
    cited: dict[str, list[str]] = {}
    for node_id in node_ids:
        found = _CITED.search(node_id)
        for line in found[1].split(",") if found else ():
            cited.setdefault(line, []).append(node_id)
    return cited
