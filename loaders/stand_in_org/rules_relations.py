"""Account-contact relations: the direct ones are the org's own, the others are the client's."""

# ruff: noqa: S608 - names come from the catalogue and are quoted, so are the values
from __future__ import annotations

from loaders.stand_in_org import ids
from loaders.stand_in_org.change import World
from loaders.stand_in_org.store import literal

_SETTING = "AccountSettings.enableRelateContactToMultipleAccounts"


def is_on(world: World) -> bool:
    """Tell whether the org lets a contact belong to several accounts."""
    return bool(
        world.one("SELECT count(*) FROM \"_setting\" WHERE name = ? AND value = 'true'", [_SETTING])
    )


def complete(world: World) -> None:
    """Make the direct relation of every living contact that has an account and none yet."""
    if not is_on(world):
        return
    world.run(
        "CREATE OR REPLACE TEMP TABLE _direct AS SELECT c.Id AS contact, c.AccountId AS account,"
        ' row_number() OVER (ORDER BY c.Id) - 1 AS place FROM "Contact" AS c'
        ' LEFT JOIN "AccountContactRelation" AS r ON r.ContactId = c.Id'
        " AND r.AccountId = c.AccountId AND NOT r.IsDeleted"
        " WHERE NOT c.IsDeleted AND c.AccountId IS NOT NULL AND r.Id IS NULL"
    )
    count = int(world.one("SELECT count(*) FROM _direct") or 0)
    first = ids.reserve(world.connection, "07k", count=count)
    now, user = f"TIMESTAMP '{world.now.isoformat(sep=' ')}'", literal(world.user_id)
    world.run(
        'INSERT INTO "AccountContactRelation" (Id, IsDeleted, CreatedDate, CreatedById,'
        " LastModifiedDate, LastModifiedById, SystemModstamp, AccountId, ContactId, IsActive,"
        f" IsDirect) SELECT _new_id('07k', {first} + place), false, {now}, {user}, {now}, {user},"
        f" {now}, account, contact, true, true FROM _direct ORDER BY place"
    )
