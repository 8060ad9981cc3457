"""Metadata packages for the engine's tests, written by hand so that each part can be broken."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence

NAMESPACE = 'xmlns="http://soap.sforce.com/2006/04/metadata"'
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
KEY = {"externalId": "true", "length": "255", "unique": "true", "caseSensitive": "true"}


def field(full_name: str, kind: str, inner: str = "", **elements: str) -> str:
    """Write a <fields> element."""
    given = {"fullName": full_name, "label": full_name.removesuffix("__c"), "type": kind}
    body = "".join(f"<{name}>{text}</{name}>" for name, text in {**given, **elements}.items())
    return f"<fields>{body}{inner}</fields>"


def key_field() -> str:
    """Write the external-id field that every object of the clinic has."""
    return field("Clinic_Id__c", "Text", **KEY)


def values(*names: str, restricted: bool = True) -> str:
    """Write a <valueSet> of the field's own."""
    entries = "".join(
        f"<value><fullName>{name}</fullName><default>false</default><label>{name}</label></value>"
        for name in names
    )
    return (
        f"<valueSet><restricted>{str(restricted).lower()}</restricted><valueSetDefinition>"
        f"<sorted>false</sorted>{entries}</valueSetDefinition></valueSet>"
    )


def standard_object(*parts: str) -> str:
    """Write the .object file of a standard object (or Activity)."""
    return f"{HEAD}<CustomObject {NAMESPACE}>{''.join(parts)}</CustomObject>"


def custom_object(label: str, *parts: str, name_field: str | None = None) -> str:
    """Write the .object file of a custom object whose name is an auto-number."""
    number = (
        f"<label>{label} Number</label><type>AutoNumber</type>"
        "<displayFormat>N-{0000}</displayFormat>"
    )
    return standard_object(
        f"<label>{label}</label><pluralLabel>{label}s</pluralLabel>",
        f"<nameField>{name_field or number}</nameField>",
        "<deploymentStatus>Deployed</deploymentStatus><sharingModel>Private</sharingModel>",
        "<enableActivities>true</enableActivities>",
        *parts,
    )


def permission_set(
    fields: Sequence[str] = (),
    objects: Sequence[str] = (),
    system: Sequence[str] = (),
    *,
    editable: bool = True,
) -> str:
    """Write a .permissionset file."""
    edit = str(editable).lower()
    field_rows = "".join(
        f"<fieldPermissions><editable>{edit}</editable><field>{name}</field>"
        "<readable>true</readable></fieldPermissions>"
        for name in fields
    )
    rights = "".join(
        f"<{right}>true</{right}>"
        for right in ("allowCreate", "allowDelete", "allowEdit", "allowRead")
    )
    object_rows = "".join(
        f"<objectPermissions>{rights}<modifyAllRecords>false</modifyAllRecords>"
        f"<object>{name}</object><viewAllRecords>false</viewAllRecords></objectPermissions>"
        for name in objects
    )
    system_rows = "".join(
        f"<userPermissions><enabled>true</enabled><name>{name}</name></userPermissions>"
        for name in system
    )
    return (
        f"{HEAD}<PermissionSet {NAMESPACE}>{field_rows}<label>Load</label>{object_rows}"
        f"{system_rows}</PermissionSet>"
    )


def settings(kind: str, **switches: str) -> str:
    """Write a .settings file."""
    body = "".join(f"<{name}>{value}</{name}>" for name, value in switches.items())
    return f"{HEAD}<{kind}Settings {NAMESPACE}>{body}</{kind}Settings>"


def _manifest(members: Mapping[str, Sequence[str]], root: str = "Package") -> str:
    types = "".join(
        f"<types>{''.join(f'<members>{one}</members>' for one in names)}<name>{kind}</name></types>"
        for kind, names in members.items()
    )
    return f"{HEAD}<{root} {NAMESPACE}>{types}<version>67.0</version></{root}>"


def package(
    files: Mapping[str, str],
    members: Mapping[str, Sequence[str]],
    *,
    doomed: Mapping[str, Sequence[str]] | None = None,
    folder: str = "",
) -> bytes:
    """Zip files with their manifest, inside a folder if one is given."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr(f"{folder}package.xml", _manifest(members))
        if doomed is not None:
            archive.writestr(f"{folder}destructiveChanges.xml", _manifest(doomed))
        for name, text in files.items():
            archive.writestr(f"{folder}{name}", text)
    return body.getvalue()


_KEYED = (
    "Account", "AccountContactRelation", "Asset", "Contact", "Lead", "Opportunity",
    "OpportunityLineItem", "Product2", "PricebookEntry", "User",
)  # fmt: skip


def clinic_package() -> bytes:
    """Give a small clinic: keys everywhere, one custom object, fields on Activity, permissions."""
    note = custom_object(
        "Note",
        key_field(),
        field("Body__c", "LongTextArea", length="1000", visibleLines="3"),
        field("Fee__c", "Currency", precision="18", scale="2"),
        field("Flags__c", "MultiselectPicklist", values("A", "B"), visibleLines="3"),
        field("Is_Final__c", "Checkbox", defaultValue="false"),
        field("Kind__c", "Picklist", values("Progress", "Phone")),
        field("Mail__c", "Email"),
        field("Patient__c", "Lookup", deleteConstraint="Restrict", referenceTo="Contact",
              relationshipName="Notes"),
        field("Payer__c", "Lookup", deleteConstraint="SetNull", referenceTo="Account",
              relationshipName="Notes"),
        field("Score__c", "Number", precision="5", scale="1"),
        field("Taken_At__c", "DateTime"),
        field("Taken_On__c", "Date"),
        field("Title__c", "Text", length="10"),
    )  # fmt: skip
    files = {f"objects/{name}.object": standard_object(key_field()) for name in _KEYED}
    files |= {
        "objects/Activity.object": standard_object(
            key_field(), field("Provider__c", "Text", length="80")
        ),
        "objects/ContentVersion.object": standard_object(
            field("Clinic_Id__c", "Text", externalId="true", length="255")
        ),
        "objects/Note__c.object": note,
        "settings/Account.settings": settings(
            "Account", enableRelateContactToMultipleAccounts="true"
        ),
        "permissionsets/Load.permissionset": permission_set(
            [f"{name}.Clinic_Id__c" for name in (*_KEYED, "Event", "Task", "ContentVersion")]
            + ["Event.Provider__c", "Task.Provider__c", "Note__c.Clinic_Id__c"]
            + [f"Note__c.{name}__c" for name in _NOTE_FIELDS],
            ["Note__c"],
        ),
    }
    return package(
        files,
        {
            "CustomObject": [*_KEYED, "Activity", "ContentVersion", "Note__c"],
            "Settings": ["Account"],
            "PermissionSet": ["Load"],
        },
    )


_NOTE_FIELDS = (
    "Body", "Fee", "Flags", "Is_Final", "Kind", "Mail", "Patient", "Payer", "Score", "Taken_At",
    "Taken_On", "Title",
)  # fmt: skip
