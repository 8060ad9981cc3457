"""Which fields an object has, granted or not: describe shows only what this user may see."""

from __future__ import annotations

from loaders.org_connection import Org, org_calls
from loaders.soql import soql_literal


def defined_fields(org: Org, sobject: str) -> frozenset[str]:
    """Name the fields of an object; none when there is no such object."""
    owner = f"EntityDefinition.QualifiedApiName = {soql_literal(sobject)}"
    soql = f"SELECT QualifiedApiName FROM FieldDefinition WHERE {owner}"  # noqa: S608 - quoted
    with org_calls(org.alias):
        found = org.rest.query_all(soql)["records"]
    return frozenset(each["QualifiedApiName"] for each in found)
