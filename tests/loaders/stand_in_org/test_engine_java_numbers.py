"""Numbers are echoed as Java's Double.toString prints them (contract 2.9)."""

from __future__ import annotations

import duckdb
import pytest

from loaders.stand_in_org.java_numbers import MACROS


@pytest.mark.parametrize(
    ("sent", "java"),
    [
        ("0", "0.0"),
        ("-0", "0.0"),
        ("2676", "2676.0"),
        ("0.001", "0.001"),
        ("0.00099", "9.9E-4"),
        ("1e-5", "1.0E-5"),
        ("9999999.25", "9999999.25"),
        ("10000000", "1.0E7"),
        ("912260031", "9.12260031E8"),
        ("-912260031.5", "-9.122600315E8"),
        ("12000000000000000000", "1.2E19"),
        ("1.25e300", "1.25E300"),
    ],
)
def test_a_number_is_printed_as_java_does(sent: str, java: str) -> None:
    with duckdb.connect() as connection:
        for macro in MACROS:
            connection.execute(macro)
        printed = connection.execute("select _java_double(cast(? as double))", [sent]).fetchone()
    assert printed == (java,)
