"""What can go wrong on the way to an org or in it, each with the exit code of an honest push."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest

from loaders.errors import DONE, INCOMPLETE, INTERRUPTED, UNAVAILABLE

INGEST, UPSERT, FILES = "jobs/ingest", "composite/sobjects/", "composite/sobjects$"
_OFTEN = 1_000


@dataclass(frozen=True, slots=True)
class Trouble:
    """Faults and settings of the stand-in, and how the push that meets them may end."""

    code: int
    faults: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    line: dict[str, Any] = field(default_factory=dict)

    def beside(self, other: Trouble) -> Trouble:
        """Let two troubles come at once; how that ends is for the test to say."""
        return Trouble(
            max(self.code, other.code),
            _together(self.faults, other.faults),
            _together(self.settings, other.settings),
            self.line | other.line,
        )


CALM = Trouble(DONE)


def named(troubles: Iterable[str], *, late: frozenset[str]) -> list[Any]:
    """Give troubles as parameters; those so like another that they come late wait for soak."""
    return [pytest.param(name, marks=pytest.mark.soak if name in late else ()) for name in troubles]


def _together(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Join what has the same name to a list, as the stand-in takes several of a kind."""
    both = {name: [*_several(one[name]), *_several(other[name])] for name in one.keys() & other}
    return one | other | both


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def at(ends: int, do: str, when: str, method: str, path: str, **more: Any) -> Trouble:
    """Do something to a connection at a request of this kind."""
    fault = {"do": do, "when": when, "method": method, "path": path, **more}
    return Trouble(ends, {"request": fault})


def refusal(ends: int, status: int, code: str, **more: Any) -> Trouble:
    """Refuse a request, of a Bulk job if nothing else is said."""
    fault = {"do": "refuse", "path": INGEST, "status": status, "code": code, **more}
    return Trouble(ends, {"request": fault})


LOCKS = {"object": "Contact", "share": 1.0, "seed": 7}
TROUBLES: dict[str, Trouble] = {
    "results_dropped": Trouble(DONE, {"drop_results": {"rows": 2}}),
    "results_repeated": Trouble(DONE, {"repeat_results": {"rows": 1}}),
    "job_failed_half_way": Trouble(DONE, {"fail_job": {"after_rows": 1}}),
    "job_failed_at_once": Trouble(DONE, {"fail_job": {"after_rows": 0}}),
    "org_killed_in_a_job": Trouble(UNAVAILABLE, {"fail_job": {"after_rows": 1, "kill": True}}),
    "job_held_past_our_patience": Trouble(INTERRUPTED, {"hold_jobs": True}, line={"patience": 0.0}),
    "batch_too_slow": Trouble(DONE, {"slow_batches": {"times": 1}}),
    "busy_for_a_moment": Trouble(DONE, {"unavailable": {"times": 2, "path": INGEST}}),
    "busy_for_long": Trouble(UNAVAILABLE, {"unavailable": {"times": _OFTEN, "path": INGEST}}),
    "cut_before_job_made": at(DONE, "cut", "before", "POST", f"{INGEST}$"),
    "cut_after_job_made": at(DONE, "cut", "after", "POST", f"{INGEST}$"),
    "cut_before_upload": at(UNAVAILABLE, "cut", "before", "PUT", "batches"),
    "cut_after_upload": at(UNAVAILABLE, "cut", "after", "PUT", "batches"),
    "cut_before_upload_complete": at(DONE, "cut", "before", "PATCH", INGEST),
    "cut_after_upload_complete": at(DONE, "cut", "after", "PATCH", INGEST),
    "cut_in_successes": at(DONE, "cut", "middle", "GET", "successfulResults"),
    "cut_in_failures": at(DONE, "cut", "middle", "GET", "failedResults"),
    "cut_in_query_results": at(DONE, "cut", "middle", "GET", "jobs/query/.*/results"),
    "cut_before_upsert": at(DONE, "cut", "before", "PATCH", UPSERT),
    "cut_after_upsert": at(DONE, "cut", "after", "PATCH", UPSERT),
    "cut_before_files": at(UNAVAILABLE, "cut", "before", "POST", FILES),
    "cut_after_files": at(UNAVAILABLE, "cut", "after", "POST", FILES),
    "cut_within_files": at(UNAVAILABLE, "cut", "middle", "POST", FILES),
    "upsert_done_and_500": refusal(DONE, 500, "UNKNOWN_EXCEPTION", when="after", method="PATCH",
                                    path=UPSERT),
    "files_done_and_500": refusal(UNAVAILABLE, 500, "UNKNOWN_EXCEPTION", when="after",
                                   method="POST", path=FILES),
    "close_done_and_503": refusal(DONE, 503, "SERVER_UNAVAILABLE", when="after", method="PATCH"),
    "poll_500": refusal(DONE, 500, "UNKNOWN_EXCEPTION", method="GET"),
    "query_502": refusal(DONE, 502, "BAD_GATEWAY", path="jobs/query"),
    "too_many_requests": refusal(DONE, 429, "TOO_MANY_REQUESTS", times=2),
    "request_limit": refusal(UNAVAILABLE, 403, "REQUEST_LIMIT_EXCEEDED"),
    "session_ended": refusal(UNAVAILABLE, 401, "INVALID_SESSION_ID", times=_OFTEN),
    "locked_for_a_while": Trouble(DONE, settings={"row_locks": [{**LOCKS, "times": 2}]}),
    "locked_for_good": Trouble(INCOMPLETE, settings={"row_locks": [{**LOCKS, "times": 99}]}),
    "refused_by_a_rule": Trouble(
        INCOMPLETE,
        settings={
            "validation_rules": [
                {"object": "Contact", "name": "Named", "formula": "Department <> 'Known'",
                 "message": "No", "field": "LastName"}
            ]
        },
    ),
    "duplicates_blocked": Trouble(INCOMPLETE, settings={"duplicate_rules_block": ["Account"]}),
    "records_fill_the_org": Trouble(INCOMPLETE, settings={"data_storage_mb": 0}),
    "files_fill_the_org": Trouble(INCOMPLETE, settings={"file_storage_mb": 0}),
    "files_too_large_together": Trouble(DONE, settings={"collection_files_mb": 0}),
    "batches_of_the_day_used_up": Trouble(INCOMPLETE, settings={"daily_bulk_batches": 1}),
    "results_in_another_order": Trouble(DONE, settings={"result_seed": 11}),
    "query_results_row_by_row": Trouble(DONE, settings={"query_page_rows": 1}),
    "jobs_that_take_their_time": Trouble(DONE, settings={"job_polls": 3}),
    "one_job_open_at_a_time": Trouble(DONE, settings={"open_jobs": 1}),
}  # fmt: skip
