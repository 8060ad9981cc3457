"""The audit for programs: the same facts as the page, without its words."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from extract.audit.audit import Audit
from extract.audit.profile import TableProfile


def as_json(audit: Audit) -> dict[str, Any]:
    """Return the audit as JSON, in a fixed order; nothing in it depends on the clock."""
    return {
        "as_of": audit.landed.as_of.isoformat(),
        "systems": list(audit.landed.systems),
        "records": audit.landed.records,
        "people": audit.people,
        "closes": not audit.open_counts,
        "does_not_close": audit.open_counts,
        "quarantined": list(audit.landed.quarantined),
        "not_taken": list(audit.landed.not_taken),
        "findings": [asdict(finding) for finding in audit.findings],
        "tables": [table_as_json(table) for table in audit.profiles],
        "many_to_many": [
            asdict(tie) | {"degrees": {str(degree): n for degree, n in tie.degrees.items()}}
            for tie in audit.many_to_many
        ],
        **audit.facts,
        "left_behind": [asdict(one) for one in audit.left_behind],
        "build": {
            "is_current": audit.build.is_current,
            "why_not": audit.build.why_not,
            "counts": list(audit.build.counts),
            "exclusions": list(audit.build.exclusions),
        },
        "recommended_model": None
        if audit.model is None
        else [
            asdict(mart) | {"is_new": mart.is_new, "new_fields": mart.new_fields}
            for mart in audit.model
        ],
    }


def table_as_json(table: TableProfile) -> dict[str, Any]:
    """Return one table's profile; an open field's shapes are its values."""
    told = asdict(table)
    for field, data in zip(table.fields, told["fields"], strict=True):
        data["fill"] = round(table.fill(field), 4)
        data["holds_patient_data"] = not data.pop("is_open")
    return told
