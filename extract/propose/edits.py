"""The proposal as changes to the map's files: lines are added, and every other byte stays."""

from __future__ import annotations

import csv
import difflib
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from io import StringIO
from pathlib import Path

import yaml

from extract.errors import MapUnreadable
from extract.propose.map_files import PICKLISTS, SAFE, MapFiles, Mart, inserted, lines_of
from extract.propose.names import value_label
from extract.propose.proposal import Proposal, Proposed

PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_ -]*[A-Za-z0-9_]")
DEFAULT_TYPES = {"string": "Text", "boolean": "Checkbox", "date": "Date", "timestamp": "DateTime"}


def edited(proposal: Proposal, files: MapFiles) -> dict[Path, str]:
    """
    Give the new text of each file that changes.

    Raises:
        MapUnreadable: a column would land anywhere but at the end of its mart's columns.

    """
    texts: dict[Path, str] = {}
    by_mart: defaultdict[str, list[Proposed]] = defaultdict(list)
    for one in proposal.proposed:
        by_mart[one.mart.name].append(one)
    # From the bottom up, so that a file with several marts keeps the lines above where they are.
    for mart in sorted((files.marts[name] for name in by_mart), key=lambda mart: -mart.end):
        before = texts.get(mart.path, files.texts[mart.path])
        lines = [line for one in by_mart[mart.name] for line in column_lines(one, mart)]
        texts[mart.path] = inserted(before, lines, at=mart.end)
        _require_only_added(mart, before, texts[mart.path], added=len(by_mart[mart.name]))
    rows = {one.value_set: one.values for one in proposal.proposed if one.value_set}
    rows |= {one.value_set: one.new_values for one in proposal.changed if one.value_set}
    if rows:
        texts[PICKLISTS] = _with_values(files, rows)
    return texts


def column_lines(one: Proposed, mart: Mart) -> Iterator[str]:
    """Write a column as the marts' YAML does."""
    first, deeper = " " * mart.indent, " " * (mart.indent + 2)
    yield f"{first}- name: {one.name}"
    yield f"{deeper}description: >"
    yield f"{deeper}  The clinic's own field of its {one.entity}:"
    yield f"{deeper}  {' '.join(one.source.split())}"
    yield f"{deeper}data_type: {one.type.data_type}"
    yield f"{deeper}config:"
    yield f"{deeper}  meta:"
    yield f"{deeper}    salesforce:"
    for key, value in _meta(one):
        yield f"{deeper}      {key}: {value}"
    if one.value_set:
        several = ", is_several: true" if one.type.sf_type == "MultiselectPicklist" else ""
        yield f"{deeper}data_tests:"
        yield f"{deeper}  - valid_picklist_value:"
        yield f"{deeper}      arguments: {{value_set: {one.value_set}{several}}}"


def _meta(one: Proposed) -> Iterator[tuple[str, str]]:
    yield "custom", "true"
    yield "label", scalar(one.label)
    if one.type.sf_type not in {DEFAULT_TYPES.get(one.type.data_type), "Number"}:
        yield "type", one.type.sf_type
    if one.type.length:
        yield "length", str(one.type.length)
    if one.value_set:
        yield "picklist", one.value_set
    if one.is_phi:
        yield "phi", "true"
    if one.encryption:
        yield "encryption", one.encryption
    yield "source_custom_field", scalar(one.source)


def scalar(text: str) -> str:
    """Write a text as YAML: bare where nothing in it could be misread, else in quotes."""
    is_bare = PLAIN.fullmatch(text) and yaml.load(text, SAFE) == text  # noqa: S506 - a safe loader
    return text if is_bare else json.dumps(text, ensure_ascii=False)


def _require_only_added(mart: Mart, before: str, after: str, *, added: int) -> None:
    """Read both texts again: the columns there were come first, and the new ones behind them."""
    old, new = (
        {model["name"]: model for model in yaml.load(text, SAFE)["models"]}  # noqa: S506 - safe
        for text in (before, after)
    )
    kept = new[mart.name]["columns"][:-added]
    new[mart.name]["columns"] = kept
    if old != new:
        raise MapUnreadable(
            f"{mart.path}: it is not clear where the columns of {mart.name} end",
            hint="add the columns by hand: clinic-extract propose --custom-fields --json",
        )


def _with_values(files: MapFiles, added: dict[str, tuple[str, ...]]) -> str:
    """Add rows to the seed of picklists, each set's behind its last one, or where its name goes."""
    text = files.texts[PICKLISTS]
    for value_set, values in sorted(added.items()):
        sets = [row["value_set"] for row in csv.DictReader(StringIO(text))]
        at = 1 + sum(1 for name in sets if name <= value_set)
        first = len(files.value_sets.get(value_set, ())) + 1
        rows = [_csv_row(value_set, value, place) for place, value in enumerate(values, first)]
        text = inserted(text, rows, at=at)
    return text


def _csv_row(value_set: str, value: str, place: int) -> str:
    row = StringIO()
    csv.writer(row, lineterminator="").writerow(
        [value_set, value, value_label(value), place, "false"]
    )
    return row.getvalue()


def unified_diff(before: Mapping[Path, str], texts: Mapping[Path, str]) -> Iterator[str]:
    """Write the change as `git apply` takes it, file by file in the order of their names."""
    for path, text in sorted(texts.items()):
        old, new = lines_of(before.get(path, "")), lines_of(text)
        was = f"a/{path}" if path in before else "/dev/null"
        yield from difflib.unified_diff(old, new, was, f"b/{path}")
