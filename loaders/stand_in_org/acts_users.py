"""The other people of the org: active users, made when they are first needed."""

from __future__ import annotations

import zlib

import duckdb
import pyarrow as pa

from loaders.stand_in_org.errors import ApiError
from loaders.stand_in_org.org import Org

_PROFILE = "SELECT Id FROM \"Profile\" WHERE Name = 'System Administrator'"


def user_named(org: Org, username: str) -> str:
    """
    Give the id of the user with this name; an unknown one is made, who may do what the admin may.

    Raises:
        ApiError: 400 when no licence is left for another user.

    """
    with org.acting(org.admin_user_id) as world:
        found = world.one(
            'SELECT Id FROM "User" WHERE lower(Username) = lower(?) AND NOT IsDeleted', [username]
        )
        if found is not None:
            return str(found)
        return _make(org, username, connection=world.connection)


def _make(org: Org, username: str, *, connection: duckdb.DuckDBPyConnection) -> str:
    profile = str(connection.execute(_PROFILE).fetchall()[0][0])
    local = username.partition("@")[0]
    made = _insert(
        org,
        "User",
        [
            {
                "Username": username,
                "Email": username,
                "FirstName": "Somebody",
                "LastName": local[:80],
                "Alias": f"u{zlib.crc32(username.encode()) % 10_000_000}",
                "ProfileId": profile,
                "IsActive": "true",
                "TimeZoneSidKey": org.settings.time_zone,
                "LocaleSidKey": "en_US",
                "EmailEncodingKey": "UTF-8",
                "LanguageLocaleKey": "en_US",
            }
        ],
        connection=connection,
    )
    sets = connection.execute(
        'SELECT DISTINCT PermissionSetId FROM "PermissionSetAssignment"'
        " WHERE AssigneeId = ? AND NOT IsDeleted ORDER BY 1",
        [org.admin_user_id],
    ).fetchall()
    if sets:
        rows = [{"AssigneeId": made, "PermissionSetId": str(one)} for (one,) in sets]
        _insert(org, "PermissionSetAssignment", rows, connection=connection)
    return made


def _insert(
    org: Org, sobject: str, rows: list[dict[str, str]], *, connection: duckdb.DuckDBPyConnection
) -> str:
    """Insert rows as the administrator; give the id of the first."""
    done = org.dml(
        sobject,
        "insert",
        pa.Table.from_pylist(rows),
        user_id=org.admin_user_id,
        connection=connection,
    ).to_pylist()
    for row in done:
        if not row["success"]:
            raise ApiError(400, row["status_code"], row["message"])
    return str(done[0]["id"])
