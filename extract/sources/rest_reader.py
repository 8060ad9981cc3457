"""Reads every list of a vendor's REST API, as dlt's `rest_api` is told of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

import pyarrow as pa
import requests
from dlt.extract.exceptions import ResourceExtractionError
from dlt.sources.helpers.rest_client.client import RESTClient
from dlt.sources.rest_api import rest_api_resources
from dlt.sources.rest_api.config_setup import create_auth
from dlt.sources.rest_api.typing import ClientConfig, EndpointResource, RESTAPIConfig

from extract.checkpoint import Landings
from extract.errors import ExtractError
from extract.quarantine import Broken, Reason
from extract.raw_tables import DELETED, raw_database
from extract.sources.fhir_deletions import forget_named
from extract.sources.fhir_resources import Columns, Cut
from extract.sources.rest_pages import PageKeeper, PageUnreadable
from extract.sources.rest_session import ListRefused, PatientSession
from extract.sources.rest_tables import RestTable

DELETED_IN_SOURCE = "deleted_in_source"
CHUNK = 100
# Pages shift while somebody works in the clinic: a list that was not whole is read again.
READINGS = 3
NEVER_LANDED = """
    select count(distinct gone.id)
    from gone
    anti join {deleted} as deleted
        on
            deleted.system = $system
            and deleted.resource_type = $name
            and deleted.id = gone.id
"""
Rows = Iterator[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class RestApi:
    """A vendor's API: dlt's own configuration of its client, and the lists that it has."""

    session: PatientSession
    client: ClientConfig
    tables: Mapping[str, RestTable]
    # What each page is asked for with, and what has changed since a moment.
    page: Mapping[str, str]
    since: Callable[[str], Mapping[str, str]]
    not_landed: tuple[str, ...] = ()

    def get(self, path: str) -> requests.Response:
        """
        Ask for one address below the base.

        Raises:
            SourceUnavailable: there is no answer.
            ListRefused: the server does not show it.

        """
        client = RESTClient(
            self.client["base_url"],
            headers=self.client.get("headers"),
            auth=create_auth(self.client.get("auth")),
            session=self.session,
        )
        return client.get(path)

    def rows(
        self, lists: Mapping[str, str], keeper: PageKeeper, parameters: Mapping[str, str]
    ) -> Rows:
        """
        Yield the records of some lists of one kind.

        Raises:
            SourceUnavailable: the server cannot be read, or not to the end.
            ListRefused: the server does not show a list.

        """
        yield from self.declared(self.resources(lists, keeper, parameters), wanted=lists)

    def resources(
        self, lists: Mapping[str, str], keeper: PageKeeper, parameters: Mapping[str, str]
    ) -> list[EndpointResource]:
        """Declare lists of one kind as dlt has it."""
        return [
            {
                "name": name,
                "endpoint": {
                    "path": path,
                    "params": {**self.page, **parameters},
                    "data_selector": keeper.key,
                    "response_actions": [keeper],
                },
            }
            for name, path in lists.items()
        ]

    def declared(self, resources: list[EndpointResource], *, wanted: Mapping[str, str]) -> Rows:
        """Yield what declared resources give, those that are wanted for themselves."""
        config: RESTAPIConfig = {"client": self.client, "resources": [*resources]}
        with plain_errors(self.session):
            for resource in rest_api_resources(config):
                if resource.name in wanted:
                    yield from resource

    def rows_below(self, name: str, parent: str, keeper: PageKeeper) -> Rows:
        """
        Yield the records that every record of a parent has a list of.

        Raises:
            SourceUnavailable: the server cannot be read, or not to the end.
            ListRefused: the server does not show a list.

        """
        above = self.tables[parent].lists(parent)
        below = {f"{name}_of_{each}": f"{parent}/{{resources.{each}.id}}/{name}" for each in above}
        resources = self.resources(above, PageKeeper(parent), {})
        yield from self.declared([*resources, *self.resources(below, keeper, {})], wanted=below)


@contextmanager
def plain_errors(session: PatientSession) -> Iterator[None]:
    """
    Let an error of ours through dlt as it was raised.

    Raises:
        SourceUnavailable: the server cannot be read, or not to the end.
        ListRefused: the server does not show a list.

    """
    try:
        yield
    except ResourceExtractionError as problem:
        cause = problem.__cause__
        if isinstance(cause, PageUnreadable):
            raise session.answers_badly(str(cause)) from None
        if isinstance(cause, ExtractError | ListRefused):
            raise cause from None
        raise


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


def read_table(
    api: RestApi, name: str, *, landings: Landings, at: datetime, is_landed: bool
) -> None:
    """
    Read one kind of record; a whole reading also tells what of it is gone.

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
    listed = read_whole(api, name, cursor=cursor, landings=landings)
    landings.end(name)
    narrator.end(name, count=len(listed))
    if cursor is None and is_landed:
        landings.forget({name: pa.array(sorted(listed), pa.string())}, at=at)


def read_whole(api: RestApi, name: str, *, cursor: str | None, landings: Landings) -> set[str]:
    """
    Read the lists of a kind until they are whole, and return the ids that they have.

    Raises:
        SourceUnavailable: they keep changing, or cannot be read.
        ListRefused: the server does not show them.

    """
    table = api.tables[name]
    parameters = {} if cursor is None else api.since(cursor)
    for _ in range(READINGS):
        keeper = PageKeeper(name)
        if table.parent:
            rows = api.rows_below(name, table.parent, keeper)
        else:
            rows = api.rows(table.lists(name), keeper, parameters)
        ids, broken = set[str](), 0
        while chunk := list(islice(rows, CHUNK)):
            cut = cut_of(chunk, name=name, first_position=broken)
            landings.take(cut, origin=name)
            ids.update(row["id"] for row in chunk if not row["reason"])
            broken += len(cut.broken)
            api.session.narrator.advance(len(chunk))
        if keeper.is_whole(len(ids) + broken):
            return ids
        api.session.narrator.say(f"{name}: the list changed while it was read; reading it again")
    raise api.session.answers_badly(f"changes its list of {name} faster than it can be read")


def cut_of(rows: list[dict[str, Any]], *, name: str, first_position: int) -> Cut:
    """Sort records, and put aside those that are none."""
    columns = Columns()
    broken: list[Broken] = []
    for row in rows:
        payload = row["doc"].encode()
        if row["reason"]:
            position = first_position + len(broken)
            reason = Reason(row["reason"])
            broken.append(Broken(name, position, name, reason, "no readable record", payload))
            continue
        columns.ids.append(row["id"])
        columns.stamps.append(row["updated_at"])
        columns.docs.append(payload)
    return Cut({name: columns} if columns.ids else {}, broken)


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
        total = sum(max(totals, default=0) for totals in keeper.totals.values())
        if total:
            landings.leave(name, count=total)
