"""The numbers of an estimate: each with its formula, what went into it, and what is not known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loaders.contract import Mapping
from loaders.estimate_calls import AROUND, FOR_A_JOB, FOR_AN_OBJECT, Calls, call_range, calls_of
from loaders.estimate_facts import CHANGE_DAYS, Facts
from loaders.estimate_fit import fit_of
from loaders.estimate_org import OrgFacts
from loaders.estimate_range import NOT_KNOWN, UNKNOWN, Range, exactly, product
from loaders.estimate_rates import Measured, Rate
from loaders.estimate_source import Reading
from loaders.preflight_budget import FREE, RECORD_KB, megabytes_of, whole_megabytes
from loaders.session import Sending

SECONDS = "s"
_HOUR = 3600.0
# Nobody has measured how long a person thinks about a field: an assumption, and shown as one.
DECISION_MINUTES = (2, 10)


@dataclass(frozen=True, slots=True)
class Line:
    """One number."""

    name: str
    unit: str
    amount: Range
    formula: str
    inputs: str
    # What the org has left of it, where it says.
    left: float | None = None


@dataclass(frozen=True, slots=True)
class Pace:
    """What loading one object takes, by the rate that was measured for it."""

    sobject: str
    rows: int
    rate: Rate | None
    amount: Range


@dataclass(frozen=True, slots=True)
class Basis:
    """What an estimate is worked out from."""

    mapping: Mapping
    facts: Facts
    readings: tuple[Reading, ...]
    measured: Measured
    org: OrgFacts | None
    sending: Sending
    rate_per_hour: float | None = None


def lines_of(basis: Basis, paces: Sequence[Pace]) -> tuple[Line, ...]:
    """Work out every number, in the order in which people ask for them."""
    load = _load(basis, paces)
    human = _human(basis.facts)
    calls = calls_of(basis.facts, basis.sending)
    lines = [
        _compatible(basis),
        _rows(basis),
        _data_storage(basis),
        _file_storage(basis),
        _jobs(calls, basis),
        _calls(calls, basis),
        _extract(basis.facts, basis.readings),
        load,
        *_delta(basis, load.amount),
        human,
    ]
    if basis.rate_per_hour is not None:
        lines.append(_price(human, basis.rate_per_hour))
    return tuple(lines)


def _left(basis: Basis, limit: str) -> float | None:
    return basis.org.left.get(limit) if basis.org else None


def _compatible(basis: Basis) -> Line:
    fit = fit_of(basis.mapping, basis.facts)
    return Line(
        name="objects 1:1",
        unit="",
        amount=exactly(fit.fitting),
        formula=f"{fit.fitting} of {fit.objects} objects map 1:1",
        inputs="entities of each mart (manifest), a row for each record (audit_row_counts)",
    )


def _rows(basis: Basis) -> Line:
    return Line(
        name="rows",
        unit="",
        amount=exactly(basis.facts.rows),
        formula=f"the rows of {len(basis.facts.marts)} marts",
        inputs="warehouse",
    )


def _data_storage(basis: Basis) -> Line:
    rows = sum(mart.rows for mart in basis.facts.marts if mart.sobject not in FREE)
    return Line(
        name="data storage",
        unit="MB",
        amount=exactly(megabytes_of(rows)),
        formula=f"{rows:,} rows x {RECORD_KB} KB",
        inputs="rows of the objects that Salesforce counts; /limits DataStorageMB",
        left=_left(basis, "DataStorageMB"),
    )


def _file_storage(basis: Basis) -> Line:
    files = basis.facts.files
    return Line(
        name="file storage",
        unit="MB",
        amount=exactly(whole_megabytes(files.bytes)),
        formula=f"{files.bytes:,} bytes of {files.files:,} files",
        inputs="sf_content_version, one version for each; /limits FileStorageMB",
        left=_left(basis, "FileStorageMB"),
    )


def _jobs(calls: Calls, basis: Basis) -> Line:
    return Line(
        name="bulk jobs",
        unit="",
        amount=exactly(calls.jobs),
        formula=f"each object's bytes / {basis.sending.part_bytes // 10**6} MB, rounded up",
        inputs=f"bytes of the marts' cells; objects of {basis.sending.bulk_from:,} rows and more",
    )


def _calls(calls: Calls, basis: Basis) -> Line:
    return Line(
        name="API calls",
        unit="",
        amount=call_range(calls, slow_job=basis.measured.slow_job),
        formula=f"{AROUND} + {calls.objects} obj x {FOR_AN_OBJECT}"
        f" + {calls.jobs} jobs x {FOR_A_JOB} + {calls.requests} req",
        inputs="objects, jobs and requests of 200 rows or files; polls from the slowest tenth of"
        " the measured jobs; /limits DailyApiRequests",
        left=_left(basis, "DailyApiRequests"),
    )


def _extract(facts: Facts, readings: Sequence[Reading]) -> Line:
    timed = [each for each in readings if each.records and each.seconds and each.requests]
    records = sum(each.records for each in timed)
    requests = sum(each.requests for each in timed)
    seconds = sum(each.seconds for each in timed)
    name, inputs = "extract time", "reports/extract, audit_row_counts"
    if not timed:
        formula = "records / per page / requests per s"
        return Line(name, SECONDS, NOT_KNOWN, formula, f"{inputs}: no reading was timed")
    per_page, per_second = records / requests, requests / seconds
    return Line(
        name=name,
        unit=SECONDS,
        amount=exactly(facts.records / per_page / per_second),
        formula=f"{facts.records:,} records / {per_page:.1f} / {per_second:.1f} req/s",
        inputs=f"{inputs}; read by {', '.join(each.system for each in timed)}",
    )


def pace_of(basis: Basis) -> tuple[Pace, ...]:
    """
    Work out what the rows of each object take: at the median of the measured jobs, and slow.

    An error sends the rest of its chunk row by row, so the slow end takes the failed share on top.
    """
    measured = basis.measured
    paces = []
    for mart in basis.facts.marts:
        if not mart.rows:
            continue
        rate, amount = measured.rate(mart.sobject), NOT_KNOWN
        if rate is not None:
            slow = rate.slow * (1 + rate.failed_share)
            amount = Range(
                mart.rows * (rate.median + measured.between), mart.rows * (slow + measured.between)
            )
        paces.append(Pace(mart.sobject, mart.rows, rate, amount))
    return tuple(paces)


def _load(basis: Basis, paces: Sequence[Pace]) -> Line:
    timed = [pace.amount for pace in paces if pace.rate is not None]
    untimed = [pace.sobject for pace in paces if pace.rate is None]
    high = None if untimed else sum(amount.high or 0.0 for amount in timed)
    inputs = "no push of this org or of a sandbox is on the ledger"
    if basis.measured.runs:
        inputs = f"the ledger's times of {', '.join(basis.measured.runs)}"
    return Line(
        name="load time",
        unit=SECONDS,
        amount=Range(sum(amount.low or 0.0 for amount in timed), high) if timed else NOT_KNOWN,
        formula=f"{len(timed)} of {len(paces)} objects: rows x p50 to p90",
        inputs=inputs + (f"; not measured: {', '.join(untimed)}" if untimed else ""),
    )


def _delta(basis: Basis, load: Range) -> tuple[Line, Line]:
    """Say what changes while the load runs, and how long that takes at the load's own pace."""
    changes = basis.facts.changes_per_hour
    per_second = NOT_KNOWN if changes is None else exactly(changes / _HOUR)
    rows = product(per_second, load)
    per_row = product(load, exactly(1 / max(basis.facts.rows, 1)))
    per_hour = UNKNOWN if changes is None else f"{changes:,.1f}"
    inputs = f"Source_Modified_At__c of the newest {CHANGE_DAYS} days of the source"
    return (
        Line("delta rows", "", rows, f"{per_hour} changes/h x load time", inputs),
        Line(
            name="delta time",
            unit=SECONDS,
            amount=product(rows, per_row),
            formula="delta rows x load time / rows",
            inputs="the lines above",
        ),
    )


def _human(facts: Facts) -> Line:
    fewest, most = DECISION_MINUTES
    undecided = len(facts.undecided)
    return Line(
        name="human time",
        unit=SECONDS,
        amount=Range(undecided * fewest * 60.0, undecided * most * 60.0),
        formula=f"{undecided} undecided fields x {fewest}-{most} min (assumed)",
        inputs="custom fields that no column takes; minutes are an assumption, not measured",
    )


def _price(human: Line, rate: float) -> Line:
    return Line(
        name="price",
        unit="",
        amount=product(human.amount, exactly(rate / _HOUR)),
        formula=f"human time x {rate:g} per hour",
        inputs="--rate-per-hour",
    )
