"""A vendor's REST API, as dlt's `rest_api` is told of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import requests
from dlt.extract.exceptions import ResourceExtractionError
from dlt.sources.helpers.rest_client.client import RESTClient
from dlt.sources.rest_api import rest_api_resources
from dlt.sources.rest_api.config_setup import create_auth
from dlt.sources.rest_api.typing import ClientConfig, EndpointResource, RESTAPIConfig

from extract.checkpoint import Landings
from extract.errors import ExtractError
from extract.sources.rest_pages import PageKeeper, PageUnreadable
from extract.sources.rest_session import ListRefused, PatientSession
from extract.sources.rest_tables import RestTable

Rows = Iterator[dict[str, Any]]


class FilesReader(Protocol):
    """Reads the files that landed records name."""

    def __call__(self, api: RestApi, landings: Landings, *, at: datetime) -> None:
        """Read them."""


@dataclass(frozen=True, slots=True)
class RestApi:
    """A vendor's API: dlt's own configuration of its client, and the lists that it has."""

    session: PatientSession
    client: ClientConfig = field(repr=False)
    tables: Mapping[str, RestTable]
    # What each page is asked for with, and what has changed since a moment.
    page: Mapping[str, str]
    since: Callable[[str], Mapping[str, str]]
    # Lists of which the records are only counted, and what reads the files that records name.
    not_landed: tuple[str, ...] = ()
    read_files: FilesReader | None = None

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

    def rows_below(self, name: str, parent: str, keeper: PageKeeper, parents: PageKeeper) -> Rows:
        """
        Yield the records that every record of a parent has a list of.

        Raises:
            SourceUnavailable: the server cannot be read, or not to the end.
            ListRefused: the server does not show a list.

        """
        above = self.tables[parent].lists(parent)
        below = {f"{name}_of_{each}": f"{parent}/{{resources.{each}.id}}/{name}" for each in above}
        resources = self.resources(above, parents, {})
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
