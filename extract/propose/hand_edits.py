"""Tells which files of a proposed map somebody edited since: those are never written again."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Collection, Mapping
from io import StringIO
from pathlib import Path
from typing import Any

import yaml

from extract.errors import MapUnreadable

COLUMNS = ("path", "sha256")


def read_digests(path: Path) -> dict[Path, str]:
    """
    Read what the files were when they were written.

    Raises:
        MapUnreadable: the file is no list of digests.

    """
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as opened:
        try:
            return {Path(row["path"]): row["sha256"] for row in csv.DictReader(opened)}
        except (KeyError, TypeError):
            raise MapUnreadable(
                f"{path} is no list of digests", hint="git checkout " + str(path)
            ) from None


def digests_text(texts: Mapping[Path, str]) -> str:
    """Write what the files are."""
    made = StringIO()
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows((path.as_posix(), digest(path, text)) for path, text in sorted(texts.items()))
    return made.getvalue()


def digest(path: Path, text: str) -> str:
    """Digest a file; of YAML what it says, without the marks that a person takes out."""
    if path.suffix == ".yml":
        text = json.dumps(_unmarked(yaml.safe_load(text)), sort_keys=True)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _unmarked(node: Any) -> Any:  # noqa: ANN401 - whatever YAML holds
    if isinstance(node, list):
        return [_unmarked(each) for each in node]
    if not isinstance(node, dict):
        return node
    kept = {name: _unmarked(each) for name, each in node.items() if name != "proposed"}
    return {name: each for name, each in kept.items() if each or name not in {"config", "meta"}}


def kept_files(
    there: Mapping[Path, str],
    *,
    now: Mapping[Path, str],
    written: Mapping[Path, str],
    shared: Collection[Path],
) -> tuple[set[Path], list[str]]:
    """
    Find the files that need not be written, or must not be: somebody edited them.

    `there` is what stands in the project, `written` what was written last; `shared` files are
    added to, whoever edited them. Where an edited YAML file has to say something new, nothing is
    written at all: a proposal without its mark could be loaded.

    Raises:
        MapUnreadable: something new has to go into a YAML file that somebody edited.

    """
    kept: set[Path] = set()
    by_hand: list[str] = []
    for path, text in now.items():
        if there.get(path) == text:
            kept.add(path)
        elif path not in there or path in shared:
            continue
        elif digest(path, there[path]) not in {written.get(path), digest(path, text)}:
            is_news = written.get(path) != digest(path, text)
            if path.suffix == ".yml" and (is_news or "proposed:" in text):
                raise MapUnreadable(
                    f"{path} was edited beyond its marks, and new ones have to go in",
                    hint="undo the edit; what a model means belongs into its SQL or into docs/",
                )
            kept.add(path)
            by_hand += [f"{path} was edited by hand and stays"] * is_news
    return kept, by_hand
