"""Patient resources."""

from __future__ import annotations

from decimal import Decimal

from extract.demo_clinic import dates
from extract.demo_clinic.desk import Desk
from extract.demo_clinic.dice import Dice
from extract.demo_clinic.families import Chart
from extract.demo_clinic.names import human_names
from extract.demo_clinic.practice import CLINIC_ID
from extract.demo_clinic.relatives import Relation, fhir_address, links_of
from extract.demo_clinic.shapes import (
    TERMINOLOGY,
    Resource,
    concept,
    created_at,
    extension,
    identifier,
    ref,
    resource,
    tag,
)

MRN = "https://demo-clinic.example/mrn"
MARKETING = (
    "Radio spot",
    "Friend or family",
    "Web search",
    "Yellow flyer, spring",
    "Street fair",
    "Insurance directory",
)
GOALS = ("less_pain", "better_sleep", "back_to_sport", "sharper_sight", "walk_unaided")
TABLES = ("flat", "drop", "heated", "tilt")
ADJUSTMENT_NOTES = (
    "Prefers gentle technique",
    'Says "no neck work"',
    "Table up, pillow; left side first",
    "Drop piece only,\nno rotation",
)
FIELDS_OF = {
    "Chiropractic": ("adjustment_code", "adjustment_notes", "xray_on_file", "preferred_table"),
    "Optometry": ("sphere_right",),
    "Physical Therapy": ("treatment_plan_start", "sessions_per_week", "therapy_goals"),
}
_LANGUAGES = (("en", 78), ("es", 14), ("fr", 3), ("zh", 3), ("ar", 2))
_MARITAL = ("M", "S", "D", "W")


def _telecom(chart: Chart, *, dice: Dice) -> list[Resource]:
    made: list[Resource] = []
    if dice.chance(55):
        made.append({"system": "phone", "value": chart.home_phone, "use": "home"})
    if not chart.is_minor:
        made.append({"system": "phone", "value": chart.mobile_phone, "use": "mobile", "rank": 1})
        if dice.chance(10):
            made.append({"system": "phone", "value": chart.home_phone, "use": "work", "rank": 2})
    if chart.email and (not chart.is_minor or dice.chance(30)):
        made.append({"system": "email", "value": chart.email, "use": "home"})
    return made


def _addresses(chart: Chart, *, dice: Dice) -> list[Resource]:
    made = [fhir_address(chart.address)]
    if dice.chance(8):
        made.insert(0, {"use": "old", "line": ["1 Former Ln"], "city": "Elsewhere", "state": "VT"})
    return made


def custom_extensions(dice: Dice, *, specialty: str) -> list[Resource]:
    """Draw the practice's own fields of a patient: those of one specialty, typed as declared."""
    fields = (
        ("adjustment_code", "valueString", dice.pick(("A1", "A2", "B7", "C-3"))),
        ("adjustment_notes", "valueString", dice.pick(ADJUSTMENT_NOTES)),
        ("treatment_plan_start", "valueDate", dates.days_ago(dice.whole(0, 400)).isoformat()),
        ("sessions_per_week", "valueInteger", dice.whole(1, 5)),
        ("sphere_right", "valueDecimal", Decimal(dice.whole(-24, 16) * 25).scaleb(-2)),
        ("xray_on_file", "valueBoolean", dice.chance(50)),
        ("preferred_table", "valueCode", dice.pick(TABLES)),
        *(
            ("therapy_goals", "valueCode", goal)
            for goal in dice.some(GOALS, count=dice.whole(0, 3))
        ),
    )
    return [
        extension(f"custom/{name}", kind=kind, value=value)
        for name, kind, value in fields
        if name in FIELDS_OF.get(specialty, ()) and (name == "therapy_goals" or dice.chance(80))
    ]


def _extensions(chart: Chart, *, dice: Dice) -> list[Resource]:
    made = [created_at(dates.instant(chart.since, second=dice.whole(0, 86_399)))]
    made.append(
        extension("home-location", kind="valueReference", value=ref("Location", chart.site.id))
    )
    for channel in ("email", "sms", "phone", "mail"):
        if dice.chance(40):
            said = chart.is_deceased or dice.chance(25)
            made.append(extension(f"opt-out-{channel}", kind="valueBoolean", value=said))
    if dice.chance(25):
        source = dice.pick(MARKETING)
        made.append(extension("referral-source-name", kind="valueString", value=source))
    if dice.chance(80):
        made += custom_extensions(dice, specialty=chart.provider.specialty)
    return made


def _deceased(chart: Chart) -> Resource:
    if "deceased_date" in chart.cases:
        return {"deceasedDateTime": dates.days_ago(45 + chart.number % 90).isoformat()}
    return {"deceasedBoolean": True} if chart.is_deceased else {}


def _names(chart: Chart) -> list[Resource]:
    if "no_name" in chart.cases:
        return []
    names = human_names(chart.name)
    if "given_only" in chart.cases:
        return [{"use": "official", "given": [chart.name.given]}]
    return names


def _write_down(chart: Chart, *, desk: Desk) -> None:
    plant = desk.truth.plant
    named = chart.cases.isdisjoint({"no_name", "given_only"})
    if named and chart.name.script != "plain":
        plant(f"name_{chart.name.script}", chart.key, person=chart.person)
    for case, defect in _CASES.items():
        if case in chart.cases:
            plant(defect, chart.key, person=chart.person)
    if chart.is_minor:
        plant("minor", chart.key, person=chart.person)


_CASES = {
    "no_name": "name_missing",
    "given_only": "family_name_missing",
    "deceased_date": "deceased_with_date",
    "deceased_flag": "deceased_without_date",
    "test_patient": "test_patient",
    "do_not_migrate": "do_not_migrate",
    "merged": "merged_chart",
    "case_twin": "ids_differ_only_in_case",
}


def patient(chart: Chart, *, relations: list[Relation], desk: Desk) -> Resource:
    """Make the Patient resource of a chart."""
    dice = desk.dice("patient", chart=chart)
    marital = dice.pick(_MARITAL) if not chart.is_minor and dice.chance(60) else ""
    language = concept("", system="urn:ietf:bcp:47", code=dice.weighted(_LANGUAGES))
    body: Resource = {
        "extension": _extensions(chart, dice=dice),
        "identifier": [
            {
                "type": concept("", system=TERMINOLOGY + "v2-0203", code="MR"),
                **identifier(MRN, value=f"MRN{100_000 + chart.number}"),
            }
        ],
        "active": not chart.replaced_by,
        "name": _names(chart),
        "telecom": _telecom(chart, dice=dice),
        "gender": chart.gender,
        "birthDate": chart.birth_date.isoformat(),
        **_deceased(chart),
        "address": _addresses(chart, dice=dice),
        "maritalStatus": concept("", system=TERMINOLOGY + "v3-MaritalStatus", code=marital)
        if marital
        else None,
        "communication": [{"language": language, "preferred": True}] if dice.chance(80) else [],
        "generalPractitioner": [ref("Practitioner", chart.provider.id)] if dice.chance(85) else [],
        "managingOrganization": ref("Organization", CLINIC_ID),
        "link": links_of(chart, relations=relations),
    }
    modified = dates.modified_on(dice, day=dates.days_ago(dice.whole(1, 700)))
    made = resource("Patient", ident=chart.id, modified=modified, body=body)
    for case, code in (("test_patient", "test-patient"), ("do_not_migrate", "do-not-migrate")):
        if case in chart.cases:
            tag(made, code=code)
    _write_down(chart, desk=desk)
    return made
