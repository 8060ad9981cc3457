"""Make docs/mapping.md of dbt's manifest: what a reviewer of a pull request reads."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlglot import exp

from loaders.contract import Column, Mart, read_mapping
from loaders.schema_fields import encryption_scheme
from loaders.schema_shield import not_encrypted_because
from tests.docs.lineage import CODES, Lineage, Origin

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "mapping.md"
CLINIC = "int_clinic__"
# What is longer is to be read in the model.
LONGEST_RULE = 90
MOST_NAMES = 4
HEAD = """# Mapping

Made by `make docs` from dbt's manifest and the SQL behind it; a test keeps it true. Each object is
one model, each row one field: from where in what the source sent, by which column of the clinic
contract, to which field, under which rule, with which tests. Only columns that a value is made of
are named, not those that rows are found by.

A rule is *as it is*, a crosswalk, a custom field of the clinic, what the model's YAML says, or the
SQL itself; *in the model* where that is too long for a table, or differs from one kind of row to
another. Tables that resources of many types share (names, addresses, contact points, extensions)
are named by the type of the row itself: *shared* marks that.

PHI is patient data: never in a log. Encryption is the scheme for an org that has Shield.
"""


@dataclass(frozen=True, slots=True)
class _Page:
    manifest: dict[str, Any]
    lineage: Lineage
    # (model, column) -> names of dbt's tests.
    tests: dict[tuple[str, str], list[str]]


def page(manifest: Path) -> str:
    """Render the page."""
    document = json.loads(manifest.read_bytes())
    made = _Page(document, Lineage(document), _tests(document))
    marts = read_mapping(manifest).marts
    return "\n".join([HEAD, _summary(marts), *(_section(made, mart) for mart in marts)])


def _table(names: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    names = list(names)
    lines = [names, ["---"] * len(names), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _summary(marts: tuple[Mart, ...]) -> str:
    rows = [
        (
            f"[{mart.sobject}](#{mart.sobject.lower()})",
            f"`{mart.name}`",
            ", ".join(f"`{name}`" for name in mart.key),
            str(len(mart.columns)),
            str(sum(column.custom for column in mart.columns)),
            str(sum(column.phi for column in mart.columns)),
            str(sum(encryption_scheme(mart, column) is not None for column in mart.columns)),
        )
        for mart in marts
    ]
    return _table(("object", "model", "key", "fields", "custom", "PHI", "encrypted"), rows)


def _section(made: _Page, mart: Mart) -> str:
    node = made.manifest["nodes"][mart.model]
    said = " ".join(node["description"].split())
    types = f" Record types: {', '.join(mart.record_types)}." if mart.record_types else ""
    of_model = made.tests.get((mart.model, ""), [])
    tested = f" Tests of the whole: {', '.join(of_model)}." if of_model else ""
    path = node["original_file_path"]
    head = f"## {mart.sobject}\n\n{said}{types}{tested} [SQL](../{path})\n"
    names = (
        "source field", "clinic field", "API field", "type", "rule", "tests", "PHI", "encryption",
    )  # fmt: skip
    return f"{head}\n" + _table(names, (_row(made, mart, column) for column in mart.columns))


def _row(made: _Page, mart: Mart, column: Column) -> tuple[str, ...]:
    origins = made.lineage.nearest(mart.name, column.name, prefix=CLINIC)
    clinic = sorted(each for each in origins if each.model != CODES)
    concepts = sorted(each.column for each in origins if each.model == CODES)
    tests = (["not null"] if column.required else []) + made.tests.get(
        (mart.model, column.name), []
    )
    return (
        _sources(made, clinic),
        _names(f"{each.model.removeprefix(CLINIC)}.{each.column}" for each in clinic),
        f"`{column.name}`",
        _type(column),
        _rule(made, mart, column, concepts, is_traced=bool(origins)),
        ", ".join(tests),
        "PHI" if column.phi else "",
        _encryption(mart, column),
    )


def _encryption(mart: Mart, column: Column) -> str:
    """Give the scheme of a PHI field, or why it has none."""
    if not column.phi:
        return ""
    scheme = encryption_scheme(mart, column)
    return f"`{scheme}`" if scheme else f"none: {not_encrypted_because(mart, column)}"


def _sources(made: _Page, clinic: list[Origin]) -> str:
    found: set[str] = set()
    is_shared = False
    for each in clinic:
        places = made.lineage.sources(each.model, each.column)
        own = {place for place in places if place.split(".")[0] in _own_types(made, each.model)}
        is_shared |= bool(own) and own != places
        found |= own or places
    return _names(sorted(found)) + (" *shared*" if is_shared else "")


def _own_types(made: _Page, model: str) -> frozenset[str]:
    """Name the resources that the rows of a clinic entity are: those its key comes from."""
    columns = made.lineage.columns_of(model)
    key = next(name for name in columns if name.endswith("_key"))
    return frozenset(place.split(".")[0] for place in made.lineage.sources(model, key))


def _names(names: Iterable[str]) -> str:
    everything = [f"`{name}`" for name in names]
    more = len(everything) - MOST_NAMES
    return "<br>".join(everything[:MOST_NAMES]) + (f"<br>and {more} more" if more > 0 else "")


def _type(column: Column) -> str:
    if column.lookup:
        return f"{column.sf_type} to {', '.join(column.lookup.objects)}"
    if column.picklist:
        return f"{column.sf_type} {column.picklist}"
    digits = None if column.scale is None else f"{column.precision}, {column.scale}"
    size = digits or (None if column.length is None else str(column.length))
    return f"{column.sf_type} ({size})" if size else column.sf_type


def _rule(made: _Page, mart: Mart, column: Column, concepts: list[str], *, is_traced: bool) -> str:
    if column.source_custom_field:
        return f"custom field `{column.source_custom_field}`"
    found = made.lineage.expression(mart.name, column.name)
    if isinstance(found, exp.Column) and is_traced and not concepts:
        return "*as it is*"
    crosswalks = "; ".join(f"crosswalk `{name}`" for name in concepts)
    told = " ".join(column.description.replace("|", "\\|").split())
    if crosswalks or told:
        return "; ".join(each for each in (crosswalks, told) if each)
    sql = _written(made.manifest["nodes"][mart.model]["raw_code"], column.name)
    if sql is None and found is not None and not isinstance(found, exp.Column):
        sql = " ".join(found.sql(dialect="duckdb").split())
    short = sql is not None and len(sql) <= LONGEST_RULE
    return f"`{sql}`".replace("|", "\\|") if short else "*in the model*"


def _written(model: str, column: str) -> str | None:
    """Give what the author wrote for a column, where that is one line."""
    lines = re.findall(rf"^ +(\S.*) as {re.escape(column)},?$", model, re.M)
    return str(lines[-1]) if len(set(lines)) == 1 else None


def _tests(document: dict[str, Any]) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for node in document["nodes"].values():
        if node["resource_type"] == "test" and node.get("test_metadata"):
            place = (node.get("attached_node") or "", node.get("column_name") or "")
            found.setdefault(place, []).append(node["test_metadata"]["name"].replace("_", " "))
    return {place: sorted(set(names)) for place, names in found.items()}


def compiled(folder: Path) -> Path:
    """Compile the project with databases of its own, and give the manifest."""
    environment = os.environ | {
        "CLINIC_DATA_DIR": str(folder / "data"),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
    }
    bin_folder = Path(sys.executable).parent
    for command in (("clinic-extract", "init"), ("dbt", "compile", "--quiet")):
        argv = [str(bin_folder / command[0]), *command[1:]]
        subprocess.run(argv, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    return folder / "target" / "manifest.json"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="clinic-docs-") as scratch:
        PAGE.write_text(page(compiled(Path(scratch))), encoding="utf-8")
