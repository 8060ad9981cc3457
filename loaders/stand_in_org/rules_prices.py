"""Price book entries, a standard price first; and assets, of a product and of somebody."""

# ruff: noqa: S608 - names come from the catalogue and are quoted, so are the values
from __future__ import annotations

from loaders.stand_in_org.change import IMAGE, Change
from loaders.stand_in_org.store import literal

_STANDARD = 'SELECT Id FROM "Pricebook2" WHERE IsStandard'
_STANDARD_PRICES = (
    'SELECT Product2Id, UnitPrice FROM "PricebookEntry"'
    f" WHERE NOT IsDeleted AND Pricebook2Id IN ({_STANDARD})"
)


# What an asset shows of its product, and where the product has it.
_OF_PRODUCT = {
    "ProductCode": "ProductCode",
    "ProductDescription": "Description",
    "ProductFamily": "Family",
    "StockKeepingUnit": "StockKeepingUnit",
}


def fill(change: Change) -> None:
    """Take names from the product, and the price from the standard book where asked for."""
    change.fill_from(
        {"Name": "p.Name", "ProductCode": "p.ProductCode"},
        source='"Product2" AS p',
        on="p.Id = Product2Id",
    )
    change.fill_from(
        {"UnitPrice": "s.UnitPrice"},
        source=f"({_STANDARD_PRICES}) AS s",
        on=f"s.Product2Id = {IMAGE}.Product2Id AND UseStandardPrice",
    )
    # No price is missing where the standard one is asked for; whether there is one is checked.
    change.fill("UnitPrice", "0", where="UseStandardPrice AND UnitPrice IS NULL")


def check(change: Change) -> None:
    """Refuse entries before the standard price, or there already."""
    # Rows of the same file do not count: the standard prices are a pass of their own.
    change.fail(
        f"_new AND Pricebook2Id NOT IN ({_STANDARD})"
        f" AND Product2Id NOT IN (SELECT Product2Id FROM ({_STANDARD_PRICES}))",
        code="STANDARD_PRICE_NOT_DEFINED",
        message=literal("Before creating a custom price, create a standard price."),
        fields=(),
    )
    there = (
        'SELECT 1 FROM "PricebookEntry" AS e WHERE NOT e.IsDeleted AND NOT e.IsArchived'
        f" AND e.Pricebook2Id = {IMAGE}.Pricebook2Id AND e.Product2Id = {IMAGE}.Product2Id"
    )
    again = (
        f"SELECT _n FROM (SELECT _n, row_number() OVER (PARTITION BY Pricebook2Id, Product2Id"
        f" ORDER BY _n) AS place FROM {IMAGE} WHERE _e IS NULL AND _new) WHERE place > 1"
    )
    change.fail(
        f"_new AND (EXISTS ({there}) OR _n IN ({again}))",
        code="DUPLICATE_VALUE",
        message=literal("This price definition already exists in this price book"),
        fields=(),
    )


def after_product(change: Change) -> None:
    """Carry what a product is called now into its entries and its assets."""
    if change.key is None:
        return
    change.run(
        'UPDATE "PricebookEntry" AS e SET Name = i.Name, ProductCode = i.ProductCode'
        f" FROM {IMAGE} AS i WHERE i.Id = e.Product2Id AND i._e IS NULL AND NOT i._new"
        " AND (e.Name IS DISTINCT FROM i.Name OR e.ProductCode IS DISTINCT FROM i.ProductCode)"
    )
    sets = ", ".join(f"{shown} = i.{own}" for shown, own in _OF_PRODUCT.items())
    change.run(
        f'UPDATE "Asset" AS a SET {sets} FROM {IMAGE} AS i'
        " WHERE i.Id = a.Product2Id AND i._e IS NULL AND NOT i._new"
    )


def fill_asset(change: Change) -> None:
    """Show on an asset what its product is."""
    change.fill_all(dict.fromkeys(_OF_PRODUCT, "NULL"), where="Product2Id IS NULL")
    change.fill_from(
        {shown: f"p.{own}" for shown, own in _OF_PRODUCT.items()},
        source='"Product2" AS p',
        on=f"p.Id = {IMAGE}.Product2Id",
    )


def check_asset(change: Change) -> None:
    """Refuse assets that belong to nobody."""
    change.fail(
        "AccountId IS NULL AND ContactId IS NULL",
        code="FIELD_INTEGRITY_EXCEPTION",
        message=literal("Every asset needs an account, a contact, or both."),
        fields=("AccountId", "ContactId"),
    )
