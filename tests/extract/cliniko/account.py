"""An invented podiatry, `Willow Feet`, as Cliniko's API would give it out."""

from __future__ import annotations

from typing import Any

from tests.extract.cliniko.vendor import Vendor

BASE = "https://api.uk2.cliniko.example/v1"
CREATED = "2025-02-03T08:00:00Z"
CHANGED = "2025-06-01T10:00:00Z"
SCAN = b"%PDF-1.4 an invented insole"
# One page and a half, so that every reader has to follow a link.
MANY = 150
Record = dict[str, Any]


def to(kind: str, identity: str) -> Record:
    """Link to a record, as Cliniko does: by its address."""
    return {"links": {"self": f"{BASE}/{kind}/{identity}"}}


def record(kind: str, identity: str, **values: Any) -> Record:
    """Make a record with what every record has."""
    common = {"id": identity, "created_at": CREATED, "updated_at": CHANGED, **to(kind, identity)}
    return common | values


def chosen(*options: tuple[str, bool]) -> list[Record]:
    """Make the options of a field of choices, of which some are chosen."""
    return [
        {"name": name, "token": f"t-{name}"} | ({"selected": True} if on else {})
        for name, on in options
    ]


def custom_fields() -> Record:
    """Make one field of each type."""
    return {
        "sections": [
            {
                "name": "Feet",
                "token": "s1",
                "fields": [
                    {"name": "Shoe size", "type": "text", "token": "f1", "value": "7.50"},
                    {
                        "name": "Arch",
                        "type": "radiobuttons",
                        "token": "f2",
                        "options": chosen(("high", False), ("flat", True)),
                    },
                    {
                        "name": "Sports",
                        "type": "checkboxes",
                        "token": "f3",
                        "options": chosen(("hill running", True), ("chess", False), ("judo", True)),
                    },
                    {"name": "Last cast", "type": "date", "token": "f4", "value": "2025-01-31"},
                    {"name": "Empty", "type": "text", "token": "f5", "value": ""},
                ],
            }
        ]
    }


def patient(identity: str, given: str, family: str, **values: Any) -> Record:
    """Make a patient; what is not said is blank, as Cliniko writes it."""
    blank = dict.fromkeys(
        ("address_1", "address_2", "address_3", "city", "state", "post_code", "country"), ""
    )
    own: Record = {
        "first_name": given,
        "last_name": family,
        "date_of_birth": "1990-04-05",
        "email": f"{given.lower()}@patients.example",
        "archived_at": None,
        "patient_phone_numbers": [],
        "reminder_type": "SMS & Email",
    }
    return record("patients", identity, **blank | own | values)


def people(vendor: Vendor) -> None:
    """Add who works there, who comes, and who sends them."""
    vendor.put(
        "users",
        record("users", "1", first_name="Orla", last_name="Quill", email="orla@willow.example",
               role="practitioner", user_active=True, time_zone="London"),
        record("users", "2", first_name="Pim", last_name="Desk", email="pim@willow.example",
               role="receptionist", user_active=True, time_zone="London"),
    )  # fmt: skip
    vendor.put(
        "practitioners",
        record("practitioners", "11", first_name="Orla", last_name="Quill", title="Dr",
               designation="Podiatrist", user=to("users", "1")),
    )  # fmt: skip
    vendor.put(
        "practitioners",
        record("practitioners", "12", first_name="Wystan", last_name="Former", title="Mr",
               designation="Chiropodist"),
        into="inactive",
    )  # fmt: skip
    vendor.put(
        "practitioner_reference_numbers",
        record("practitioner_reference_numbers", "21", name="Provider number",
               reference_number="UK-4711", practitioner=to("practitioners", "11"),
               business=to("businesses", "31")),
        record("practitioner_reference_numbers", "22", name="Provider number",
               reference_number="UK-0815", practitioner=to("practitioners", "12"),
               business=to("businesses", "31")),
    )  # fmt: skip
    vendor.put(
        "businesses",
        record("businesses", "31", business_name="Willow Feet", address_1="1 Willow Row",
               city="Oakham", state="Rutland", post_code="LE15 0AA", country="United Kingdom",
               contact_information="Phone: 01632 960001", time_zone_identifier="Europe/London"),
    )  # fmt: skip
    vendor.put(
        "contacts",
        record("contacts", "41", first_name="Greta", last_name="Sendwell", title="Dr",
               company_name="Oakham Surgery", type="Doctor", type_code=1,
               provider_number="GMC-1", email="greta@surgery.example",
               phone_numbers=[{"phone_type": "Mobile", "number": "07700900001"}]),
        record("contacts", "42", first_name="", last_name="", company_name="Cork Supplies",
               type="Standard", type_code=0, phone_numbers=[]),
    )  # fmt: skip
    vendor.put("concession_types", record("concession_types", "51", name="Pensioner"))
    vendor.put(
        "patients",
        patient("101", "Marigold", "Thistlewood", title="Mrs", sex="Female", address_1="2 Elm Way",
                address_2="Flat 3", city="Oakham", post_code="LE15 0AB", country="United Kingdom",
                patient_phone_numbers=[{"phone_type": "Mobile", "number": "07700900002"},
                                       {"phone_type": "Home", "number": "01632960002"}],
                emergency_contact="Jasper Thistlewood, 07700900009", old_reference_id="C-0101",
                medicare="2123456701", medicare_reference_number="1",
                concession_type=to("concession_types", "51"),
                referring_doctor=to("contacts", "41"), custom_fields=custom_fields(),
                invoice_default_to="Thistlewood Joinery\r\n4 Yard Lane", notes="Prefers mornings",
                invoice_email="accounts@joinery.example", accepted_sms_marketing=False,
                time_zone="Europe/London"),
        patient("102", "Bram", "Thistlewood", sex="Male", reminder_type="None",
                appointment_notes="Afraid of needles"),
        patient("103", "Sable", "Nightshade", sex="Female to Male", reminder_type="SMS"),
    )  # fmt: skip
    vendor.put(
        "patients",
        patient("104", "Bramm", "Thistlewood", archived_at=CHANGED, merged_at=CHANGED,
                merged_with_patient=to("patients", "102")),
        patient("105", "Aldous", "Retired", archived_at=CHANGED),
        into="archived",
    )  # fmt: skip
    vendor.put("patients", {"deleted_at": CHANGED, **to("patients", "106")}, into="deleted")
    vendor.put(
        "medical_alerts",
        record("medical_alerts", "111", name="Allergic to tape", patient=to("patients", "101")),
    )
    types = {"1": "Patient", "2": "Contact", "4": None}
    names = {"1": "Client", "2": "Contact", "4": "Web"}
    vendor.put(
        "referral_source_types",
        *(
            record("referral_source_types", one, name=names[one], referrer_type=kind)
            for one, kind in types.items()
        ),
    )

    def referred(identity: str, kind: str, **values: Any) -> Record:
        return {
            "links": {"self": f"{BASE}/patients/{identity}/referral_source"},
            "patient": to("patients", identity),
            "referral_source_type": to("referral_source_types", kind),
            "referrer": None,
            "referrer_type": types[kind],
            "subcategory": None,
            "notes": None,
        } | values

    vendor.put(
        "referral_sources",
        referred("101", "2", referrer=to("contacts", "41"), notes="Heel pain"),
        referred("102", "1", referrer=to("patients", "101")),
        referred("103", "4", subcategory="Search engine"),
    )


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


def willow() -> Vendor:
    """Fill an account."""
    vendor = Vendor()
    people(vendor)
    visits(vendor)
    money(vendor)
    return vendor


def many_alerts(vendor: Vendor) -> None:
    """Add more records of one kind than a page holds."""
    vendor.put(
        "medical_alerts",
        *(
            record(
                "medical_alerts", f"9{number:04}", name="Invented", patient=to("patients", "103")
            )
            for number in range(MANY)
        ),
    )
