"""The rows that a new org already has: itself, its administrator, profiles, stages and rules."""

from __future__ import annotations

import zlib
from datetime import datetime
from typing import Any

import duckdb

from loaders.stand_in_org import ids
from loaders.stand_in_org.catalogue import standard_objects
from loaders.stand_in_org.model import SObject
from loaders.stand_in_org.settings import Settings
from loaders.stand_in_org.store import insert_rows, stored_fields

Row = dict[str, Any]

# (label, probability, forecast category, its name, closed, won)
STAGES = (
    ("Prospecting", 10, "Pipeline", "Pipeline", False, False),
    ("Qualification", 10, "Pipeline", "Pipeline", False, False),
    ("Needs Analysis", 20, "Pipeline", "Pipeline", False, False),
    ("Value Proposition", 50, "Pipeline", "Pipeline", False, False),
    ("Id. Decision Makers", 60, "Pipeline", "Pipeline", False, False),
    ("Perception Analysis", 70, "Pipeline", "Pipeline", False, False),
    ("Proposal/Price Quote", 75, "Pipeline", "Pipeline", False, False),
    ("Negotiation/Review", 90, "Pipeline", "Pipeline", False, False),
    ("Closed Won", 100, "Closed", "Closed", True, True),
    ("Closed Lost", 0, "Omitted", "Omitted", True, False),
)
_LEAD_STATUSES = (
    ("Open - Not Contacted", True, False),
    ("Working - Contacted", False, False),
    ("Closed - Converted", False, True),
    ("Closed - Not Converted", False, False),
)
_PROFILES = ("System Administrator", "Standard User", "Minimum Access - Salesforce", "Read Only")
_DUPLICATE_RULES = ("Account", "Contact", "Lead")


class _Seeder:
    """Fills the system fields of the org's own rows while it inserts them."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, *, admin: str, now: datetime) -> None:
        self._connection = connection
        self._objects = standard_objects()
        self._admin = admin
        self._now = now

    def add(self, name: str, row: Row, *, record_id: str | None = None) -> str:
        sobject = self._objects[name.lower()]
        made = record_id or ids.counted_id(
            sobject.key_prefix, ids.reserve(self._connection, sobject.key_prefix, count=1)
        )
        full = {**self._defaults(sobject), "Id": made, "IsDeleted": False, **row}
        insert_rows(self._connection, sobject.table, [full])
        return made

    def _defaults(self, sobject: SObject) -> Row:
        stamps: Row = {
            "CreatedDate": self._now,
            "LastModifiedDate": self._now,
            "SystemModstamp": self._now,
            "CreatedById": self._admin,
            "LastModifiedById": self._admin,
        }
        given = {f.name: f.default_value for f in stored_fields(sobject) if f.default_value}
        return {**given, **stamps}


def _organization(settings: Settings) -> Row:
    return {
        "Name": settings.organization_name,
        "InstanceName": settings.instance_name,
        "IsSandbox": settings.sandbox,
        "OrganizationType": settings.organization_type,
        "TimeZoneSidKey": settings.time_zone,
        "DefaultLocaleSidKey": "en_US",
        "LanguageLocaleKey": "en_US",
        "DefaultAccountAccess": "Edit",
        "DefaultContactAccess": "ControlledByParent",
        "DefaultLeadAccess": "ReadEditTransfer",
        "DefaultOpportunityAccess": "None",
        "FiscalYearStartMonth": 1,
    }


def _admin(settings: Settings, profile: str) -> Row:
    return {
        "Username": settings.admin_username,
        "FirstName": "Stand-in",
        "LastName": "Administrator",
        "Name": "Stand-in Administrator",
        "Email": settings.admin_username,
        "Alias": "admin",
        "CommunityNickname": "admin",
        "IsActive": True,
        "ProfileId": profile,
        "TimeZoneSidKey": settings.time_zone,
        "LocaleSidKey": "en_US",
        "EmailEncodingKey": "UTF-8",
        "LanguageLocaleKey": "en_US",
        "UserType": "Standard",
    }


def _add_stages(seeder: _Seeder) -> None:
    for place, (label, chance, category, category_name, closed, won) in enumerate(STAGES, 1):
        seeder.add(
            "OpportunityStage",
            {
                "MasterLabel": label, "ApiName": label, "IsActive": True, "SortOrder": place,
                "IsClosed": closed, "IsWon": won, "ForecastCategory": category,
                "ForecastCategoryName": category_name, "DefaultProbability": chance,
            },
        )  # fmt: skip
    for place, (label, default, converted) in enumerate(_LEAD_STATUSES, 1):
        seeder.add(
            "LeadStatus",
            {
                "MasterLabel": label, "ApiName": label, "SortOrder": place,
                "IsDefault": default, "IsConverted": converted,
            },
        )  # fmt: skip


def fill(connection: duckdb.DuckDBPyConnection, *, settings: Settings, now: datetime) -> None:
    """Fill a new org's tables; which ids it gets depends on its settings alone."""
    kind = "sandbox" if settings.sandbox else "production"
    number = zlib.crc32(f"{settings.organization_name}|{kind}".encode())
    org_id = ids.counted_id("00D", number)
    admin = ids.counted_id("005", ids.reserve(connection, "005", count=1))
    seeder = _Seeder(connection, admin=admin, now=now)
    seeder.add("Organization", _organization(settings), record_id=org_id)
    profiles = [seeder.add("Profile", {"Name": name}) for name in _PROFILES]
    seeder.add("User", _admin(settings, profiles[0]), record_id=admin)
    seeder.add("Pricebook2", {"Name": "Standard Price Book", "IsActive": True, "IsStandard": True})
    _add_stages(seeder)
    for name in _DUPLICATE_RULES:
        seeder.add(
            "DuplicateRule",
            {
                "MasterLabel": f"Standard {name} Duplicate Rule", "SobjectType": name,
                "DeveloperName": f"Standard_{name}_Duplicate_Rule",
                "IsActive": settings.duplicate_rules,
                "Language": "en_US",
            },
        )  # fmt: skip
    connection.execute(
        'INSERT INTO "_org" VALUES (?, ?), (?, ?)',
        ["org_id", org_id, "admin_user_id", admin],
    )
