"""Settings that the org must have on: which, whether they are, and how each is switched on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, cast

from simple_salesforce.api import SFType

from loaders.deploys import Deployed
from loaders.describe import describe
from loaders.errors import SettingsOff
from loaders.ledger import Ledger
from loaders.org_connection import Org, org_calls
from loaders.schema_package import Package, build_settings

CREATE_AUDIT_FIELDS = "PermissionsCreateAuditFields"


@dataclass(frozen=True, slots=True)
class OrgSetting:
    """One setting, in the words of metadata and in those of Setup."""

    name: str
    label: str
    # Where a person switches it on.
    click_path: str
    # Without it nothing can be loaded; else the run does without, and `otherwise` says how.
    required: bool
    otherwise: str
    is_on: Callable[[Org], bool]


def _relations_are_on(org: Org) -> bool:
    return describe(org, "AccountContactRelation") is not None


def _audit_is_on(org: Org) -> bool:
    permissions = describe(org, "PermissionSet")
    return permissions is not None and CREATE_AUDIT_FIELDS in permissions.fields


def _price_book_is_on(org: Org) -> bool:
    return any(each["IsActive"] for each in _standard_price_books(org))


MULTIPLE_ACCOUNTS = "AccountSettings.enableRelateContactToMultipleAccounts"
AUDIT_FIELDS = "SecuritySettings.enableAuditFieldsInactiveOwner"
PRICE_BOOK = "Pricebook2.IsActive"
SETTINGS = (
    OrgSetting(
        name=MULTIPLE_ACCOUNTS,
        label="contacts can relate to multiple accounts",
        click_path="Setup > Account Settings >"
        " Allow users to relate a contact to multiple accounts",
        required=True,
        otherwise="",
        is_on=_relations_are_on,
    ),
    OrgSetting(
        name=AUDIT_FIELDS,
        label="audit fields can be set on creation",
        click_path="Setup > User Interface > Enable Set Audit Fields upon Record Creation"
        " and Update Records with Inactive Owners",
        required=False,
        otherwise="original times stand in Source_Created_At__c only",
        is_on=_audit_is_on,
    ),
    OrgSetting(
        name=PRICE_BOOK,
        label="the standard price book is active",
        click_path="App Launcher > Price Books > Standard Price Book > Active",
        required=True,
        otherwise="",
        is_on=_price_book_is_on,
    ),
)
_OBJECTS = {MULTIPLE_ACCOUNTS: "AccountContactRelation", PRICE_BOOK: "PricebookEntry"}


def needed_settings(objects: Iterable[str]) -> tuple[OrgSetting, ...]:
    """List the settings that these objects need: two of them are for one object each."""
    there = {None, *objects}
    return tuple(each for each in SETTINGS if _OBJECTS.get(each.name) in there)


def settings_off(org: Org, settings: tuple[OrgSetting, ...]) -> tuple[OrgSetting, ...]:
    """Ask the org anew which of these are not on; what cannot be seen counts as off."""
    return tuple(each for each in settings if not each.is_on(org))


def switch_on(
    org: Org,
    ledger: Ledger,
    settings: tuple[OrgSetting, ...],
    *,
    deploy: Callable[[Package], Deployed],
) -> tuple[tuple[Deployed, ...], tuple[OrgSetting, ...]]:
    """
    Switch settings on; give the deploys, and what is still off: a deploy that says yes is no proof.

    Both the intent and what came of it stand on the ledger. Neither a rollback nor a removal of the
    schema switches them off again: by then others may rely on them.
    """
    names = [each.name for each in settings]
    ledger.chain.record("settings_switching", {"org_id": org.org_id, "settings": names})
    by_deploy = [name for name in names if name != PRICE_BOOK]
    done = (deploy(build_settings(by_deploy)),) if by_deploy else ()
    if PRICE_BOOK in names:
        _activate_price_book(org)
    off = settings_off(org, settings)
    now_on = [each.name for each in settings if each not in off]
    ledger.chain.record("settings_switched", {"org_id": org.org_id, "settings": now_on})
    return done, off


def require_settings(off: tuple[OrgSetting, ...], *, org: str, approved: bool) -> None:
    """
    Let a deploy through unless something is off that nothing can be loaded without.

    Raises:
        SettingsOff: each is named with the place in Setup where it is switched on.

    """
    required = [each for each in off if each.required]
    if not required:
        return
    again = f"clinic-load schema deploy --org {org}"
    raise SettingsOff(
        [f"{each.label}: {each.click_path}" for each in required],
        hint=f"switch them on in Setup as listed, then {again}"
        if approved
        else f"clinic-load plan --org {org}, then"
        f' clinic-load approve latest --by "A. Name" --settings, then {again};'
        " or switch them on in Setup",
    )


def _activate_price_book(org: Org) -> None:
    """Make the standard price book active: a record, which no metadata deploy reaches."""
    with org_calls(org.alias):
        for each in _standard_price_books(org):
            cast("SFType", org.rest.Pricebook2).update(each["Id"], {"IsActive": True})


def _standard_price_books(org: Org) -> list[dict[str, Any]]:
    """Give the one that every org has; none where the user may not see it."""
    if describe(org, "Pricebook2") is None:
        return []
    with org_calls(org.alias):
        found = org.rest.query("SELECT Id, IsActive FROM Pricebook2 WHERE IsStandard = true")
    return list(found["records"])
