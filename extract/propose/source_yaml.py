"""Writes the YAML of a proposed map, where the mark `proposed` names what nobody confirmed yet."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from extract.errors import MapUnreadable
from extract.propose.decisions import Decision
from extract.propose.source_sql import INTERMEDIATE, STAGING, Source, staging_model

SEEDS = Path("seeds")
WIDTH = 100

# Model or seed -> the names in it that are proposed.
Marks = Mapping[str, Sequence[str]]


def paths_of(system: str) -> tuple[Path, Path, Path]:
    """Name the YAML files that carry marks: staging, entities, seed."""
    return (
        STAGING / system / f"_{system}__models.yml",
        INTERMEDIATE / system / f"_{system}__models.yml",
        SEEDS / system / f"_{system}__seeds.yml",
    )


def read_marks(project: Path, system: str) -> dict[str, tuple[str, ...]]:
    """
    Read what is still marked; a model without a mark was confirmed.

    Raises:
        MapUnreadable: a file is no YAML of models.

    """
    found: dict[str, tuple[str, ...]] = {}
    for path in paths_of(system):
        if not (project / path).exists():
            continue
        try:
            document = yaml.safe_load((project / path).read_text("utf-8"))
            for node in [*document.get("models", ()), *document.get("seeds", ())]:
                found[node["name"]] = tuple(map(str, _mark(node)))
        except (yaml.YAMLError, AttributeError, KeyError, TypeError):
            raise MapUnreadable(
                f"{path} does not describe models", hint="repair it; `git diff` shows what changed"
            ) from None
    return found


def _mark(node: Mapping[str, Any]) -> Iterable[object]:
    meta = (node.get("config") or {}).get("meta") or {}
    return meta.get("proposed") or ()


def yaml_files(source: Source, marks: Marks) -> dict[Path, str]:
    """Write the YAML files of a source."""
    staging, shaped, seeds = paths_of(source.system)
    return {
        STAGING / source.system / f"_{source.system}__sources.yml": _sources(source),
        staging: _document("models", _staging(source, marks)),
        shaped: _document("models", _entities(source, marks)),
        seeds: _document("seeds", _codes(source, marks)),
    }


def _document(kind: str, nodes: Iterable[str]) -> str:
    return f"version: 2\n\n{kind}:\n" + "\n".join(nodes)


def _sources(source: Source) -> str:
    tables = "".join(f"      - name: {_quoted(table)}\n" for table in source.tables)
    return (
        "version: 2\n\nsources:\n"
        f"  - name: raw_files_{source.system}\n"
        "    description: >\n"
        f"      The export of {source.system}: each row as it was landed, as JSON.\n"
        "    database: raw\n    schema: raw_files\n    tables:\n" + tables
    )


def _staging(source: Source, marks: Marks) -> Iterator[str]:
    for table in source.tables:
        name = staging_model(source, table)
        columns = source.columns(table)
        lines = [
            *_head(name, f"The rows of {table}. Grain: one row per row of the export.", marks),
            "    data_tests:",
            "      - unique_together:",
            "          arguments: {columns: [source_system, raw_id]}",
            "    columns:",
        ]
        for column, decision in columns.items():
            lines += [f"      - name: {column}", *_text(_said(decision), indent=8)]
        yield "\n".join(lines) + "\n"


def _said(decision: Decision) -> str:
    return f"{decision.column}, as {decision.label or 'nothing: it has no target'}."


def _entities(source: Source, marks: Marks) -> Iterator[str]:
    for table, entity in source.tables.items():
        if entity:
            about = (
                f"{table} as {entity} of the clinic contract. Grain: one row per row of {table}."
            )
            yield "\n".join(_head(f"int_{source.system}__{entity}", about, marks)) + "\n"
    counted = {
        "raw_records": "Every raw row by name. Grain: one row per raw row.",
        "source_records": "Which record each raw row became. Grain: one row per raw row.",
        "quality_flags": "Texts that could not be read. Grain: one row per record and column.",
    }
    for name, about in counted.items():
        yield "\n".join(_head(f"int_{source.system}__{name}", about, {})) + "\n"


def _codes(source: Source, marks: Marks) -> Iterator[str]:
    about = (
        "Words of the export in the clinic contract's codes; without a code, the word itself goes"
        " on to the crosswalks. Grain: one row per field and word."
    )
    lines = [
        *_head(
            f"{source.system}_codes",
            about,
            marks,
            more=["      column_types:"]
            + [
                f"        {name}: varchar"
                for name in ("field", "source_value", "code", "candidates")
            ],
        ),
        "    data_tests:",
        "      - unique_together:",
        "          arguments: {columns: [field, source_value]}",
    ]
    yield "\n".join(lines) + "\n"


def _head(name: str, about: str, marks: Marks, *, more: Sequence[str] = ()) -> Iterator[str]:
    yield f"  - name: {name}"
    yield from _text(about, indent=4)
    proposed = marks.get(name, ())
    if more or proposed:
        yield "    config:"
    yield from more
    if proposed:
        yield "      meta:"
        yield "        proposed:"
        yield from (f"          - {_quoted(each)}" for each in proposed)


def _text(text: str, *, indent: int) -> Iterator[str]:
    space = " " * indent
    yield f"{space}description: >"
    yield from textwrap.wrap(
        text, WIDTH, initial_indent=f"{space}  ", subsequent_indent=f"{space}  "
    )


def _quoted(text: str) -> str:
    return (
        text
        if text.isidentifier() and not yaml_word(text)
        else json.dumps(text, ensure_ascii=False)
    )


def yaml_word(text: str) -> bool:
    """Tell whether YAML would read a name as something else, as it does `no`."""
    return not isinstance(yaml.safe_load(text), str)
