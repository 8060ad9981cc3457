"""Asks a language model what tables and columns may be: it is told names and counts, no value."""

from __future__ import annotations

import json
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec

from extract.errors import ModelUnavailable, WrongUsage
from extract.propose.clinic_targets import Entity
from extract.propose.column_profile import ColumnProfile, ExportProfile

TIMEOUT = httpx.Timeout(180, connect=10)
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
# All that is told of a column. Its `words` are values, and stay here.
TOLD = ("name", "filled", "distinct_values", "shortest", "longest", "is_unique", "looks_like")
ASKED = """
You map one table of a clinic's export to a contract. Answer with one JSON object:
{"entity": an entity of the contract, or "", "columns": {column: a field of that entity, or ""}}.
"" means that nothing fits, and is as good an answer as any: never force a fit.
"""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a model answers chat completions, and how it is called there."""

    url: str
    model: str
    token: str | None = field(default=None, repr=False)


class _Message(msgspec.Struct):
    content: str


class _Choice(msgspec.Struct):
    message: _Message


class _Completion(msgspec.Struct):
    choices: list[_Choice]


class _Named(msgspec.Struct):
    """What the model says of a table."""

    entity: str = ""
    columns: dict[str, str] = msgspec.field(default_factory=dict)


def ask_model(
    export: ExportProfile,
    targets: Mapping[str, Entity],
    *,
    endpoint: Endpoint,
    decided: Container[tuple[str, str]] = (),
) -> dict[tuple[str, str], str]:
    """
    Ask about each table of an export of which a column is not decided yet.

    What the contract does not have is no answer.

    Raises:
        WrongUsage: the endpoint is one that others may listen to.
        ModelUnavailable: it does not answer, or not in the form that was asked for.

    """
    check_address(endpoint.url)
    contract = {entity.name: [each.name for each in entity.fields] for entity in targets.values()}
    hints: dict[tuple[str, str], str] = {}
    with httpx.Client(timeout=TIMEOUT) as client:
        for table, columns in export.tables.items():
            if all((table, column.name) in decided for column in columns):
                continue
            named = _ask(client, endpoint, {**told_of(export, table), "contract": contract})
            hints |= dict(_hints(table, named, columns, contract))
    return hints


def check_address(url: str) -> None:
    """
    Refuse an address that is none, or that names would travel to in the clear.

    Raises:
        WrongUsage: it is one.

    """
    try:
        address = httpx.URL(url)
    except httpx.InvalidURL:
        address = httpx.URL("")
    if not address.host or not (
        address.scheme == "https" or (address.scheme == "http" and address.host in LOOPBACK)
    ):
        raise WrongUsage(
            "a model is asked over https, or over http on this machine",
            hint="--ask-model http://127.0.0.1:8080/v1/chat/completions",
        )


def told_of(export: ExportProfile, table: str) -> dict[str, Any]:
    """Say of a table what may leave this machine: names, counts, shares of forms, and keys."""
    columns = export.tables[table]
    return {
        "table": table,
        "rows": max((column.rows for column in columns), default=0),
        "columns": [{name: getattr(column, name) for name in TOLD} for column in columns],
        "keys": [
            f"{each.column} points at {each.target_table}.{each.target_column}"
            for each in export.overlaps
            if each.table == table
        ],
    }


def _ask(client: httpx.Client, endpoint: Endpoint, question: Mapping[str, object]) -> _Named:
    body = {
        "model": endpoint.model,
        "temperature": 0,
        "response_format": {"type": "json_object"},
        "messages": [
            {"role": "system", "content": ASKED.strip()},
            {"role": "user", "content": json.dumps(question)},
        ],
    }
    headers = {"Authorization": f"Bearer {endpoint.token}"} if endpoint.token else {}
    try:
        answer = client.post(endpoint.url, json=body, headers=headers)
    except httpx.RequestError as problem:
        raise _unavailable(f"cannot be reached ({type(problem).__name__})") from None
    if answer.status_code != httpx.codes.OK:
        raise _unavailable(f"does not answer (HTTP {answer.status_code})")
    try:
        said = msgspec.json.decode(answer.content, type=_Completion).choices[0].message.content
        return msgspec.json.decode(said, type=_Named)
    except (msgspec.DecodeError, RecursionError, IndexError):
        raise _unavailable("answers in another form than it was asked for") from None


def _unavailable(why: str) -> ModelUnavailable:
    return ModelUnavailable(
        f"the model {why}", hint="run it again, or without --ask-model: nothing needs a model"
    )


def _hints(
    table: str,
    named: _Named,
    columns: tuple[ColumnProfile, ...],
    contract: Mapping[str, list[str]],
) -> Iterator[tuple[tuple[str, str], str]]:
    if named.entity not in {"", *contract}:
        return
    yield (table, ""), named.entity
    for column in columns:
        said = named.columns.get(column.name)
        if said == "":
            yield (table, column.name), ""
        elif said in contract.get(named.entity, ()):
            yield (table, column.name), f"{named.entity}.{said}"
