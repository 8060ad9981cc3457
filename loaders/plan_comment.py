"""A plan as a comment on a pull request: Markdown, from what `clinic-load plan --json` said."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from typing import Any

_NUMBERS = ("rows", "creates", "updates", "unchanged", "failed", "held")
# A comment of GitHub holds 65,536 characters; what is beyond is counted.
_FINDINGS = 60


def plan_comment(plan: dict[str, Any]) -> str:
    """Draw the objects in load order, then what pre-flight found: stops first, notes last."""
    rows = sum(each["rows"] for each in plan["objects"])
    stops = sum(finding["severity"] == "stop" for finding in plan["findings"])
    verdict = f"{stops} findings stop it" if stops else "nothing stops it"
    objects = map(_object_row, plan["objects"])
    return "\n".join(
        [
            f"### Plan: {rows:,} rows of {len(plan['objects'])} objects, {verdict}",
            "",
            *_table(("object", *_NUMBERS), objects, numbers=len(_NUMBERS)),
            "",
            *_findings(plan["findings"]),
            "",
        ]
    )


def _object_row(each: dict[str, Any]) -> list[str]:
    return [each["sobject"], *(f"{each[name]:,}" for name in _NUMBERS)]


def _findings(findings: list[dict[str, Any]]) -> Iterator[str]:
    turn = ("stop", "warn", "note")
    told = sorted(findings, key=lambda finding: turn.index(finding["severity"]))
    rows = ([str(each[n]) for n in ("severity", "code", "message", "hint")] for each in told)
    yield "<details><summary>Pre-flight</summary>\n"
    yield from _table(("severity", "code", "finding", "try"), list(rows)[:_FINDINGS])
    if len(told) > _FINDINGS:
        yield f"\n{len(told) - _FINDINGS} more are in `plan.json`."
    yield "\n</details>"


def _table(names: tuple[str, ...], rows: Iterable[list[str]], *, numbers: int = 0) -> Iterator[str]:
    yield _line(names)
    yield _line([":--"] * (len(names) - numbers) + ["--:"] * numbers)
    for row in rows:
        yield _line([" ".join(cell.split()).replace("|", "\\|") for cell in row])


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.stdout.write(plan_comment(json.load(sys.stdin)))
