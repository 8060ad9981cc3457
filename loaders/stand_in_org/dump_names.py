"""Name every record by what it is, not by its id, so that two orgs can be compared."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from loaders.stand_in_org.model import Field, SObject
from loaders.stand_in_org.store import literal, quoted, stored_fields

KEY = "clinic_id__c"
# Fields that the org fills by itself, from clocks and counters.
SYSTEM_FIELDS = frozenset(
    {
        "createddate", "createdbyid", "lastmodifieddate", "lastmodifiedbyid", "systemmodstamp",
        "lastvieweddate", "lastreferenceddate", "lastlogindate", "contentmodifieddate",
        "contentmodifiedbyid", "completeddatetime", "laststagechangedate", "keyprefix",
    }
)  # fmt: skip
# Objects whose records are named by fields of their own.
_OWN: Mapping[str, tuple[str, ...]] = {
    "User": ("Username",),
    "Profile": ("Name",),
    "UserRole": ("Name",),
    "Territory2Model": ("DeveloperName",),
    "Territory2Type": ("DeveloperName",),
    "Group": ("DeveloperName", "Name"),
    "PermissionSet": ("Name",),
    "Organization": ("Name",),
    "RecordType": ("SobjectType", "DeveloperName"),
    "BusinessProcess": ("TableEnumOrId", "Name"),
    "OpportunityStage": ("ApiName",),
    "LeadStatus": ("ApiName",),
    "DuplicateRule": ("DeveloperName",),
    "Pricebook2": ("Name",),
    "Product2": ("ProductCode", "Name"),
}
# Definitions all have the same id of zeros: nothing points at them.
_NAMELESS = frozenset({"EntityDefinition", "FieldDefinition"})
# Objects whose records are named by the records they join: done last, when those have names.
_PAIRS: Mapping[str, tuple[str, ...]] = {
    "ContentDocumentLink": ("ContentDocumentId", "LinkedEntityId"),
    "AccountContactRelation": ("AccountId", "ContactId"),
    "AccountTeamMember": ("AccountId", "UserId"),
    "Territory2": ("Territory2ModelId", "DeveloperName"),
    "ObjectTerritory2Association": ("ObjectId", "Territory2Id"),
    "UserTerritory2Association": ("UserId", "Territory2Id"),
    "PermissionSetAssignment": ("AssigneeId", "PermissionSetId"),
    "FieldPermissions": ("ParentId", "Field"),
    "ObjectPermissions": ("ParentId", "SobjectType"),
    "PricebookEntry": ("Pricebook2Id", "Product2Id"),
}


def write_names(cursor: duckdb.DuckDBPyConnection, sobjects: list[SObject]) -> None:
    """
    Fill the temporary table `portable_names` (id, name) for every record.

    A record is named by its external id, else by its natural key, else by a hash of what it says.
    """
    cursor.execute("create or replace temp table portable_names (id varchar, name varchar)")
    documents = [s for s in sobjects if s.name == "ContentDocument"]
    pairs = [s for s in sobjects if s.name in _PAIRS]
    elsewhere = {"ContentDocument", *_PAIRS, *_NAMELESS}
    for sobject in sobjects:
        if sobject.name not in elsewhere:
            _name_by_own(cursor, sobject)
    for sobject in documents:
        _name_by_version(cursor, sobject)
    for sobject in pairs:
        _name_by_pair(cursor, sobject)


def _keyed(sobject: SObject, otherwise: str) -> str:
    """Prefer the external id; tell objects apart by their name in front."""
    keys = [f"nullif({quoted(sobject.fields[KEY].name)}, '')"] if KEY in sobject.fields else []
    return f"{literal(sobject.name + ':')} || coalesce({', '.join([*keys, otherwise])})"


def _name_by_own(cursor: duckdb.DuckDBPyConnection, sobject: SObject) -> None:
    own = [name for name in _OWN.get(sobject.name, ()) if name.lower() in sobject.fields]
    natural = f"concat_ws('/', {', '.join(map(quoted, own))})" if own else content_hash(sobject)
    cursor.execute(
        f'insert into portable_names select "Id", {_keyed(sobject, natural)} '  # noqa: S608 catalogue names
        f"from {quoted(sobject.table)}"
    )


def content_hash(sobject: SObject) -> str:
    """Give SQL for a hash of what a record says; fields that are empty do not count."""
    said = [
        f"{literal(field.name + '=')} || cast({quoted(field.name)} as varchar)"
        for field in sorted(stored_fields(sobject), key=lambda field: field.name)
        if is_content(field) and field.type not in ("id", "reference")
    ]
    return f"md5(concat_ws('|', '', {', '.join(said)}))" if said else "'?'"


def is_named(sobject: SObject) -> bool:
    """Tell whether the object's records have names."""
    return sobject.name not in _NAMELESS


def is_content(field: Field) -> bool:
    """Tell whether a field says something that was loaded."""
    return not (field.auto_number or field.name.lower() in SYSTEM_FIELDS)


def _name_by_version(cursor: duckdb.DuckDBPyConnection, sobject: SObject) -> None:
    """Name documents after their newest version."""
    cursor.execute(
        f"""
        insert into portable_names
        select documents."Id", coalesce(
            'ContentDocument' || substr(max(names.name), length('ContentVersion') + 1),
            'ContentDocument:?'
        )
        from {quoted(sobject.table)} as documents
        left join "ContentVersion" as versions
            on versions."ContentDocumentId" = documents."Id" and versions."IsLatest"
        left join portable_names as names on names.id = versions."Id"
        group by documents."Id"
        """  # noqa: S608 catalogue names
    )


def _name_by_pair(cursor: duckdb.DuckDBPyConnection, sobject: SObject) -> None:
    first, second = _PAIRS[sobject.name]
    own = (
        f'(select "Id", {_keyed(sobject, "null")} as own, {quoted(first)} as first, '  # noqa: S608 catalogue names
        f"{quoted(second)} as second from {quoted(sobject.table)})"
    )
    pair = f"{literal(sobject.name + ':')} || coalesce(one.name, first, '?')"
    cursor.execute(
        f'insert into portable_names select rows."Id", '  # noqa: S608 catalogue names
        f"coalesce(own, {pair} || '+' || coalesce(two.name, second, '?')) "
        f"from {own} as rows left join portable_names as one on one.id = rows.first "
        "left join portable_names as two on two.id = rows.second"
    )
