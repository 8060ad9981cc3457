"""Whatever can be switched is switched by a test: settings, faults, acts, what requests meet."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from loaders.stand_in_org.acts_vocabulary import Act
from loaders.stand_in_org.faults import KINDS, RequestFault
from loaders.stand_in_org.settings import Settings

TESTS = Path(__file__).parents[1]


def sources() -> str:
    """Give all tests of the loader and the stand-in except this one."""
    others = (path for path in sorted(TESTS.rglob("*.py")) if path != Path(__file__))
    return "\n".join(path.read_text(encoding="utf-8") for path in others)


SOURCES = sources()


@pytest.mark.parametrize("name", [one.name for one in fields(Settings)])
def test_every_setting_is_turned_by_a_test(name: str) -> None:
    turned = rf"\b{name}=|[\"']{name}[\"']|--{name}\b"
    assert re.search(turned, SOURCES), f"no test turns the setting {name}"


@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_fault_is_made_by_a_test(name: str) -> None:
    made = rf"\bfault\([^)]*\b{name}=|\{{\s*[\"']{name}[\"']:"
    assert re.search(made, SOURCES), f"no test makes the fault {name}"


@pytest.mark.parametrize("name", [str(kind.__struct_config__.tag) for kind in get_args(Act)])
def test_every_act_is_done_by_a_test(name: str) -> None:
    assert re.search(rf"\bdo=[\"']{name}[\"']", SOURCES), f"no test does the act {name}"


@pytest.mark.parametrize("member", ["do", "when"])
def test_every_way_a_request_can_go_wrong_is_gone_by_a_test(member: str) -> None:
    for word in get_args(get_type_hints(RequestFault)[member]):
        used = rf"[\"']{member}[\"']: [\"']{word}[\"']|\([\"']{word}[\"'], "
        assert re.search(used, SOURCES), f"no test has {member} {word}"
