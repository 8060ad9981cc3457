"""The map in parts that a person can confirm one by one, and the hash of each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping as Named
from dataclasses import asdict
from typing import Any

from loaders.canonical import canonical_sha256
from loaders.mapping import Mapping, Mart
from loaders.schema_related import screen_additions
from loaders.schema_settings import needed_settings

# What a push needs; `clinic-load approve` without a flag confirms these four.
CORE = ("objects", "fields", "values", "rules")
# They change what the org had before us: whoever confirms them has to name them.
NAMED = ("settings", "related_lists")
SCOPES = CORE + NAMED
# Of no map but of one plan: which records of the org are rows of ours.
MATCHES = "matches"
# Of no map either: which records go, or are marked, since the source has them no longer.
DELETIONS = "deletions"

# Scope -> name of a thing -> what the map says of it.
Parts = dict[str, dict[str, Any]]

_OF_NO_OBJECT = frozenset({"name", "relation", "columns", "checksum", "described_in"})


def map_parts(mapping: Mapping) -> Parts:
    """
    Take the map apart, so that a change in one part leaves the confirmation of the others alone.

    Descriptions, paths and schema names stay out: they change nothing that is sent. The order of
    loading follows from the lookups, which are fields.
    """
    made = {_short(name): checksum for name, checksum in mapping.checksums}
    seeds = {name: checksum for name, checksum in made.items() if name.startswith("seed ")}
    return {
        "objects": {mart.sobject: _object(mart) for mart in mapping.marts},
        "fields": {
            f"{mart.sobject}.{column.name}": _without(asdict(column), frozenset({"description"}))
            for mart in mapping.marts
            for column in mart.columns
        },
        "values": seeds,
        "rules": {name: of for name, of in made.items() if name not in seeds}
        | {"canonical text": canonical_sha256()},
        "settings": {each.name: "on" for each in needed_settings(mapping.objects())},
        "related_lists": screen_additions(mapping),
    }


def part_hashes(parts: Parts) -> dict[str, str]:
    """Hash each part by itself: this is what an approval is bound to."""
    return {scope: _sha256(part) for scope, part in parts.items()}


def hash_of_parts(hashes: Named[str, str]) -> str:
    """Hash the whole map from the hashes of its parts."""
    return _sha256(dict(hashes))


def map_hash(mapping: Mapping) -> str:
    """Hash the whole map; the same in a sandbox and in production."""
    return hash_of_parts(part_hashes(map_parts(mapping)))


def _object(mart: Mart) -> dict[str, Any]:
    return _without(asdict(mart), _OF_NO_OBJECT)


def _without(said: dict[str, Any], names: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if name not in names}


def _short(unique_id: str) -> str:
    """Turn dbt's `model.<project>.<name>` into `model <name>`."""
    kind, _, rest = unique_id.partition(".")
    return f"{kind} {rest.partition('.')[2]}"


def _sha256(document: dict[str, Any]) -> str:
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
