"""What a push takes of an org's allowances, held against what is left of them."""

from __future__ import annotations

import math

from loaders.collections import RECORDS
from loaders.estimate_calls import FOR_A_CANARY, Calls, goes_by_bulk
from loaders.existing import FILE
from loaders.org_connection import Org
from loaders.plan_rows import Counts
from loaders.plan_store import Finding
from loaders.preflight_org import read_limits
from loaders.session import BULK_FROM, CANARY_FROM

RECORD_KB = 2
KB_PER_MB = 1024
# Of what is left of a limit a push takes this much at most: the org's users need the rest.
SHARE_PERCENT = 80
# Rows of these count for nothing, or for file storage (contract 6).
FREE = frozenset(
    {
        "AccountContactRelation", "ContentDocumentLink", "ContentVersion", "OpportunityLineItem",
        "PricebookEntry", "Product2", "User",
    }
)  # fmt: skip


def budget(org: Org, counts: dict[str, Counts], *, file_bytes: int) -> list[Finding]:
    """Stop where a push would take more than its share of storage or of the day's requests."""
    limits = read_limits(org)
    rows = sum(each.creates for name, each in counts.items() if name not in FREE)
    needs = {
        "DataStorageMB": ("storage_short", "MB", megabytes_of(rows)),
        "FileStorageMB": ("storage_short", "MB", whole_megabytes(file_bytes)),
        "DailyApiRequests": ("requests_short", "requests", _requests(counts)),
    }
    return [
        Finding(
            code=code,
            severity="stop",
            sobject="",
            field=name,
            count=needed,
            message=f"{name}: {needed:,} {unit} are needed, {limits[name]['Remaining']:,} are left,"
            f" and a push takes {SHARE_PERCENT} % of them at most",
            hint=f"free some or wait for the day to end, then clinic-load orgs --org {org.alias}",
        )
        for name, (code, unit, needed) in needs.items()
        if name in limits and needed * 100 > limits[name]["Remaining"] * SHARE_PERCENT
    ]


def _requests(counts: dict[str, Counts]) -> int:
    """Count the requests of plan and push where every job is asked after once, files one by one."""
    rows = {name: each.creates + each.updates for name, each in counts.items() if name != FILE}
    bulk = {name for name in rows if goes_by_bulk(name, rows[name], bulk_from=BULK_FROM)}
    small = sum(math.ceil(rows[name] / RECORDS) for name in rows if name not in bulk)
    small += sum(FOR_A_CANARY for name in rows if counts[name].creates >= CANARY_FROM)
    files = counts[FILE].creates + counts[FILE].updates if FILE in counts else 0
    return Calls(jobs=len(bulk), requests=small + files, objects=len(counts)).least


def megabytes_of(rows: int) -> int:
    """Give the data storage that so many rows take, in whole megabytes."""
    return -(-rows * RECORD_KB // KB_PER_MB)


def whole_megabytes(size: int) -> int:
    """Give a number of bytes in whole megabytes."""
    return -(-size // KB_PER_MB**2)
