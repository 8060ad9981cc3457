"""Whatever a clinic holds arrives as `normalise` says, by either channel, and is read back so."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from loaders.errors import DONE
from loaders.session import Sending
from tests.loaders.loading import BULK, SMALL, Loading, deployed_org, loading
from tests.loaders.mini_clinic import KEY, MiniClinic, field
from tests.loaders.normalised import by_python

ANYTHING: dict[str, Any] = {
    "salesforce": {
        "sobject": "Anything__c",
        "external_id": "Clinic_Id__c",
        "label": "Anything",
        "plural_label": "Anythings",
        "name_format": "ANY-{0000}",
    },
    "columns": [
        KEY,
        field("Words__c", custom=True, label="Words", length=255),
        field("Note__c", custom=True, label="Note", type="LongTextArea", length=32_000),
        field("Day__c", "date", custom=True, label="Day"),
        field("Moment__c", "timestamp", custom=True, label="Moment"),
        field("Amount__c", "decimal(18,2)", custom=True, label="Amount", type="Number"),
        field("Yes__c", "boolean", custom=True, label="Yes"),
    ],
    "rows": [],
}
FIELDS = tuple(column["name"] for column in ANYTHING["columns"])
AWKWARD = (
    "=cmd|' /C calc'!A0", "@SUM(1)", "a,b", 'say "ah"', "one\r\ntwo", "one\rtwo\n", "#n/a", "N/A",
    "null", "NaN", "O'Muster", "\u05e9\u05dc\u05d5\u05dd", "\u202eabc", "e\u0301", "\u00a0x\u3000",
    "\U0001f468\u200d\U0001f469", "\ttab", "\x00\x1fz", "0012", "1e5", "true", "2024-02-29",
    "\\N", ";",
)  # fmt: skip
# A cell of exactly this empties a field: pre-flight keeps such rows back, which others test.
RESERVED = "#N/A"
TEXTS = st.one_of(
    st.none(),
    st.sampled_from(AWKWARD),
    st.text(st.characters(exclude_categories=("Cs",)), max_size=80),
).filter(lambda text: by_python(text) != RESERVED)
KEYS = st.text(
    st.one_of(
        st.sampled_from(":/,;'\"=#% \u00e9\U0001f600"),
        st.characters(exclude_categories=("Cs", "Cc", "Z")),
    ),
    max_size=40,
)
# The API prints a number as a double, which holds fifteen digits whatever the field's precision.
AMOUNTS = st.one_of(
    st.sampled_from([Decimal("-0.01"), Decimal("9999999999999.99"), Decimal("-9999999999999.99")]),
    st.decimals(-(10**13) + 1, 10**13 - 1, places=2),
)
DAYS = st.one_of(
    st.sampled_from([date(1900, 1, 1), date(2024, 2, 29), date(1999, 12, 31)]),
    st.dates(date(1700, 1, 1), date(4000, 12, 31)),
)
# The hours that daylight saving skips and repeats are ordinary hours of UTC.
MOMENTS = st.one_of(
    st.sampled_from([datetime(2024, 3, 10, 7, 30), datetime(2024, 11, 3, 6, 30)]),  # noqa: DTZ001
    st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)),  # noqa: DTZ001 - naive is UTC
)
ROWS = st.lists(
    st.tuples(
        KEYS,
        TEXTS,
        TEXTS,
        st.none() | DAYS,
        st.none() | MOMENTS,
        st.none() | AMOUNTS,
        st.none() | st.booleans(),
    ),
    min_size=30,
    max_size=60,
)
FEW = settings(
    max_examples=3,
    deadline=None,
    # To shrink would push hundreds of times; the rows that failed are printed whole.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
NUMBERS = itertools.count()


def arrived(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Say how a row reads in the org: times to the millisecond, an empty checkbox is off."""
    key, words, note, day, moment, amount, yes = row
    return (
        by_python(key),
        by_python(words),
        by_python(note),
        day and day.isoformat(),
        moment and f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}+0000",
        amount,
        bool(yes),
    )


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loading]:
    folder = tmp_path_factory.mktemp("anything")
    template = deployed_org(folder / "template", anything(folder / "first"))
    with loading(template, folder / "org", anything(folder / "clinic")) as found:
        yield found


def anything(folder: Path) -> MiniClinic:
    return MiniClinic(folder, {"sf_anything": {**ANYTHING, "rows": []}}).write()


def read_back(desk: Loading, keys: set[str]) -> dict[str, tuple[Any, ...]]:
    query = f"SELECT {', '.join(FIELDS)} FROM Anything__c"
    answer = desk._ask("GET", "query", params={"q": query})
    document = json.loads(answer.text, parse_float=Decimal, parse_int=Decimal)
    assert document["done"]
    records = [tuple(record[name] for name in FIELDS) for record in document["records"]]
    return {record[0]: record for record in records if record[0] in keys}


@pytest.mark.parametrize("sending", [SMALL, BULK], ids=["collections", "bulk"])
@FEW
@given(rows=ROWS)
def test_anything_arrives_as_normalise_says(
    desk: Loading, sending: Sending, rows: list[tuple[Any, ...]]
) -> None:
    sent = [(f"demo:any/{next(NUMBERS)}:{row[0]}", *row[1:]) for row in rows]
    desk.clinic.marts["sf_anything"]["rows"] = sent
    desk.clinic.write()
    plan = desk.plan()
    assert plan.object("Anything__c").creates == len(sent)
    assert desk.push(plan, sending=sending) == DONE
    expected = {row[0]: row for row in map(arrived, sent)}
    there = read_back(desk, set(expected))
    assert [(there.get(key), row) for key, row in expected.items() if there.get(key) != row] == []
    # Rows of the examples before are in the org as well.
    (verdict,) = desk.verify(plan).objects
    assert (verdict.missing, verdict.different) == (0, 0)
