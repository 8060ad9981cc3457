"""The resource types that the practice holds."""

from __future__ import annotations

TYPES = (
    "Account",
    "Appointment",
    "Binary",
    "ChargeItem",
    "Claim",
    "ClaimResponse",
    "Communication",
    "CommunicationRequest",
    "Consent",
    "Coverage",
    "DiagnosticReport",
    "DocumentReference",
    "InsurancePlan",
    "Invoice",
    "Location",
    "MedicationRequest",
    "Observation",
    "Organization",
    "Patient",
    "PaymentNotice",
    "Practitioner",
    "PractitionerRole",
    "QuestionnaireResponse",
    "RelatedPerson",
    "Schedule",
    "ServiceRequest",
    "Slot",
)
