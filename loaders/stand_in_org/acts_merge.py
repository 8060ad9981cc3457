"""Merging: the master keeps its values and gets the children; the losers name it as theirs."""

# ruff: noqa: S608 - names come from the catalogue and are quoted, so are the values
from __future__ import annotations

from collections.abc import Sequence

from loaders.stand_in_org.change import World
from loaders.stand_in_org.dml_delete import lookups_to
from loaders.stand_in_org.errors import ApiError
from loaders.stand_in_org.model import SObject
from loaders.stand_in_org.org import Org
from loaders.stand_in_org.store import literal, quoted

# Objects that hold one record for each pair: a child of both the master and a loser is one.
_PAIRS = {
    "ContentDocumentLink": ("ContentDocumentId", "LinkedEntityId", "Id"),
    "AccountContactRelation": ("AccountId", "ContactId", "IsDirect DESC, Id"),
}


def merge(
    org: Org, sobject: SObject, master: str, losers: Sequence[str], *, user_id: str
) -> list[str]:
    """
    Merge records; give the ids of the losers.

    Raises:
        ApiError: 400 when one of the records is not there, or is named twice.

    """
    named = [master, *losers]
    with org.acting(user_id) as world:
        ids = ", ".join(f"_id18({literal(one)})" for one in named)
        table = quoted(sobject.table)
        alive = world.one(f"SELECT count(*) FROM {table} WHERE Id IN ({ids}) AND NOT IsDeleted")
        if alive != len(named):
            raise ApiError(400, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
        world.run(
            "CREATE OR REPLACE TEMP TABLE _merged AS SELECT Id AS id,"
            f" _id18({literal(master)}) AS master FROM {table}"
            f" WHERE Id IN ({ids}) AND Id != _id18({literal(master)})"
        )
        for child, field in lookups_to(world.catalogue, sobject):
            if field.name != "MasterRecordId":
                _reparent(world, child, field.name)
        for name, (one, other, order) in _PAIRS.items():
            if name.lower() in world.catalogue:
                _keep_one(world, world.catalogue[name.lower()], f"{one}, {other}", order)
        world.run(
            f"UPDATE {table} AS t SET IsDeleted = true, MasterRecordId = m.master,"
            f" {world.stamp()} FROM _merged AS m WHERE m.id = t.Id"
        )
        world.run(f"UPDATE {table} SET {world.stamp()} WHERE Id = _id18({literal(master)})")
        found = world.run("SELECT id FROM _merged ORDER BY id").fetchall()
        return [str(one) for (one,) in found]


def _reparent(world: World, child: SObject, name: str) -> None:
    column = quoted(name)
    world.run(
        f"UPDATE {quoted(child.table)} AS c SET {column} = m.master, {world.stamp()}"
        f" FROM _merged AS m WHERE m.id = c.{column} AND NOT c.IsDeleted"
    )


def _keep_one(world: World, sobject: SObject, pair: str, order: str) -> None:
    table = quoted(sobject.table)
    if sobject.name == "AccountContactRelation":
        # A loser's relation to its own account is not the master's direct one.
        world.run(
            f"UPDATE {table} SET IsDirect = false WHERE IsDirect AND NOT IsDeleted AND ContactId IN"
            " (SELECT master FROM _merged) AND AccountId IS DISTINCT FROM (SELECT c.AccountId"
            f' FROM "Contact" AS c WHERE c.Id = {table}.ContactId)'
        )
    world.run(
        f"UPDATE {table} SET IsDeleted = true, {world.stamp()} WHERE Id IN (SELECT Id FROM"
        f" (SELECT Id, row_number() OVER (PARTITION BY {pair} ORDER BY {order}) AS place"
        f" FROM {table} WHERE NOT IsDeleted) WHERE place > 1)"
    )
