"""What dbt's manifest says about Salesforce: the one mapping that every command reads."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from loaders.errors import MappingRefused
from loaders.mapping import AuditRelations, Column, Lookup, Mapping, Mart
from loaders.proposed_map import require_confirmed

__all__ = ["AuditRelations", "Column", "Lookup", "Mapping", "Mart", "read_mapping"]

EXTERNAL_ID = "Clinic_Id__c"
EXTERNAL_ID_LENGTH = 255
MATCHES = frozenset({"external_id", "developer_name", "email", "name", "standard", "record"})
# The matches whose cell is the key of a row of another mart.
KEYED_MATCHES = frozenset({"external_id", "record"})

_MODEL_KEYS = frozenset(
    {
        "sobject", "external_id", "natural_key", "lock_parent", "record_types", "label",
        "plural_label", "name_format", "enable_activities", "compliance", "entities", "readers",
        "phi_readers", "summary", "encryption", "match",
    }
)  # fmt: skip
_COLUMN_KEYS = frozenset(
    {
        "custom", "label", "type", "length", "precision", "scale", "unique", "lookup", "picklist",
        "standard_value_set", "phi", "encryption", "create_only", "source_custom_field", "help",
        "compliance", "readers", "track_history",
    }
)  # fmt: skip
_STRENGTHS = frozenset({"strong", "weak"})
_LOOKUP_KEYS = frozenset({"object", "relationship", "on_delete", "match"})
_TYPES = {
    "string": "Text",
    "boolean": "Checkbox",
    "date": "Date",
    "timestamp": "DateTime",
    "bigint": "Number",
    "integer": "Number",
}
_DECIMAL = re.compile(r"decimal\((\d+),\s*(\d+)\)")
_WHOLE_DIGITS = 18
_AUDIT_TABLES = (
    "row_counts", "record_targets", "excluded_records", "merged_records", "quality_flags",
    "duplicate_candidates", "patient_records",
)  # fmt: skip


def read_mapping(manifest: Path) -> Mapping:
    """
    Read the mapping from dbt's manifest.

    Raises:
        MappingRefused: it holds something that the loader does not know; everything is listed.
        MapStillProposed: something in it is proposed, and nobody confirmed it.

    """
    content = manifest.read_bytes()
    document = json.loads(content)
    nodes: list[dict[str, Any]] = list(document["nodes"].values())
    require_confirmed(nodes)
    named = {node["name"]: node for node in nodes if node["resource_type"] in {"model", "seed"}}
    problems: list[str] = []
    marts = tuple(
        sorted((_mart(node, problems) for node in nodes if _salesforce(node)), key=_by_sobject)
    )
    wanted = ["salesforce_picklists", "salesforce_fields", *(f"audit_{t}" for t in _AUDIT_TABLES)]
    problems += [f"there is no model or seed {name}" for name in wanted if name not in named]
    problems += _between_marts(marts)
    # Nobody could tell whether such a seed changed since it was approved.
    problems += [
        f"{node['name']}: dbt hashes a seed over 1 MB by its path, not by its content"
        for node in nodes
        if node["resource_type"] == "seed" and node["checksum"]["name"] == "path"
    ]
    if problems:
        raise MappingRefused(problems, hint="correct the YAML of these models, then dbt build")
    return Mapping(
        marts=marts,
        database=named["salesforce_picklists"]["database"],
        picklists_relation=named["salesforce_picklists"]["relation_name"],
        fields_relation=named["salesforce_fields"]["relation_name"],
        audit=AuditRelations(**{t: named[f"audit_{t}"]["relation_name"] for t in _AUDIT_TABLES}),
        source_records=named.get("int_clinic__source_records", {}).get("relation_name"),
        manifest_path=manifest,
        manifest_sha256=hashlib.sha256(content).hexdigest(),
        checksums=_checksums(document, nodes),
    )


def _by_sobject(mart: Mart) -> str:
    return mart.sobject


def _salesforce(node: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = node.get("config", {}).get("meta", {}).get("salesforce") or {}
    return found


def _checksums(
    document: dict[str, Any], nodes: list[dict[str, Any]]
) -> tuple[tuple[str, str], ...]:
    """Collect what the rows are made from: models, seeds, and the project's own macros."""
    project = document["metadata"]["project_name"]
    of_nodes = [
        (node["unique_id"], node["checksum"]["checksum"])
        for node in nodes
        if node["resource_type"] in {"model", "seed"}
    ]
    of_macros = [
        (macro["unique_id"], hashlib.sha256(macro["macro_sql"].encode("utf-8")).hexdigest())
        for macro in document["macros"].values()
        if macro["package_name"] == project
    ]
    return tuple(sorted(of_nodes + of_macros))


def _mart(node: dict[str, Any], problems: list[str]) -> Mart:
    said = _salesforce(node)
    name = node["name"]
    problems += [f"{name}: unknown key {key}" for key in sorted(set(said) - _MODEL_KEYS)]
    unknown = set(said.get("match") or {}) - _STRENGTHS
    problems += [f"{name}: unknown key match.{key}" for key in sorted(unknown)]
    columns = tuple(_column(name, column, problems) for column in node["columns"].values())
    sobject = str(said.get("sobject") or "")
    words = sobject.removesuffix("__c").replace("_", " ")
    mart = Mart(
        model=node["unique_id"],
        name=name,
        sobject=sobject,
        relation=node["relation_name"],
        external_id=said.get("external_id"),
        natural_key=tuple(said.get("natural_key") or ()),
        lock_parent=said.get("lock_parent"),
        columns=columns,
        label=said.get("label") or words,
        plural_label=said.get("plural_label") or f"{words}s",
        name_format=said.get("name_format"),
        record_types=tuple(said.get("record_types") or ()),
        match_strong=_match_rules(said, "strong"),
        match_weak=_match_rules(said, "weak"),
        enable_activities=bool(said.get("enable_activities", False)),
        compliance=said.get("compliance"),
        entities=tuple(said.get("entities") or ()),
        readers=tuple(said.get("readers") or ()),
        phi_readers=tuple(said.get("phi_readers") or ()),
        summary=tuple(said.get("summary") or ()),
        encryption=said.get("encryption"),
        checksum=node["checksum"]["checksum"],
        described_in=(node.get("patch_path") or "").partition("://")[2],
    )
    problems += _within_mart(mart)
    return mart


def _match_rules(said: dict[str, Any], strength: str) -> tuple[tuple[str, ...], ...]:
    rules: list[list[str]] = (said.get("match") or {}).get(strength) or []
    return tuple(tuple(rule) for rule in rules)


def _within_mart(mart: Mart) -> list[str]:
    names = {column.name for column in mart.columns}
    named = [*mart.key, *([mart.lock_parent] if mart.lock_parent else []), *mart.summary]
    named += mart.matched_by
    problems = [f"{mart.name}: there is no column {name}" for name in named if name not in names]
    if not mart.sobject:
        problems.append(f"{mart.name}: sobject is missing")
    if bool(mart.external_id) == bool(mart.natural_key):
        problems.append(f"{mart.name}: either external_id or natural_key is needed")
    if mart.external_id not in {None, EXTERNAL_ID}:
        problems.append(f"{mart.name}: the external id is always {EXTERNAL_ID}")
    if mart.matched_by and not mart.external_id:
        problems.append(f"{mart.name}: only an object with {EXTERNAL_ID} can be matched")
    if mart.is_custom and not mart.name_format:
        problems.append(f"{mart.name}: a custom object needs name_format")
    return problems


def _between_marts(marts: tuple[Mart, ...]) -> list[str]:
    by_object = {mart.sobject: mart for mart in marts}
    problems = []
    if len(by_object) != len(marts):
        names = [mart.sobject for mart in marts]
        problems += [
            f"two models are {name}" for name in sorted(by_object) if names.count(name) > 1
        ]
    for mart in marts:
        for column in mart.columns:
            if column.lookup is None or column.lookup.match not in KEYED_MATCHES:
                continue
            problems += [
                f"{mart.name}.{column.name}: no mart with {EXTERNAL_ID} is {parent}"
                for parent in column.lookup.objects
                if parent not in by_object or not _can_be_named(by_object[parent], column.lookup)
            ]
    return problems


def _can_be_named(parent: Mart, lookup: Lookup) -> bool:
    """Tell whether a cell can name a record: by our key, or as a record by its natural key."""
    return bool(parent.external_id) or lookup.match == "record"


def _column(model: str, node: dict[str, Any], problems: list[str]) -> Column:
    said: dict[str, Any] = node.get("config", {}).get("meta", {}).get("salesforce") or {}
    name = node["name"]
    where = f"{model}.{name}"
    problems += [f"{where}: unknown key {key}" for key in sorted(set(said) - _COLUMN_KEYS)]
    data_type = str(node.get("data_type") or "").lower()
    decimal = _DECIMAL.fullmatch(data_type)
    if data_type not in _TYPES and not decimal:
        problems.append(f"{where}: data_type {data_type or 'is missing'} is not one of the known")
    custom = bool(said.get("custom", False))
    if custom != name.endswith("__c"):
        problems.append(f"{where}: custom: true and the ending __c belong together")
    lookup = _lookup(where, said["lookup"], problems) if said.get("lookup") else None
    sf_type = "Lookup" if lookup else "Picklist" if said.get("picklist") else None
    whole = data_type in {"bigint", "integer"}
    return Column(
        name=name,
        data_type=data_type,
        sf_type=said.get("type") or sf_type or ("Number" if decimal else _TYPES.get(data_type, "")),
        label=said.get("label") or name.removesuffix("__c").replace("_", " "),
        length=said.get("length"),
        precision=said.get("precision")
        or (int(decimal[1]) if decimal else _WHOLE_DIGITS if whole else None),
        scale=said.get("scale", int(decimal[2]) if decimal else 0 if whole else None),
        custom=custom,
        unique=bool(said.get("unique", name == EXTERNAL_ID)),
        lookup=lookup,
        picklist=said.get("picklist"),
        standard_value_set=said.get("standard_value_set"),
        phi=bool(said.get("phi", False)),
        encryption=said.get("encryption"),
        create_only=bool(said.get("create_only", False)),
        required=any(rule.get("type") == "not_null" for rule in node.get("constraints") or ()),
        source_custom_field=said.get("source_custom_field"),
        description=node.get("description") or "",
        help=said.get("help"),
        compliance=said.get("compliance"),
        readers=None if said.get("readers") is None else tuple(said["readers"]),
        track_history=bool(said.get("track_history", False)),
    )


def _lookup(where: str, said: dict[str, Any], problems: list[str]) -> Lookup:
    problems += [f"{where}: unknown key lookup.{key}" for key in sorted(set(said) - _LOOKUP_KEYS)]
    given = said.get("object") or ()
    lookup = Lookup(
        objects=(given,) if isinstance(given, str) else tuple(given),
        relationship=said.get("relationship"),
        on_delete=said.get("on_delete"),
        match=said.get("match", "external_id"),
    )
    if lookup.match not in MATCHES:
        problems.append(f"{where}: unknown match {lookup.match}")
    if not lookup.objects:
        problems.append(f"{where}: lookup.object is missing")
    if lookup.match == "external_id" and not lookup.relationship:
        problems.append(f"{where}: lookup.relationship is missing")
    if lookup.on_delete not in {None, "SetNull", "Restrict"}:
        problems.append(f"{where}: on_delete is SetNull or Restrict, never {lookup.on_delete}")
    return lookup
