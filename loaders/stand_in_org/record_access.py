"""UserRecordAccess: what a user may do with each of some records, by sharing and permissions."""

# ruff: noqa: S608 - names come from the catalogue and are quoted, so are the values
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

import duckdb

from loaders.stand_in_org.deploy_elements import text
from loaders.stand_in_org.metadata_kept import find
from loaders.stand_in_org.model import SObject
from loaders.stand_in_org.org import Org
from loaders.stand_in_org.permissions import sets_of
from loaders.stand_in_org.store import literal, quoted


class Level(IntEnum):
    """How far sharing goes; what object permissions lack is taken away from it."""

    NONE = 0
    READ = 1
    EDIT = 2
    TRANSFER = 3
    ALL = 4


@dataclass(frozen=True, slots=True)
class Access:
    """What one user may do with one record."""

    reads: bool = False
    edits: bool = False
    deletes: bool = False
    transfers: bool = False
    everything: bool = False


# Whose records are shared as another one is.
_PARENTS = {
    "AccountContactRelation": "AccountId",
    "Asset": "AccountId",
    "ContentVersion": "ContentDocumentId",
    "OpportunityLineItem": "OpportunityId",
}
_DEFAULTS = {"Edit": Level.EDIT, "Read": Level.READ, "ReadEditTransfer": Level.TRANSFER}
_CUSTOM_DEFAULTS = {"ReadWrite": Level.EDIT, "Read": Level.READ}
# They have no owner: everybody sees prices and people.
_PUBLIC = frozenset({"Pricebook2", "PricebookEntry", "Product2", "User"})
# Who reads the record that these hang on reads them as well.
_HANGING = {
    "ContentDocument": """
        SELECT LinkedEntityId FROM "ContentDocumentLink"
        WHERE NOT IsDeleted AND ContentDocumentId = $id
    """,
    "Event": 'SELECT unnest([WhoId, WhatId]) FROM "Event" WHERE Id = $id',
    "Task": 'SELECT unnest([WhoId, WhatId]) FROM "Task" WHERE Id = $id',
}


def access_to(org: Org, user_id: str, record_ids: Iterable[str]) -> dict[str, Access]:
    """
    Tell what a user may do with each record; none of what is not there.

    By the organization-wide default, the owner and the roles above, a parent that controls the
    record, the permissions on the object, and those that see or change all data.
    """
    connection = org.cursor()
    try:
        asked = _Asked(org, connection, user_id)
        return {each: asked.access(each) for each in record_ids}
    finally:
        connection.close()


class _Asked:
    """One user's access, record by record."""

    def __init__(self, org: Org, connection: duckdb.DuckDBPyConnection, user_id: str) -> None:
        self._org = org
        self._connection = connection
        self._user = user_id
        found = self._one(f'SELECT IsActive FROM "User" WHERE Id = {literal(user_id)}')
        self._active = bool(found and found[0])
        self._system = org.system_permissions(user_id)
        self._subordinates = self._below()
        self._objects = {each.key_prefix: each for each in org.sobjects()}

    def access(self, record_id: str) -> Access:
        sobject = self._objects.get(record_id[:3])
        if sobject is None or not self._active:
            return Access()
        level = self._level(sobject, record_id)
        rights = self._org.object_permissions(sobject, self._user) | self._rights_to_all()
        edits = level >= Level.EDIT and "edit" in rights
        return Access(
            reads=level >= Level.READ and "read" in rights,
            edits=edits,
            deletes=level >= Level.ALL and "delete" in rights,
            transfers=level >= Level.TRANSFER and edits,
            everything=level >= Level.ALL and "read" in rights,
        )

    def _rights_to_all(self) -> frozenset[str]:
        if "ModifyAllData" in self._system:
            return frozenset({"read", "edit", "delete"})
        return frozenset({"read"}) if "ViewAllData" in self._system else frozenset()

    def _level(self, sobject: SObject, record_id: str) -> Level:
        record = self._record(sobject, record_id)
        if record is None:
            return Level.NONE
        owner, parent = record
        if "ModifyAllData" in self._system or owner in {self._user, *self._subordinates}:
            return Level.ALL
        shared = max(self._over_all(sobject), self._default(sobject, parent))
        return max(shared, self._linked(sobject, record_id))

    def _record(self, sobject: SObject, record_id: str) -> tuple[str | None, str | None] | None:
        owner = '"OwnerId"' if "ownerid" in sobject.fields else "NULL"
        parent = quoted(field) if (field := self._parent_field(sobject)) else "NULL"
        found: tuple[str | None, str | None] | None = self._connection.execute(
            f"SELECT {owner}, {parent} FROM {quoted(sobject.table)}"
            f" WHERE Id = {literal(record_id)} AND NOT IsDeleted"
        ).fetchone()
        return found

    def _parent_field(self, sobject: SObject) -> str | None:
        if sobject.name == "Contact" and self._of_org("Contact") == "ControlledByParent":
            return "AccountId"
        return _PARENTS.get(sobject.name)

    def _over_all(self, sobject: SObject) -> Level:
        """Tell what a set gives of every record of the object, whoever owns it."""
        if "ViewAllData" in self._system:
            return Level.READ
        found = self._one(
            "SELECT bool_or(PermissionsViewAllRecords), bool_or(PermissionsModifyAllRecords)"
            f' FROM "ObjectPermissions" WHERE NOT IsDeleted AND SobjectType ='
            f" {literal(sobject.name)} AND ParentId IN ({sets_of(self._connection, self._user)})"
        )
        views, changes = found or (False, False)
        return Level.ALL if changes else Level.READ if views else Level.NONE

    def _default(self, sobject: SObject, parent: str | None) -> Level:
        if sobject.name in _PUBLIC:
            return Level.READ
        if self._parent_field(sobject) is not None:
            above = self._objects.get(parent[:3]) if parent else None
            return self._level(above, parent) if above and parent else Level.NONE
        if not sobject.custom:
            return _DEFAULTS.get(self._of_org(sobject.name), Level.NONE)
        kept = find(self._connection, "CustomObject", sobject.name)
        model = text(kept.element, "sharingModel") if kept else None
        return _CUSTOM_DEFAULTS.get(model or "", Level.NONE)

    def _of_org(self, name: str) -> str:
        """Give the organization-wide default of a standard object; activities are private."""
        if name not in {"Account", "Contact", "Lead", "Opportunity"}:
            return "None"
        found = self._one(f'SELECT "Default{name}Access" FROM "Organization"')
        return str(found[0]) if found else "None"

    def _linked(self, sobject: SObject, record_id: str) -> Level:
        """Give what a record inherits from those it hangs on: reading, at most."""
        if sobject.name not in _HANGING:
            return Level.NONE
        rows = self._connection.execute(_HANGING[sobject.name], {"id": record_id}).fetchall()
        # A link to a person shares with that person alone.
        linked = [str(each) for (each,) in rows if each and str(each)[:3] != "005"]
        is_given = (self._user,) in rows
        reads = is_given or any(self.access(each).reads for each in linked)
        return Level.READ if reads else Level.NONE

    def _below(self) -> frozenset[str]:
        """List the users in roles below the user's own."""
        rows = self._connection.execute(
            'WITH RECURSIVE below(id) AS (SELECT r.Id FROM "UserRole" AS r INNER JOIN "User" AS u'
            f" ON r.ParentRoleId = u.UserRoleId WHERE u.Id = {literal(self._user)}"
            ' UNION SELECT r.Id FROM "UserRole" AS r INNER JOIN below ON r.ParentRoleId = below.id)'
            ' SELECT u.Id FROM "User" AS u INNER JOIN below ON u.UserRoleId = below.id'
        ).fetchall()
        return frozenset(str(one) for (one,) in rows)

    def _one(self, sql: str) -> tuple[object, ...] | None:
        return self._connection.execute(sql).fetchone()


def shown(access: Access) -> Mapping[str, object]:
    """Give an answer's fields by lower-case name."""
    reached = {
        "Read": access.reads,
        "Edit": access.edits,
        "Delete": access.deletes,
        "Transfer": access.transfers,
        "All": access.everything and access.edits and access.deletes,
    }
    return {
        "hasreadaccess": access.reads,
        "haseditaccess": access.edits,
        "hasdeleteaccess": access.deletes,
        "hastransferaccess": access.transfers,
        "hasallaccess": reached["All"],
        "maxaccesslevel": ([name for name, is_so in reached.items() if is_so] or ["None"])[-1],
    }
