"""A manifest and a warehouse as dbt would leave them, over a clinic of three people."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from tests.loaders.mini_manifest import AUDITS, write_manifest

KEY: dict[str, Any] = {
    "name": "Clinic_Id__c",
    "type": "string",
    "not_null": True,
    "salesforce": {"custom": True, "label": "Clinic Id"},
}


def field(name: str, data_type: str = "string", **salesforce: object) -> dict[str, Any]:
    """Describe one column; `not_null=True` is a constraint, the rest is meta."""
    not_null = bool(salesforce.pop("not_null", False))
    return {"name": name, "type": data_type, "not_null": not_null, "salesforce": salesforce}


def to(sobject: str | list[str], relationship: str | None, **more: object) -> dict[str, object]:
    """Describe a lookup."""
    named = {"relationship": relationship} if relationship else {}
    return {"object": sobject, **named, **more}


OWNER = field("OwnerId", lookup=to("User", None, match="email"))

MARTS: dict[str, dict[str, Any]] = {
    "sf_account": {
        "salesforce": {
            "sobject": "Account",
            "external_id": "Clinic_Id__c",
            "record_types": ["Patient", "Payer"],
        },
        "columns": [
            KEY,
            field("RecordTypeId", lookup=to("RecordType", None, match="developer_name")),
            OWNER,
            field("Name", phi=True, not_null=True),
            field("Type", picklist="Account_Type", standard_value_set="AccountType"),
            field("Phone"),
            field("Source_Created_At__c", "timestamp", custom=True),
        ],
        "rows": [
            ("demo:household:1", "Patient", "admin@stand-in.invalid", "Testfall family", "Patient",
             None, "2024-03-10 07:30:00.5"),
            ("demo:household:2", "Patient", "nobody@clinic.example", "Muster family", "Patient",
             " 555 0100\r\n", None),
            ("demo:payer:1", "Payer", None, "Invented Mutual", "Payer", None, None),
        ],
    },
    "sf_contact": {
        "salesforce": {
            "sobject": "Contact",
            "external_id": "Clinic_Id__c",
            "lock_parent": "AccountId",
        },
        "columns": [
            KEY,
            field("AccountId", lookup=to("Account", "Account")),
            field("LastName", phi=True, not_null=True),
            field("FirstName", phi=True),
            field("Birthdate", "date", phi=True),
            field("Deceased__c", "boolean", custom=True, label="Deceased"),
            field("Patient_Record_Type__c", custom=True, picklist="Patient_Record_Type"),
        ],
        "rows": [
            ("demo:patient:1", "demo:household:1", "Testfall", "Änne", "1980-02-29", False,
             "Individual"),
            ("demo:patient:2", "demo:household:1", "Testfall", "李", "1900-01-01", None,
             "Individual"),
            ("demo:patient:A", "demo:household:2", "O'Muster", None, None, True, "Family Head"),
        ],
    },
    "sf_insurance_coverage": {
        "salesforce": {
            "sobject": "Insurance_Coverage__c",
            "external_id": "Clinic_Id__c",
            "label": "Insurance Coverage",
            "plural_label": "Insurance Coverages",
            "name_format": "COV-{0000000}",
            "lock_parent": "Patient__c",
        },
        "columns": [
            KEY,
            field("Patient__c", not_null=True, custom=True, label="Patient",
                  lookup=to("Contact", "Patient__r", on_delete="Restrict")),
            field("Payer__c", custom=True, label="Payer",
                  lookup=to("Account", "Payer__r", on_delete="SetNull")),
            field("Member_ID__c", custom=True, label="Member ID", length=40),
            field("Notes__c", custom=True, label="Notes", type="LongTextArea", length=32768),
            field("Copay__c", "decimal(18,2)", custom=True, label="Copay", type="Currency"),
            field("Rank__c", "bigint", custom=True, label="Rank"),
            field("Effective_Date__c", "date", custom=True, label="Effective Date"),
        ],
        "rows": [
            ("demo:coverage:1", "demo:patient:1", "demo:payer:1", "M-1", 'said "so",\nthen left',
             "25.50", 1, "2024-01-01"),
            ("demo:coverage:2", "demo:patient:A", None, "m-1", None, None, 2, None),
        ],
    },
    "sf_event": {
        "salesforce": {"sobject": "Event", "external_id": "Clinic_Id__c", "lock_parent": "WhatId"},
        "columns": [
            KEY,
            field("WhoId", lookup=to("Contact", "Who")),
            field("WhatId", lookup=to("Account", "What")),
            field("Subject"),
            field("StartDateTime", "timestamp"),
            field("EndDateTime", "timestamp"),
            field("Appointment_Status__c", custom=True, picklist="Appointment_Status"),
        ],
        "rows": [
            ("demo:appointment:1", "demo:patient:1", "demo:household:1", "Check-up",
             "2019-03-10 07:30:00", "2019-03-10 08:00:00", "booked"),
        ],
    },
    "sf_content_version": {
        "salesforce": {"sobject": "ContentVersion", "external_id": "Clinic_Id__c"},
        "columns": [
            {**KEY, "salesforce": {**KEY["salesforce"], "unique": False}},
            field("Title", not_null=True),
            field("PathOnClient", not_null=True),
            field("VersionData", not_null=True, phi=True),
        ],
        "rows": [("demo:document:1", "Letter", "letter.txt", "SGVsbG8=")],
    },
    "sf_content_document_link": {
        "salesforce": {
            "sobject": "ContentDocumentLink",
            "natural_key": ["ContentDocumentId", "LinkedEntityId"],
            "lock_parent": "LinkedEntityId",
        },
        "columns": [
            field("ContentDocumentId", not_null=True,
                  lookup=to("ContentVersion", "ContentDocument", match="record")),
            field("LinkedEntityId", not_null=True,
                  lookup=to(["Account", "Contact"], "LinkedEntity", match="record")),
            field("ShareType"),
        ],
        "rows": [("demo:document:1", "demo:patient:1", "V")],
    },
}  # fmt: skip

PICKLISTS = [
    ("Account_Type", "Patient", "Patient", 1, False),
    ("Account_Type", "Payer", "Payer", 2, False),
    ("Patient_Record_Type", "Individual", "Individual", 1, True),
    ("Patient_Record_Type", "Family Head", "Family Head", 2, False),
    ("Appointment_Status", "booked", "Booked", 1, False),
    ("Appointment_Status", "noshow", "No-Show", 2, False),
]


@dataclass(frozen=True, slots=True)
class MiniClinic:
    """Where the small manifest and warehouse lie, and what they were made from."""

    folder: Path
    marts: dict[str, dict[str, Any]]

    @property
    def manifest(self) -> Path:
        """Name the manifest."""
        return self.folder / "target" / "manifest.json"

    @property
    def warehouse(self) -> Path:
        """Name the warehouse."""
        return self.folder / "data" / "warehouse.duckdb"

    @property
    def environ(self) -> dict[str, str]:
        """Give the environment that points the commands here."""
        return {
            "CLINIC_DATA_DIR": str(self.folder / "data"),
            "DBT_TARGET_PATH": str(self.folder / "target"),
            "DBT_LOG_PATH": str(self.folder / "logs"),
        }

    def write(self) -> MiniClinic:
        """Write both anew from the marts as they are now."""
        write_manifest(self.manifest, self.marts)
        write_warehouse(self.warehouse, self.marts)
        return self

    def sql(self, statement: str) -> None:
        """Change the warehouse as a dbt build would."""
        with duckdb.connect(str(self.warehouse)) as connection:
            connection.execute(statement)


def mini_clinic(folder: Path, *, only: tuple[str, ...] = tuple(MARTS)) -> MiniClinic:
    """Build the small clinic, or some of its marts."""
    marts = {name: deepcopy(MARTS[name]) for name in only}
    return MiniClinic(folder, marts).write()


def unbuilt_clinic(folder: Path) -> MiniClinic:
    """Write the manifest alone, for whoever never looks into the warehouse."""
    clinic = MiniClinic(folder, {name: deepcopy(mart) for name, mart in MARTS.items()})
    write_manifest(clinic.manifest, clinic.marts)
    return clinic


def write_warehouse(path: Path, marts: dict[str, dict[str, Any]]) -> None:
    """Write the tables that dbt would have built."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as db:
        for schema in ("main_salesforce", "main_seeds", "main_audit"):
            db.execute(f"create schema {schema}")
        for name, mart in marts.items():
            columns = ", ".join(
                f'"{c["name"]}" {c["type"].replace("string", "varchar")}' for c in mart["columns"]
            )
            db.execute(f"create table main_salesforce.{name} ({columns})")
            if any(column["name"] == "VersionData" for column in mart["columns"]):
                # As the mart's YAML asks for.
                db.execute(f"create index of_{name} on main_salesforce.{name} (Clinic_Id__c)")
            marks = ", ".join("?" for _ in mart["columns"])
            if mart["rows"]:
                db.executemany(f"insert into main_salesforce.{name} values ({marks})", mart["rows"])
        db.execute(
            "create table main_seeds.salesforce_picklists (value_set varchar, value varchar,"
            " label varchar, sort_order bigint, is_default boolean)"
        )
        db.executemany("insert into main_seeds.salesforce_picklists values (?,?,?,?,?)", PICKLISTS)
        db.execute("create table main_seeds.salesforce_fields (sobject varchar, field varchar)")
        for name, columns in AUDITS.items():
            db.execute(f"create table main_audit.{name} ({columns})")
