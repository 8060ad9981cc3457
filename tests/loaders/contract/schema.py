"""The metadata that the suite deploys before it starts, and removes when it is done."""

from __future__ import annotations

from tests.loaders.stand_in_org.engine_package import custom_object, field, values
from tests.loaders.stand_in_org.front_org import VERSION, OrgClient, metadata

THING = "Contract_Thing__c"
_FIELDS = (
    field("Key__c", "Text", externalId="true", length="100", unique="true", caseSensitive="true"),
    field("Loose_Key__c", "Text", externalId="true", length="100", unique="true",
          caseSensitive="false"),
    field("Open_Key__c", "Text", externalId="true", length="100"),
    field("Title__c", "Text", length="20"),
    field("Long__c", "LongTextArea", length="131072", visibleLines="3"),
    field("Flag__c", "Checkbox", defaultValue="false"),
    field("Day__c", "Date"),
    field("Moment__c", "DateTime"),
    field("Amount__c", "Number", precision="16", scale="2"),
    field("Kind__c", "Picklist", values("One", "Two")),
    field("Mail__c", "Email"),
    field("Account__c", "Lookup", referenceTo="Account", relationshipName="Contract_Things",
          deleteConstraint="SetNull"),
    field("Read_Only__c", "Text", length="20"),
    field("Hidden__c", "Text", length="20"),
)  # fmt: skip
_GRANTED = (
    "Key", "Loose_Key", "Open_Key", "Title", "Long", "Flag", "Day", "Moment", "Amount", "Kind",
    "Mail", "Account",
)  # fmt: skip
_ACCOUNT_KEY = field(
    "Contract_Key__c", "Text", externalId="true", length="100", unique="true", caseSensitive="true"
)
_SET = "Contract_Suite"


def _permission(name: str, *, editable: bool) -> str:
    return (
        f"<fieldPermissions><editable>{str(editable).lower()}</editable><field>{name}</field>"
        "<readable>true</readable></fieldPermissions>"
    )


def _manifest(root: str, types: dict[str, tuple[str, ...]]) -> str:
    listed = "".join(
        f"<types>{''.join(f'<members>{one}</members>' for one in names)}<name>{kind}</name></types>"
        for kind, names in types.items()
    )
    return metadata(root, f"{listed}<version>{VERSION}</version>")


def _permission_set() -> str:
    fields = [_permission(f"{THING}.{name}__c", editable=True) for name in _GRANTED]
    fields += [_permission(f"{THING}.Read_Only__c", editable=False)]
    fields += [_permission("Account.Contract_Key__c", editable=True)]
    rights = "".join(
        f"<{right}>true</{right}>"
        for right in ("allowCreate", "allowDelete", "allowEdit", "allowRead", "modifyAllRecords")
    )
    return metadata(
        "PermissionSet",
        f"{''.join(fields)}<label>Contract Suite</label>"
        f"<objectPermissions>{rights}<object>{THING}</object>"
        "<viewAllRecords>true</viewAllRecords></objectPermissions>",
    )


def deploy(org: OrgClient, user_id: str) -> None:
    """Bring the schema, and let the user see all of it but `Hidden__c`."""
    result = org.deploy(
        {
            "package.xml": _manifest(
                "Package",
                {
                    "CustomObject": (THING,),
                    "CustomField": ("Account.Contract_Key__c",),
                    "PermissionSet": (_SET,),
                },
            ),
            f"objects/{THING}.object": custom_object("Contract Thing", *_FIELDS),
            "objects/Account.object": metadata("CustomObject", _ACCOUNT_KEY),
            f"permissionsets/{_SET}.permissionset": _permission_set(),
        }
    )
    assert result["status"] == "Succeeded", result["details"]
    found = org.records(f"SELECT Id FROM PermissionSet WHERE Name = '{_SET}'")
    made = org.data(
        "POST",
        "sobjects/PermissionSetAssignment",
        json={"AssigneeId": user_id, "PermissionSetId": found[0]["Id"]},
    )
    assert made.status_code == 201, made.text


def remove(org: OrgClient) -> None:
    """Take the schema out of the org again."""
    granted = org.records(
        f"SELECT Id FROM PermissionSetAssignment WHERE PermissionSet.Name = '{_SET}'"
    )
    for one in granted:
        org.data("DELETE", f"sobjects/PermissionSetAssignment/{one['Id']}")
    result = org.deploy(
        {
            "package.xml": _manifest("Package", {}),
            "destructiveChanges.xml": _manifest(
                "Package",
                {
                    "CustomObject": (THING,),
                    "CustomField": ("Account.Contract_Key__c",),
                    "PermissionSet": (_SET,),
                },
            ),
        }
    )
    assert result["status"] == "Succeeded", result["details"]
