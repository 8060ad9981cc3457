"""A reader of the resources that shares nothing with the generator but its JSON encoder."""

from __future__ import annotations

import base64
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

import httpx

from extract.demo_clinic.export import ENCODER

Record = dict[str, Any]


def pages(client: httpx.Client, url: str) -> Iterator[Record]:
    """Follow the server's own links from a first page."""
    while url:
        page = json.loads(client.get(url).raise_for_status().content, parse_float=Decimal)
        yield page
        url = next((link["url"] for link in page["link"] if link["relation"] == "next"), "")


def search(client: httpx.Client, url: str) -> list[Record]:
    """Read all resources that a search finds."""
    return [entry["resource"] for page in pages(client, url) for entry in page.get("entry", [])]


def references(node: object) -> Iterator[str]:
    """Give every reference in a resource."""
    if isinstance(node, dict):
        if isinstance(node.get("reference"), str):
            yield node["reference"]
        for child in node.values():
            yield from references(child)
    elif isinstance(node, list):
        for child in node:
            yield from references(child)


def texts(node: object) -> Iterator[str]:
    """Give every text in a resource."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for child in node.values():
            yield from texts(child)
    elif isinstance(node, list):
        for child in node:
            yield from texts(child)


def extensions(record: Record, name: str) -> list[Record]:
    """Give a resource's own extensions of a name."""
    url = f"https://demo-clinic.example/fhir/{name}"
    return [one for one in record.get("extension", []) if one["url"] == url]


@dataclass
class Reading:
    """Everything that the server gave, by type and id."""

    by_type: dict[str, dict[str, Record]]

    def of(self, kind: str) -> list[Record]:
        """Give the resources of a type."""
        return list(self.by_type.get(kind, {}).values())

    def all(self) -> Iterator[Record]:
        """Give every resource."""
        for records in self.by_type.values():
            yield from records.values()

    def has(self, reference: str) -> bool:
        """Tell whether a reference leads somewhere."""
        kind, _, ident = reference.partition("/")
        return ident in self.by_type.get(kind, {})

    @cached_property
    def notes(self) -> dict[str, str]:
        """Give the text of each clinical note."""
        return {
            record["id"]: base64.b64decode(record["content"][0]["attachment"]["data"]).decode()
            for record in self.of("DocumentReference")
            if record["category"][0]["coding"][0]["code"] == "clinical-note"
        }

    @cached_property
    def person_of(self) -> dict[str, str]:
        """Say who is behind each chart: the oldest of a person's charts stands for the person."""
        seen: dict[tuple[str, str], str] = {}
        people = {}
        for record in self.of("Patient"):
            home = next(one for one in record["address"] if one["use"] == "home")
            key = (str(record.get("birthDate", record["id"])), str(home["line"][0]))
            people[record["id"]] = seen.setdefault(key, record["id"])
        return people


def read_everything(client: httpx.Client) -> Reading:
    """Read each declared type, in pages of an odd size."""
    declared = json.loads(client.get("/metadata").content)["rest"][0]["resource"]
    by_type = {}
    for kind in (one["type"] for one in declared):
        records = search(client, f"/{kind}?_count=173")
        by_type[kind] = {record["id"]: record for record in records}
        assert len(by_type[kind]) == len(records), kind
    return Reading(by_type)


def read_in_memory(records: Iterable[Record]) -> Reading:
    """Take resources as a server would send them, by way of their bytes."""
    by_type: defaultdict[str, dict[str, Record]] = defaultdict(dict)
    for record in records:
        sent = json.loads(ENCODER.encode(record), parse_float=Decimal)
        by_type[sent["resourceType"]][sent["id"]] = sent
    return Reading(by_type)
