"""An invented podiatry, `Willow Feet`, as Cliniko's API would give it out."""

from __future__ import annotations

from typing import Any

from tests.extract.cliniko.account_visits import money, visits
from tests.extract.cliniko.records import BASE, CHANGED, Record, record, to
from tests.extract.cliniko.vendor import Vendor

# One page and a half, so that every reader has to follow a link.
MANY = 150


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
                    # One that the marts have a column for.
                    {"name": "adjustment_code", "type": "text", "token": "f6", "value": "C3-L4"},
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
