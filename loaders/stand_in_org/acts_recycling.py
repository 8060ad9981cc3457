"""The recycle bin: records taken back out of it, and the bin emptied."""

# ruff: noqa: S608 - names come from the catalogue and are quoted, so are the values
from __future__ import annotations

import pyarrow as pa

from loaders.stand_in_org import rules_files
from loaders.stand_in_org.acts_records import Which, chosen
from loaders.stand_in_org.change import World
from loaders.stand_in_org.dml_delete import DOOMED, lookups_to
from loaders.stand_in_org.dml_draft import comparable
from loaders.stand_in_org.errors import ApiError
from loaders.stand_in_org.model import SObject
from loaders.stand_in_org.org import Org
from loaders.stand_in_org.store import literal, quoted


def undelete(org: Org, which: Which, *, user_id: str) -> list[str]:
    """
    Take records out of the bin, with the children that went along in the same delete.

    Raises:
        ApiError: 400 for a record that is not in the bin, was merged away, or whose unique value
            another record holds by now.

    """
    with org.acting(user_id) as world:
        ids = chosen(org, which, connection=world.connection, user_id=user_id, deleted=True)
        table = pa.table({"id": pa.array(ids, pa.string())})
        world.connection.register("_ids_in", table)
        world.run(
            "CREATE OR REPLACE TEMP TABLE _back AS SELECT"
            f" {literal(which.sobject.name)} AS sobject, t.Id AS id, t.LastModifiedDate AS at,"
            f" t.LastModifiedById AS who FROM {quoted(which.sobject.table)} AS t"
            " INNER JOIN _ids_in ON _ids_in.id = t.Id WHERE t.IsDeleted"
            + _not_merged(which.sobject)
        )
        world.connection.unregister("_ids_in")
        if world.one("SELECT count(*) FROM _back") != len(ids):
            raise ApiError(400, "UNDELETE_FAILED", "Entity is not in the recycle bin")
        for sobject in _spread(world, which.sobject):
            _take_back(world, sobject)
        return ids


def _not_merged(sobject: SObject) -> str:
    return " AND t.MasterRecordId IS NULL" if "masterrecordid" in sobject.fields else ""


def _spread(world: World, sobject: SObject) -> list[SObject]:
    """Collect into `_back` the children that went along; give the objects they are of."""
    frontier, touched = [sobject], [sobject]
    while frontier:
        reached = []
        for parent in frontier:
            for child, field in lookups_to(world.catalogue, parent):
                if field.delete_constraint != "Cascade" or "isdeleted" not in child.fields:
                    continue
                before = world.one("SELECT count(*) FROM _back")
                world.run(
                    f"INSERT INTO _back SELECT {literal(child.name)}, c.Id, c.LastModifiedDate,"
                    f" c.LastModifiedById FROM {quoted(child.table)} AS c INNER JOIN _back AS b"
                    f" ON b.id = c.{quoted(field.name)} AND b.at = c.LastModifiedDate"
                    " AND b.who = c.LastModifiedById WHERE c.IsDeleted"
                    " AND c.Id NOT IN (SELECT id FROM _back)"
                )
                if world.one("SELECT count(*) FROM _back") != before:
                    reached.append(child)
        frontier = list({one.name: one for one in reached}.values())
        touched += frontier
    return list({one.name: one for one in touched}.values())


def _take_back(world: World, sobject: SObject) -> None:
    table = quoted(sobject.table)
    mine = f"SELECT id FROM _back WHERE sobject = {literal(sobject.name)}"
    for field in sobject.fields.values():
        if not field.unique:
            continue
        held = comparable(field, quoted(field.name))
        rival = world.one(
            f"SELECT min(Id) FROM {table} WHERE NOT IsDeleted AND {held} IN"
            f" (SELECT {held} FROM {table} WHERE Id IN ({mine}))"
        )
        if rival is not None:
            raise ApiError(
                400,
                "DUPLICATE_VALUE",
                f"duplicate value found: {field.name} duplicates value on record with id: {rival}",
            )
    world.run(f"UPDATE {table} SET IsDeleted = false, {world.stamp()} WHERE Id IN ({mine})")


def empty_bin(org: Org, *, user_id: str) -> list[str]:
    """Remove every deleted record, and the bodies of deleted files; give their ids."""
    gone: list[str] = []
    with org.acting(user_id) as world:
        for sobject in world.catalogue.values():
            table = quoted(sobject.table)
            world.run(
                f"CREATE OR REPLACE TEMP TABLE {DOOMED} AS"
                f" SELECT {literal(sobject.name)} AS sobject, Id AS id FROM {table} WHERE IsDeleted"
            )
            found = world.run(f"SELECT id FROM {DOOMED} ORDER BY id").fetchall()
            if not found:
                continue
            rules_files.remove_bodies(world)
            world.run(f"DELETE FROM {table} WHERE IsDeleted")
            gone += [str(record_id) for (record_id,) in found]
    return gone
