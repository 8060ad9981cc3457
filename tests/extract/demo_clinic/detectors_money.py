"""How to find what is wrong with claims, charges, payments and packages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal

from tests.extract.demo_clinic.detectors_people import Detector, of
from tests.extract.demo_clinic.reading import Reading, Record, extensions

KNOWN = {"Paid", "Denied", "Partially paid", "Pending", "Rejected: not readable"}


def _answers(reading: Reading) -> dict[str, list[Record]]:
    found: defaultdict[str, list[Record]] = defaultdict(list)
    for one in sorted(reading.of("ClaimResponse"), key=lambda one: one["created"]):
        found[one["request"]["reference"]].append(one)
    return found


def _answered(holds: Callable[[Record], bool]) -> Detector:
    def find(reading: Reading) -> set[str]:
        return {
            claim
            for claim, answers in _answers(reading).items()
            if holds(answers[-1]) and reading.has(claim)
        }

    return find


def _answered_twice(reading: Reading) -> set[str]:
    return {
        claim
        for claim, answers in _answers(reading).items()
        if [one["disposition"] for one in answers] == ["Denied", "Paid"]
    }


def _off(record: Record) -> bool:
    nets = [line["net"]["value"] for line in record["item"] if "net" in line]
    return len(nets) == len(record["item"]) and sum(nets) != record["total"]["value"]


def _is_lineful(holds: Callable[[Record], bool]) -> Callable[[Record], bool]:
    return lambda record: any(map(holds, record["item"]))


def _method(record: Record) -> str:
    return str(extensions(record, "payment-method")[0]["valueCode"])


MONEY_DETECTORS: dict[str, Detector] = {
    "charge_cancelled": of("Invoice", lambda one: one["status"] == "cancelled"),
    "charge_item_not_prepaid": of(
        "ChargeItem", lambda one: not extensions(one, "prepaid")[0]["valueBoolean"]
    ),
    "charge_item_without_quantity": of("ChargeItem", lambda one: "quantity" not in one),
    "charge_negative": of("Invoice", lambda one: one["totalNet"]["value"] < 0),
    "claim_answered_twice": _answered_twice,
    "claim_denied": _answered(lambda one: one["disposition"] == "Denied"),
    "claim_disposition_unknown": _answered(lambda one: one["disposition"] not in KNOWN),
    "claim_error": _answered(lambda one: one["outcome"] == "error"),
    "claim_line_with_negative_net": of(
        "Claim", _is_lineful(lambda line: line.get("net", {}).get("value", Decimal(0)) < 0)
    ),
    "claim_line_with_zero_quantity": of(
        "Claim", _is_lineful(lambda line: line["quantity"]["value"] == 0)
    ),
    "claim_line_without_price": of("Claim", _is_lineful(lambda line: "net" not in line)),
    "claim_paid": _answered(lambda one: one["disposition"] == "Paid"),
    "claim_partly_paid": _answered(lambda one: one["disposition"] == "Partially paid"),
    "claim_pending": _answered(lambda one: one["outcome"] == "queued"),
    "claim_total_differs_from_lines": of("Claim", _off),
    "claim_type_unknown_code": of(
        "Claim", lambda one: one["type"]["coding"][0]["code"] == "barter"
    ),
    "claim_void": of("Claim", lambda one: one["status"] == "cancelled"),
    "payment_method_unknown_code": of("PaymentNotice", lambda one: _method(one) == "barter"),
    "payment_without_patient": of("PaymentNotice", lambda one: not extensions(one, "patient")),
}
