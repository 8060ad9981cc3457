"""When the raw data was extracted, and under which approval: what the plan says of its source."""

from __future__ import annotations

import json
from typing import Any

from loaders.ledger_acts import Approval
from loaders.paths import DataFolder, write_private
from loaders.plan_store import Finding

EXTRACTED = "extracted"
# What `clinic-extract audit` found, row by row.
FINDINGS = "reports/audit/findings.csv"


def leave_approval(data: DataFolder, approval: Approval) -> None:
    """Leave what was confirmed where an extract finds it, in words that know of no org."""
    said = {"map": approval.map_hash, "approved_by": approval.approved_by, "at": approval.at}
    write_private(data.root / "approval.json", (json.dumps(said) + "\n").encode("utf-8"))


def extract_findings(data: DataFolder) -> tuple[Finding, ...]:
    """Tell of each system when it was last extracted; nothing where no record was left."""
    latest = {each["system"]: each for each in read_extracts(data)}
    return tuple(
        Finding(
            code=EXTRACTED,
            severity="note",
            sobject="",
            field="",
            count=1,
            message=f"{system}: extracted at {each['at']}, {_approval(each['approval'])}",
            hint="",
        )
        for system, each in sorted(latest.items())
    )


def unaudited(data: DataFolder) -> tuple[Finding, ...]:
    """Say where a sample knows nothing of the odd cases of the source, for nobody looked."""
    if (data.root / FINDINGS).is_file():
        return ()
    return (
        Finding(
            code="source_not_audited",
            severity="warn",
            sobject="",
            field="",
            count=1,
            message="the source was not audited: what an audit would find is not in this sample",
            hint="clinic-extract audit, then clinic-load plan --sample again",
        ),
    )


def read_extracts(data: DataFolder) -> list[dict[str, Any]]:
    """Read what each extract said when it began: the last line may still be on its way."""
    path = data.root / "extracts.jsonl"
    if not path.is_file():
        return []
    return [json.loads(line) for line in path.read_text("utf-8").split("\n")[:-1]]


def _approval(said: dict[str, Any] | None) -> str:
    if said is None:
        return "before any approval of a map"
    return f"under the approval of map {said['map'][:12]} by {said['approved_by']}"
