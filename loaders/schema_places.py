"""Where a mart or a column is described: the file and line that a person has to correct."""

from __future__ import annotations

import re
from pathlib import Path

from loaders.mapping import Mart


def place(mart: Mart, name: str, *, project: Path) -> str:
    """
    Name the YAML file and line of a mart's column, or of the mart itself, as editors open it.

    The manifest knows the file only; without the project at hand there is no line to name.
    """
    if not mart.described_in:
        return ""
    try:
        lines = (project / mart.described_in).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return mart.described_in
    wanted = re.compile(rf"\s*- name:\s*[\"']?{re.escape(name)}[\"']?\s*$")
    for number, line in enumerate(lines, start=1):
        if wanted.match(line):
            return f"{mart.described_in}:{number}"
    return mart.described_in
