"""Deletes: what goes along with a record, what stands in the way, and what is left behind."""

# ruff: noqa: S608 - names come from the catalogue and are quoted, so are the values
from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from loaders.stand_in_org import rules_delete, rules_locks
from loaders.stand_in_org.catalogue import seen_fields
from loaders.stand_in_org.change import OUTCOME, World
from loaders.stand_in_org.dml import read_outcome, start_outcome
from loaders.stand_in_org.dml_draft import CHUNK
from loaders.stand_in_org.dml_types import error_struct
from loaders.stand_in_org.model import ChildRelationship, Field, HeaderError, SObject
from loaders.stand_in_org.settings import Settings
from loaders.stand_in_org.store import literal, quoted

# The records that would go: the row that asked (root), the object and the record.
DOOMED = "_doomed"


def lookups_to(catalogue: Mapping[str, SObject], parent: SObject) -> list[tuple[SObject, Field]]:
    """List the lookups of all objects that may point at this one."""
    return [
        (child, field)
        for child in catalogue.values()
        for field in seen_fields(child).values()
        if field.type == "reference" and parent.name in field.reference_to
    ]


def child_relationships(
    catalogue: Mapping[str, SObject], parent: SObject
) -> list[ChildRelationship]:
    """List the lookups of all objects that point at this one, as describe tells them."""
    return [
        ChildRelationship(
            child=child.name,
            field=field.name,
            relationship_name=field.child_relationship_name,
            cascade_delete=field.delete_constraint == "Cascade",
            restricted_delete=field.delete_constraint == "Restrict",
        )
        for child, field in lookups_to(catalogue, parent)
    ]


def _read_ids(world: World, sobject: SObject, rows: pa.Table) -> None:
    """Read the ids into `_asked` and give each row that cannot be a record its error."""
    numbered = rows.rename_columns(["given"]).append_column(
        "_n", pa.array(range(rows.num_rows), pa.int64())
    )
    label = sobject.fields["id"].label
    malformed = error_struct(
        "MALFORMED_ID",
        f"{literal(label + ': id value of incorrect type: ')} || coalesce(given, '')",
        ("Id",),
    )
    missing = error_struct(
        "MISSING_ARGUMENT", literal("Id not specified in a delete call"), ("Id",)
    )
    lost = error_struct("INVALID_CROSS_REFERENCE_KEY", literal("invalid cross reference id"), ())
    gone = error_struct("ENTITY_IS_DELETED", literal("entity is deleted"), ())
    form = "regexp_full_match(given, '[A-Za-z0-9]{15}([A-Za-z0-9]{3})?')"
    world.connection.register("_incoming", numbered)
    world.run(
        "CREATE OR REPLACE TEMP TABLE _asked AS WITH given AS ("
        " SELECT _n, _org_text(given) AS given FROM _incoming),"
        f" typed AS (SELECT *, CASE WHEN {form} THEN _id18(given) END AS _id,"
        " row_number() OVER (PARTITION BY substr(given, 1, 15) ORDER BY _n) AS _place"
        f" FROM given) SELECT _n, _n // {CHUNK} AS _chunk, _id, CASE"
        f" WHEN given IS NULL THEN {missing}"
        f" WHEN _id IS NULL OR substr(_id, 1, 3) != {literal(sobject.key_prefix)} THEN {malformed}"
        f" WHEN t.Id IS NULL THEN {lost}"
        f" WHEN t.IsDeleted OR _place > 1 THEN {gone} END AS _e"
        f" FROM typed LEFT JOIN (SELECT Id, IsDeleted FROM {quoted(sobject.table)}"
        " WHERE Id IN (SELECT _id FROM typed)) AS t ON t.Id = typed._id"
    )
    world.connection.unregister("_incoming")


def _spread(world: World, sobject: SObject) -> list[SObject]:
    """Collect into `_doomed` everything that goes along; give the objects it touches."""
    world.run(
        f"CREATE OR REPLACE TEMP TABLE {DOOMED} AS SELECT _n AS root,"
        f" {literal(sobject.name)} AS sobject, _id AS id, 0 AS depth FROM _asked WHERE _e IS NULL"
    )
    frontier, touched, depth = [sobject], [sobject], 0
    while frontier:
        reached: list[SObject] = []
        for parent in frontier:
            for child, field in lookups_to(world.catalogue, parent):
                if field.delete_constraint == "Cascade" and _follow(
                    world, parent, child, field, depth=depth
                ):
                    reached.append(child)
        frontier = list({child.name: child for child in reached}.values())
        touched += frontier
        depth += 1
    return list({one.name: one for one in touched}.values())


def _follow(world: World, parent: SObject, child: SObject, field: Field, *, depth: int) -> bool:
    """Add the children by one lookup that are not doomed yet; tell whether there were any."""
    before = world.one(f"SELECT count(*) FROM {DOOMED}")
    world.run(
        f"INSERT INTO {DOOMED} SELECT min(d.root), {literal(child.name)}, c.Id, {depth + 1}"
        f" FROM {quoted(child.table)} AS c"
        f" INNER JOIN {DOOMED} AS d ON d.id = c.{quoted(field.name)}"
        f" WHERE d.sobject = {literal(parent.name)} AND d.depth = {depth} AND NOT c.IsDeleted"
        f" AND c.Id NOT IN (SELECT id FROM {DOOMED}) GROUP BY c.Id"
    )
    return bool(world.one(f"SELECT count(*) FROM {DOOMED}") != before)


def _check_restrictions(world: World, touched: list[SObject]) -> None:
    """Refuse the rows whose records a Restrict lookup of a surviving record holds."""
    for parent in touched:
        for child, field in lookups_to(world.catalogue, parent):
            if field.delete_constraint == "Restrict":
                name = "Name" if "name" in child.fields else "Id"
                rules_delete.refuse(
                    world,
                    holders=(
                        f"SELECT d.root, d.id AS held, c.{quoted(name)} AS holder"
                        f" FROM {DOOMED} AS d"
                        f" INNER JOIN {quoted(child.table)} AS c ON c.{quoted(field.name)} = d.id"
                        f" WHERE d.sobject = {literal(parent.name)} AND NOT c.IsDeleted"
                        f" AND c.Id NOT IN (SELECT id FROM {DOOMED})"
                    ),
                    what=f"{child.label} records",
                )


def _clear_lookups(world: World, touched: list[SObject]) -> None:
    """Empty the lookups of surviving records that pointed at what is going."""
    for parent in touched:
        for child, field in lookups_to(world.catalogue, parent):
            if field.delete_constraint == "SetNull":
                column = quoted(field.name)
                world.run(
                    f"UPDATE {quoted(child.table)} SET {column} = NULL WHERE NOT IsDeleted"
                    f" AND {column} IN (SELECT id FROM {DOOMED}"
                    f" WHERE sobject = {literal(parent.name)})"
                )


def _remove(world: World, touched: list[SObject], *, hard: bool) -> None:
    for sobject in touched:
        mine = f"Id IN (SELECT id FROM {DOOMED} WHERE sobject = {literal(sobject.name)})"
        table = quoted(sobject.table)
        if hard or "isdeleted" not in sobject.fields:
            world.run(f"DELETE FROM {table} WHERE {mine}")
        else:
            world.run(f"UPDATE {table} SET IsDeleted = true, {world.stamp()} WHERE {mine}")


def only_ids(verb: str, settings: Settings) -> str:
    """Say that a delete file has other columns; the org's own words are unsure (contract 2.6)."""
    return settings.worded(
        f"The '{verb}' batch must contain only ids", f"Only the Id column is allowed for {verb}"
    )


def delete(
    world: World, sobject: SObject, rows: pa.Table, *, all_or_none: bool, hard: bool
) -> pa.Table:
    """
    Delete the records whose ids are in the one column of `rows`.

    Raises:
        HeaderError: there is another column than Id.

    """
    if [name.lower() for name in rows.column_names] != ["id"]:
        verb = "hardDelete" if hard else "delete"
        raise HeaderError("InvalidBatch", only_ids(verb, world.settings), column="Id")
    start_outcome(world)
    _read_ids(world, sobject, rows)
    rules_delete.check_roots(world, sobject)
    touched = _spread(world, sobject)
    _check_restrictions(world, touched)
    rules_delete.check_doomed(world, touched)
    rules_locks.check_delete(world, sobject)
    if all_or_none:
        rules_delete.roll_back_all(world)
    # A refused row takes its whole tree out of what is going.
    world.run(f"DELETE FROM {DOOMED} WHERE root IN (SELECT _n FROM _asked WHERE _e IS NOT NULL)")
    rules_delete.before_removal(world, touched)
    _clear_lookups(world, touched)
    _remove(world, touched, hard=hard)
    rules_delete.after_removal(world, touched, hard=hard)
    world.run(f"INSERT INTO {OUTCOME} SELECT _n, _id, false, _e FROM _asked")
    return read_outcome(world)
