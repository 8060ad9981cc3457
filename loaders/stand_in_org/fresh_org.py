"""A new org and the rows that it has: itself, its administrator, profiles, stages and rules."""

from __future__ import annotations

import zlib
from datetime import datetime

import duckdb

from loaders.stand_in_org import ids, store
from loaders.stand_in_org.catalogue import standard_objects
from loaders.stand_in_org.definitions import write_definitions
from loaders.stand_in_org.fresh_lists import PROFILES, Row, list_rows
from loaders.stand_in_org.model import SObject
from loaders.stand_in_org.settings import Settings
from loaders.stand_in_org.switched_objects import present


class _Seeder:
    """Fills the system fields of the org's own rows while it inserts them."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, *, admin: str, now: datetime) -> None:
        self._connection = connection
        self._objects = standard_objects()
        self._admin = admin
        self._now = now
        self._rows: dict[str, list[Row]] = {}

    def add(self, name: str, row: Row, *, record_id: str | None = None) -> str:
        sobject = self._objects[name.lower()]
        made = record_id or ids.counted_id(
            sobject.key_prefix, ids.reserve(self._connection, sobject.key_prefix, count=1)
        )
        full = {**self._defaults(sobject), "Id": made, "IsDeleted": False, **row}
        self._rows.setdefault(sobject.table, []).append(full)
        return made

    def write(self) -> None:
        """Insert what was added, one statement a table."""
        for table, rows in self._rows.items():
            store.insert_rows(self._connection, table, rows)

    def _defaults(self, sobject: SObject) -> Row:
        stamps: Row = {
            "CreatedDate": self._now,
            "LastModifiedDate": self._now,
            "SystemModstamp": self._now,
            "CreatedById": self._admin,
            "LastModifiedById": self._admin,
        }
        given = {
            f.name: f.default_value == "true" if f.type == "boolean" else f.default_value
            for f in store.stored_fields(sobject)
            if f.default_value
        }
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
        "DefaultCalendarAccess": "HideDetailsInsert",
        "DefaultCampaignAccess": "All",
        "DefaultCaseAccess": "ReadEditTransfer",
        "DefaultPricebookAccess": "ReadSelect",
        "FiscalYearStartMonth": 1,
        "ReceivesAdminInfoEmails": True,
        "ReceivesInfoEmails": True,
        "UiSkin": "Theme3",
    }


def _admin(settings: Settings, profile: str) -> Row:
    return {
        "Username": settings.admin_username,
        "FirstName": "Stand-in",
        "LastName": "Administrator",
        "Name": "Stand-in Administrator",
        "Email": _email(settings),
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


def _email(settings: Settings) -> str:
    """Give the administrator's address: a sandbox appends to those it was copied with."""
    own = settings.admin_username
    copied = settings.sandbox and settings.sandbox_emails and not own.endswith(".invalid")
    return f"{own}.invalid" if copied else own


def _add_profiles(seeder: _Seeder, settings: Settings) -> list[str]:
    """Add the profiles, each with the permission set that holds what it grants."""
    licence = seeder.add(
        "UserLicense",
        {
            "LicenseDefinitionKey": "SFDC", "Name": "Salesforce", "MasterLabel": "Salesforce",
            "Status": "Active", "TotalLicenses": settings.user_licences, "UsedLicenses": 1,
        },
    )  # fmt: skip
    profiles = []
    for name, permissions in PROFILES.items():
        given = {f"Permissions{permission}": True for permission in permissions}
        profile = seeder.add(
            "Profile", {"Name": name, "UserType": "Standard", "UserLicenseId": licence, **given}
        )
        seeder.add(
            "PermissionSet",
            {
                "Name": f"X{profile[:15]}", "Label": profile[:15], "ProfileId": profile,
                "IsOwnedByProfile": True, "Type": "Profile", "LicenseId": licence, **given,
            },
        )  # fmt: skip
        profiles.append(profile)
    return profiles


def make(connection: duckdb.DuckDBPyConnection, *, settings: Settings, now: datetime) -> None:
    """Make a new org in an empty file: its tables, its rows and its definitions, or nothing."""
    with store.transaction(connection):
        store.make_tables(connection)
        _fill(connection, settings=settings, now=now)
        catalogue = present(store.load_catalogue(connection), deployed={}, settings=settings)
        write_definitions(connection, catalogue)


def _fill(connection: duckdb.DuckDBPyConnection, *, settings: Settings, now: datetime) -> None:
    """Fill the tables; which ids the org gets depends on its settings alone."""
    kind = "sandbox" if settings.sandbox else "production"
    number = zlib.crc32(f"{settings.organization_name}|{kind}".encode())
    org_id = ids.counted_id("00D", number)
    admin = ids.counted_id("005", ids.reserve(connection, "005", count=1))
    seeder = _Seeder(connection, admin=admin, now=now)
    seeder.add("Organization", _organization(settings), record_id=org_id)
    profiles = _add_profiles(seeder, settings)
    seeder.add("User", _admin(settings, profiles[0]), record_id=admin)
    seeder.add("Pricebook2", {"Name": "Standard Price Book", "IsActive": True, "IsStandard": True})
    for name, row in list_rows(duplicate_rules=settings.duplicate_rules):
        seeder.add(name, row)
    seeder.write()
    connection.execute(
        'INSERT INTO "_org" VALUES (?, ?), (?, ?)',
        ["org_id", org_id, "admin_user_id", admin],
    )
