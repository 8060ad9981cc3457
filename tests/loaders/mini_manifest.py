"""A manifest as dbt would leave it: the parts of it that the loader reads."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

DATABASE = "warehouse"
# What every build has beside its marts.
AUDITS = {
    "audit_row_counts": "line bigint, entity varchar, sobject varchar, source_rows bigint,"
    " merged_rows bigint, excluded_rows bigint, mart_rows bigint",
    "audit_record_targets": "entity varchar, record_key varchar, sobject varchar,"
    " clinic_id varchar",
    "audit_excluded_records": "entity varchar, record_key varchar, reason varchar, detail varchar",
    "audit_merged_records": "entity varchar, record_key varchar, survivor_key varchar",
    "audit_patient_records": "entity varchar, record_key varchar, patient_key varchar,"
    " person_key varchar, source_system varchar, raw_table varchar, raw_id varchar",
    "audit_quality_flags": "entity varchar, record_key varchar, flag varchar, field varchar,"
    " detail varchar",
    "audit_duplicate_candidates": "patient_key varchar, other_patient_key varchar, score bigint",
}


def write_manifest(path: Path, marts: dict[str, dict[str, Any]]) -> None:
    """Write the parts of dbt's manifest that the loader reads, in dbt's own shape."""
    nodes = {f"model.clinic.{name}": _model(name, mart) for name, mart in marts.items()}
    nodes |= {f"model.clinic.{name}": _node("model", name, "main_audit") for name in AUDITS}
    for seed in ("salesforce_picklists", "salesforce_fields"):
        nodes[f"seed.clinic.{seed}"] = _node("seed", seed, "main_seeds")
    document = {
        "metadata": {"project_name": "clinic"},
        "nodes": nodes,
        "macros": {
            "macro.clinic.clinic_key": {
                "unique_id": "macro.clinic.clinic_key",
                "package_name": "clinic",
                "macro_sql": "{% macro clinic_key() %}{% endmacro %}",
            }
        },
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document), encoding="utf-8")


def _node(kind: str, name: str, schema: str) -> dict[str, Any]:
    return {
        "unique_id": f"{kind}.clinic.{name}",
        "resource_type": kind,
        "name": name,
        "database": DATABASE,
        "relation_name": f'"{DATABASE}"."{schema}"."{name}"',
        "config": {"meta": {}},
        "columns": {},
        "checksum": {"name": "sha256", "checksum": hashlib.sha256(name.encode()).hexdigest()},
    }


def _model(name: str, mart: dict[str, Any]) -> dict[str, Any]:
    node = _node("model", name, "main_salesforce")
    node["config"] = {"meta": {"salesforce": mart["salesforce"]}}
    node["columns"] = {
        column["name"]: {
            "name": column["name"],
            "description": "",
            "data_type": column["type"],
            "constraints": [{"type": "not_null"}] if column["not_null"] else [],
            "config": {"meta": {"salesforce": column["salesforce"]}},
        }
        for column in mart["columns"]
    }
    return node
