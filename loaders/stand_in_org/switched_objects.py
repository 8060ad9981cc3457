"""Objects and fields that an org does not have until they are switched on."""

from __future__ import annotations

from collections.abc import Mapping

from loaders.stand_in_org.catalogue import without_fields
from loaders.stand_in_org.model import SObject
from loaders.stand_in_org.settings import Settings

_RELATION = "accountcontactrelation"
TERRITORIES = "Territory2Settings.enableTerritoryManagement2"
# By lower-case name (contract 11; account teams and territories from general knowledge).
_SWITCHED = {
    _RELATION: "AccountSettings.enableRelateContactToMultipleAccounts",
    "accountteammember": "AccountSettings.enableAccountTeams",
    "objectterritory2association": TERRITORIES,
    "territory2": TERRITORIES,
    "territory2model": TERRITORIES,
    "territory2type": TERRITORIES,
    "userterritory2association": TERRITORIES,
}


def present(
    catalogue: Mapping[str, SObject], *, deployed: Mapping[str, str], settings: Settings
) -> dict[str, SObject]:
    """Leave out what is not switched on, or stays absent although it is."""

    def is_there(name: str) -> bool:
        setting = _SWITCHED.get(name)
        on = setting is None or deployed.get(setting) == "true"
        return on and (name != _RELATION or settings.account_contact_relation_appears)

    there = {name: sobject for name, sobject in catalogue.items() if is_there(name)}
    for name, fields in _fields_off(settings).items():
        there[name] = without_fields(there[name], fields)
    return there


def _fields_off(settings: Settings) -> dict[str, list[str]]:
    """Name by object the fields of features that are off."""
    off: dict[str, list[str]] = {"account": [], "contact": [], "opportunity": []}
    if not settings.person_accounts:
        off["account"].append("IsPersonAccount")
    if not settings.place_lists:
        off["account"] += ["BillingStateCode", "BillingCountryCode"]
        off["contact"] += ["MailingStateCode", "MailingCountryCode"]
    if not settings.multiple_currencies:
        off["opportunity"].append("CurrencyIsoCode")
    return off
