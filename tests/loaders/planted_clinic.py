"""The small clinic with planted identifiers wherever it has text, in keys and files as well."""

from __future__ import annotations

import base64
from copy import deepcopy
from pathlib import Path

from tests.identifiers.forms import Identifier
from tests.identifiers.planted import planted
from tests.loaders.mini_clinic import MARTS, MiniClinic, field

PLANTED = planted()
# A patient whose records are traced: the org takes an address that is one.
KEPT = "demo:patient:3"
# Kinds that could be a chart's number.
_NUMBERS = frozenset({"mrn", "lab result id"})


def planted_clinic(folder: Path) -> MiniClinic:
    """Build a clinic in which each identifier is a name, an e-mail address, a note and a letter."""
    marts = deepcopy(MARTS)
    accounts, contacts, coverages = (
        marts[name] for name in ("sf_account", "sf_contact", "sf_insurance_coverage")
    )
    # No field of ours: the org looks at what an e-mail address is, and says which one is none.
    contacts["columns"].append(field("Email", phi=True))
    for mart, name in (
        (accounts, "Phone"),
        (coverages, "Member_ID__c"),
        (coverages, "Notes__c"),
        (marts["sf_content_version"], "Title"),
        (marts["sf_content_version"], "PathOnClient"),
    ):
        _is_phi(mart["columns"], name)
    for mart in (accounts, coverages, marts["sf_content_version"]):
        mart["salesforce"]["compliance"] = "HIPAA"
    of_kind = {one.kind: one.value for one in PLANTED}
    accounts["rows"].append(
        ("demo:household:3", "Patient", None, of_kind["full name"], "Patient", of_kind["phone"],
         None),
    )  # fmt: skip
    contacts["rows"] = [
        (_key(one, number), "demo:household:3", one.value, None,
         one.value if one.kind == "birth date" else None, None, "Individual", one.value)
        for number, one in enumerate(PLANTED)
    ]  # fmt: skip
    coverages["rows"] = [
        (f"demo:coverage:{number}", _key(one, number), "demo:payer:1", one.value[:40], one.value,
         None, number, None)
        for number, one in enumerate(PLANTED)
    ]  # fmt: skip
    marts["sf_event"]["rows"] = []
    letter = "\n".join(one.value for one in PLANTED)
    marts["sf_content_version"]["rows"] = [
        ("demo:document:1", of_kind["file name"], of_kind["file name"],
         base64.b64encode(letter.encode()).decode()),
    ]  # fmt: skip
    marts["sf_content_document_link"]["rows"] = [
        ("demo:document:1", _key(PLANTED[0], 0), "V"),
    ]
    clinic = MiniClinic(folder, marts).write()
    clinic.sql(
        "insert into main_audit.audit_patient_records"
        f" values ('patients', '{KEPT}', '{KEPT}', '{KEPT}', 'demo', 'patient', '3')"
    )
    clinic.sql(
        "insert into main_audit.audit_record_targets"
        f" values ('patients', '{KEPT}', 'Contact', '{KEPT}'),"
        f" ('patients', '{KEPT}', 'Insurance_Coverage__c', 'demo:coverage:3')"
    )
    return clinic


def _is_phi(columns: list[dict[str, object]], name: str) -> None:
    (column,) = [each for each in columns if each["name"] == name]
    meta = column["salesforce"]
    assert isinstance(meta, dict)
    meta["phi"] = True


def _key(one: Identifier, number: int) -> str:
    return f"demo:patient:{one.value if one.kind in _NUMBERS else number}"
