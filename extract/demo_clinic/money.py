"""Invoice, PaymentNotice and ChargeItem resources: charges, payments, prepaid packages."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from extract.demo_clinic import dates
from extract.demo_clinic.accounts import account_id
from extract.demo_clinic.claims import Bill, plan_bills
from extract.demo_clinic.desk import Desk
from extract.demo_clinic.dice import Dice
from extract.demo_clinic.families import Chart
from extract.demo_clinic.practice import CLINIC_ID
from extract.demo_clinic.shapes import Resource, concept, created_at, extension, ref, resource, usd

_METHODS = ("cash", "check", "card", "eft", "portal")
_PACKAGES = (
    ("PKG-ADJ-10", "Ten adjustments, prepaid", 10, 55_000),
    ("PKG-PT-6", "Six therapy sessions, prepaid", 6, 42_000),
    ("EQ-PILLOW", "Neck pillow, paid, to be collected", 1, 5_995),
    ("EQ-LENS-90", "Contact lenses, ninety days, paid ahead", 3, 13_500),
)


def _invoice(bill: Bill, *, chart: Chart, account: str, desk: Desk) -> Resource:
    dice = Dice(desk.seed, "invoice", bill.id)
    body: Resource = {
        "identifier": [
            {"system": "https://demo-clinic.example/invoices", "value": f"I{bill.number}"}
        ],
        "status": "balanced" if bill.outcome == "paid" else "issued",
        "type": concept("Charge", code="charge"),
        "subject": ref("Patient", chart.id),
        "recipient": ref("Organization", bill.insurance.payer.id),
        "date": bill.day.isoformat(),
        "issuer": ref("Organization", CLINIC_ID),
        "account": ref("Account", account) if account else None,
        "totalNet": usd(Decimal(bill.total).scaleb(-2)),
        "note": [{"text": f"Services of claim {bill.number}"}],
    }
    modified = dates.modified_on(dice, day=bill.day)
    return resource("Invoice", ident=f"inv-{bill.id}", modified=modified, body=body)


def _payment(bill: Bill, *, chart: Chart, amount: int, by: str, desk: Desk) -> Resource:
    """Make a payment: the payer's is for the claim, the patient's for the invoice."""
    dice = Dice(desk.seed, "payment", bill.id, by)
    paid_on = min(bill.day + timedelta(days=dice.whole(1, 45)), dates.days_ago(1))
    method = "eft" if by == "payer" else dice.pick(_METHODS)
    request = ref("Claim", bill.id) if by == "payer" else ref("Invoice", f"inv-{bill.id}")
    number = f"{method[:2].upper()}{dice.whole(10_000, 99_999)}"
    body: Resource = {
        "extension": [
            extension("patient", kind="valueReference", value=ref("Patient", chart.id)),
            extension("payment-method", kind="valueCode", value=method),
        ],
        "identifier": [{"system": "https://demo-clinic.example/payments", "value": number}],
        "status": "active",
        "request": request,
        "created": dates.instant(paid_on, second=dice.whole(28_800, 64_800)),
        "payment": {"display": f"Payment {number}"},
        "paymentDate": paid_on.isoformat(),
        "recipient": ref("Organization", CLINIC_ID),
        "amount": usd(Decimal(amount).scaleb(-2)),
        "paymentStatus": concept("", code="paid"),
    }
    modified = dates.modified_on(dice, day=paid_on)
    return resource("PaymentNotice", ident=f"pn-{by}-{bill.id}", modified=modified, body=body)


def _package(chart: Chart, *, place: int, desk: Desk) -> Resource:
    dice = Dice(desk.seed, "package", chart.number, place)
    code, text, units, price = dice.pick(_PACKAGES)
    bought = dates.days_ago(dice.whole(5, 600))
    is_prepaid = dice.chance(62)
    left = Decimal(dice.whole(1, units * 2)) / 2
    stamp = dates.instant(bought, second=dice.whole(28_800, 64_800))
    body: Resource = {
        "extension": [
            created_at(stamp),
            extension("prepaid", kind="valueBoolean", value=is_prepaid),
        ],
        "status": "billable" if is_prepaid else "billed",
        "code": concept(text, system="https://demo-clinic.example/items", code=code),
        "subject": ref("Patient", chart.id),
        "occurrenceDateTime": bought.isoformat(),
        "quantity": {"value": left if is_prepaid else Decimal(units)},
        "priceOverride": usd(Decimal(price).scaleb(-2)),
        "productCodeableConcept": concept(text),
    }
    modified = dates.modified_on(dice, day=bought)
    ident = f"ci-{chart.id}-{place}"
    if not is_prepaid:
        desk.truth.plant("charge_item_not_prepaid", f"ChargeItem/{ident}", person=chart.person)
    return resource("ChargeItem", ident=ident, modified=modified, body=body)


def money(chart: Chart, *, desk: Desk) -> list[Resource]:
    """Make a chart's charges, payments and packages."""
    made = []
    account = account_id(chart, desk=desk)
    dice = desk.dice("money", chart=chart)
    for bill in plan_bills(chart, desk=desk):
        if bill.outcome in ("draft", "void"):
            continue
        made.append(_invoice(bill, chart=chart, account=account, desk=desk))
        if bill.paid:
            made.append(_payment(bill, chart=chart, amount=bill.paid, by="payer", desk=desk))
        rest = bill.total - bill.paid
        if rest and dice.chance(50):
            made.append(_payment(bill, chart=chart, amount=rest, by="patient", desk=desk))
    packages = dice.weighted(((0, 62), (1, 28), (2, 10)))
    return made + [_package(chart, place=place, desk=desk) for place in range(1, packages + 1)]
