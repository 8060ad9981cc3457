"""
What ruins other loads is tested here, each line of it, or it is said why it cannot be.

`expectations.csv` has a row for each of the 25 pains (E1 to E25) and each trap of the contract
(T1 to T35), with the tests that would fail if it came true; titles are in words of our own.
"""

from __future__ import annotations

import ast
import csv
import re
from functools import cache
from pathlib import Path

import pytest

from tests.loaders.contract.lines import CONTRACT

TESTS = Path(__file__).resolve().parents[1]
PAINS = CONTRACT.with_name("expectations.md")
REGISTER = Path(__file__).with_name("expectations.csv")


def register() -> list[dict[str, str]]:
    with REGISTER.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def names_in(path: str) -> frozenset[str]:
    """Name the tests of a file, as its text defines them."""
    tree = ast.parse((TESTS / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def stated(path: Path, pattern: str) -> set[str]:
    if not path.exists():
        pytest.skip(f"{path.name} is not beside the repository")
    return set(re.findall(pattern, path.read_text(encoding="utf-8"), re.MULTILINE))


def test_every_pain_and_every_trap_has_one_row() -> None:
    pains = {f"E{number}" for number in stated(PAINS, r"^\| (\d+) \| ")}
    traps = stated(CONTRACT, r"^\| (T\d+) \| ")
    ids = [row["id"] for row in register()]
    assert sorted(ids) == sorted(pains | traps)
    assert len(ids) == 60


@pytest.mark.parametrize("row", register(), ids=lambda row: str(row["id"]))
def test_a_row_names_tests_that_exist_or_says_why_not(row: dict[str, str]) -> None:
    named = [name.partition("::") for name in row["tests"].split()]
    assert named or row["out_of_reach"], "neither a test nor a reason"
    missing = [f"{path}::{name}" for path, _, name in named if name not in names_in(path)]
    assert missing == []


def test_what_is_out_of_reach_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    told = {row["id"]: row["out_of_reach"] for row in register() if row["out_of_reach"]}
    with capsys.disabled():
        for line, reason in told.items():
            print(f"\n{line}, in whole or in part: {reason}", end="")  # noqa: T201 - to be read
    # Rare, and each with its reason.
    assert len(told) <= 8
