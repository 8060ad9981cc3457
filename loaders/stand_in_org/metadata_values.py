"""Standard value sets that were never deployed, as they are given to whoever retrieves them."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree

import duckdb

from loaders.stand_in_org.deploy_values import MARKS, STANDARD_FIELDS
from loaders.stand_in_org.metadata_writing import branch, leaf
from loaders.stand_in_org.model import SObject


def standard_values(
    connection: duckdb.DuckDBPyConnection, catalogue: Mapping[str, SObject], name: str
) -> ElementTree.Element | None:
    """Show a standard value set that was never deployed, with what its values mean."""
    if name not in STANDARD_FIELDS:
        return None
    owner, field_name = STANDARD_FIELDS[name][0]
    field = catalogue[owner.lower()].fields[field_name.lower()]
    meanings = _meanings(connection, name)
    return branch(
        "StandardValueSet",
        leaf("sorted", "false"),
        *(
            branch(
                "standardValue",
                leaf("fullName", value),
                leaf("default", "true" if value == field.default_value else "false"),
                leaf("label", value),
                *(leaf(each, text) for each, text in meanings.get(value, {}).items()),
            )
            for value in field.picklist
        ),
    )


def _meanings(connection: duckdb.DuckDBPyConnection, name: str) -> dict[str, dict[str, str]]:
    """Give what the org knows of each value beside its name."""
    if name == "OpportunityStage":
        sql = (
            "SELECT MasterLabel, IsClosed::VARCHAR, ForecastCategory,"
            " CAST(DefaultProbability AS INTEGER)::VARCHAR, IsWon::VARCHAR"
            " FROM OpportunityStage WHERE IsActive"
        )
        names: tuple[str, ...] = ("closed", "forecastCategory", "probability", "won")
    elif name in MARKS:
        column, mark, _ = MARKS[name]
        sql, names = f"SELECT ApiName, {column}::VARCHAR FROM {name}", (mark,)  # noqa: S608 - constants
    else:
        return {}
    rows = connection.execute(sql).fetchall()
    return {value: dict(zip(names, texts, strict=True)) for value, *texts in rows}
