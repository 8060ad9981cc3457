"""MedicationRequest, Observation, DiagnosticReport, and the ServiceRequest that ordered them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from extract.demo_clinic import dates
from extract.demo_clinic.desk import Desk
from extract.demo_clinic.dice import Dice
from extract.demo_clinic.families import Chart
from extract.demo_clinic.shapes import (
    LOINC,
    RXNORM,
    SNOMED,
    TERMINOLOGY,
    Resource,
    concept,
    created_at,
    ref,
    resource,
)

_DRUGS = (
    ("310965", "Ibuprofen 200 MG Oral Tablet", "Take 1 tablet by mouth every 8 hours as needed"),
    ("314076", "Lisinopril 10 MG Oral Tablet", "Take 1 tablet by mouth once a day"),
    ("861007", "Metformin 500 MG Oral Tablet", "Take 1 tablet with meals, morning & evening"),
    ("197696", "Cyclobenzaprine 10 MG Oral Tablet", "1 tab at bedtime, max. 14 days"),
    ("", "House blend eye drops, 0.5 %", "One drop each eye; don't drive for 10 minutes"),
)
_FREQUENCIES = ("QD", "BID", "TID", "QHS", "PRN")
# Name, LOINC, unit, decimals, low, high (in units of the last decimal), usual values.
_TESTS = (
    ("Hemoglobin A1c", "4548-4", "%", 1, 40, 56, (42, 95)),
    ("Glucose", "2345-7", "mg/dL", 0, 70, 99, (64, 240)),
    ("LDL cholesterol", "13457-7", "mg/dL", 0, 0, 130, (60, 210)),
    ("Creatinine", "2160-0", "mg/dL", 2, 60, 130, (50, 190)),
    ("TSH", "3016-3", "mIU/L", 2, 40, 400, (10, 600)),
    ("Potassium", "2823-3", "mmol/L", 1, 35, 51, (31, 56)),
)
# Values that lose their meaning when somebody makes numbers of them.
_ODD = (
    ("lab_value_with_trailing_zeros", "Creatinine", "2160-0", "1.00"),
    ("lab_value_below_limit", "Troponin I", "10839-9", "<0.5"),
    ("lab_value_above_limit", "Ferritin", "2276-4", ">=200"),
    ("lab_value_in_words", "Strep A antigen", "78012-2", "positive"),
)


@dataclass(frozen=True, slots=True)
class Panel:
    """One order of several tests."""

    chart: Chart
    place: int
    ordered: date
    resulted: date

    def ident(self, prefix: str) -> str:
        """Name one of the panel's records."""
        return f"{prefix}-{self.chart.id}-{self.place}"


def _prescription(chart: Chart, *, place: int, desk: Desk) -> Resource:
    dice = Dice(desk.seed, "prescription", chart.number, place)
    rxnorm, name, dose = dice.pick(_DRUGS)
    day = dates.days_ago(dice.whole(1, 1000))
    drug = concept(name, system=RXNORM, code=rxnorm)
    body: Resource = {
        "status": dice.weighted(
            (("active", 45), ("completed", 40), ("stopped", 10), ("on-hold", 5))
        ),
        "intent": "order",
        "subject": ref("Patient", chart.id),
        "authoredOn": dates.instant(day, second=dice.whole(28_800, 64_800)),
        "requester": ref("Practitioner", chart.provider.id),
        "dosageInstruction": [
            {
                "text": dose,
                "timing": {"code": concept(dice.pick(_FREQUENCIES))},
                "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "tablet"}}],
            }
        ],
        "dispenseRequest": {
            "numberOfRepeatsAllowed": dice.whole(0, 5),
            "quantity": {"value": dice.pick((14, 30, 90)), "unit": "each"},
        },
        "note": [{"text": "Told about side effects,\nhas the leaflet"}] if dice.chance(15) else [],
    }
    if dice.chance(20):
        body["contained"] = [{"resourceType": "Medication", "id": "med", "code": drug}]
        body["medicationReference"] = {"reference": "#med"}
    else:
        body["medicationCodeableConcept"] = drug
    modified = dates.modified_on(dice, day=day)
    ident = f"rx-{chart.id}-{place}"
    return resource("MedicationRequest", ident=ident, modified=modified, body=body)


def _lab_body(panel: Panel, *, name: str, code: str, dice: Dice) -> Resource:
    return {
        "basedOn": [ref("ServiceRequest", panel.ident("lab-order"))],
        "status": dice.weighted((("final", 88), ("preliminary", 6), ("corrected", 6))),
        "category": [concept("", system=TERMINOLOGY + "observation-category", code="laboratory")],
        "code": concept(name, system=LOINC, code=code),
        "subject": ref("Patient", panel.chart.id),
        "effectiveDateTime": dates.local_stamp(
            panel.chart.site.zone, day=panel.resulted, minute=8 * 60 + dice.whole(0, 59)
        ),
        "issued": dates.instant(panel.resulted, second=dice.whole(60_000, 80_000)),
        "performer": [ref("Practitioner", panel.chart.provider.id)],
    }


def _flag(code: str) -> list[Resource]:
    system = TERMINOLOGY + "v3-ObservationInterpretation"
    return [concept("", system=system, code=code)]


def _quantity_result(panel: Panel, *, place: int, desk: Desk) -> Resource:
    dice = Dice(desk.seed, "lab", panel.chart.number, panel.place, place)
    name, code, unit, decimals, low, high, span = _TESTS[(panel.chart.number + place) % len(_TESTS)]
    value = dice.whole(*span)
    while decimals and value % 10**decimals == 0:
        value += 1
    flag = "H" if value > high else "L" if value < low else "N"
    limits = [Decimal(limit).scaleb(-decimals) for limit in (low, high)]
    body = _lab_body(panel, name=name, code=code, dice=dice)
    body["valueQuantity"] = {"value": Decimal(value).scaleb(-decimals), "unit": unit}
    body["interpretation"] = _flag(flag) if dice.chance(85) else []
    body["referenceRange"] = [
        {
            "low": {"value": limits[0], "unit": unit},
            "high": {"value": limits[1], "unit": unit},
            "text": f"{limits[0]}-{limits[1]} {unit}",
        }
    ]
    ident = f"lab-{panel.chart.id}-{panel.place}.{place}"
    modified = dates.modified_on(dice, day=panel.resulted)
    return resource("Observation", ident=ident, modified=modified, body=body)


def _odd_result(panel: Panel, *, place: int, desk: Desk) -> Resource:
    dice = Dice(desk.seed, "odd-lab", panel.chart.number, panel.place)
    defect, name, code, text = dice.pick(_ODD)
    body = _lab_body(panel, name=name, code=code, dice=dice)
    if text == "positive":
        body["valueCodeableConcept"] = concept(text, system=SNOMED, code="10828004")
        body["interpretation"] = _flag("A")
    elif text == "1.00":
        body["valueQuantity"] = {"value": Decimal(text), "unit": "mg/dL"}
    elif dice.chance(50):
        body["valueString"] = text
    else:
        number = text.lstrip("<>=")
        sign = text[: len(text) - len(number)]
        body["valueQuantity"] = {"value": Decimal(number), "comparator": sign, "unit": "ng/mL"}
    ident = f"lab-{panel.chart.id}-{panel.place}.{place}"
    desk.truth.plant(defect, f"Observation/{ident}", person=panel.chart.person)
    modified = dates.modified_on(dice, day=panel.resulted)
    return resource("Observation", ident=ident, modified=modified, body=body)


def _order(panel: Panel, *, desk: Desk) -> Resource:
    dice = Dice(desk.seed, "lab-order", panel.chart.number, panel.place)
    body: Resource = {
        "status": "completed",
        "intent": "order",
        "category": [concept("Laboratory procedure", system=SNOMED, code="108252007")],
        "code": concept("Blood panel"),
        "subject": ref("Patient", panel.chart.id),
        "authoredOn": dates.instant(panel.ordered, second=dice.whole(28_800, 64_800)),
        "requester": ref("Practitioner", panel.chart.provider.id),
    }
    modified = dates.modified_on(dice, day=panel.ordered)
    return resource("ServiceRequest", ident=panel.ident("lab-order"), modified=modified, body=body)


def _report(panel: Panel, *, results: list[Resource], desk: Desk) -> Resource:
    dice = Dice(desk.seed, "report", panel.chart.number, panel.place)
    body: Resource = {
        "basedOn": [ref("ServiceRequest", panel.ident("lab-order"))],
        "status": "final",
        "category": [concept("", system=TERMINOLOGY + "v2-0074", code="LAB")],
        "code": concept("Blood panel"),
        "subject": ref("Patient", panel.chart.id),
        "effectiveDateTime": panel.resulted.isoformat(),
        "issued": dates.instant(panel.resulted, second=dice.whole(60_000, 80_000)),
        "result": [ref("Observation", result["id"]) for result in results],
    }
    modified = dates.modified_on(dice, day=panel.resulted)
    return resource("DiagnosticReport", ident=panel.ident("rep"), modified=modified, body=body)


def _panel(chart: Chart, *, place: int, desk: Desk) -> list[Resource]:
    dice = Dice(desk.seed, "panel", chart.number, place)
    ordered = dates.days_ago(dice.whole(10, 1000))
    panel = Panel(chart, place, ordered, ordered + timedelta(days=dice.whole(1, 8)))
    count = dice.whole(2, 4)
    results = [_quantity_result(panel, place=n, desk=desk) for n in range(1, count + 1)]
    if dice.chance(30):
        results.append(_odd_result(panel, place=count + 1, desk=desk))
    return [_order(panel, desk=desk), *results, _report(panel, results=results, desk=desk)]


def _pulse(chart: Chart, *, desk: Desk) -> Resource:
    dice = desk.dice("pulse", chart=chart)
    day = dates.days_ago(dice.whole(1, 900))
    body: Resource = {
        "extension": [created_at(dates.instant(day, second=40_000))],
        "status": "final",
        "category": [concept("", system=TERMINOLOGY + "observation-category", code="vital-signs")],
        "code": concept("Heart rate", system=LOINC, code="8867-4"),
        "subject": ref("Patient", chart.id),
        "effectiveDateTime": day.isoformat(),
        "valueQuantity": {"value": dice.whole(52, 98), "unit": "/min"},
    }
    ident = f"vital.{chart.id}"
    desk.truth.plant("observation_not_laboratory", f"Observation/{ident}", person=chart.person)
    modified = dates.modified_on(dice, day=day)
    return resource("Observation", ident=ident, modified=modified, body=body)


def clinical(chart: Chart, *, desk: Desk) -> list[Resource]:
    """Make a chart's prescriptions and laboratory results."""
    dice = desk.dice("clinical", chart=chart)
    drugs = dice.weighted(((0, 20), (1, 32), (2, 28), (3, 20)))
    made = [_prescription(chart, place=place, desk=desk) for place in range(1, drugs + 1)]
    for place in range(1, dice.weighted(((0, 35), (1, 45), (2, 20))) + 1):
        made += _panel(chart, place=place, desk=desk)
    return [*made, _pulse(chart, desk=desk)] if dice.chance(20) else made
