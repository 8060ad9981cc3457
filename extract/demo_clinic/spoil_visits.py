"""What goes wrong with appointments, recalls, referrals and messages."""

from __future__ import annotations

from datetime import datetime, timedelta

from extract.demo_clinic.shapes import Resource, concept
from extract.demo_clinic.spoiler import (
    Hand,
    Spoiler,
    dropping,
    entered_in_error,
    orphaning,
    setting,
)
from extract.demo_clinic.visits import TYPE_SYSTEM

_OLD_TYPE = concept("", system=TYPE_SYSTEM, code="ZZ-OLD")


def _without_patient(record: Resource, _: Hand) -> bool:
    record["participant"] = record["participant"][1:]
    return True


def _reversed(record: Resource, _: Hand) -> bool:
    record["start"], record["end"] = record["end"], record["start"]
    return True


def _endless(record: Resource, _: Hand) -> bool:
    end = datetime.fromisoformat(record["end"]) + timedelta(days=15)
    record["end"] = end.isoformat()
    return True


def _nobody_named(record: Resource, _: Hand) -> bool:
    del record["subject"]
    record["sender"] = {"display": "Caller, name not taken"}
    record["recipient"] = [{"display": "Front desk"}]
    return True


def _na_payload(record: Resource, _: Hand) -> bool:
    record["payload"] = [{"contentString": "#N/A"}]
    return True


def _recall_without_interval(record: Resource, _: Hand) -> bool:
    return record.pop("occurrenceTiming", None) is not None


def _referral_from_nobody(record: Resource, hand: Hand) -> bool:
    if not record["id"].startswith("refer-"):
        return False
    return orphaning("Practitioner")(record, hand)


_PIGEON = [concept("", code="PIGEON")]
VISIT_SPOILERS = (
    Spoiler("orphan_patient", "Appointment", orphaning("Patient")),
    Spoiler("orphan_provider", "Appointment", orphaning("Practitioner")),
    Spoiler("orphan_location", "Appointment", orphaning("Location")),
    Spoiler("appointment_without_patient", "Appointment", _without_patient),
    Spoiler("appointment_without_start", "Appointment", dropping("start", "end")),
    Spoiler("appointment_without_end", "Appointment", dropping("end")),
    Spoiler(
        "appointment_type_unknown_code", "Appointment", setting("appointmentType", value=_OLD_TYPE)
    ),
    Spoiler(
        "appointment_status_unknown_code", "Appointment", setting("status", value="rescheduled")
    ),
    Spoiler("appointment_ends_before_start", "Appointment", _reversed),
    Spoiler("appointment_longer_than_14_days", "Appointment", _endless),
    Spoiler("entered_in_error", "Appointment", entered_in_error),
    Spoiler("text_equal_to_na", "Appointment", setting("description", value="#N/A")),
)
MESSAGE_SPOILERS = (
    Spoiler("orphan_patient", "ServiceRequest", orphaning("Patient")),
    Spoiler("recall_without_interval", "ServiceRequest", _recall_without_interval),
    Spoiler("orphan_provider", "ServiceRequest", _referral_from_nobody),
    Spoiler("entered_in_error", "ServiceRequest", entered_in_error),
    Spoiler("orphan_patient", "CommunicationRequest", orphaning("Patient")),
    Spoiler("orphan_patient", "Communication", orphaning("Patient")),
    Spoiler("communication_without_patient", "Communication", _nobody_named),
    Spoiler("medium_unknown_code", "Communication", setting("medium", value=_PIGEON)),
    Spoiler("text_equal_to_na", "Communication", _na_payload),
    Spoiler("entered_in_error", "Communication", entered_in_error),
)
