"""docs/cli.md is what the commands say about themselves."""

from __future__ import annotations

import re

from tests.docs.cli_page import PAGE, page


def test_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "stale: run `make docs`"


def test_every_command_is_explained_and_shows_an_example() -> None:
    commands = re.split(r"^##+ `(?=clinic-(?:extract|load) )", page(), flags=re.M)[1:]
    assert len(commands) > 12
    for text in commands:
        name, _, body = text.partition("`")
        if "**Commands**" not in body:
            assert "Example: " in body, f"{name} shows no example"
