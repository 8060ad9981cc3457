"""Answer `/limits` and `/limits/recordCount`."""

from __future__ import annotations

from functools import partial

from starlette.responses import Response

from loaders.stand_in_org.call import Call, answer, visible_sobject
from loaders.stand_in_org.errors import unsupported_sobject
from loaders.stand_in_org.model import SObject
from loaders.stand_in_org.site import Site
from loaders.stand_in_org.store import quoted
from loaders.stand_in_org.usage import SHOWN

# Allowances that nothing here uses up, as a plain org shows them (contract 4.8).
_UNUSED = {
    "ConcurrentAsyncGetReportInstances": 200,
    "DailyAsyncApexExecutions": 250_000,
    "DailyStandardVolumePlatformEvents": 10_000,
    "DailyWorkflowEmails": 50_000,
    "HourlyTimeBasedWorkflow": 1_000,
    "MassEmail": 5_000,
    "SingleEmail": 5_000,
}
# Kilobytes per row (contract 6); objects that are not listed take no data storage.
_ROW_KILOBYTES = {
    name: 2 for name in ("Account", "Contact", "Lead", "Opportunity", "Event", "Task")
}


def get_limits(call: Call) -> Response:
    """Answer every limit with its maximum and what remains of it."""
    site = call.site
    limits: dict[str, dict[str, object]] = {
        name: {"Max": most, "Remaining": most} for name, most in _UNUSED.items()
    }
    for name in SHOWN:
        most = site.usage.most(name)
        limits[name] = {"Max": most, "Remaining": max(0, most - site.usage.used(name))}
    data = site.usage.figure("DataStorageMB", partial(_data_megabytes, site))
    files = site.usage.figure("FileStorageMB", partial(_file_megabytes, site))
    limits["DataStorageMB"] = _storage(site.org.settings.data_storage_mb, data)
    limits["FileStorageMB"] = _storage(site.org.settings.file_storage_mb, files)
    limits["PermissionSets"] = {
        "Max": 1500,
        "Remaining": 1500,
        "CreateCustom": {"Max": 1000, "Remaining": 1000},
    }
    return answer(dict(sorted(limits.items())))


def _storage(most: int, used: int) -> dict[str, object]:
    return {"Max": most, "Remaining": max(0, most - used)}


def _data_megabytes(site: Site) -> int:
    kilobytes = 0
    for sobject in site.org.sobjects():
        per_row = _ROW_KILOBYTES.get(sobject.name, 2 if sobject.custom else 0)
        if per_row:
            kilobytes += per_row * count_rows(site, sobject)
    return kilobytes // 1024


def _file_megabytes(site: Site) -> int:
    versions = site.org.sobject("ContentVersion")
    if versions is None:
        return 0
    found = (
        site.org.cursor()
        .execute(
            f'select coalesce(sum("ContentSize"), 0) from {quoted(versions.table)} '  # noqa: S608 catalogue name
            'where "IsDeleted" is not true'
        )
        .fetchone()
    )
    return 0 if found is None else int(found[0]) // 1_048_576


def count_rows(site: Site, sobject: SObject) -> int:
    """Count an object's live rows."""
    found = (
        site.org.cursor()
        .execute(f'select count(*) from {quoted(sobject.table)} where "IsDeleted" is not true')  # noqa: S608 catalogue name
        .fetchone()
    )
    return 0 if found is None else int(found[0])


def record_count(call: Call) -> Response:
    """Answer how many rows each named object has."""
    wanted = call.argument("sObjects")
    if wanted is None:
        found = [o for o in call.site.org.sobjects() if o.queryable]
    else:
        found = []
        for name in wanted.split(","):
            sobject = visible_sobject(call.site, name.strip(), user_id=call.user_id)
            if sobject is None:
                raise unsupported_sobject(name.strip())
            found.append(sobject)
    counts = [{"count": count_rows(call.site, o), "name": o.name} for o in found]
    return answer({"sObjects": counts})
