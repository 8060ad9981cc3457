"""From which columns a column is made, read out of the SQL that dbt compiled."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlglot import exp, parse_one
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, build_scope

ROOT = Path(__file__).resolve().parent.parent.parent
# What dlt lands, of whatever a source sends.
RAW = ("system", "id", "last_updated", "doc", "doc_sha256", "_dlt_load_id")
CODES = "int_codes_mapped"
# The macro json_texts: paths in one list, names for them in the order of the list.
_PATHS = re.compile(r"\['(\$.*?)'\]\)\],\s*lambda found: struct_pack\((.*?)\n\s*\)", re.S)
_NAME = re.compile(r"(\w+) := ")


@dataclass(frozen=True, slots=True, order=True)
class Origin:
    """A column of a model, or a path in a document that a source sent."""

    model: str
    column: str


@dataclass(frozen=True, slots=True)
class _Leaf:
    table: str
    column: str
    # The name of a text within the column, where the SQL takes one out.
    key: str | None
    concept: str | None


@dataclass
class Lineage:
    """The models of a manifest, each parsed once and only when it is asked for."""

    manifest: dict[str, Any]
    _relations: dict[str, dict[str, Any]] = field(default_factory=dict)
    _scopes: dict[str, Scope] = field(default_factory=dict)
    _columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _known: dict[tuple[str, str], frozenset[_Leaf]] = field(default_factory=dict)

    _places: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Index what stands in the database by the name that SQL gives it."""
        everything = [*self.manifest["nodes"].values(), *self.manifest["sources"].values()]
        self._relations = {
            each["relation_name"].replace('"', ""): each
            for each in everything
            if each.get("relation_name") and each["resource_type"] in {"model", "seed", "source"}
        }
        self._names = {node["name"]: name for name, node in self._relations.items()}

    def nearest(self, name: str, column: str, *, prefix: str) -> frozenset[Origin]:
        """Find the columns of models with this prefix, or crosswalks, that a column is made of."""
        found: set[Origin] = set()
        for leaf in self._leaves(self._relation(name), column):
            node = self._relations[leaf.table]
            if leaf.concept:
                found.add(Origin(CODES, leaf.concept))
            elif node["name"].startswith(prefix):
                found.add(Origin(node["name"], leaf.column))
            elif node["resource_type"] == "model":
                found |= self.nearest(node["name"], leaf.column, prefix=prefix)
        return frozenset(found)

    def sources(self, name: str, column: str) -> frozenset[str]:
        """Find the places in what a source sent that a column is made of."""
        if (name, column) not in self._places:
            self._places[name, column] = frozenset(self._find_sources(name, column))
        return self._places[name, column]

    def _find_sources(self, name: str, column: str) -> set[str]:
        found: set[str] = set()
        leaves = self._leaves(self._relation(name), column)
        for leaf in leaves:
            node = self._relations[leaf.table]
            if node["resource_type"] == "source":
                found |= _raw(node["schema"], node["name"], leaf.column)
            elif node["resource_type"] == "model" and not leaf.concept:
                found |= self.sources(node["name"], leaf.column)
        paths = self._paths(self._relation(name))
        keys = {leaf.key for leaf in leaves if leaf.key in paths}
        return {f"{place}{paths[str(key)]}" for place in found for key in keys} if keys else found

    def expression(self, name: str, column: str) -> exp.Expression | None:
        """Give what the model says of a column, behind whatever only hands it on."""
        scope: Any = self._scope(self._relation(name))
        made = _select(scope, column)
        while isinstance(inner := made.unalias() if made else None, exp.Column):
            source = scope.sources.get(inner.table)
            if not isinstance(source, Scope) or isinstance(source.expression, exp.SetOperation):
                return inner
            scope, made = source, _select(source, inner.name)
        return inner

    def _paths(self, relation: str) -> dict[str, str]:
        sql = self._relations[relation].get("compiled_code") or ""
        return {
            name: path.removeprefix("$")
            for paths, names in _PATHS.findall(sql)
            for name, path in zip(_NAME.findall(names), paths.split("', '"), strict=True)
        }

    def _relation(self, name: str) -> str:
        return self._names[name]

    def _leaves(self, relation: str, column: str) -> frozenset[_Leaf]:
        known = (relation, column)
        if known not in self._known:
            leaves = _walk(self._scope(relation), column, None)
            # What else is read is the database's own, such as its list of time zones.
            self._known[known] = frozenset(leaf for leaf in leaves if leaf.table in self._relations)
        return self._known[known]

    def _scope(self, relation: str) -> Scope:
        if relation not in self._scopes:
            tree = parse_one(self._relations[relation]["compiled_code"], dialect="duckdb")
            schema: dict[str, Any] = {}
            for table in tree.find_all(exp.Table):
                full = ".".join(part.name for part in table.parts)
                if full in self._relations:
                    database, name, table_name = full.split(".")
                    columns = dict.fromkeys(self.columns(full), "text")
                    schema.setdefault(database, {}).setdefault(name, {})[table_name] = columns
            whole = qualify(
                tree, schema=schema, dialect="duckdb", validate_qualify_columns=False,
                quote_identifiers=False,
            )  # fmt: skip
            scope = build_scope(whole)
            assert scope is not None, relation
            self._scopes[relation] = scope
        return self._scopes[relation]

    def columns_of(self, name: str) -> tuple[str, ...]:
        """Name the columns of a model."""
        return self.columns(self._relation(name))

    def columns(self, relation: str) -> tuple[str, ...]:
        """Name the columns of whatever stands under this name."""
        if relation not in self._columns:
            node = self._relations[relation]
            if node["resource_type"] == "source":
                found = RAW
            elif node["resource_type"] == "seed":
                with (ROOT / node["original_file_path"]).open(encoding="utf-8") as file:
                    found = tuple(next(csv.reader(file)))
            else:
                found = tuple(self._scope(relation).expression.named_selects)
            self._columns[relation] = found
        return self._columns[relation]


def _walk(scope: Scope, column: str, key: str | None) -> set[_Leaf]:
    """Follow one output column of a query down to the tables that it reads."""
    if scope.set_operation_scopes:
        left, right = scope.set_operation_scopes
        position = [name.lower() for name in left.expression.named_selects].index(column.lower())
        return _walk(left, column, key) | _walk(
            right, right.expression.named_selects[position], key
        )
    made = _select(scope, column)
    return _of_expression(scope, made, key) if made is not None else set()


def _select(scope: Scope, column: str) -> exp.Expression | None:
    named = (each for each in scope.expression.selects if _is_named(each, column))
    return next(named, None)


def _is_named(made: exp.Expression, column: str) -> bool:
    return made.alias_or_name.lower() == column.lower()


def _of_expression(scope: Scope, made: exp.Expression, key: str | None) -> set[_Leaf]:
    found: set[_Leaf] = set()
    for used in made.find_all(exp.Column):
        source = scope.sources.get(used.table)
        taken = _key(used) or key
        if isinstance(source, Scope):
            leaves = _walk(source, used.name, taken)
            found |= leaves
            if any(leaf.concept for leaf in leaves):
                found |= _codes_joined(scope, used.table)
        elif isinstance(source, exp.Table):
            full = ".".join(part.name for part in source.parts)
            concept = _concept(scope) if source.name == CODES else None
            found.add(_Leaf(full, used.name, taken, concept))
    return found


def _codes_joined(scope: Scope, table: str) -> set[_Leaf]:
    """Follow the code that a crosswalk was asked for: it is in the join, not in the value."""
    found: set[_Leaf] = set()
    for join in scope.expression.args.get("joins") or ():
        if join.alias_or_name != table or not join.args.get("on"):
            continue
        for used in join.args["on"].find_all(exp.Column):
            source = scope.sources.get(used.table)
            if used.table != table and used.name != "source_system" and isinstance(source, Scope):
                found |= _walk(source, used.name, None)
    return found


def _key(used: exp.Column) -> str | None:
    """Give the name in `texts['name']`."""
    parent = used.parent
    if isinstance(parent, exp.Bracket) and parent.this is used:
        (index, *_) = parent.expressions
        return index.name if isinstance(index, exp.Literal) and index.is_string else None
    return parent.name if isinstance(parent, exp.Dot) else None


def _concept(scope: Scope) -> str | None:
    """Give the concept in `where concept = 'gender'`."""
    where = scope.expression.args.get("where")
    for equal in where.find_all(exp.EQ) if where else ():
        if equal.this.name == "concept":
            return str(equal.expression.name)
    return None


def _raw(schema: str, table: str, column: str) -> set[str]:
    """Name a place in a resource or a row: the document itself, or what every one of them has."""
    is_fhir = schema == "raw_fhir"
    resource = "".join(word.capitalize() for word in table.split("_")) if is_fhir else table
    return {
        "doc": {resource},
        "id": {f"{resource}.id"},
        "last_updated": {f"{resource}.meta.lastUpdated"},
    }.get(column, set())
