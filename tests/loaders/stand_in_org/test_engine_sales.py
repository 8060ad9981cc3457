"""Opportunities, lines and prices (contract 4.11 and 11)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from loaders.stand_in_org.model import NULL
from tests.loaders.stand_in_org.engine_org import Bench


@pytest.fixture
def priced(clinic: Bench) -> dict[str, str]:
    """Give an org with one product in the standard book, and one opportunity."""
    standard = str(clinic.one("SELECT Id FROM Pricebook2 WHERE IsStandard"))
    product = clinic.insert("Product2", Name="Office visit", ProductCode="99213", IsActive="true")
    entry = clinic.insert(
        "PricebookEntry", Pricebook2Id=standard, Product2Id=product, UnitPrice="0", IsActive="true"
    )
    opportunity = clinic.insert(
        "Opportunity", Name="Claim", StageName="Closed Won", CloseDate="2026-01-31", Amount="5"
    )
    return {
        "book": standard,
        "product": product,
        "entry": entry,
        "opportunity": opportunity,
    }


def test_stage_implies_closed_won_and_probability(clinic: Bench, priced: dict[str, str]) -> None:
    columns = "IsClosed, IsWon, Probability, ForecastCategory, FiscalYear, FiscalQuarter, Fiscal"
    assert clinic.rows(f"SELECT {columns} FROM Opportunity") == [
        (True, True, Decimal(100), "Closed", 2026, 1, "2026 1")
    ]


def test_lines_make_the_amount_and_set_the_price_book(
    clinic: Bench, priced: dict[str, str]
) -> None:
    cells = {
        "OpportunityId": [priced["opportunity"]] * 2,
        "PricebookEntryId": [priced["entry"]] * 2,
        "Quantity": ["2", "3"],
        "UnitPrice": ["10.50", None],
        "TotalPrice": [None, "100"],
    }
    done = clinic.write("OpportunityLineItem", "insert", cells)
    assert [row.code for row in done] == [None, None]
    prices = "SELECT UnitPrice, TotalPrice, ProductCode, Name FROM OpportunityLineItem ORDER BY Id"
    assert clinic.rows(prices) == [
        (Decimal("10.50"), Decimal("21.00"), "99213", "Claim Office visit"),
        (Decimal("33.33"), Decimal("100.00"), "99213", "Claim Office visit"),
    ]
    rolled = "SELECT Amount, HasOpportunityLineItem, Pricebook2Id FROM Opportunity"
    assert clinic.rows(rolled) == [(Decimal("121.00"), True, priced["book"])]
    clinic.write("Opportunity", "update", {"Id": [priced["opportunity"]], "Amount": ["1"]})
    assert clinic.one("SELECT Amount FROM Opportunity") == Decimal("121.00")
    clinic.write("OpportunityLineItem", "delete", {"Id": [done[0].id]})
    assert clinic.one("SELECT Amount FROM Opportunity") == Decimal("100.00")


REFUSED_LINES = {
    "4.11-quantity": ({"Quantity": "0", "UnitPrice": "1"}, "Quantity must not be zero"),
    "4.11-both-prices": (
        {"Quantity": "1", "UnitPrice": "1", "TotalPrice": "1"},
        "You can't specify both TotalPrice and UnitPrice",
    ),
    "4.11-no-price": ({"Quantity": "1"}, "Required fields are missing: [UnitPrice]"),
    "4.11-no-quantity": ({"UnitPrice": "1"}, "Required fields are missing: [Quantity]"),
}


@pytest.mark.parametrize(("cells", "message"), REFUSED_LINES.values(), ids=REFUSED_LINES.keys())
def test_line_is_refused(
    clinic: Bench, priced: dict[str, str], cells: dict[str, str], message: str
) -> None:
    line = {"OpportunityId": priced["opportunity"], "PricebookEntryId": priced["entry"]}
    assert clinic.refused("OpportunityLineItem", **line, **cells).message == message


def test_line_of_another_price_book_is_refused(clinic: Bench, priced: dict[str, str]) -> None:
    book = clinic.insert("Pricebook2", Name="Other", IsActive="true")
    entry = clinic.insert(
        "PricebookEntry",
        Pricebook2Id=book,
        Product2Id=priced["product"],
        UnitPrice="1",
        IsActive="true",
    )
    line = {"OpportunityId": priced["opportunity"], "Quantity": "1", "UnitPrice": "1"}
    clinic.insert("OpportunityLineItem", **line, PricebookEntryId=priced["entry"])
    refusal = clinic.refused("OpportunityLineItem", **line, PricebookEntryId=entry)
    assert refusal.code == "FIELD_INTEGRITY_EXCEPTION"


def test_custom_price_needs_the_standard_price_first_contract_4_11(clinic: Bench) -> None:
    book = clinic.insert("Pricebook2", Name="Other", IsActive="true")
    product = clinic.insert("Product2", Name="p")
    refusal = clinic.refused("PricebookEntry", Pricebook2Id=book, Product2Id=product, UnitPrice="1")
    assert (refusal.code, refusal.message) == (
        "STANDARD_PRICE_NOT_DEFINED",
        "Before creating a custom price, create a standard price.",
    )


def test_price_of_a_product_is_there_once_per_book(clinic: Bench, priced: dict[str, str]) -> None:
    again = {"Pricebook2Id": priced["book"], "Product2Id": priced["product"], "UnitPrice": "1"}
    assert clinic.refused("PricebookEntry", **again).code == "DUPLICATE_VALUE"


CREATE_ONLY = {
    "PricebookEntry": ("Pricebook2Id", "book", "entry"),
    "Opportunity": ("ContactId", "contact", "opportunity"),
}


@pytest.mark.parametrize("sobject", CREATE_ONLY)
def test_create_only_field_is_refused_on_an_existing_row_contract_11(
    clinic: Bench, priced: dict[str, str], sobject: str
) -> None:
    name, value, record = CREATE_ONLY[sobject]
    priced["contact"] = clinic.insert("Contact", LastName="a")
    refusal = clinic.refused(sobject, "update", Id=priced[record], **{name: priced[value]})
    assert (refusal.code, refusal.fields) == ("INVALID_FIELD_FOR_INSERT_UPDATE", (name,))


def test_an_asset_shows_what_its_product_is(clinic: Bench) -> None:
    owner = clinic.insert("Account", Name="a")
    product = clinic.insert("Product2", Name="Lens", ProductCode="L-1", Description="clear")
    asset = clinic.insert("Asset", Name="lens", AccountId=owner, Product2Id=product)
    shown = f"SELECT ProductCode, ProductDescription FROM Asset WHERE Id = '{asset}'"
    assert clinic.rows(shown) == [("L-1", "clear")]
    clinic.write("Product2", "update", {"Id": [product], "ProductCode": ["L-2"]})
    assert clinic.rows(shown) == [("L-2", "clear")]
    clinic.write("Asset", "update", {"Id": [asset], "Product2Id": [NULL]})
    assert clinic.rows(shown) == [(None, None)]
