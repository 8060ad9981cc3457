"""The tables of OpenEMR that the clinic contract reads, and the columns that tell their rows."""

from __future__ import annotations

from dataclasses import dataclass

# The files of `documents`, which lie on the server's disk; no table of the database.
DOCUMENT_FILE = "document_file"


@dataclass(frozen=True, slots=True)
class SourceTable:
    """
    One table: its key, the columns that are left behind, and which rows are wanted.

    `is_late` marks what came with a later version: a database without it is none the worse.
    """

    key: tuple[str, ...] = ("id",)
    secret: frozenset[str] = frozenset()
    only: str = ""
    is_late: bool = False


OPENEMR_TABLES: dict[str, SourceTable] = {
    # `pid` is what everything else refers to; the table's own `id` is no primary key.
    "patient_data": SourceTable(("pid",)),
    "addresses": SourceTable(),
    "ar_activity": SourceTable(("pid", "encounter", "sequence_no")),
    "ar_session": SourceTable(("session_id",)),
    "billing": SourceTable(),
    "categories": SourceTable(),
    "categories_to_documents": SourceTable(("category_id", "document_id")),
    "claims": SourceTable(("patient_id", "encounter_id", "version")),
    "clinical_rules": SourceTable(("id", "pid")),
    "contact": SourceTable(is_late=True),
    "contact_address": SourceTable(is_late=True),
    "contact_relation": SourceTable(is_late=True),
    "contact_telecom": SourceTable(is_late=True),
    "documents": SourceTable(),
    "drug_sales": SourceTable(("sale_id",)),
    "drugs": SourceTable(("drug_id",)),
    "facility": SourceTable(),
    "form_clinical_notes": SourceTable(is_late=True),
    "form_dictation": SourceTable(),
    "form_encounter": SourceTable(),
    "form_soap": SourceTable(),
    "forms": SourceTable(),
    # The other settings hold passwords of other services.
    "globals": SourceTable(("gl_name", "gl_index"), only="gl_name = 'gbl_time_zone'"),
    "insurance_companies": SourceTable(),
    "insurance_data": SourceTable(),
    "layout_options": SourceTable(("form_id", "field_id", "seq")),
    "lbf_data": SourceTable(("form_id", "field_id")),
    "list_options": SourceTable(("list_id", "option_id")),
    "medex_recalls": SourceTable(("r_ID",), is_late=True),
    "openemr_postcalendar_categories": SourceTable(("pc_catid",)),
    "openemr_postcalendar_events": SourceTable(("pc_eid",)),
    "patient_reminders": SourceTable(),
    "payments": SourceTable(),
    "person": SourceTable(is_late=True),
    "person_patient_link": SourceTable(is_late=True),
    "phone_numbers": SourceTable(),
    "pnotes": SourceTable(),
    "prescriptions": SourceTable(),
    "procedure_order": SourceTable(("procedure_order_id",)),
    "procedure_order_code": SourceTable(("procedure_order_id", "procedure_order_seq")),
    "procedure_report": SourceTable(("procedure_report_id",)),
    "procedure_result": SourceTable(("procedure_result_id",)),
    "users": SourceTable(secret=frozenset({"password"})),
    "users_facility": SourceTable(("tablename", "table_id", "facility_id", "warehouse_id")),
}
