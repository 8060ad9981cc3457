"""Marts that are no part of the small clinic: users, roles, account teams and territories."""

from __future__ import annotations

from typing import Any

from tests.loaders.mini_clinic import KEY, field, to

# For tests that need somebody new.
USERS: dict[str, Any] = {
    "salesforce": {"sobject": "User", "external_id": "Clinic_Id__c"},
    "columns": [
        KEY,
        field("Username", not_null=True),
        field("Email", not_null=True),
        field("LastName", not_null=True),
        field("Alias", not_null=True),
        field("CommunityNickname", not_null=True),
        field("ProfileId", not_null=True, lookup=to("Profile", None, match="name")),
        field("TimeZoneSidKey", not_null=True),
        field("LocaleSidKey", not_null=True),
        field("EmailEncodingKey", not_null=True),
        field("LanguageLocaleKey", not_null=True),
        field("IsActive", "boolean"),
    ],
    "rows": [
        ("demo:user:1", "nobody@clinic.example.demo", "Nobody@clinic.example", "Nobody", "nobody",
         "nobody", "Standard User", "America/New_York", "en_US", "UTF-8", "en_US", True),
    ],
}  # fmt: skip

# A role has no field for our key, and is found by its developer name.
ROLES: dict[str, Any] = {
    "salesforce": {"sobject": "UserRole", "natural_key": ["DeveloperName"]},
    "columns": [
        field("DeveloperName", not_null=True),
        field("Name", not_null=True),
        field("ParentRoleId", lookup=to("UserRole", "ParentRole", match="record")),
    ],
    "rows": [
        ("Clinic_Front_Desk", "Front Desk", "Clinic_Office"),
        ("Clinic_Office", "Office", "Clinic_Owner"),
        ("Clinic_Owner", "Owner", None),
    ],
}

# For tests of an org with account teams: the user above in the team of a household.
TEAMS: dict[str, Any] = {
    "salesforce": {
        "sobject": "AccountTeamMember",
        "natural_key": ["AccountId", "UserId"],
        "lock_parent": "AccountId",
    },
    "columns": [
        field("AccountId", not_null=True, create_only=True,
              lookup=to("Account", "Account", match="record")),
        field("UserId", not_null=True, create_only=True,
              lookup=to("User", "User", match="record")),
    ],
    "rows": [("demo:household:1", "demo:user:1"), ("demo:household:2", "demo:user:1")],
}  # fmt: skip

# Two territories, one below the other, in a model that the org has to have.
TERRITORIES: dict[str, dict[str, Any]] = {
    "sf_territory2": {
        "salesforce": {
            "sobject": "Territory2",
            "natural_key": ["DeveloperName", "Territory2ModelId"],
            "lock_parent": "Territory2ModelId",
        },
        "columns": [
            field("DeveloperName", not_null=True),
            field("Territory2ModelId", not_null=True, create_only=True,
                  lookup=to("Territory2Model", "Territory2Model", match="developer_name")),
            field("Territory2TypeId", not_null=True,
                  lookup=to("Territory2Type", "Territory2Type", match="developer_name")),
            field("ParentTerritory2Id",
                  lookup=to("Territory2", "ParentTerritory2", match="record")),
            field("Name", not_null=True),
        ],
        "rows": [
            ("Clinic_North", "Clinics", "Region", "Clinic_State|Clinics", "North"),
            ("Clinic_State", "Clinics", "Region", None, "State"),
        ],
    },
    "sf_object_territory2_association": {
        "salesforce": {
            "sobject": "ObjectTerritory2Association",
            "natural_key": ["ObjectId", "Territory2Id"],
            "lock_parent": "ObjectId",
        },
        "columns": [
            field("ObjectId", not_null=True, create_only=True,
                  lookup=to("Account", "Object", match="record")),
            field("Territory2Id", not_null=True, create_only=True,
                  lookup=to("Territory2", "Territory2", match="record")),
            field("AssociationCause", not_null=True, create_only=True),
        ],
        "rows": [
            ("demo:household:1", "Clinic_North|Clinics", "Territory2Manual"),
            ("demo:household:2", "Clinic_State|Clinics", "Territory2Manual"),
        ],
    },
    "sf_user_territory2_association": {
        "salesforce": {
            "sobject": "UserTerritory2Association",
            "natural_key": ["UserId", "Territory2Id"],
            "lock_parent": "UserId",
        },
        "columns": [
            field("UserId", not_null=True, create_only=True,
                  lookup=to("User", "User", match="record")),
            field("Territory2Id", not_null=True, create_only=True,
                  lookup=to("Territory2", "Territory2", match="record")),
        ],
        "rows": [("demo:user:1", "Clinic_North|Clinics")],
    },
}  # fmt: skip
