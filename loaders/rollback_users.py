"""Retire the users that a push created: Salesforce lets nobody delete a user."""

from __future__ import annotations

import pyarrow as pa

from loaders.bench import scratch_name, take_out
from loaders.canonical import literal
from loaders.deliver import Delivery, deliver
from loaders.images import read_records
from loaders.rollback_targets import refresh_targets
from loaders.row_errors import LATER_PUSH, row_error
from loaders.session import Session
from loaders.shipment import NULL_TEXT, Shipment

USER = "User"
_USERNAME_LENGTH = 80
_KEY_FIELD = "Clinic_Id__c"
_ROLE_FIELD = "UserRoleId"


# The end of the id keeps two retired users of one name apart.
_SUFFIX = "'.retired-' || lower(right(rows.id, 8))"


def settle_retired(session: Session, rows: str) -> None:
    """
    Settle those users of the table (key, id) whom we had retired before we were cut off.

    Nobody else gives them that name; without this our own doing would look like a user's edit.
    """
    db = session.bench.db
    found = read_records(session, USER, ["Username", _KEY_FIELD, "IsActive"], ids=rows)
    retired = db.execute(
        f"""
        select rows.key, rows.id, 'updated' as state
        from {rows} as rows inner join {found} as found on found.id = rows.id
        where ends_with(found.Username, {_SUFFIX}) and lower(found.IsActive) = 'false'
            and coalesce(found.{_KEY_FIELD}, '') = ''
        """  # noqa: S608 - names of our own
    ).to_arrow_table()
    if retired.num_rows:
        session.record_locally(USER, retired)
        refresh_targets(session)
        take_out(session.bench, rows, retired, column="key")


def held_by_later_pushes(session: Session, rows: str) -> pa.Table:
    """Hold the users of a table (key, id) while a later push stands: its records may be theirs."""
    undone = session.run.of_run or session.run.run
    # Run ids sort by time.
    is_later = any(
        run.run > undone and run.org_id == session.run.org_id and run.state != "rolled_back"
        for run in session.ledger.runs(kind="push")
    )
    return session.bench.db.execute(
        f"""
        select key, id, 'held' as state, {literal(LATER_PUSH)} as code,
            null::varchar as field, {literal(row_error(LATER_PUSH).template)} as template
        from {rows} where {is_later}
        """  # noqa: S608 - names of our own
    ).to_arrow_table()


def retire_users(session: Session, rows: str) -> None:
    """
    Clear the key of each user in the table (key, id) and the role, rename and deactivate them.

    A role that a user holds cannot be deleted, however inactive the user is. A user name is taken
    for ever, in every org of the world: renamed, it can be used again.
    """
    db = session.bench.db
    found = read_records(session, USER, ["Username"], ids=rows)
    table = scratch_name("shipment")
    db.execute(
        f"""
        create temp table {table} as
        select rows.key as _key, null as _lock, rows.id as Id,
            left(found.Username, {_USERNAME_LENGTH} - length({_SUFFIX})) || {_SUFFIX} as Username,
            '{NULL_TEXT}' as {_KEY_FIELD}, '{NULL_TEXT}' as {_ROLE_FIELD}, 'false' as IsActive
        from {rows} as rows inner join {found} as found on found.id = rows.id
        """  # noqa: S608 - names of our own
    )
    shipment = Shipment(
        sobject=USER,
        operation="update",
        external_id=None,
        pass_number=1,
        table=table,
        headers=("Id", "Username", _KEY_FIELD, _ROLE_FIELD, "IsActive"),
        join=("Id",),
        types={"IsActive": "boolean"},
    )
    deliver(session, Delivery(shipment))
