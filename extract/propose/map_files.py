"""The map's own files: what the marts' YAML and the seeds say now, and where a line goes in."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import yaml

from extract.errors import MapUnreadable, WrongUsage

MARTS = Path("models/marts/salesforce")
PICKLISTS = Path("seeds/salesforce/salesforce_picklists.csv")
DECLINED = Path("seeds/audit/declined_custom_fields.csv")
ACTIVITY = frozenset({"Event", "Task"})
SAFE = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class MapColumn:
    """What a mart's YAML says of one column."""

    name: str
    data_type: str
    told: dict[str, Any]

    @property
    def source(self) -> str | None:
        """Name the clinic's own field that fills it."""
        return self.told.get("source_custom_field")


@dataclass(frozen=True, slots=True)
class Mart:
    """One mart's YAML: its columns, and the line behind the last of them."""

    path: Path
    name: str
    sobject: str
    columns: tuple[MapColumn, ...]
    indent: int
    end: int

    @property
    def on_activity(self) -> bool:
        """Tell whether its custom fields are those of Activity."""
        return self.sobject in ACTIVITY


@dataclass(frozen=True, slots=True)
class MapFiles:
    """All of the map that a proposal has to know, and the text of each file."""

    texts: dict[Path, str]
    marts: dict[str, Mart]
    # The values of each value set, in their order.
    value_sets: dict[str, tuple[str, ...]]
    # (entity, field) -> why not.
    declined: dict[tuple[str, str], str]

    def names_taken(self, mart: Mart) -> set[str]:
        """Name the custom fields that are there, without `__c`; Event and Task share theirs."""
        shared = [one for one in self.marts.values() if one.on_activity and mart.on_activity]
        return {
            column.name.removesuffix("__c") for one in [mart, *shared] for column in one.columns
        }


def read_map(project: Path) -> MapFiles:
    """
    Read the map's files.

    Raises:
        WrongUsage: this is not the project's folder.
        MapUnreadable: a file is not what a map's file is.

    """
    if not (project / MARTS).is_dir():
        raise WrongUsage(f"there is no {MARTS} here", hint="run it in the project's folder")
    paths = [*sorted((project / MARTS).glob("*.yml")), project / PICKLISTS, project / DECLINED]
    try:
        texts = {path.relative_to(project): path.read_bytes().decode("utf-8") for path in paths}
    except (OSError, UnicodeDecodeError) as unread:
        raise MapUnreadable(
            f"a file of the map cannot be read: {unread}", hint="git status"
        ) from unread
    marts = [
        mart for path, text in texts.items() if path.suffix == ".yml" for mart in _marts(path, text)
    ]
    value_sets: dict[str, tuple[str, ...]] = {}
    for row in _rows(texts[PICKLISTS]):
        value_sets[row["value_set"]] = (*value_sets.get(row["value_set"], ()), row["value"])
    declined = {(row["entity"], row["field_name"]): row["reason"] for row in _rows(texts[DECLINED])}
    return MapFiles(texts, {mart.name: mart for mart in marts}, value_sets, declined)


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text)))


def _marts(path: Path, text: str) -> Iterator[Mart]:
    """Find the marts of one file, with the place where another column goes."""
    try:
        document, root = yaml.load(text, SAFE), yaml.compose(text, SAFE)  # noqa: S506 - both are safe loaders
        nodes = _member(root, "models").value
        for model, node in zip(document["models"], nodes, strict=True):
            columns = _member(node, "columns")
            if columns.flow_style:
                raise MapUnreadable(
                    f"{path}: {model['name']} has its columns in one line",
                    hint="a line for each column",
                )
            yield Mart(
                path=path,
                name=model["name"],
                sobject=model["config"]["meta"]["salesforce"]["sobject"],
                columns=tuple(_column(column) for column in model["columns"]),
                indent=columns.start_mark.column,
                end=_last_line(columns) + 1,
            )
    except (yaml.YAMLError, KeyError, TypeError, AttributeError):
        raise MapUnreadable(f"{path} does not describe marts", hint="dbt parse") from None


def _column(said: dict[str, Any]) -> MapColumn:
    told = said.get("config", {}).get("meta", {}).get("salesforce") or {}
    return MapColumn(said["name"], str(said.get("data_type") or ""), told)


def _member(node: yaml.Node | None, name: str) -> yaml.CollectionNode:
    """
    Find a key's value in a mapping.

    Raises:
        KeyError: it is not there.

    """
    for key, value in node.value if node else ():
        if key.value == name and isinstance(value, yaml.CollectionNode):
            return value
    raise KeyError(name)


def _last_line(node: yaml.Node) -> int:
    """Tell on which line a node's own text ends; a block's end mark stands at what comes next."""
    if isinstance(node, yaml.ScalarNode):
        return node.end_mark.line - (node.style in {"|", ">"})
    if not isinstance(node, yaml.CollectionNode) or node.flow_style or not node.value:
        return node.end_mark.line
    last = node.value[-1]
    return _last_line(last[1] if isinstance(last, tuple) else last)


def inserted(text: str, lines: Sequence[str], *, at: int) -> str:
    """Put lines into a text before a line's number, with the text's own line ends."""
    ending = "\r\n" if "\r\n" in text else "\n"
    kept = lines_of(text)
    if kept and at >= len(kept) and not kept[-1].endswith("\n"):
        kept[-1] += ending
    return "".join([*kept[:at], *(line + ending for line in lines), *kept[at:]])


def lines_of(text: str) -> list[str]:
    """Cut a text into lines as an editor and `diff` do, each with its end."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)
