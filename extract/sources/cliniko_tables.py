"""The kinds of records of Cliniko that the clinic contract reads, and the files of attachments."""

from __future__ import annotations

from extract.sources.rest_tables import RestTable

# The files of `patient_attachments`, each behind a link of its own; no list of the API.
ATTACHMENT_CONTENT = "patient_attachment_content"

CLINIKO_TABLES: dict[str, RestTable] = {
    "patients": RestTable(also=("archived",), deleted="deleted"),
    "appointment_types": RestTable(),
    "attendees": RestTable(also=("cancelled",), deleted="deleted"),
    "billable_items": RestTable(),
    "businesses": RestTable(),
    "communications": RestTable(),
    "concession_types": RestTable(),
    "contacts": RestTable(),
    "group_appointments": RestTable(deleted="deleted"),
    "individual_appointments": RestTable(also=("cancelled",), deleted="deleted"),
    "invoice_items": RestTable(deleted="deleted"),
    "invoices": RestTable(deleted="deleted"),
    "medical_alerts": RestTable(deleted="deleted"),
    "patient_attachments": RestTable(),
    "patient_cases": RestTable(),
    "patient_forms": RestTable(),
    "practitioners": RestTable(also=("inactive",)),
    "practitioner_reference_numbers": RestTable(parent="practitioners"),
    "referral_source_types": RestTable(),
    "referral_sources": RestTable(),
    "treatment_notes": RestTable(deleted="deleted"),
    "users": RestTable(),
}
# What the API lists besides, and why nothing of it is landed; it is counted.
NOT_LANDED = ("products", "services", "stock_adjustments", "taxes", "treatment_note_templates")
