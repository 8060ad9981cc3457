"""Tells which tables of export files the models read, so that they are there before any export."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from extract.errors import MapUnreadable
from extract.raw_tables import FILES, RawTables


def mapped_tables(project: Path) -> RawTables:
    """
    Return the raw tables of export files that the sources of `models/staging/` name.

    Raises:
        MapUnreadable: one of those files is no YAML of sources.

    """
    names = [
        str(table["name"])
        for path in sorted(project.glob("models/staging/*/*__sources.yml"))
        for source in sources_in(path)
        if source.get("schema") == FILES.schema
        for table in source.get("tables", ())
    ]
    return RawTables(FILES.schema, {name: name for name in names})


def sources_in(path: Path) -> list[dict[str, Any]]:
    """
    Read the sources that a file declares.

    Raises:
        MapUnreadable: it is no YAML, or declares none.

    """
    try:
        return list(yaml.safe_load(path.read_text("utf-8"))["sources"])
    except (yaml.YAMLError, TypeError, KeyError):
        raise MapUnreadable(
            f"{path} declares no sources", hint="repair it; `git diff` shows what changed"
        ) from None
