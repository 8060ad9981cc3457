"""Everything that a plan tells of the org beforehand, put together: each with what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loaders.canonical import quoted
from loaders.describe import ObjectDescribe
from loaders.existing import FILE, Reader
from loaders.org_connection import Org
from loaders.plan_rows import Counts, rows_table
from loaders.plan_store import Finding, PlanObject
from loaders.preflight_automations import automation_findings
from loaders.preflight_budget import budget
from loaders.preflight_org import (
    default_owner_needed,
    licences_short,
    person_accounts,
    several_currencies,
    switched_off,
)
from loaders.preflight_owners import owner_findings
from loaders.preflight_rules import rule_findings
from loaders.references import USER
from loaders.warehouse import count


@dataclass(frozen=True, slots=True)
class Planned:
    """One object's part of the plan."""

    entry: PlanObject
    counts: Counts
    findings: tuple[Finding, ...]


def all_findings(
    org: Org,
    reader: Reader,
    planned: Sequence[Planned],
    *,
    described: dict[str, ObjectDescribe],
    has_default_owner: bool,
) -> tuple[Finding, ...]:
    """
    Look at the org as a whole, and put what it says before what was found row by row.

    Raises:
        Unavailable: the org cannot be read.

    """
    counts = {each.entry.sobject: each.counts for each in planned}
    of_rows = [finding for each in planned for finding in each.findings]
    of_org = [
        *budget(org, counts, file_bytes=_file_bytes(reader, counts)),
        *licences_short(org, users=counts[USER].creates if USER in counts else 0),
        *switched_off(org, described),
        *person_accounts(described),
        *several_currencies(described),
        *rule_findings(org, reader.line, counts),
        *automation_findings(org, counts),
        *owner_findings(reader, [each.entry for each in planned]),
        *([] if has_default_owner else default_owner_needed(of_rows)),
    ]
    return (*of_org, *of_rows)


def _file_bytes(reader: Reader, counts: dict[str, Counts]) -> int:
    """Size the files that would be new."""
    if FILE not in counts or not counts[FILE].creates:
        return 0
    table = quoted(rows_table(FILE))
    return count(reader.bench.db, f"select sum(VersionData.size) from {table}")  # noqa: S608 - ours
