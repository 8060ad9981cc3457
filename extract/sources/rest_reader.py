"""Reads every list of a vendor's REST API, and sets aside what is gone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyarrow as pa

from extract.checkpoint import Landings
from extract.raw_tables import DELETED, raw_database
from extract.sources.fhir_deletions import forget_named
from extract.sources.rest_api import RestApi
from extract.sources.rest_lists import MOMENT, ListsReader
from extract.sources.rest_pages import PageKeeper
from extract.sources.rest_session import ListRefused

DELETED_IN_SOURCE = "deleted_in_source"
OVERLAP = timedelta(seconds=60)
NEVER_LANDED = """
    select count(distinct gone.id)
    from gone
    anti join {deleted} as deleted
        on
            deleted.system = $system
            and deleted.resource_type = $name
            and deleted.id = gone.id
"""


def read_api(api: RestApi, landings: Landings, *, at: datetime) -> None:
    """
    Read every list, from its cursor on where it has one.

    Raises:
        SourceUnavailable: the server cannot be read, or not to the end.

    """
    refused: dict[str, int] = {}
    before = landings.landed()
    for name in api.tables:
        try:
            read_table(api, name, landings=landings, at=at, is_landed=before[name] > 0)
        except ListRefused as refusal:
            refused[name] = refusal.status
    if len(refused) == len(api.tables):
        raise api.session.wrong_key(next(iter(refused.values())))
    for name, status in refused.items():
        api.session.narrator.say(f"{name}: the server refuses to show it (HTTP {status})")
        landings.refuse(name)
    count_others(api, landings)
    if api.read_files:
        api.read_files(api, landings, at=at)


def read_table(
    api: RestApi, name: str, *, landings: Landings, at: datetime, is_landed: bool
) -> None:
    """
    Read one kind of record, and set aside what of it is gone.

    Raises:
        SourceUnavailable: the server cannot be read, or not to the end.
        ListRefused: the server does not show it.

    """
    table, narrator = api.tables[name], api.session.narrator
    known = landings.progress.get(name) if table.deleted else None
    cursor = known.cursor if known else None
    landings.begin(
        name,
        is_fresh=cursor is None,
        has_cursor=table.deleted is not None,
        # Lists come in the order of creation, and archived records after the others.
        is_in_order=False,
    )
    landings.tally.asked[name] = "all of it" if cursor is None else f"changed since {cursor}"
    narrator.begin(name, total=None)
    if table.deleted:
        forget_listed(api, name, f"{name}/{table.deleted}", landings=landings, at=at)
        landings.doubt(name, since=cursor)
    reader = ListsReader(api, landings, name, cursor=cursor, begun_at=at)
    missing = reader.read_whole()
    # What changes behind the reader is older than what it sees next: the cursor waits for it.
    landings.end(name, not_after=(reader.begun_at - OVERLAP).astimezone(UTC).strftime(MOMENT))
    narrator.end(name, count=len(reader.ids))
    landings.miss(name, count=missing)
    if missing:
        return
    landings.settle(name)
    # Where a list says what was deleted, that another one does not name a record proves nothing.
    if not table.deleted and is_landed:
        landings.forget({name: pa.array(sorted(reader.ids), pa.string())}, at=at)


def forget_listed(api: RestApi, name: str, path: str, *, landings: Landings, at: datetime) -> None:
    """
    Set aside the landed records that are listed as deleted, and count those never landed.

    Raises:
        SourceUnavailable: the list cannot be read.
        ListRefused: the server does not show it.

    """
    rows = api.rows({f"{name}_gone": path}, PageKeeper(name), {})
    gone = sorted({row["id"] for row in rows if row["id"]})
    forget_named(name, gone, landings=landings, at=at)
    target = landings.target
    with raw_database(target.folder.raw_database, read_only=True) as database:
        database.register("gone", pa.table({"id": pa.array(gone, pa.string())}))
        found = database.execute(
            NEVER_LANDED.format(deleted=f"{target.tables.schema}.{DELETED}"),
            {"system": target.system, "name": name},
        ).fetchall()
    landings.begin(path)
    if found[0][0]:
        landings.incoming.leave(
            path, resource_type=name, count=int(found[0][0]), reason=DELETED_IN_SOURCE
        )


def count_others(api: RestApi, landings: Landings) -> None:
    """
    Count the records that no clinic entity is made of, so that nothing is left in silence.

    Raises:
        SourceUnavailable: the server cannot be read.

    """
    for name in api.not_landed:
        keeper = PageKeeper(name)
        try:
            next(api.rows({name: name}, keeper, {}), None)
        except ListRefused as refusal:
            api.session.narrator.say(f"{name}: not counted (HTTP {refusal.status})")
            continue
        landings.begin(name)
        if keeper.stated:
            landings.leave(name, count=keeper.stated)
