"""The resources that exist before the first patient: sites, providers, payers, schedules."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from extract.demo_clinic import dates
from extract.demo_clinic.defects import Truth
from extract.demo_clinic.dice import Dice
from extract.demo_clinic.families import draw_address
from extract.demo_clinic.names import human_name
from extract.demo_clinic.practice import (
    CLINIC_ID,
    SAME_NAME,
    SAME_PAYER_ID,
    Payer,
    Practice,
    Provider,
    Site,
    draw_phone,
)
from extract.demo_clinic.relatives import fhir_address
from extract.demo_clinic.shapes import (
    NPI,
    TERMINOLOGY,
    Resource,
    concept,
    created_at,
    extension,
    identifier,
    ref,
    resource,
)

_ZONE = "http://hl7.org/fhir/StructureDefinition/timezone"
_PAYER_ID = "https://demo-clinic.example/payer-id"
_DAYS = ("mon", "tue", "wed", "thu", "fri")
_CREATED = created_at("2021-03-01T09:00:00.000Z")
_SLOT_DAYS = 5


def _modified(dice: Dice) -> str:
    return dates.modified_on(dice, day=dates.days_ago(dice.whole(100, 900)))


def _work_address(dice: Dice, *, is_east: bool) -> Resource:
    return {**fhir_address(draw_address(dice, is_east=is_east)), "use": "work"}


def _phone(dice: Dice, *, is_east: bool = True) -> Resource:
    return {"system": "phone", "value": draw_phone(dice, is_east=is_east), "use": "work"}


def _location(site: Site, *, seed: int) -> Resource:
    dice = Dice(seed, site.id)
    address = _work_address(dice, is_east=site.is_east)
    body: Resource = {
        "extension": [_CREATED, {"url": _ZONE, "valueCode": site.zone}],
        "status": "active",
        "name": site.name,
        "telecom": [_phone(dice, is_east=site.is_east)],
        "address": address,
        "managingOrganization": ref("Organization", CLINIC_ID),
    }
    return resource("Location", ident=site.id, modified=_modified(dice), body=body)


def _is_active(provider: Provider) -> bool:
    return not provider.id.endswith("7")


def _practitioner(provider: Provider, *, seed: int) -> Resource:
    dice = Dice(seed, provider.id)
    license_state = extension("license-state", kind="valueCode", value=provider.state)
    licence = identifier(
        "https://demo-clinic.example/licenses", value=f"{provider.state}-{provider.npi[3:]}"
    )
    body: Resource = {
        "extension": [_CREATED],
        "identifier": [identifier(NPI, value=provider.npi)],
        "active": _is_active(provider),
        "name": [human_name(provider.name, use="official")],
        "telecom": [
            {"system": "email", "value": provider.email, "use": "work"},
            _phone(dice, is_east=provider.state == "NY"),
        ],
        "gender": provider.gender,
        "qualification": [
            {
                "extension": [license_state],
                "identifier": [licence],
                "code": concept(provider.credential),
            }
        ],
    }
    if not provider.sites:
        body["address"] = [_work_address(dice, is_east=True)]
    return resource("Practitioner", ident=provider.id, modified=_modified(dice), body=body)


def _role(provider: Provider, *, seed: int) -> Resource:
    dice = Dice(seed, "role", provider.id)
    is_user = int(provider.id.rpartition("-")[2]) % 3 == 1
    hours = {
        "daysOfWeek": list(_DAYS),
        "availableStartTime": "08:00:00",
        "availableEndTime": "17:00:00",
    }
    body: Resource = {
        "extension": [_CREATED, extension("crm-user", kind="valueBoolean", value=is_user)],
        "active": True,
        "practitioner": ref("Practitioner", provider.id),
        "organization": ref("Organization", CLINIC_ID),
        "specialty": [concept(provider.specialty)],
        "location": [ref("Location", site.id) for site in provider.sites],
        "availableTime": [hours],
    }
    return resource(
        "PractitionerRole", ident=f"role-{provider.id}", modified=_modified(dice), body=body
    )


def _organization(ident: str, *, name: str, code: str, seed: int) -> Resource:
    dice = Dice(seed, ident)
    body: Resource = {
        "extension": [_CREATED],
        "active": "dissolved" not in name,
        "type": [concept("", system=TERMINOLOGY + "organization-type", code=code)],
        "name": name,
        "telecom": [
            _phone(dice),
            {"system": "email", "value": f"office@{ident.replace('.', '-')}.example.org"},
        ],
        "address": [_work_address(dice, is_east=dice.chance(50))],
    }
    return resource("Organization", ident=ident, modified=_modified(dice), body=body)


def _payer(payer: Payer, *, place: int, seed: int) -> Resource:
    code = "pay" if place == 0 else "ins"
    made = _organization(payer.id, name=payer.name, code=code, seed=seed)
    made["identifier"] = [identifier(_PAYER_ID, value=payer.payer_id)]
    if place == 7:  # noqa: PLR2004 - one payer belongs to another
        made["partOf"] = ref("Organization", "pay-01")
    return made


def _plan(payer: Payer, *, seed: int) -> Resource:
    dice = Dice(seed, "plan", payer.id)
    body: Resource = {
        "extension": [_CREATED],
        "status": "active",
        "name": f"{payer.name}: Silver Lantern",
        "ownedBy": ref("Organization", payer.id),
    }
    return resource("InsurancePlan", ident=f"plan-{payer.id}", modified=_modified(dice), body=body)


def _schedule(provider: Provider, *, site: Site, seed: int) -> list[Resource]:
    ident = f"sch-{provider.id}-{site.id}"
    dice = Dice(seed, ident)
    actors = [ref("Practitioner", provider.id), ref("Location", site.id)]
    body: Resource = {"extension": [_CREATED], "active": True, "actor": actors}
    made = [resource("Schedule", ident=ident, modified=_modified(dice), body=body)]
    monday = dates.weekday_on_or_after(dates.REFERENCE_DAY + timedelta(days=7))
    for number in range(_SLOT_DAYS * 4):
        day = monday + timedelta(days=number // 4)
        minute = (9 + number % 4) * 60
        slot: Resource = {
            "schedule": ref("Schedule", ident),
            "status": "free",
            "start": dates.local_stamp(site.zone, day=day, minute=minute),
            "end": dates.local_stamp(site.zone, day=day, minute=minute + 60),
        }
        name = f"slot-{provider.id}-{site.id}-{number + 1}"
        made.append(resource("Slot", ident=name, modified=_modified(dice), body=slot))
    return made


def _write_down(practice: Practice, *, truth: Truth) -> None:
    pairs = (("payers_of_the_same_name", SAME_NAME), ("payers_of_the_same_payer_id", SAME_PAYER_ID))
    inactive = [payer for payer in practice.payers if "dissolved" in payer.name]
    truth.plant("payer_inactive", *[f"Organization/{payer.id}" for payer in inactive])
    providers = (*practice.roster, *practice.referrers)
    gone = [f"Practitioner/{one.id}" for one in providers if not _is_active(one)]
    truth.plant("provider_inactive", *gone)
    for start in range(0, len(practice.payers), 10):
        for defect, places in pairs:
            records = [f"Organization/{practice.payers[start + place].id}" for place in places]
            truth.plant(defect, *records)
            truth.group(defect, *records)


def frame(practice: Practice, *, seed: int, truth: Truth) -> Iterator[Resource]:
    """Make everything that is there before the first patient comes."""
    yield _organization(CLINIC_ID, name="Tarnbrook Invented Clinic, P.C.", code="prov", seed=seed)
    for number, ident in enumerate(practice.referring_ids, start=1):
        name = f"Lanternfish Referring Practice {number}"
        yield _organization(ident, name=name, code="other", seed=seed)
    for place, payer in enumerate(practice.payers):
        yield _payer(payer, place=place, seed=seed)
        yield _plan(payer, seed=seed)
    for site in practice.sites:
        yield _location(site, seed=seed)
    for provider in (*practice.roster, *practice.referrers):
        yield _practitioner(provider, seed=seed)
    for provider in practice.roster:
        yield _role(provider, seed=seed)
        for site in provider.sites:
            yield from _schedule(provider, site=site, seed=seed)
    _write_down(practice, truth=truth)
