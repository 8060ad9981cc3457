"""A small strict FHIR server on loopback: it does what a test tells it, and nothing undeclared."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.loopback import Answer, Speaking, loopback

TOKEN = "-".join(["an", "invented", "token"])


@dataclass
class SmallClinic:
    """
    What the server holds, and what it does wrong.

    `resources` are payloads as bytes, by type and in the order in which they are served. `trouble`
    is given, one for each request, before anything else. `page_link` makes the next page's address.
    """

    resources: dict[str, list[bytes]] = field(default_factory=dict)
    untimed: set[str] = field(default_factory=set)
    by_id_only: set[str] = field(default_factory=set)
    never_by_id: set[str] = field(default_factory=set)
    page_size: int = 2
    trouble: deque[Answer | str] = field(default_factory=deque)
    forbidden: set[str] = field(default_factory=set)
    refusal: bytes = b'{"resourceType": "OperationOutcome"}'
    after_page: Callable[[str, int], None] = lambda _type, _page: None
    spoil: Callable[[bytes], bytes] = lambda body: body
    page_link: Callable[[str], str] = lambda link: link
    fhir_version: str = "4.0.1"
    authorization: str | None = f"Bearer {TOKEN}"
    requests: list[str] = field(default_factory=list)
    tokens: list[str | None] = field(default_factory=list)
    # Whether `_summary=count` is answered, and whether the pages of a search are of one moment.
    is_counted: bool = True
    is_frozen: bool = False
    links: dict[str, tuple[str, list[str], int, list[bytes]]] = field(default_factory=dict)
    url: str = ""

    def put(self, resource_type: str, *payloads: bytes | dict[str, Any]) -> None:
        """Add or replace resources by id, the newest last, as a server that sorts by time does."""
        held = self.resources.setdefault(resource_type, [])
        for payload in payloads:
            body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
            known = [one for one in held if one != body and id_of(one) != id_of(body)]
            held[:] = [*known, body]
        held.sort(key=stamp_of)

    def searches(self) -> list[str]:
        """Return the requests except those that ask what the server can do, and how much it has."""
        asides = ("/metadata", "_summary=count")
        return [one for one in self.requests if not any(aside in one for aside in asides)]

    def answer(self, path: str, query: dict[str, list[str]]) -> Answer:
        """Answer a request whose token is right."""
        if path == "/fhir/metadata":
            return 200, {}, json.dumps(self.metadata()).encode()
        if path == "/fhir/next":
            return self.page(*self.links[query["token"][0]])
        resource_type, _, identity = path.removeprefix("/fhir/").partition("/")
        if resource_type in self.forbidden or resource_type not in self.resources:
            status = 403 if resource_type in self.forbidden else 404
            return status, {}, self.refusal
        if identity or resource_type in self.by_id_only:
            return self.one(resource_type, identity)
        return self.search(resource_type, query)

    def search(self, resource_type: str, query: dict[str, list[str]]) -> Answer:
        """Answer a search that asks for nothing undeclared."""
        is_count = query.get("_summary") == ["count"]
        undeclared = {"_sort", "_lastUpdated"} if resource_type in self.untimed else set()
        if undeclared & set(query) or (is_count and not self.is_counted):
            return 400, {}, self.refusal
        times = query.get("_lastUpdated", [])
        held = self.matching(resource_type, times)
        if is_count:
            bundle = {"resourceType": "Bundle", "total": len(held)}
            return 200, {}, json.dumps(bundle).encode()
        return self.page(resource_type, times, 0, held)

    def matching(self, resource_type: str, times: list[str]) -> list[bytes]:
        """Return what is held now of a type and was changed within bounds."""
        since = max((one[2:] for one in times if one.startswith("ge")), default="")
        until = min((one[2:] for one in times if one.startswith("le")), default="9")
        return [one for one in self.resources[resource_type] if since <= stamp_of(one) <= until]

    def one(self, resource_type: str, identity: str) -> Answer:
        """Answer with one resource."""
        for payload in self.resources[resource_type]:
            if id_of(payload) == identity:
                return 200, {}, payload
        return 404, {}, self.refusal

    def page(
        self, resource_type: str, times: list[str], number: int, frozen: list[bytes]
    ) -> Answer:
        """Cut a page out of what is held now, and link to the next by an opaque token."""
        matching = frozen if self.is_frozen else self.matching(resource_type, times)
        start = number * self.page_size
        entries = [b'{"resource": %s}' % one for one in matching[start : start + self.page_size]]
        link = b""
        if start + self.page_size < len(matching):
            token = f"{resource_type}-{number + 1}-{len(self.links)}"
            self.links[token] = (resource_type, times, number + 1, frozen)
            address = self.page_link(f"{self.url}/next?token={token}")
            link = b'{"relation": "next", "url": "%s"}' % address.encode()
        body = b'{"resourceType": "Bundle", "link": [%s], "entry": [%s]}' % (
            link,
            b", ".join(entries),
        )
        self.after_page(resource_type, number)
        return 200, {}, self.spoil(body)

    def metadata(self) -> dict[str, Any]:
        """Declare what is served."""
        return {
            "resourceType": "CapabilityStatement",
            "fhirVersion": self.fhir_version,
            "rest": [
                {
                    "mode": "server",
                    "resource": [
                        {
                            "type": name,
                            "interaction": [{"code": "read"}] * (name not in self.never_by_id)
                            + [{"code": "search-type"}] * (name not in self.by_id_only),
                            "searchParam": []
                            if name in self.untimed
                            else [{"name": "_lastUpdated", "type": "date"}],
                        }
                        for name in self.resources
                    ],
                }
            ],
        }


def id_of(payload: bytes) -> str | None:
    """Return a payload's id, where it can be read."""
    try:
        return json.loads(payload).get("id")
    except ValueError:
        return None


def stamp_of(payload: bytes) -> str:
    """Return a payload's time as the server knows it, whatever the payload says."""
    marker = b'"lastUpdated": "'
    if marker not in payload:
        return ""
    return payload.split(marker)[1].split(b'"')[0].decode()


class Handler(Speaking):
    """Speaks for a clinic."""

    clinic: SmallClinic

    def do_GET(self) -> None:  # noqa: N802 - http.server's name
        """Answer a request, or be in trouble."""
        self.clinic.requests.append(self.path)
        self.clinic.tokens.append(self.headers.get("Authorization"))
        address = urlsplit(self.path)
        if self.is_in_trouble(self.clinic.trouble):
            return
        if self.headers.get("Authorization") != self.clinic.authorization:
            self.send(401, {}, self.clinic.refusal)
            return
        self.send(*self.clinic.answer(address.path, parse_qs(address.query)))


@contextmanager
def served(clinic: SmallClinic) -> Iterator[SmallClinic]:
    """Serve a clinic on a free port until the block ends."""
    with loopback(Handler, clinic=clinic) as address:
        clinic.url = f"{address}/fhir"
        yield clinic


def resource(
    resource_type: str, identity: str, *, second: int = 0, **values: object
) -> dict[str, Any]:
    """Make a resource that was changed in a given second of an invented day."""
    stamp = f"2026-03-01T10:{second // 60:02}:{second % 60:02}.000000Z"
    return {
        "resourceType": resource_type,
        "id": identity,
        "meta": {"lastUpdated": stamp},
        **values,
    }
