"""Charts deleted from a running clinic, each with all that hangs on it."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter, defaultdict

from extract.demo_clinic import store
from extract.demo_clinic.defects import Truth

_CHART = "Patient/"
_FILE = "Binary/"
_NAMED = re.compile(rb'"(?:reference|url)":"([A-Z][A-Za-z]+/[A-Za-z0-9.\-]+)"')


class TooFewCharts(ValueError):
    """Not so many charts stand alone as were to be deleted."""


def delete_charts(
    connection: sqlite3.Connection, *, count: int, stamp: str, truth: Truth
) -> tuple[list[str], dict[str, int]]:
    """
    Delete the charts that were opened last and stand alone; count what was deleted.

    A chart stands alone that no other names and that is nobody's second one: what is left keeps
    its references. Charts with a defect of their own stay, for what a defect is to show.

    Raises:
        TooFewCharts: there are fewer.

    """
    if not count:
        return [], {}
    names = _references(connection)
    charts = _charts(names, truth=truth)
    if len(charts) < count:
        raise TooFewCharts(f"Of the charts, {len(charts)} can be deleted, not {count}.")
    chosen = list(charts)[-count:]
    gone = {record for chart in chosen for record in charts[chart]}
    store.remove(connection, keys=[_key(record) for record in sorted(gone)], stamp=stamp)
    truth.forget(gone, people=len(chosen))
    counted = Counter(kind for kind, _ in map(_key, gone))
    return [chart.removeprefix(_CHART) for chart in chosen], dict(sorted(counted.items()))


def _key(record: str) -> tuple[str, str]:
    kind, _, ident = record.partition("/")
    return kind, ident


def _references(connection: sqlite3.Connection) -> dict[str, set[str]]:
    """List what each record names, records in the order of arrival."""
    return {
        f"{kind}/{ident}": {named.decode() for named in _NAMED.findall(doc)}
        for kind, ident, doc in store.documents(connection)
    }


def _charts(names: dict[str, set[str]], *, truth: Truth) -> dict[str, set[str]]:
    """List the charts that stand alone, each with its records."""
    named_by = defaultdict(set)
    for record, named in names.items():
        for one in named:
            named_by[one].add(record)
    kept = truth.of_patients()
    grouped = truth.in_groups()
    charts = {}
    for chart in names:
        if not chart.startswith(_CHART) or chart in kept:
            continue
        own = _whole_chart(chart, names, named_by)
        others = {one for record in own for one in names[record] if one.startswith(_CHART)}
        if others <= {chart} and own.isdisjoint(grouped):
            charts[chart] = own
    return charts


def _whole_chart(chart: str, names: dict[str, set[str]], named_by: dict[str, set[str]]) -> set[str]:
    """Gather what names a chart, what names that, and so on; and the files that they name."""
    own, ahead = {chart}, [chart]
    while ahead:
        record = ahead.pop()
        files = {one for one in names[record] if one.startswith(_FILE) and one in names}
        more = (named_by[record] | files) - own
        own |= more
        ahead += more
    return own
