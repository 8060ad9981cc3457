"""Canonical text: one spelling per value, whoever says it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from loaders import canonical
from tests.loaders.normalised import by_python

TEXTS = st.text(
    alphabet=st.one_of(
        st.sampled_from("\r\n\t \x00\x0b\x1f\x7f\x85\xa0\u2028\u3000a'\"😀é"),
        st.characters(exclude_categories=("Cs",)),
    ),
    max_size=40,
)
EXAMPLES = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def db() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    canonical.load_canonical(connection)
    yield connection
    connection.close()


def ask(db: duckdb.DuckDBPyConnection, sql: str, *values: object) -> object:
    found = db.execute(f"select {sql}", values).fetchone()
    assert found is not None
    return found[0]


@EXAMPLES
@given(TEXTS)
@example("\r\r\n \x00\r")
@example("\x0b a \x0b")
def test_normalising_twice_changes_nothing(db: duckdb.DuckDBPyConnection, text: str) -> None:
    once = ask(db, "normalise(?::varchar)", text)
    assert ask(db, "normalise(?::varchar)", once) == once


@EXAMPLES
@given(TEXTS)
def test_normalise_does_what_its_words_say(db: duckdb.DuckDBPyConnection, text: str) -> None:
    assert ask(db, "normalise(?::varchar)", text) == by_python(text)


@EXAMPLES
@given(TEXTS)
def test_length_is_counted_in_utf16_units(db: duckdb.DuckDBPyConnection, text: str) -> None:
    units = len(text.encode("utf-16-le")) // 2
    assert ask(db, "utf16_length(?::varchar)", text) == units
    assert ask(db, "is_longer_than(?::varchar, ?)", text, units) is False
    assert ask(db, "is_longer_than(?::varchar, ?)", text, max(units - 1, 0)) is (units > 0)


@EXAMPLES
@given(
    st.lists(st.one_of(st.none(), TEXTS), min_size=2, max_size=4),
    st.lists(st.one_of(st.none(), TEXTS), min_size=2, max_size=4),
)
def test_rows_that_differ_never_share_a_hash(
    db: duckdb.DuckDBPyConnection, one: list[str | None], two: list[str | None]
) -> None:
    spelled = "[normalise(x) for x in ?::varchar[]]"
    cells = [ask(db, spelled, row) for row in (one, two)]
    hashes = [ask(db, f"row_hash({spelled})", row) for row in (one, two)]
    assert (hashes[0] == hashes[1]) is (cells[0] == cells[1])


@pytest.mark.parametrize(
    ("said", "scale", "cell"),
    [
        ("1.2345678E7", 2, "12345678.00"),
        ("912260031.0", 2, "912260031.00"),
        ("1.0E-3", 3, "0.001"),
        ("0.10", 2, "0.10"),
        ("-0.0", 2, "0.00"),
        ("7", 0, "7"),
        ("", 2, None),
    ],
)
def test_numbers_of_the_org_are_spelled_as_ours(
    db: duckdb.DuckDBPyConnection, said: str, scale: int, cell: str | None
) -> None:
    assert ask(db, "from_org_number(?::varchar, ?::int)", said, scale) == cell
    if cell is not None:
        assert ask(db, "canonical_number(?, ?::int)", Decimal(cell), scale) == cell


@pytest.mark.parametrize(
    "said",
    ["2024-03-10T07:30:00.000Z", "2024-03-10T07:30:00.000+0000", "2024-03-10T02:30:00.000-05:00"],
)
def test_times_of_the_org_are_spelled_as_ours(db: duckdb.DuckDBPyConnection, said: str) -> None:
    moment = datetime(2024, 3, 10, 7, 30, tzinfo=UTC).replace(tzinfo=None)
    ours = ask(db, "canonical_datetime(?::timestamp)", moment)
    assert ask(db, "from_org_datetime(?::varchar)", said) == ours == "2024-03-10T07:30:00.000Z"


@EXAMPLES
@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2100, 1, 1)))  # noqa: DTZ001 - the warehouse holds naive UTC
def test_a_time_survives_the_way_to_the_org_and_back(
    db: duckdb.DuckDBPyConnection, moment: datetime
) -> None:
    sent = ask(db, "canonical_datetime(?::timestamp)", moment)
    there = datetime.fromisoformat(str(sent)).astimezone(timezone(timedelta(hours=9)))
    answered = there.strftime("%Y-%m-%dT%H:%M:%S.") + f"{there.microsecond // 1000:03d}+0900"
    assert ask(db, "from_org_datetime(?::varchar)", answered) == sent


@EXAMPLES
@given(st.dates(min_value=date(1000, 1, 1)))
def test_dates_are_written_as_iso(db: duckdb.DuckDBPyConnection, day: date) -> None:
    assert ask(db, "canonical_date(?::date)", day) == day.isoformat()


def test_an_empty_checkbox_is_what_an_org_stores(db: duckdb.DuckDBPyConnection) -> None:
    assert ask(db, "canonical_boolean(null::boolean)") == "false"
