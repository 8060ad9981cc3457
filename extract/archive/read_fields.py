"""Which fields of each raw table some model reads: the others are the map's unmapped columns."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from extract.errors import ManifestUnreadable

_FIELD = re.compile(r"'\$\.\"?(\w+)")
# What tells a record's kind and its id: the raw table's name, and a column of its own.
_ALWAYS_READ = frozenset({"id", "resourceType"})


def read_fields(manifest: Path) -> Mapping[tuple[str, str], frozenset[str]]:
    """
    Name the outermost fields that the models take out of each raw table, by schema and table.

    A field counts as read as soon as any part of it is: what it lists is surely unmapped, and not
    all that is unmapped.

    Raises:
        ManifestUnreadable: there is no manifest, or the file is something else.

    """
    try:
        told = json.loads(manifest.read_bytes())
        sources = {name: (one["schema"], one["name"]) for name, one in told["sources"].items()}
        models = [one for one in told["nodes"].values() if one["resource_type"] == "model"]
    except (OSError, ValueError, KeyError, TypeError):
        raise ManifestUnreadable(
            f"{manifest.name} is not there, or is no manifest of dbt's", hint="dbt build"
        ) from None
    found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for model in models:
        for name in model["depends_on"]["nodes"]:
            if name in sources:
                found[sources[name]].update(_FIELD.findall(model["raw_code"]))
    return {table: frozenset(fields | _ALWAYS_READ) for table, fields in found.items()}
