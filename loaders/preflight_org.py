"""What in the org itself stands in the way: default owner, limits, settings, its kind."""

from __future__ import annotations

from collections.abc import Collection

from loaders.describe import ObjectDescribe
from loaders.errors import SchemaDiffers
from loaders.org_connection import Org, org_calls
from loaders.plan_store import Finding
from loaders.schema_settings import needed_settings, settings_off
from loaders.soql import soql_literal


def find_default_owner(org: Org, username: str | None) -> str | None:
    """
    Find the active user who owns what nobody else can.

    Raises:
        SchemaDiffers: there is no such active standard user.

    """
    if username is None:
        return None
    where = f"IsActive = true AND UserType = 'Standard' AND Username = {soql_literal(username)}"
    with org_calls(org.alias):
        found = org.rest.query(f"SELECT Id FROM User WHERE {where}")["records"]  # noqa: S608 - quoted
    if not found:
        raise SchemaDiffers(
            ["the default owner is not an active standard user of this org"],
            hint="clinic-load plan ... --default-owner <username of an active user>",
        )
    return str(found[0]["Id"])


def person_accounts(described: dict[str, ObjectDescribe]) -> list[Finding]:
    """Say where an org knows Person Accounts: we make none, and nothing there may turn into one."""
    account = described.get("Account")
    if account is None or "IsPersonAccount" not in account.fields:
        return []
    return [
        Finding(
            code="person_accounts_on",
            severity="note",
            sobject="Account",
            field="IsPersonAccount",
            count=0,
            message="Person Accounts are on; patients become contacts of a household's account",
            hint="agree on it before loading: a record of one kind cannot be turned into the other",
        )
    ]


def several_currencies(described: dict[str, ObjectDescribe]) -> list[Finding]:
    """Say where an org has several currencies: ours is the one of the user who loads."""
    tells = [name for name, each in described.items() if "CurrencyIsoCode" in each.fields]
    if not tells:
        return []
    return [
        Finding(
            code="several_currencies",
            severity="warn",
            sobject="",
            field="CurrencyIsoCode",
            count=0,
            message="multiple currencies are on; amounts are sent without CurrencyIsoCode, and the"
            " org gives them the currency of the user who loads",
            hint="Setup > Users: give the user who loads the clinic's currency, before loading",
        )
    ]


def switched_off(org: Org, objects: Collection[str]) -> list[Finding]:
    """Name each setting that is off: some a load cannot do without, the others it can."""
    return [
        Finding(
            code="setting_off",
            severity="stop" if setting.required else "note",
            sobject="",
            field=setting.name,
            count=0,
            message=f"off in this org: {setting.label}"
            + (f"; {setting.otherwise}" if setting.otherwise else ""),
            hint=f"{setting.click_path}; or approve latest --settings, clinic-load schema deploy",
        )
        for setting in settings_off(org, needed_settings(objects))
    ]


def outside_a_sandbox(org: Org) -> list[Finding]:
    """Say where a sample would go into production: it is there to rehearse with."""
    if org.is_sandbox:
        return []
    return [
        Finding(
            code="sample_in_production",
            severity="warn",
            sobject="",
            field="",
            count=1,
            message="no sandbox: masks are not the rule here, and a sample opens no gate",
            hint="clinic-load plan --org <a sandbox> --sample",
        )
    ]


def licences_short(org: Org, *, users: int) -> list[Finding]:
    """Stop where more users would come than there are licences left for."""
    if not users:
        return []
    where = "LicenseDefinitionKey = 'SFDC'"
    soql = f"SELECT TotalLicenses, UsedLicenses FROM UserLicense WHERE {where}"  # noqa: S608 - a constant
    with org_calls(org.alias):
        found = org.rest.query(soql)["records"]
    left = sum(each["TotalLicenses"] - each["UsedLicenses"] for each in found)
    if users <= left:
        return []
    return [
        Finding(
            code="licences_short",
            severity="stop",
            sobject="User",
            field="ProfileId",
            count=users,
            message=f"{users:,} users are to be made, and {left:,} Salesforce licences are left",
            hint="buy licences, deactivate users, or build without CLINIC_USER_PROFILE",
        )
    ]


def read_limits(org: Org) -> dict[str, dict[str, int]]:
    """Read the org's limits."""
    with org_calls(org.alias):
        found: dict[str, dict[str, int]] = org.rest.limits()
    return found


def default_owner_needed(findings: list[Finding]) -> list[Finding]:
    """Stop where rows need a default owner and none was named: never silently the load user."""
    count = sum(finding.count for finding in findings if finding.code == "owner_defaulted")
    if not count:
        return []
    return [
        Finding(
            code="default_owner_missing",
            severity="stop",
            sobject="",
            field="OwnerId",
            count=count,
            message=f"{count:,} rows need a default owner, and none was named",
            hint="clinic-load plan ... --default-owner <username>",
        )
    ]
