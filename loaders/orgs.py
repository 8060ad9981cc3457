"""Which org is this: what a person wants to know before pointing a load at it."""

from __future__ import annotations

from dataclasses import dataclass

from loaders.org_connection import Org
from loaders.preflight_org import read_limits
from loaders.schema_settings import SETTINGS

LIMITS = (
    "DataStorageMB",
    "FileStorageMB",
    "DailyApiRequests",
    "DailyBulkApiBatches",
    "DailyBulkV2QueryJobs",
)


@dataclass(frozen=True, slots=True)
class OrgReport:
    """An org in the words of `clinic-load orgs`."""

    alias: str
    org_id: str
    name: str
    kind: str
    edition: str
    instance: str
    instance_url: str
    username: str
    api_version: str
    # Limit name -> (max, remaining).
    limits: dict[str, tuple[int, int]]
    # Setting -> on, or off and where to switch it on.
    settings: dict[str, str]


def report_org(org: Org) -> OrgReport:
    """Ask the org for its limits and for the settings that a load needs."""
    found = read_limits(org)
    return OrgReport(
        alias=org.alias,
        org_id=org.org_id,
        name=org.name,
        kind="sandbox" if org.is_sandbox else "production",
        edition=org.edition,
        instance=org.instance_name,
        instance_url=org.instance_url,
        username=org.username,
        api_version=org.api_version,
        limits={
            name: (found[name]["Max"], found[name]["Remaining"]) for name in LIMITS if name in found
        },
        settings={
            each.label: "on" if each.is_on(org) else f"off: {each.click_path}" for each in SETTINGS
        },
    )
