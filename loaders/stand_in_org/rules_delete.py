"""What a delete may not do, object by object, and what it sets in motion."""

# ruff: noqa: S608 - names come from the catalogue and are quoted, so are the values
from __future__ import annotations

from loaders.stand_in_org import rules_files, rules_opportunities
from loaders.stand_in_org.change import World
from loaders.stand_in_org.dml_types import error_struct
from loaders.stand_in_org.model import SObject
from loaders.stand_in_org.store import literal

_UNDELETABLE = "INSUFFICIENT_ACCESS_OR_READONLY"


def refuse(world: World, *, holders: str, what: str) -> None:
    """Refuse the asked rows that `holders` (root, held, holder) names, with the holders' names."""
    message = (
        "'Your attempt to delete ' || min(held) || ' could not be completed because it is"
        f" associated with the following ' || {literal(what)} || '.: '"
        " || string_agg(coalesce(holder, ''), ', ' ORDER BY holder)"
    )
    world.run(
        f"CREATE OR REPLACE TEMP TABLE _refused AS SELECT root, {message} AS message"
        f" FROM ({holders}) GROUP BY root"
    )
    error = error_struct("DELETE_FAILED", "_refused.message", ())
    world.run(
        f"UPDATE _asked SET _e = {error} FROM _refused"
        " WHERE _refused.root = _asked._n AND _asked._e IS NULL"
    )


def _forbid(world: World, condition: str, *, code: str, message: str) -> None:
    error = error_struct(code, literal(message), ())
    world.run(f"UPDATE _asked SET _e = {error} WHERE _e IS NULL AND ({condition})")


def check_roots(world: World, sobject: SObject) -> None:
    """Refuse records that may not be named in a delete although they may go with others."""
    match sobject.name:
        case "AccountContactRelation":
            _forbid(
                world,
                '_id IN (SELECT Id FROM "AccountContactRelation" WHERE IsDirect)',
                code="DELETE_FAILED",
                message="The direct relationship goes with the contact's account",
            )
        case "Pricebook2":
            _forbid(
                world,
                '_id IN (SELECT Id FROM "Pricebook2" WHERE IsStandard)',
                code="DELETE_FAILED",
                message="The standard price book cannot be deleted",
            )
        case _ if not sobject.deletable:
            _forbid(
                world,
                "true",
                code=_UNDELETABLE,
                message="insufficient access rights on object id",
            )


def check_doomed(world: World, touched: list[SObject]) -> None:
    """Refuse deletes for what holds a record: won opportunities an account, users a role."""
    if any(sobject.name == "Account" for sobject in touched):
        refuse(
            world,
            holders=(
                "SELECT d.root, d.id AS held, o.Name AS holder FROM _doomed AS d"
                ' INNER JOIN "Opportunity" AS o ON o.AccountId = d.id'
                " WHERE d.sobject = 'Account' AND o.IsWon AND NOT o.IsDeleted"
            ),
            what="opportunities",
        )
    if any(sobject.name == "UserRole" for sobject in touched):
        refuse(
            world,
            holders=(
                "SELECT d.root, d.id AS held, u.Username AS holder FROM _doomed AS d"
                ' INNER JOIN "User" AS u ON u.UserRoleId = d.id'
                " WHERE d.sobject = 'UserRole'"
                " UNION ALL SELECT d.root, d.id, r.DeveloperName FROM _doomed AS d"
                ' INNER JOIN "UserRole" AS r ON r.ParentRoleId = d.id'
                " WHERE d.sobject = 'UserRole'"
            ),
            what="users or roles",
        )
    if any(sobject.name == "Territory2" for sobject in touched):
        refuse(
            world,
            holders=(
                "SELECT d.root, d.id AS held, t.DeveloperName AS holder FROM _doomed AS d"
                ' INNER JOIN "Territory2" AS t ON t.ParentTerritory2Id = d.id'
                " WHERE d.sobject = 'Territory2' AND NOT t.IsDeleted"
            ),
            what="territories",
        )


def roll_back_all(world: World) -> None:
    """Turn the good rows into rolled-back ones when any row is bad."""
    error = error_struct(
        "ALL_OR_NONE_OPERATION_ROLLED_BACK",
        literal(
            "Record rolled back because not all records were valid and the request was using"
            " AllOrNone header"
        ),
        (),
    )
    world.run(
        f"UPDATE _asked SET _e = {error} WHERE _e IS NULL"
        " AND (SELECT count(*) FROM _asked WHERE _e IS NOT NULL) > 0"
    )


def before_removal(world: World, touched: list[SObject]) -> None:
    """Change what depends on records that are still there."""
    names = {sobject.name for sobject in touched}
    if "OpportunityLineItem" in names:
        world.run(
            'CREATE OR REPLACE TEMP TABLE _lines AS SELECT OpportunityId FROM "OpportunityLineItem"'
            " WHERE Id IN (SELECT id FROM _doomed WHERE sobject = 'OpportunityLineItem')"
        )
    if "PricebookEntry" in names:
        # An entry that a line uses is archived instead of removed (contract 7, fact 8).
        world.run(
            'UPDATE "PricebookEntry" SET IsArchived = true, IsActive = false'
            " WHERE Id IN (SELECT id FROM _doomed WHERE sobject = 'PricebookEntry')"
            ' AND Id IN (SELECT PricebookEntryId FROM "OpportunityLineItem" WHERE NOT IsDeleted)'
        )
        world.run(
            "DELETE FROM _doomed WHERE sobject = 'PricebookEntry'"
            ' AND id IN (SELECT Id FROM "PricebookEntry" WHERE IsArchived)'
        )


def after_removal(world: World, touched: list[SObject], *, hard: bool) -> None:
    """Bring the survivors up to date: opportunity totals, the bodies of files gone for good."""
    names = {sobject.name for sobject in touched}
    if "OpportunityLineItem" in names:
        world.run(
            "CREATE OR REPLACE TEMP TABLE _rolled AS"
            " SELECT DISTINCT OpportunityId AS id FROM _lines"
        )
        rules_opportunities.roll_up(world)
    if hard and "ContentVersion" in names:
        rules_files.remove_bodies(world)
