"""What goes wrong with claims, charges, payments and packages."""

from __future__ import annotations

from decimal import Decimal

from extract.demo_clinic.shapes import Resource, concept, extension, usd
from extract.demo_clinic.spoiler import (
    Hand,
    Spoiler,
    dropping,
    entered_in_error,
    orphaning,
    setting,
)

_DISCOUNT = Decimal("-20.00")


def _total_off(record: Resource, _: Hand) -> bool:
    record["total"] = usd(record["total"]["value"] + Decimal("0.37"))
    return True


def _priceless_line(record: Resource, _: Hand) -> bool:
    line = record["item"][0]
    del line["net"], line["unitPrice"]
    return True


def _zero_quantity(record: Resource, _: Hand) -> bool:
    record["item"][0]["quantity"] = {"value": 0}
    return True


def _negative_line(record: Resource, _: Hand) -> bool:
    """Add a discount as a line; the total follows."""
    lines = record["item"]
    lines.append(
        {
            "sequence": len(lines) + 1,
            "productOrService": concept("Courtesy adjustment"),
            "quantity": {"value": 1},
            "net": usd(_DISCOUNT),
        }
    )
    record["total"] = usd(record["total"]["value"] + _DISCOUNT)
    return True


def _unknown_type(record: Resource, _: Hand) -> bool:
    record["type"] = concept("", code="barter")
    return True


def _credit(record: Resource, _: Hand) -> bool:
    record["totalNet"] = usd(-record["totalNet"]["value"])
    return True


def _strange_method(record: Resource, _: Hand) -> bool:
    record["extension"][1] = extension("payment-method", kind="valueCode", value="barter")
    return True


def _payment_of_nobody(record: Resource, _: Hand) -> bool:
    del record["extension"][0]
    return True


CLAIM_SPOILERS = (
    Spoiler("orphan_patient", "Claim", orphaning("Patient")),
    Spoiler("orphan_payer", "Claim", orphaning("Organization")),
    Spoiler("orphan_provider", "Claim", orphaning("Practitioner")),
    Spoiler("orphan_coverage", "Claim", orphaning("Coverage")),
    Spoiler("entered_in_error", "Claim", entered_in_error),
    Spoiler("claim_total_differs_from_lines", "Claim", _total_off),
    Spoiler("claim_line_without_price", "Claim", _priceless_line),
    Spoiler("claim_line_with_zero_quantity", "Claim", _zero_quantity),
    Spoiler("claim_line_with_negative_net", "Claim", _negative_line),
    Spoiler("claim_type_unknown_code", "Claim", _unknown_type),
    Spoiler("orphan_claim", "ClaimResponse", orphaning("Claim"), on_copy=True),
)
MONEY_SPOILERS = (
    Spoiler("orphan_patient", "Invoice", orphaning("Patient")),
    Spoiler("entered_in_error", "Invoice", entered_in_error),
    Spoiler("charge_cancelled", "Invoice", setting("status", value="cancelled")),
    Spoiler("charge_negative", "Invoice", _credit),
    Spoiler("orphan_patient", "PaymentNotice", orphaning("Patient")),
    Spoiler("orphan_claim", "PaymentNotice", orphaning("Claim")),
    Spoiler("payment_without_patient", "PaymentNotice", _payment_of_nobody),
    Spoiler("payment_method_unknown_code", "PaymentNotice", _strange_method),
    Spoiler("entered_in_error", "PaymentNotice", entered_in_error),
    Spoiler("orphan_patient", "ChargeItem", orphaning("Patient")),
    Spoiler("entered_in_error", "ChargeItem", entered_in_error),
    Spoiler("charge_item_without_quantity", "ChargeItem", dropping("quantity")),
)
