"""How many requests a plan and a push make of an org, counted from how they work."""

from __future__ import annotations

import math
from dataclasses import dataclass

from loaders.collections import RECORDS, REQUEST_BYTES
from loaders.deliver import NEVER_BULK
from loaders.estimate_facts import Facts, FileFacts
from loaders.estimate_range import Range
from loaders.existing import FILE
from loaders.file_requests import REQUEST_BYTES as FILE_REQUEST_BYTES
from loaders.org_line import FIRST_PAUSE, LONGEST_PAUSE, growing_pauses
from loaders.session import Sending

# Plan and push each log in (three requests) and read the references by four Bulk queries (create,
# poll, results); the plan asks for limits, duplicate rules and how they act, the default owner,
# four kinds of automations, workflow and assignment rules, and reads all users by one more query.
AROUND = 2 * (3 + 4 * 3) + 4 + 4 + 2 + 3
QUERIES_AROUND = 2 * 4 + 1
# An object: described twice, its keys read by a Bulk query and asked after once more before
# creating, its records read back by another query.
FOR_AN_OBJECT = 2 + 3 + 1 + 3
QUERIES_OF_AN_OBJECT = 2
# A job: create, upload, close, poll, ask, and three result sets.
FOR_A_JOB = 8
# A first record that goes alone: sent, and read back by a query.
FOR_A_CANARY = 4


@dataclass(frozen=True, slots=True)
class Calls:
    """What is sent, and in how many requests."""

    jobs: int
    requests: int
    objects: int

    @property
    def least(self) -> int:
        """Count every request there has to be, each job asked after once."""
        return AROUND + self.objects * FOR_AN_OBJECT + self.jobs * FOR_A_JOB + self.requests


def calls_of(facts: Facts, sending: Sending) -> Calls:
    """Split the rows as a push would: Bulk jobs, Collections requests, files."""
    rows = [mart for mart in facts.marts if mart.rows and mart.sobject != FILE]
    bulk = [
        mart for mart in rows if goes_by_bulk(mart.sobject, mart.rows, bulk_from=sending.bulk_from)
    ]
    small = [mart for mart in rows if mart not in bulk]
    return Calls(
        jobs=sum(math.ceil(mart.bytes / sending.part_bytes) for mart in bulk),
        requests=sum(
            max(math.ceil(mart.rows / RECORDS), math.ceil(mart.bytes / REQUEST_BYTES))
            for mart in small
        )
        + sum(FOR_A_CANARY for mart in rows if mart.rows >= sending.canary_from)
        + _file_requests(facts.files),
        objects=len(facts.marts),
    )


def call_range(calls: Calls, *, slow_job: float | None) -> Range:
    """Count one poll for each job and query at least, and as many as a slow job needs at most."""
    if slow_job is None:
        return Range(calls.least, None)
    waiting = calls.jobs + calls.objects * QUERIES_OF_AN_OBJECT + QUERIES_AROUND
    return Range(calls.least, calls.least + waiting * (polls(slow_job) - 1))


def polls(seconds: float) -> int:
    """Count how often a job of this length is asked after."""
    waited, number = 0.0, 1
    for pause in growing_pauses(FIRST_PAUSE, longest=LONGEST_PAUSE):
        if waited >= seconds:
            return number
        waited, number = waited + pause, number + 1
    raise AssertionError("the pauses never end")


def goes_by_bulk(sobject: str, rows: int, *, bulk_from: int) -> bool:
    """Tell whether so many rows of an object are a job, and not requests of 200."""
    return rows >= bulk_from and sobject not in NEVER_BULK


def _file_requests(files: FileFacts) -> int:
    together = max(
        math.ceil(files.small / RECORDS), math.ceil(files.small_bytes / FILE_REQUEST_BYTES)
    )
    return files.files - files.small + together
