"""The README is true: its paths exist, its transcript is what `make demo` prints."""

from __future__ import annotations

import re
from pathlib import Path

from tests.conftest import DemoRoad

ROOT = Path(__file__).resolve().parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
TERMINAL = 80
# Seconds, ids and ports differ from run to run; nothing else may.
VARYING = [
    (re.compile(r"\d+(\.\d+)? s\b"), "n s"),
    (re.compile(r"\b00D\w{15}\b"), "00D"),
    (re.compile(r"\b\d{8}T\d{6}\w*(-\w+)?\b"), "id"),
    (re.compile(r"[ \t]+"), " "),
]


def steady(text: str) -> list[str]:
    """Replace what differs from run to run, and leave out blank lines."""
    for pattern, word in VARYING:
        text = pattern.sub(word, text)
    return [line.strip() for line in text.splitlines() if line.strip()]


def test_every_path_named_in_the_readme_exists() -> None:
    named = re.findall(r"`((?:extract|loaders|models|seeds|macros|tests|docs)/[\w./-]*)`", README)
    assert len(named) > 10
    missing = [path for path in named if not (ROOT / path).exists()]
    assert not missing


def test_transcript_is_what_the_demo_prints(demo_road: DemoRoad) -> None:
    between = re.search(
        r"<!-- transcript: make demo -->\n```\n(.*?)```\n<!-- /transcript -->", README, re.S
    )
    assert between, "README.md has no transcript of make demo"
    said = demo_road.stdout.replace(str(demo_road.data), "data/demo")
    assert steady(between.group(1)) == steady(said)
    assert max(len(line) for line in said.splitlines()) <= TERMINAL


def test_no_document_names_a_place_of_one_machine() -> None:
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        found = re.findall(r"(?<![\w.])/(?:home|root|tmp|work|Users)/\S+", path.read_text("utf-8"))
        assert not found, f"{path.name}: {found}"
