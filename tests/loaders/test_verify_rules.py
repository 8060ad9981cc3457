"""What a cell may be in the org: as it was sent, the same by one rule of a name, or different."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from loaders import canonical
from loaders.describe import FieldDescribe, PicklistValue
from loaders.plan_store import PlanColumn
from loaders.verify_rules import DIFFERENT, RULES, plain
from tests.loaders.normalised import by_python

PAGE = Path(__file__).parents[2] / "docs" / "verify.md"
SCALE = 2
Said = str | None
PAIRS = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
TEXTS = st.text(st.sampled_from("\r\n\t \x00\xa0aé😀"), max_size=6)
CHOICES = st.lists(st.sampled_from("abc"), unique=True).map(";".join)
NUMBERS = st.decimals(-(10**7), 10**7, places=4)
TIMES = st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@pytest.fixture(scope="module")
def db() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    canonical.load_canonical(connection)
    yield connection
    connection.close()


def column(kind: str, *, match: str | None = None) -> PlanColumn:
    scale = SCALE if kind == canonical.NUMBER else 0
    return PlanColumn("X__c", "X__c", kind, "string", 255, scale, match, (), False, False)


def defaulted(kind: str, *values: str) -> FieldDescribe:
    """A field of an org that fills it by itself; the first value is its default."""
    options = tuple(PicklistValue(each, each, True, each == values[0]) for each in values)
    return FieldDescribe(
        name="X__c", label="X", type=kind, length=255, precision=0, scale=0, createable=True,
        updateable=True, nillable=True, defaulted_on_create=True, unique=False,
        case_sensitive=False, external_id=False, encrypted=False, filterable=True,
        calculated=False, restricted=False, options=options, reference_to=(),
        relationship_name=None,
    )  # fmt: skip


def word(
    db: duckdb.DuckDBPyConnection,
    of: PlanColumn,
    sent: Said,
    there: Said,
    field: FieldDescribe | None = None,
) -> Said:
    """Ask as `verify` asks: the org's text against the canonical text of the plan."""
    said = plain(of, field, there="org.cell", sent="planned.cell")
    found = db.execute(
        f"select {said} from (select ?::varchar as cell) as planned, "
        "(select ?::varchar as cell) as org",
        [sent, there],
    ).fetchone()
    assert found is not None
    return None if found[0] is None else str(found[0])


def require(found: Said, sent: Said, there: Said, *, same: dict[str, bool]) -> None:
    """
    Hold a word against what each rule means, said in Python.

    What is byte for byte the same has no word; else the first rule that holds; else it differs.
    """
    holding = [rule for rule, holds in same.items() if holds]
    expected = None if sent == there else (holding or [DIFFERENT])[0]
    assert found == expected, (sent, there)
    assert found is None or found == DIFFERENT or found in RULES


@PAIRS
@given(TEXTS, TEXTS, st.sampled_from([str, lambda text: f" {text}\x00", lambda _: None]))
@example("a\nb", "a\r\nb", str)
@example("a", "a ", str)
@example("", " ", str)
def test_texts(
    db: duckdb.DuckDBPyConnection, ours: str, theirs: str, spoil: Callable[[str], Said]
) -> None:
    sent = by_python(ours)
    for there in (theirs or None, spoil(sent or "") or None, (sent or "").replace("\n", "\r\n")):
        lines = (there or "").replace("\r\n", "\n").replace("\r", "\n")
        for kind in (canonical.TEXT, canonical.LONG_TEXT):
            require(
                word(db, column(kind), sent, there or None),
                sent,
                there or None,
                same={
                    "line_ends": bool(lines) and lines == sent,
                    "outer_blanks": by_python(there) == sent,
                },
            )


@PAIRS
@given(CHOICES, CHOICES)
@example("a;b", "b;a")
@example("", ";")
def test_choices_of_a_picklist(db: duckdb.DuckDBPyConnection, ours: str, theirs: str) -> None:
    sent = ";".join(sorted(filter(None, ours.split(";")))) or None
    there = theirs or None
    chosen = {each for each in theirs.split(";") if each}
    same = {"choice_order": chosen == set(filter(None, (sent or "").split(";")))}
    require(word(db, column(canonical.CHOICES), sent, there), sent, there, same=same)


@PAIRS
@given(NUMBERS, NUMBERS, st.sampled_from(["f", "E", ".6f", ".2f", ".1f"]))
@example(Decimal("25.50"), Decimal("25.5"), "f")
@example(Decimal("25.50"), Decimal("25.504"), "f")
@example(Decimal("25.50"), Decimal("25.51"), "f")
def test_numbers(
    db: duckdb.DuckDBPyConnection, ours: Decimal, theirs: Decimal, written: str
) -> None:
    sent = f"{ours:.{SCALE}f}"
    for value in (theirs, Decimal(sent)):
        there = format(value, written)
        off = abs(Decimal(there) - Decimal(sent))
        found = word(db, column(canonical.NUMBER), sent, there)
        # Half a cent is neither: how a tie is rounded is the database's own.
        if off * 200 == 1:
            assert found in {"number_rounded", DIFFERENT}
            continue
        same = {"number_format": off == 0, "number_rounded": off * 200 < 1}
        require(found, sent, there, same=same)


@PAIRS
@given(TIMES, TIMES, st.integers(-14 * 60, 14 * 60))
def test_times(
    db: duckdb.DuckDBPyConnection, ours: datetime, theirs: datetime, minutes: int
) -> None:
    sent = f"{ours:%Y-%m-%dT%H:%M:%S}.{ours.microsecond // 1000:03d}Z"
    zone = timezone(timedelta(minutes=minutes))
    for value in (theirs, datetime.fromisoformat(sent)):
        there = value.astimezone(zone).isoformat(timespec="milliseconds")
        same = {"time_format": datetime.fromisoformat(there) == datetime.fromisoformat(sent)}
        require(word(db, column(canonical.DATETIME), sent, there), sent, there, same=same)


@pytest.mark.parametrize("sent", ["true", "false"])
@pytest.mark.parametrize("there", ["true", "false", "True", "FALSE", None])
def test_checkboxes(db: duckdb.DuckDBPyConnection, sent: str, there: Said) -> None:
    same = {"checkbox_text": (there or "false").lower() == sent}
    require(word(db, column(canonical.BOOLEAN), sent, there), sent, there, same=same)


@pytest.mark.parametrize(
    ("kind", "sent", "there"),
    [
        (canonical.DATE, "2024-02-29", "2024-02-28"),
        (canonical.DATE, "2024-02-29", None),
        (canonical.DATE, None, "2024-02-29"),
        (canonical.NUMBER, None, "a word"),
        (canonical.NUMBER, "0.00", None),
        (canonical.TEXT, "Äb", "äb"),
    ],
)
def test_what_no_rule_explains_is_a_difference(
    db: duckdb.DuckDBPyConnection, kind: str, sent: Said, there: Said
) -> None:
    assert word(db, column(kind), sent, there) == DIFFERENT


def test_ids_are_what_they_are(db: duckdb.DuckDBPyConnection) -> None:
    lookup = column(canonical.TEXT, match="name")
    assert word(db, lookup, "001000000000001", "001000000000001 ") == DIFFERENT


@pytest.mark.parametrize(
    ("kind", "field", "sent", "there", "expected"),
    [
        (canonical.TEXT, defaulted("picklist", "Normal", "High"), None, "Normal", "org_default"),
        (canonical.TEXT, defaulted("picklist", "Normal", "High"), None, "High", DIFFERENT),
        (canonical.TEXT, defaulted("picklist", "Normal", "High"), "High", "Normal", DIFFERENT),
        (canonical.TEXT, defaulted("picklist", "Normal", "High"), None, None, None),
        (canonical.DATE, defaulted("date", ""), None, "2024-02-29", "org_default"),
        (canonical.DATE, defaulted("date", ""), "2024-02-28", "2024-02-29", DIFFERENT),
        (canonical.BOOLEAN, defaulted("boolean", ""), "false", "true", DIFFERENT),
    ],
)  # fmt: skip
def test_what_was_not_planned_may_be_the_default_of_the_org(  # noqa: PLR0913, PLR0917 - a table
    db: duckdb.DuckDBPyConnection,
    kind: str,
    field: FieldDescribe,
    sent: Said,
    there: Said,
    expected: Said,
) -> None:
    assert word(db, column(kind), sent, there, field) == expected


def test_the_page_explains_each_rule_and_no_other() -> None:
    rows = [line.split("|") for line in PAGE.read_text("utf-8").splitlines() if "| `" in line]
    assert {row[1].strip(" `"): row[2].strip() for row in rows} == RULES
