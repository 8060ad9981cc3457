"""
Every line of sections 2 and 3 of the contract is tested, or it is said why it cannot be.

`lines.csv` holds a line's number, a hash of its text and how it is treated; the text itself stays
where it is.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from loaders.stand_in_org.settings import Settings
from tests.loaders.contract.lines import (
    CONTRACT,
    ROOT,
    Entry,
    citations,
    contract_lines,
    register,
    shorthand,
)

FOLDER = Path(__file__).parent
pytestmark = pytest.mark.stand_in_only


@pytest.fixture(scope="module")
def stated() -> dict[str, str]:
    if not CONTRACT.exists():
        pytest.skip(f"the contract is not there: {CONTRACT.name} beside the repository")
    return contract_lines(CONTRACT.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def cited() -> dict[str, list[str]]:
    """The tests that cite each line, as a run of the whole suite would collect them."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "--no-header",
               "-p", "no:cacheprovider", str(FOLDER)]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    return dict(citations(done.stdout.splitlines()))


def test_every_line_has_an_entry_and_says_what_it_said(stated: dict[str, str]) -> None:
    entries = register()
    assert sorted(set(stated) ^ set(entries)) == [], "lines that came or went: review lines.csv"
    changed = {
        line: shorthand(text)
        for line, text in stated.items()
        if entries[line].sha256 != shorthand(text)
    }
    assert changed == {}, "lines that changed: review their tests, then their hash in lines.csv"


def test_every_line_is_cited_by_a_test_or_has_a_reason(cited: dict[str, list[str]]) -> None:
    entries = register()
    assert sorted(set(cited) - set(entries)) == [], "cited, but no line of the contract"
    tested = {line for line, entry in entries.items() if entry.treatment == "tested"}
    assert sorted(tested - set(cited)) == [], "lines without a test"
    told = {line: entry for line, entry in entries.items() if line not in tested}
    assert {entry.treatment for entry in told.values()} <= {"told"}
    assert [line for line, entry in told.items() if not entry.reason] == []
    assert sorted(set(told) & set(cited)) == [], "told, and yet tested"
    # Rare, and each with its reason.
    assert len(told) <= 6


def test_what_is_unsure_has_a_setting(stated: dict[str, str]) -> None:
    unsure = {line for line, text in stated.items() if "unsure" in text.lower()}
    entries = register()
    assert sorted(line for line in unsure if not entries[line].setting) == []


def _values(entry: Entry, tests: list[str]) -> set[str]:
    mark = f"{entry.setting}="
    return {test.split(mark, 1)[1].rstrip("]") for test in tests if mark in test}


def test_what_has_a_setting_is_run_with_each_of_its_values(cited: dict[str, list[str]]) -> None:
    known = {one.name for one in fields(Settings)}
    switched = [entry for entry in register().values() if entry.setting]
    assert [entry.line for entry in switched if entry.setting not in known] == []
    once = [entry.line for entry in switched if len(_values(entry, cited[entry.line])) < 2]
    assert once == [], "run with one value of their setting only"


def test_the_page_lists_what_is_unsure_with_its_settings_and_defaults() -> None:
    by_setting: dict[str, list[str]] = {}
    for entry in register().values():
        if entry.setting:
            by_setting.setdefault(entry.setting, []).append(entry.line)
    fresh = Settings()
    expected = {
        (", ".join(lines), name, json.dumps(getattr(fresh, name)))
        for name, lines in by_setting.items()
    }
    page = (ROOT / "docs" / "stand-in.md").read_text(encoding="utf-8")
    section = page.split("\n## Bulk API 2.0\n", 1)[1].split("\n## ", 1)[0]
    rows = re.findall(
        r"^\| ([\d., -]+) \| [^|]+ \| `(\w+)` \| `([^`]+)` \|$", section, re.MULTILINE
    )
    assert set(rows) == expected


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("## 2. A\n### 2.1 B\n\n| a | b |\n|---|---|\n| 1 | 2 |\n* c\n", {"2.1-1", "2.1-2"}),
        ("## 3. A\npara\n\npara\n## 4. B\nother\n", {"3-1", "3-2"}),
        ("### 2.10 A\nline\n#### no number\nline\n", {"2.10-1"}),
    ],
)
def test_lines_are_rows_bullets_and_paragraphs(text: str, lines: set[str]) -> None:
    assert set(contract_lines(text)) == lines
