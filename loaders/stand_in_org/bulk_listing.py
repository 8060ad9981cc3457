"""List jobs, page by page: those of every user, query jobs too unless a type is given."""

from __future__ import annotations

from starlette.responses import Response

from loaders.stand_in_org.bulk_ends import aged
from loaders.stand_in_org.bulk_jobs import Job
from loaders.stand_in_org.call import Call, answer
from loaders.stand_in_org.errors import ApiError
from loaders.stand_in_org.job_json import full_info

# Bulk API 1.0 and big objects have jobs too, of which this org has none.
_KINDS = {"v2ingest": "ingest", "v2query": "query", "classic": None, "bigobjectingest": None}
# Locators look like the ids of query cursors, with the row they go on from behind them.
_LOCATOR = "01gR0000000JobsIAY"


def list_jobs(call: Call) -> Response:
    """Answer one page of jobs; wherever it was asked for, more of them is asked of ingest."""
    first = _first(call.argument("queryLocator"))
    found = [job for job in _living(call) if _is_wanted(call, job)]
    most = call.site.org.settings.job_list_rows
    after = first + most
    more = f"{call.data_path}/jobs/ingest?queryLocator={_LOCATOR}-{after}{_filters(call)}"
    return answer(
        {
            "done": after >= len(found),
            "records": [full_info(job) for job in found[first:after]],
            "nextRecordsUrl": None if after >= len(found) else more,
        }
    )


def _living(call: Call) -> list[Job]:
    kept = (aged(call.site, job) for job in call.site.jobs.all())
    return [job for job in kept if job is not None]


def _is_wanted(call: Call, job: Job) -> bool:
    kind = call.argument("jobType")
    if kind is not None and kind.lower() not in _KINDS:
        raise ApiError(400, "INVALIDJOB", f"InvalidJob : unknown jobType {kind}")
    mode = call.argument("concurrencyMode")
    chunking = call.argument("isPkChunkingEnabled")
    return (
        (kind is None or _KINDS[kind.lower()] == job.kind)
        and (mode is None or mode.lower() == "parallel")
        # Chunking by key is switched on in Bulk API 1.0 only.
        and (chunking is None or chunking.lower() == "false")
    )


def _filters(call: Call) -> str:
    names = ("jobType", "concurrencyMode", "isPkChunkingEnabled")
    return "".join(f"&{n}={call.argument(n)}" for n in names if call.argument(n) is not None)


def _first(locator: str | None) -> int:
    if locator is None:
        return 0
    name, _, first = locator.rpartition("-")
    if name != _LOCATOR or not first.isdigit():
        raise ApiError(400, "INVALIDLOCATOR", "InvalidLocator : unknown queryLocator")
    return int(first)
