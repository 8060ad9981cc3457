"""For each class of defect, how somebody who knows FHIR, but not the generator, would find it."""

from __future__ import annotations

from collections.abc import Callable

from tests.extract.demo_clinic.detectors_money import MONEY_DETECTORS
from tests.extract.demo_clinic.detectors_people import PEOPLE_DETECTORS
from tests.extract.demo_clinic.detectors_records import RECORD_DETECTORS
from tests.extract.demo_clinic.reading import Reading, Record, references, texts

Detector = Callable[[Reading], set[str]]


def orphans(kind: str) -> Detector:
    """Find resources that name something that is not there."""

    def find(reading: Reading) -> set[str]:
        return {
            f"{record['resourceType']}/{record['id']}"
            for record in reading.all()
            for reference in references(record)
            if reference.startswith(f"{kind}/") and not reading.has(reference)
        }

    return find


def everywhere(holds: Callable[[Record], bool]) -> Detector:
    """Find resources of any type by a condition."""

    def find(reading: Reading) -> set[str]:
        return {f"{one['resourceType']}/{one['id']}" for one in reading.all() if holds(one)}

    return find


def _na_texts(reading: Reading) -> set[str]:
    found = everywhere(lambda record: "#N/A" in texts(record))(reading)
    notes = {
        f"DocumentReference/{ident}" for ident, text in reading.notes.items() if text == "#N/A"
    }
    return found | notes


def _lost_binaries(reading: Reading) -> set[str]:
    return {
        f"DocumentReference/{record['id']}"
        for record in reading.of("DocumentReference")
        for url in [record["content"][0]["attachment"].get("url", "")]
        if url and not reading.has(url)
    }


DETECTORS: dict[str, Detector] = {
    "entered_in_error": everywhere(lambda record: record.get("status") == "entered-in-error"),
    "text_equal_to_na": _na_texts,
    "orphan_binary": _lost_binaries,
    "orphan_claim": orphans("Claim"),
    "orphan_coverage": orphans("Coverage"),
    "orphan_guarantor": orphans("RelatedPerson"),
    "orphan_location": orphans("Location"),
    "orphan_patient": orphans("Patient"),
    "orphan_payer": orphans("Organization"),
    "orphan_provider": orphans("Practitioner"),
    **PEOPLE_DETECTORS,
    **MONEY_DETECTORS,
    **RECORD_DETECTORS,
}
