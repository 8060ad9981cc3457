"""The record types of an object, and which one a new record gets."""

from __future__ import annotations

import duckdb

from loaders.stand_in_org.model import Field, RecordTypeInfo, SObject

MASTER_ID = "012000000000000AAA"
# The picklist that each object's business processes cut down.
_PROCESS_FIELDS = {"Lead": "Status", "Opportunity": "StageName"}


def of(connection: duckdb.DuckDBPyConnection, sobject: SObject) -> list[RecordTypeInfo]:
    """
    List the object's record types by name, the master one last.

    The first active one is the default: this org has no profiles that say otherwise.
    """
    rows = connection.execute(
        'SELECT r.Id, r.Name, r.DeveloperName, r.IsActive, p.Name FROM "RecordType" AS r'
        ' LEFT JOIN "BusinessProcess" AS p ON p.Id = r.BusinessProcessId'
        " WHERE r.SobjectType = ? AND NOT r.IsDeleted ORDER BY r.DeveloperName",
        [sobject.name],
    ).fetchall()
    first = next((row[0] for row in rows if row[3]), None)
    found = [
        RecordTypeInfo(
            id=record_id,
            name=name,
            developer_name=developer_name,
            active=active,
            default=record_id == first,
            master=False,
            business_process=process,
        )
        for record_id, name, developer_name, active, process in rows
    ]
    master = RecordTypeInfo(
        id=MASTER_ID,
        name="Master",
        developer_name="Master",
        active=True,
        default=first is None,
        master=True,
    )
    return [*found, master]


def values_of(
    connection: duckdb.DuckDBPyConnection,
    sobject: SObject,
    record_type: RecordTypeInfo,
    field: Field,
) -> list[str]:
    """List the values the record type keeps of a picklist; none listed means all."""
    if _PROCESS_FIELDS.get(sobject.name) == field.name:
        rows = connection.execute(
            'SELECT v.value FROM "_process_value" AS v INNER JOIN "RecordType" AS r'
            " ON r.BusinessProcessId = v.process_id WHERE r.Id = ?",
            [record_type.id],
        )
    else:
        rows = connection.execute(
            'SELECT value FROM "_record_type_value" WHERE record_type_id = ? AND field = ?',
            [record_type.id, field.name],
        )
    return [value for (value,) in rows.fetchall()]
