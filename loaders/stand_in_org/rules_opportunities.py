"""Opportunities: what their stage implies, and what their lines do to them."""

# ruff: noqa: S608 - names come from the catalogue and are quoted, so are the values
from __future__ import annotations

from loaders.stand_in_org.change import BEFORE, Change, World
from loaders.stand_in_org.store import literal


def fill(change: Change) -> None:
    """Derive closed, won, forecast, probability and fiscal period from the stage and the date."""
    stages = "(SELECT * FROM OpportunityStage) AS s"
    here = "s.MasterLabel = StageName"
    if change.sends("StageName"):
        moved = f"SELECT i.Id FROM _image AS i JOIN {BEFORE} AS b ON b.Id = i.Id"
        changes = "_new"
        if change.key is not None:
            changes = (
                f"(_new OR _image.Id IN ({moved} WHERE b.StageName IS DISTINCT FROM i.StageName))"
            )
        change.fill("LastStageChangeDate", change.world.moment(), where=changes)
        for column, start in (
            ("IsClosed", "false"),
            ("IsWon", "false"),
            ("ForecastCategory", "'Pipeline'"),
        ):
            change.fill(column, start, where=changes)
        change.fill_from(
            {
                "IsClosed": "s.IsClosed",
                "IsWon": "s.IsWon",
                "ForecastCategory": "s.ForecastCategory",
            },
            source=stages,
            on=here,
        )
        for column, implied in (
            ("Probability", "s.DefaultProbability"),
            ("ForecastCategoryName", "s.ForecastCategoryName"),
        ):
            change.fill_from(
                {column: implied},
                source=stages,
                on=f"{here} AND {changes} AND NOT {change.sent(column)}",
            )
    _fill_amounts(change)


def _fill_amounts(change: Change) -> None:
    if change.sends("Amount") and change.key is not None:
        # With lines the amount is their sum: what a client sends is ignored, not refused.
        change.fill_from(
            {"Amount": "b.Amount"},
            source=f"{BEFORE} AS b",
            on="b.Id = _image.Id AND b.HasOpportunityLineItem",
        )
    change.fill("ExpectedRevenue", "CAST(Amount * Probability / 100 AS DECIMAL(18,2))")
    change.fill("FiscalYear", "year(CloseDate)")
    change.fill("FiscalQuarter", "quarter(CloseDate)")
    change.fill("Fiscal", "year(CloseDate) || ' ' || quarter(CloseDate)")


def check(change: Change) -> None:
    """Refuse another price book under existing lines."""
    if change.key is None or not change.sends("Pricebook2Id"):
        return
    kept = f"SELECT i.Id FROM _image AS i JOIN {BEFORE} AS b ON b.Id = i.Id"
    change.fail(
        f"Id IN ({kept} WHERE b.HasOpportunityLineItem"
        " AND b.Pricebook2Id IS DISTINCT FROM i.Pricebook2Id)",
        code="FIELD_INTEGRITY_EXCEPTION",
        message=literal("Cannot change the price book of an opportunity that has products"),
        fields=("Pricebook2Id",),
    )


def fill_line(change: Change) -> None:
    """Derive a line's product, names and prices from its entry, quantity and given price."""
    change.fill_from(
        {
            "Product2Id": "e.Product2Id",
            "ProductCode": "e.ProductCode",
            "ListPrice": "e.UnitPrice",
        },
        source='"PricebookEntry" AS e',
        on="e.Id = PricebookEntryId",
    )
    change.fill_from(
        {"Name": "substr(o.Name || ' ' || coalesce(p.Name, ''), 1, 376)"},
        source='"Opportunity" AS o, "Product2" AS p',
        on="o.Id = OpportunityId AND p.Id = _image.Product2Id",
    )
    part = "(1 - coalesce(Discount, 0) / 100)"
    unit, total = change.sent("UnitPrice"), change.sent("TotalPrice")
    quantity = f"(NOT _new AND {change.sent('Quantity')} AND NOT {unit} AND NOT {total})"
    change.fill(
        "UnitPrice",
        f"TRY_CAST(CAST(TotalPrice AS DOUBLE) / nullif(Quantity * {part}, 0) AS DECIMAL(18,2))",
        # A new quantity alone keeps the total and moves the unit price.
        where=f"({total} AND NOT {unit}) OR {quantity}",
    )
    change.fill(
        "TotalPrice",
        f"TRY_CAST(UnitPrice * Quantity * {part} AS DECIMAL(18,2))",
        where=f"NOT ({total} AND NOT {unit}) AND NOT {quantity}",
    )
    change.fill("Subtotal", "TRY_CAST(UnitPrice * Quantity AS DECIMAL(18,2))")


def check_line(change: Change) -> None:
    """Refuse lines without entry or price, of no quantity, or of another price book."""
    for name in ("PricebookEntryId", "UnitPrice"):
        change.fail(
            f"{name} IS NULL AND Quantity != 0",
            code="REQUIRED_FIELD_MISSING",
            message=literal(f"Required fields are missing: [{name}]"),
            fields=(name,),
        )
    both = f"{change.sent('UnitPrice')} AND {change.sent('TotalPrice')}"
    given = "UnitPrice IS NOT NULL AND TotalPrice IS NOT NULL"
    refusals = (
        ("Quantity = 0", "Quantity must not be zero", ("Quantity",)),
        (
            f"{both} AND {given}",
            "You can't specify both TotalPrice and UnitPrice",
            ("TotalPrice", "UnitPrice"),
        ),
        (
            "_new AND PricebookEntryId NOT IN"
            ' (SELECT Id FROM "PricebookEntry" WHERE IsActive AND NOT IsDeleted)',
            "The price book entry is inactive",
            ("PricebookEntryId",),
        ),
        (
            f"_new AND _n NOT IN ({_in_the_right_book()})",
            "The pricebook entry is in a different pricebook than the one assigned to the"
            " opportunity",
            ("PricebookEntryId",),
        ),
    )
    for condition, message, fields in refusals:
        change.fail(
            condition, code="FIELD_INTEGRITY_EXCEPTION", message=literal(message), fields=fields
        )


def _in_the_right_book() -> str:
    """Give the rows whose entry is of the opportunity's book; its first line chooses it."""
    return (
        "SELECT _n FROM (SELECT i._n, e.Pricebook2Id AS book, coalesce(o.Pricebook2Id,"
        " first_value(e.Pricebook2Id) OVER (PARTITION BY o.Id ORDER BY i._n)) AS wanted"
        ' FROM _image AS i JOIN "PricebookEntry" AS e ON e.Id = i.PricebookEntryId'
        ' JOIN "Opportunity" AS o ON o.Id = i.OpportunityId WHERE i._e IS NULL)'
        " WHERE book = wanted"
    )


def after_line(change: Change) -> None:
    """Bring the opportunities of the written lines up to date."""
    change.run(
        "CREATE OR REPLACE TEMP TABLE _rolled AS SELECT DISTINCT OpportunityId AS id"
        " FROM _image WHERE _e IS NULL"
    )
    roll_up(change.world)


def roll_up(world: World) -> None:
    """Sum up the lines of the opportunities in `_rolled`; the first line sets the price book."""
    world.run(
        "CREATE OR REPLACE TEMP TABLE _sums AS SELECT r.id, count(l.Id) AS lines,"
        " coalesce(sum(l.TotalPrice), 0) AS amount, coalesce(sum(l.Quantity), 0) AS quantity,"
        " arg_min(e.Pricebook2Id, l.Id) AS book FROM _rolled AS r"
        ' LEFT JOIN "OpportunityLineItem" AS l ON l.OpportunityId = r.id AND NOT l.IsDeleted'
        ' LEFT JOIN "PricebookEntry" AS e ON e.Id = l.PricebookEntryId GROUP BY r.id'
    )
    world.run(
        'UPDATE "Opportunity" AS o SET Amount = s.amount, HasOpportunityLineItem = s.lines > 0,'
        " TotalOpportunityQuantity = s.quantity, Pricebook2Id = coalesce(o.Pricebook2Id, s.book),"
        " ExpectedRevenue = CAST(s.amount * o.Probability / 100 AS DECIMAL(18,2)),"
        f" {world.stamp()} FROM _sums AS s WHERE s.id = o.Id AND NOT o.IsDeleted"
    )
