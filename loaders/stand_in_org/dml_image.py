"""The second half of a write: whole records as they will be, checked, then written at once."""

# ruff: noqa: S608 - names come from the catalogue and are quoted, so are the values
from __future__ import annotations

from loaders.stand_in_org import ids
from loaders.stand_in_org.catalogue import ACTIVITIES, AUDIT_FIELDS, sql_type
from loaders.stand_in_org.change import BEFORE, DRAFT, IMAGE, MATCH, Change
from loaders.stand_in_org.dml_draft import comparable, parents, value_of
from loaders.stand_in_org.dml_match import match, match_error
from loaders.stand_in_org.dml_types import error_struct, value
from loaders.stand_in_org.model import Field
from loaders.stand_in_org.store import literal, quoted, stored_fields

_NEVER_UPDATED = {"Id", "CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById"}


def _default(change: Change, field: Field) -> str:
    moment = f"TIMESTAMP '{change.world.now.isoformat(sep=' ')}'"
    match field.name:
        case "CreatedDate" | "LastModifiedDate" | "SystemModstamp":
            return moment
        case "CreatedById" | "LastModifiedById" | "OwnerId":
            return literal(change.world.user_id)
        case "IsDeleted":
            return "false"
    if field.default_value is None:
        return "NULL"
    return value(field, literal(field.default_value))


def _numbered(field: Field, first: int) -> str:
    """Give the auto-number text of a new row: the display format with its digits filled."""
    form = field.display_format or "{0}"
    head, _, rest = form.partition("{")
    digits, _, tail = rest.partition("}")
    number = f"CAST({first} + m._place AS VARCHAR)"
    padded = (
        f"CASE WHEN length({number}) < {len(digits)} THEN lpad({number}, {len(digits)}, '0')"
        f" ELSE {number} END"
    )
    return f"{literal(head)} || {padded} || {literal(tail)}"


def _new_value(change: Change, field: Field, *, first: int, count: int) -> str:
    if field.name == "Id":
        return ids.numbered(change.sobject.key_prefix, "m._place", first=first)
    if field.auto_number:
        key = f"{change.sobject.name}.{field.name}"
        return _numbered(field, ids.reserve(change.world.connection, key, count=count))
    return _default(change, field)


def _columns(change: Change, *, count: int) -> list[str]:
    first = ids.reserve_ids(change.world.connection, change.sobject.key_prefix, count=count)
    positions = {target.field.name: i for i, target in enumerate(change.targets)}
    columns = []
    for field in stored_fields(change.sobject):
        name = quoted(field.name)
        base = f"b.{name}" if change.key is not None else "NULL"
        made = _new_value(change, field, first=first, count=count)
        kept = f"CASE WHEN m._id IS NULL THEN {made} ELSE {base} END"
        if field.name in positions and field.name != "Id":
            i = positions[field.name]
            cell = value_of(change, i)
            filled = field.default_value is not None and not field.nillable
            sent = f"d.s{i} AND NOT (m._id IS NULL AND {cell} IS NULL)" if filled else f"d.s{i}"
            kept = f"CASE WHEN {sent} THEN {cell} ELSE {kept} END"
        columns.append(f"CAST({kept} AS {sql_type(field)}) AS {name}")
    for name, i in positions.items():
        columns.append(f"d.s{i} AS {quoted('_s_' + name)}")
    columns += [
        f"d.v{i} AS _body" for i, t in enumerate(change.targets) if t.field.type == "base64"
    ]
    return columns


def make_image(change: Change, *, turn: int) -> None:
    """Build `_image`: one whole record per row of this round, new ones with their id."""
    count = match(change, turn=turn)
    looked_up = parents(change)
    errors = ", ".join(["d._e", *looked_up.errors, "d._key_error", match_error(change)])
    columns = ", ".join(_columns(change, count=count))
    base = f" LEFT JOIN {BEFORE} AS b ON b.Id = m._id" if change.key is not None else ""
    change.run(
        f"CREATE OR REPLACE TEMP TABLE {IMAGE} AS SELECT d._n, d._chunk, m._id IS NULL AS _new,"
        f" m._row, coalesce({errors}) AS _e, {columns}"
        f" FROM {DRAFT} AS d INNER JOIN {MATCH} AS m ON m._n = d._n{base}{looked_up.joins}"
    )
    change.touched.clear()


def _closed(change: Change, *, new: bool) -> list[str]:
    """List the sent fields that may not be set on a new, or on an existing, record."""
    upsert = change.operation == "upsert"
    closed = []
    for target in change.targets:
        field = change.visible[target.field.name.lower()]
        allowed = field.createable if new else field.updateable
        if new and upsert and field.name.lower() in AUDIT_FIELDS:
            # Audit fields are set by an insert, never by an upsert (contract 11).
            allowed = False
        if field.type != "id" and not allowed:
            closed.append(field.name)
    return closed


def check_writable(change: Change) -> None:
    """Refuse rows that send what may not be set: on insert, on update, or Id itself."""
    for new in (True, False):
        for name in _closed(change, new=new):
            change.fail(
                f"{'_new' if new else 'NOT _new'} AND {change.sent(name)}",
                code="INVALID_FIELD_FOR_INSERT_UPDATE",
                message=literal(
                    f"Unable to create/update fields: {name}. Please check the security settings"
                    " of this field and verify that it is read/write for your profile or"
                    " permission set."
                ),
                fields=(name,),
            )
    _check_id(change)


def _check_id(change: Change) -> None:
    position = next((i for i, t in enumerate(change.targets) if t.field.type == "id"), None)
    if position is None or position == change.key:
        return
    verb = "insert" if change.operation == "insert" else "upsert"
    change.fail(
        f"_n IN (SELECT _n FROM {DRAFT} WHERE v{position} IS NOT NULL)",
        code="INVALID_FIELD_FOR_INSERT_UPDATE",
        message=literal(f"cannot specify Id in an {verb} call"),
        fields=("Id",),
    )


def _hole(field: Field) -> str:
    """Give the condition of a missing value; what the org fills in is missed on update only."""
    missing = f"{quoted(field.name)} IS NULL"
    return f"{missing} AND NOT _new" if field.defaulted_on_create else missing


def check_required(change: Change) -> None:
    """Refuse rows that lack what a record cannot be without."""
    needed = [
        field
        for field in stored_fields(change.sobject)
        if field.createable and not field.nillable and field.type != "boolean"
    ]
    if not needed:
        return
    holes = ", ".join(
        f"CASE WHEN {_hole(field)} THEN {literal(field.name)} END" for field in needed
    )
    if not change.good(" OR ".join(f"({_hole(field)})" for field in needed)):
        return
    missing = f"list_filter(CAST([{holes}] AS VARCHAR[]), lambda x: x IS NOT NULL)"
    change.run(
        f"UPDATE {IMAGE} SET _e = struct_pack(code := 'REQUIRED_FIELD_MISSING',"
        f" message := 'Required fields are missing: [' || array_to_string({missing}, ', ')"
        f" || ']', fields := {missing}) WHERE _e IS NULL AND len({missing}) > 0"
    )


def _shared(change: Change, field: Field) -> bool:
    """Tell whether a field is Activity's: one of both objects, unique over both (contract 11)."""
    return field.custom and change.sobject.name in ACTIVITIES


def _met_its_holder(change: Change, field: Field) -> bool:
    """Tell whether whoever holds an upsert's key is the very record that the row means."""
    return not (_shared(change, field) or change.world.settings.deleted_hold_unique)


def _rivals(change: Change, field: Field, value_of: str) -> str:
    """Give the query of the living records that hold a value of a unique field."""
    tables = [change.sobject]
    if _shared(change, field):
        tables = [other for name in ("event", "task") if (other := change.world.find(name))]
    alive = "true" if change.world.settings.deleted_hold_unique else "NOT IsDeleted"
    return " UNION ALL ".join(
        f"SELECT Id, {value_of} AS held FROM {quoted(table.table)}"
        f" WHERE {alive} AND {value_of} IS NOT NULL"
        for table in tables
    )


def check_unique(change: Change) -> None:
    """Refuse rows whose unique value another record, or an earlier row, already holds."""
    for position, target in enumerate(change.targets):
        field = target.field
        if not field.unique or (position == change.key and _met_its_holder(change, field)):
            continue
        held = comparable(field, quoted(field.name))
        wanted = (
            f"SELECT _n, Id, {held} AS held FROM {IMAGE} WHERE _e IS NULL AND {held} IS NOT NULL"
        )
        change.run(
            "CREATE OR REPLACE TEMP TABLE _taken AS"
            f" WITH wanted AS ({wanted}), rivals AS ({_rivals(change, field, held)}),"
            f" early AS (SELECT held, arg_min(Id, _n) AS Id, min(_n) AS _n FROM wanted GROUP BY 1)"
            " SELECT wanted._n, coalesce(min(rivals.Id), min(early.Id)) AS holder FROM wanted"
            " LEFT JOIN rivals ON rivals.held = wanted.held AND rivals.Id != wanted.Id"
            " LEFT JOIN early ON early.held = wanted.held AND early._n < wanted._n"
            " GROUP BY wanted._n HAVING holder IS NOT NULL"
        )
        said = f"duplicate value found: {field.name} duplicates value on record with id: "
        message = f"{literal(said)} || _taken.holder"
        change.run(
            f"UPDATE {IMAGE} SET _e = {error_struct(_duplicate_code(field), message, ())}"
            f" FROM _taken WHERE _taken._n = {IMAGE}._n"
        )


def _duplicate_code(field: Field) -> str:
    return "DUPLICATE_USERNAME" if field.name == "Username" else "DUPLICATE_VALUE"


def write(change: Change) -> None:
    """Write the good records: one INSERT of the new ones, one UPDATE of the others."""
    table = quoted(change.sobject.table)
    stored = [field.name for field in stored_fields(change.sobject)]
    columns = ", ".join(quoted(name) for name in stored)
    deleted = "" if "IsDeleted" in stored else ", IsDeleted"
    false = "" if "IsDeleted" in stored else ", false"
    if change.good("_new"):
        change.run(
            f"INSERT INTO {table} ({columns}{deleted}) SELECT {columns}{false} FROM {IMAGE}"
            f" WHERE _e IS NULL AND _new ORDER BY _n"
        )
    if change.key is None or not change.good("NOT _new"):
        return
    sent = {target.field.name for target in change.targets} & set(stored)
    names = sorted((sent | change.touched) - _NEVER_UPDATED)
    stamp = change.world.stamp()
    sets = ", ".join([*(f"{quoted(name)} = i.{quoted(name)}" for name in names), stamp])
    change.run(
        f"UPDATE {table} AS t SET {sets} FROM {IMAGE} AS i"
        f" WHERE i._row = t.rowid AND i._e IS NULL AND NOT i._new"
    )
