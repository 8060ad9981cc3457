"""What happened at `Willow Feet`, and what was charged."""

from __future__ import annotations

from typing import Any

from tests.extract.cliniko.records import BASE, CHANGED, Record, record, to
from tests.extract.cliniko.vendor import Vendor

SCAN = b"%PDF-1.4 an invented insole"


def visits(vendor: Vendor) -> None:
    """Add what is in the calendar, and what was written about it."""
    vendor.put(
        "appointment_types",
        record("appointment_types", "61", name="Gait analysis", duration_in_minutes=45,
               max_attendees=1, category="Podiatry"),
        record("appointment_types", "62", name="Foot school", duration_in_minutes=60,
               max_attendees=8, category="Classes"),
    )  # fmt: skip
    where = {"business": to("businesses", "31"), "practitioner": to("practitioners", "11"),
             "appointment_type": to("appointment_types", "61")}  # fmt: skip

    def alone(identity: str, who: str, day: str, **values: Any) -> Record:
        blank = {"starts_at": f"{day}T09:00:00Z", "ends_at": f"{day}T09:45:00Z",
                 "did_not_arrive": False, "patient_arrived": False, "cancelled_at": None,
                 "notes": None, "repeat_rule": {}, "patient": to("patients", who)}  # fmt: skip
        return record("individual_appointments", identity, **where | blank | values)

    vendor.put(
        "individual_appointments",
        alone("201", "101", "2025-03-03", patient_arrived=True, notes="Bring the old insoles"),
        alone("202", "102", "2025-03-04", did_not_arrive=True),
        alone("203", "103", "2027-01-05"),
    )
    vendor.put(
        "individual_appointments",
        alone("204", "103", "2025-03-06", cancelled_at="2025-03-05T12:00:00Z",
              cancellation_reason=50, cancellation_reason_description="Other",
              cancellation_note="Train was late"),
        into="cancelled",
    )  # fmt: skip
    vendor.put(
        "individual_appointments", record("individual_appointments", "205", deleted_at=CHANGED),
        into="deleted",
    )  # fmt: skip
    vendor.put(
        "group_appointments",
        record("group_appointments", "211", max_attendees=8, patient_ids=["101", "102"],
               starts_at="2025-04-01T17:00:00Z", ends_at="2025-04-01T18:00:00Z", notes=None,
               **where | {"appointment_type": to("appointment_types", "62")}),
    )  # fmt: skip
    vendor.put(
        "attendees",
        record("attendees", "221", booking=to("bookings", "201"), patient=to("patients", "101"),
               arrived=True, cancelled_at=None),
        record("attendees", "222", booking=to("bookings", "211"), patient=to("patients", "101"),
               arrived=True, cancelled_at=None),
    )  # fmt: skip
    vendor.put(
        "attendees",
        record("attendees", "223", booking=to("bookings", "211"), patient=to("patients", "102"),
               arrived=None, cancelled_at="2025-04-01T09:00:00Z", cancellation_reason=30,
               cancellation_reason_description="Sick"),
        into="cancelled",
    )  # fmt: skip
    written = {"patient": to("patients", "101"), "practitioner": to("practitioners", "11")}
    content = {"sections": [{"name": "Assessment", "questions": [
        {"name": "Gait", "type": "paragraph", "answer": "<div>Overpronates &amp; limps</div>"},
        {"name": "Pain", "type": "radiobuttons",
         "answers": [{"value": "none"}, {"value": "heel", "selected": True}]},
    ]}]}  # fmt: skip
    vendor.put(
        "treatment_notes",
        record("treatment_notes", "301", title="First visit", draft=False, content=content,
               author_name="Orla Quill", **written),
        record("treatment_notes", "302", title="Unfinished", draft=True, content=None, **written),
    )  # fmt: skip
    vendor.put(
        "patient_forms",
        record("patient_forms", "311", name="New patient", completed_at=CHANGED, content=content,
               patient=to("patients", "102")),
    )  # fmt: skip
    vendor.put(
        "patient_cases",
        record("patient_cases", "321", name="Work injury", patient=to("patients", "101")),
    )
    vendor.put(
        "communications",
        record("communications", "331", type="SMS", type_code=1, direction_code=1,
               category="SMS messages", content="See you on Monday", content_subject=None,
               patient=to("patients", "101")),
        record("communications", "332", type="Phone call", type_code=3, direction_code=2,
               category="Memo", content="Asked for a later time", patient=to("patients", "102")),
    )  # fmt: skip
    vendor.put(
        "patient_attachments",
        record("patient_attachments", "341", filename="insole.pdf", content_type="application/pdf",
               size=len(SCAN), description="A scan", processing_completed=True,
               patient=to("patients", "101"), user=to("users", "1"),
               content={"links": {"self": f"{BASE}/patient_attachments/341/content"}}),
    )  # fmt: skip
    vendor.files["341"] = SCAN


def money(vendor: Vendor) -> None:
    """Add what was charged."""
    vendor.put(
        "billable_items",
        record("billable_items", "71", item_code="GA45", item_type="Service", name="Gait analysis",
               price="95.00"),
    )  # fmt: skip
    bill = {"business": to("businesses", "31"), "practitioner": to("practitioners", "11"),
            "tax_amount": "0.0", "discounted_amount": "0.0", "deleted_at": None}  # fmt: skip
    vendor.put(
        "invoices",
        record("invoices", "401", number=1, patient=to("patients", "101"), issue_date="2025-03-03",
               total_amount="120.50", net_amount="120.50", status=20, status_description="Paid",
               closed_at="2025-03-04T10:00:00Z", appointment=to("appointments", "201"),
               invoice_to="Thistlewood Joinery", **bill),
        record("invoices", "402", number=2, patient=to("patients", "102"), issue_date="2025-03-05",
               total_amount="95.0", net_amount="95.0", status=10, status_description="Open",
               closed_at=None, **bill),
    )  # fmt: skip
    vendor.put(
        "invoice_items",
        record("invoice_items", "411", name="Gait analysis", code="GA45", quantity=1,
               unit_price="95.00", net_price="95.00", total_including_tax="95.00",
               tax_amount="0.0", billable_item=to("billable_items", "71"),
               invoice=to("invoices", "401")),
        record("invoice_items", "412", name="Cork wedge", code="", quantity=2,
               unit_price="12.75", net_price="25.50", total_including_tax="25.50",
               tax_amount="0.0", product=to("products", "81"), invoice=to("invoices", "401")),
        record("invoice_items", "413", name="Gait analysis", code="GA45", quantity=1,
               unit_price="95.00", net_price="95.00", total_including_tax="95.00",
               tax_amount="0.0", billable_item=to("billable_items", "71"),
               invoice=to("invoices", "402")),
    )  # fmt: skip
    vendor.put("products", record("products", "81", name="Cork wedge", price="12.75"))
    for kind in ("services", "stock_adjustments", "taxes", "treatment_note_templates"):
        vendor.held[kind, ""] = {}
