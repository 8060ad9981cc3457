"""The small FHIR shapes that all resources are made of."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

Resource = dict[str, Any]
BASE = "https://demo-clinic.example/fhir/"
TAGS = "https://demo-clinic.example/tags"
LOINC = "http://loinc.org"
CPT = "http://www.ama-assn.org/go/cpt"
SNOMED = "http://snomed.info/sct"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
NPI = "http://hl7.org/fhir/sid/us-npi"
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"
ROLE_CODE = TERMINOLOGY + "v3-RoleCode"


def resource(kind: str, *, ident: str, modified: str, body: Resource) -> Resource:
    """Put the common head before a resource's own elements; nothing without a value stays."""
    head: Resource = {"resourceType": kind, "id": ident, "meta": {"lastUpdated": modified}}
    head.update((name, value) for name, value in body.items() if value not in (None, [], {}, ""))
    return head


def address_of(record: Resource) -> str:
    """Name a resource the way references do."""
    return f"{record['resourceType']}/{record['id']}"


def ref(kind: str, ident: str) -> Resource:
    """Make a relative reference."""
    return {"reference": f"{kind}/{ident}"}


def concept(text: str, *, system: str = "", code: str = "") -> Resource:
    """Make a CodeableConcept of a text and, if there is one, a code."""
    made: Resource = {}
    if code:
        made["coding"] = [{"system": system, "code": code} if system else {"code": code}]
    if text:
        made["text"] = text
    return made


def extension(name: str, *, kind: str, value: object) -> Resource:
    """Make an extension of the practice's own."""
    return {"url": BASE + name, kind: value}


def created_at(stamp: str) -> Resource:
    """Make the extension that tells when a record was made."""
    return extension("created-at", kind="valueDateTime", value=stamp)


def identifier(system: str, *, value: str) -> Resource:
    """Make an identifier."""
    return {"system": system, "value": value}


def usd(amount: Decimal) -> Resource:
    """Make an amount of money; the decimals stay as they are."""
    return {"value": amount, "currency": "USD"}


def tag(record: Resource, *, code: str) -> None:
    """Add one of the practice's own tags to a resource."""
    record["meta"].setdefault("tag", []).append({"system": TAGS, "code": code})
