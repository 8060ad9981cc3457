"""Tells which files of an export belong to one table, and what that table is called."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from extract.raw_tables import DELETED, NOT_TAKEN, QUARANTINED

CATALOGUE = "file_catalogue"
RESERVED = {CATALOGUE, DELETED, NOT_TAKEN, QUARANTINED}
# `claims_2`, `claims-part-0003`, `claims.2of5`, `claims_2026-01-31`, `claims_20260131_235959`
PART = re.compile(
    r"([-_. ]+(part|teil|chunk|page)?[-_. ]?\d+([-_. ]?(of|von)[-_. ]?\d+)?"
    r"|[-_. ]*\((\d+)\))+$",
    re.IGNORECASE,
)
ONLY_A_PART = re.compile(r"(part|teil|chunk|page)?[-_. ]?[\d\-_. ]+([-_.][0-9a-f-]{8,})?", re.I)
LONGEST_NAME = 60


def tables_of(columns: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """
    Return the table of each file, given the columns that each of them has.

    A number at the end of a name may tell parts of one table apart, or two tables: what shares
    half of its columns is one table; else each keeps its whole name.
    """
    groups: dict[str, list[str]] = {}
    for origin in columns:
        groups.setdefault(table_name(stem_of(origin), is_part=True), []).append(origin)
    tables: dict[str, str] = {}
    for name, origins in groups.items():
        first = set(columns[origins[0]])
        is_one = all(shares_half(first, set(columns[origin])) for origin in origins)
        for origin in origins:
            tables[origin] = name if is_one else table_name(stem_of(origin), is_part=False)
    return tables


def shares_half(one: set[str], other: set[str]) -> bool:
    """Tell whether two files may be parts of one table."""
    return 2 * len(one & other) >= len(one | other)


def stem_of(origin: str) -> str:
    """Return a file's name without its ending, or its folder's where the name is but a number."""
    path = PurePosixPath(origin)
    name = path.name[: -len(".gz")] if path.name.lower().endswith(".gz") else path.name
    stem = PurePosixPath(name).stem
    if ONLY_A_PART.fullmatch(stem) and path.parent.name:
        return path.parent.name.removesuffix(".zip")
    return stem


def table_name(stem: str, *, is_part: bool) -> str:
    """
    Return the raw table's name: small letters, digits and `_`, and never one of our own.

    What is written in other letters altogether is named by its digest.
    """
    cut = PART.sub("", stem) if is_part else stem
    plain = unicodedata.normalize("NFKD", (cut or stem).replace("ß", "ss"))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    name = re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")
    if not name or not plain.isascii():
        name = f"{name}_{hashlib.sha256(stem.encode()).hexdigest()[:8]}".strip("_")
    if not name[0].isalpha() or name in RESERVED:
        name = f"table_{name}"
    if len(name) > LONGEST_NAME:
        name = f"{name[: LONGEST_NAME - 9]}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"
    return name
