"""Account-contact relations: the direct ones are the org's own, the others are the client's."""

# ruff: noqa: S608 - names come from the catalogue and are quoted, so are the values
from __future__ import annotations

from loaders.stand_in_org import ids
from loaders.stand_in_org.change import IMAGE, MADE_COLUMNS, Change, World
from loaders.stand_in_org.store import literal

_SETTING = "AccountSettings.enableRelateContactToMultipleAccounts"


def is_on(world: World) -> bool:
    """Tell whether the org lets a contact belong to several accounts."""
    return bool(
        world.one("SELECT count(*) FROM \"_setting\" WHERE name = ? AND value = 'true'", [_SETTING])
    )


def complete(world: World, *, contacts: str = 'SELECT Id FROM "Contact"') -> None:
    """Make the direct relation of every living contact that has an account and none yet."""
    if not is_on(world):
        return
    world.run(
        "CREATE OR REPLACE TEMP TABLE _direct AS SELECT c.Id AS contact, c.AccountId AS account,"
        ' row_number() OVER (ORDER BY c.Id) - 1 AS place FROM "Contact" AS c'
        f" WHERE c.Id IN ({contacts}) AND NOT c.IsDeleted AND c.AccountId IS NOT NULL"
        ' AND NOT EXISTS (SELECT 1 FROM "AccountContactRelation" AS r WHERE NOT r.IsDeleted'
        " AND r.ContactId = c.Id AND r.AccountId = c.AccountId)"
    )
    count = int(world.one("SELECT count(*) FROM _direct") or 0)
    if count == 0:
        return
    first = ids.reserve(world.connection, "07k", count=count)
    world.run(
        f'INSERT INTO "AccountContactRelation" (Id, {MADE_COLUMNS}, AccountId, ContactId,'
        f" IsActive, IsDirect) SELECT _new_id('07k', {first} + place), {world.made()},"
        " account, contact, true, true FROM _direct ORDER BY place"
    )


def after_contact(change: Change) -> None:
    """Keep each contact's direct relation at its account; a former account's goes."""
    world = change.world
    if not change.sends("AccountId") or not is_on(world):
        return
    contacts = f"SELECT Id FROM {IMAGE} WHERE _e IS NULL"
    if change.key is not None:
        world.run(
            f'UPDATE "AccountContactRelation" AS r SET IsDeleted = true, {world.stamp()}'
            f" FROM {IMAGE} AS i WHERE i.Id = r.ContactId AND i._e IS NULL AND r.IsDirect"
            " AND NOT r.IsDeleted AND r.AccountId IS DISTINCT FROM i.AccountId"
        )
        world.run(
            f'UPDATE "AccountContactRelation" AS r SET IsDirect = true, {world.stamp()}'
            f" FROM {IMAGE} AS i WHERE i.Id = r.ContactId AND i._e IS NULL AND NOT r.IsDirect"
            " AND NOT r.IsDeleted AND r.AccountId = i.AccountId"
        )
    complete(world, contacts=contacts)


def check_member(change: Change) -> None:
    """Refuse a user who is in the account's team already (in these words: unsure)."""
    refuse_second(
        change, ("AccountId", "UserId"), message="This user is already a member of the account team"
    )


def refuse_second(
    change: Change, names: tuple[str, ...], *, message: str, code: str = "DUPLICATE_VALUE"
) -> None:
    """Refuse a second record with the same values in all of these fields."""
    same = " AND ".join(f"r.{name} = {IMAGE}.{name}" for name in names)
    there = f'SELECT 1 FROM "{change.sobject.table}" AS r WHERE NOT r.IsDeleted AND {same}'
    again = (
        f"SELECT _n FROM (SELECT _n, row_number() OVER (PARTITION BY {', '.join(names)}"
        f" ORDER BY _n) AS place FROM {IMAGE} WHERE _e IS NULL AND _new) WHERE place > 1"
    )
    change.fail(
        f"_new AND (EXISTS ({there}) OR _n IN ({again}))",
        code=code,
        message=literal(message),
        fields=(),
    )


def check(change: Change) -> None:
    """Refuse a second relation of the same two, and contacts without an account."""
    refuse_second(
        change,
        ("AccountId", "ContactId"),
        message="A relationship between this account and this contact already exists",
    )
    change.fail(
        '_new AND ContactId IN (SELECT Id FROM "Contact" WHERE AccountId IS NULL)',
        code="FIELD_INTEGRITY_EXCEPTION",
        message=literal("A private contact cannot be related to an account"),
        fields=("ContactId",),
    )
