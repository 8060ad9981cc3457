"""The small clinic with what rollback finds hard: users, priced lines, relations, own parents."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

from tests.loaders.mini_clinic import KEY, MARTS, OWNER, MiniClinic, field, to

_NOT_UNIQUE = {**KEY, "salesforce": {**KEY["salesforce"], "unique": False}}

WIDE: dict[str, dict[str, Any]] = {
    "sf_user": {
        "salesforce": {"sobject": "User", "external_id": "Clinic_Id__c"},
        "columns": [
            KEY,
            field("ProfileId", lookup=to("Profile", "Profile", match="name")),
            *(
                field(name, not_null=True)
                for name in (
                    "Username", "Email", "LastName", "Alias", "TimeZoneSidKey",
                    "LocaleSidKey", "EmailEncodingKey", "LanguageLocaleKey",
                )
            ),
            field("IsActive", "boolean"),
        ],
        "rows": [
            ("demo:user:1", "Standard User", "ada.muster@clinic.example", "ada@clinic.example",
             "Muster", "amuster", "America/New_York", "en_US", "UTF-8", "en_US", True),
        ],
    },
    "sf_product2": {
        "salesforce": {"sobject": "Product2", "external_id": "Clinic_Id__c"},
        "columns": [KEY, field("Name", not_null=True), field("IsActive", "boolean")],
        "rows": [("demo:code:A", "Cleaning", True), ("demo:code:a", "Filling", True)],
    },
    "sf_pricebook_entry": {
        "salesforce": {"sobject": "PricebookEntry", "external_id": "Clinic_Id__c",
                       "lock_parent": "Product2Id"},
        "columns": [
            KEY,
            field("Pricebook2Id", lookup=to("Pricebook2", "Pricebook2", match="standard"),
                  create_only=True),
            field("Product2Id", lookup=to("Product2", "Product2"), create_only=True),
            field("UnitPrice", "decimal(18,2)"),
            field("IsActive", "boolean"),
        ],
        "rows": [
            ("demo:price:A", "standard", "demo:code:A", "10.00", True),
            ("demo:price:a", "standard", "demo:code:a", "20.00", True),
        ],
    },
    "sf_opportunity": {
        "salesforce": {"sobject": "Opportunity", "external_id": "Clinic_Id__c",
                       "lock_parent": "AccountId"},
        "columns": [
            KEY,
            OWNER,
            field("AccountId", lookup=to("Account", "Account")),
            field("Name", not_null=True),
            field("StageName", not_null=True),
            field("CloseDate", "date", not_null=True),
        ],
        "rows": [
            ("demo:claim:1", "ada@clinic.example", "demo:household:1", "Claim 1",
             "Value Proposition", "2024-02-29"),
        ],
    },
    "sf_opportunity_line_item": {
        "salesforce": {"sobject": "OpportunityLineItem", "external_id": "Clinic_Id__c",
                       "lock_parent": "OpportunityId"},
        "columns": [
            KEY,
            field("OpportunityId", lookup=to("Opportunity", "Opportunity"), create_only=True),
            field("PricebookEntryId", lookup=to("PricebookEntry", "PricebookEntry"),
                  create_only=True),
            field("Quantity", "decimal(18,2)"),
            field("TotalPrice", "decimal(18,2)"),
        ],
        "rows": [
            ("demo:line:1", "demo:claim:1", "demo:price:A", "1.00", "12.34"),
            ("demo:line:2", "demo:claim:1", "demo:price:a", "3.00", "0.00"),
        ],
    },
    "sf_account_contact_relation": {
        "salesforce": {"sobject": "AccountContactRelation",
                       "natural_key": ["AccountId", "ContactId"], "lock_parent": "AccountId"},
        "columns": [
            field("AccountId", lookup=to("Account", "Account"), create_only=True, not_null=True),
            field("ContactId", lookup=to("Contact", "Contact"), create_only=True, not_null=True),
            _NOT_UNIQUE,
        ],
        "rows": [("demo:household:2", "demo:patient:1", "demo:relation:1")],
    },
}  # fmt: skip


def wide_clinic(folder: Path) -> MiniClinic:
    """Build the clinic with all of it, a household under another, a field of several choices."""
    marts = deepcopy(MARTS) | deepcopy(WIDE)
    accounts = marts["sf_account"]
    accounts["columns"].append(field("ParentId", lookup=to("Account", "Parent")))
    accounts["rows"] = [
        (*row, "demo:household:1" if row[0] == "demo:household:2" else None)
        for row in accounts["rows"]
    ]
    contacts = marts["sf_contact"]
    contacts["columns"].append(
        field("Outcomes__c", custom=True, type="MultiselectPicklist", picklist="Appointment_Status")
    )
    # In another order than that of the set, and of the alphabet.
    contacts["rows"] = [(*row, "noshow;booked") for row in contacts["rows"]]
    return MiniClinic(folder, marts).write()
