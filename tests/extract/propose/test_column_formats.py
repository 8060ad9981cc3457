"""How a column's dates are written is found out, and a year of two digits is never guessed."""

from __future__ import annotations

import duckdb
import pytest

from extract.propose.column_formats import column_formats
from extract.propose.column_profile import profile_export
from tests.extract.propose.invented import SYSTEM, land


@pytest.mark.parametrize(
    ("written", "forms"),
    [
        (["03/14/2024 09:05 AM", "3/4/2024 12:30 pm"], ["%m/%d/%Y %I:%M %p"]),
        (["03/14/2024 09:05:07 AM", "03/04/2024 11:00:00 PM"], ["%m/%d/%Y %I:%M:%S %p"]),
        (["03/04/1962", "03/05/1962", "14/04/62"], ["%d/%m/%Y"]),
        (["03/04/62", "14/04/71"], []),
    ],
)
def test_the_form_that_reads_most_dates_is_taken(written: list[str], forms: list[str]) -> None:
    rows = [{"ROW_ID": str(row), "AT": text} for row, text in enumerate(written)]
    with duckdb.connect() as database:
        database.execute("attach ':memory:' as raw")
        land(database, {"VISITS": rows})
        export = profile_export(database, system=SYSTEM, tables=("VISITS",))
        found = column_formats(database, export, system=SYSTEM)
    assert [form for (_, column), form in found.items() if column == "AT"] == forms
