"""Finds which landed resources a FHIR server has deleted: a whole read does not list them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import httpx
import pyarrow as pa

from extract.checkpoint import Landings
from extract.landing import opened_raw
from extract.sources.fhir_capabilities import Capabilities
from extract.sources.fhir_server import FhirServer, Refusal

# 410 where the server remembers that there was one, else 404.
GONE = frozenset({httpx.codes.GONE, httpx.codes.NOT_FOUND})
UNLISTED = """
    select landed.id
    from {landed} as landed
    anti join listed on landed.id = listed.id
    where landed.system = $system
    order by landed.id
"""


def forget_deleted(
    server: FhirServer,
    name: str,
    listed: pa.ChunkedArray,
    *,
    capabilities: Capabilities,
    landings: Landings,
) -> None:
    """
    Set aside the landed resources of a type that was read as a whole and that are gone.

    A list that does not name a resource proves nothing: pages shift while records change. So the
    server is asked for each of them by its id, and what it does not say is gone stays landed.

    Raises:
        SourceUnavailable: the server cannot be asked.

    """
    unlisted = _unlisted(name, listed, landings=landings)
    gone = pa.array(
        [one for one in unlisted if _is_gone(server, name, one)]
        if name in capabilities.readable
        else [],
        pa.string(),
    )
    if stay := len(unlisted) - len(gone):
        server.narrator.say(
            f"{name}: {stay} landed before are not listed any more, and the server does not say"
            " that they were deleted; they stay"
        )
    kept = pa.array(sorted(set(unlisted).difference(gone.to_pylist())), pa.string())
    landings.forget(
        {name: pa.chunked_array([*listed.chunks, kept], pa.string())}, at=server.clock.now()
    )


def forget_named(name: str, gone: Iterable[str], *, landings: Landings, at: datetime) -> None:
    """Set aside the landed resources of a type that the server names as deleted."""
    target = landings.target
    with opened_raw(target, read_only=True) as database:
        database.register("listed", pa.table({"id": pa.array(sorted(gone), pa.string())}))
        stay = database.execute(
            UNLISTED.format(landed=target.tables.qualified(name)), {"system": target.system}
        ).to_arrow_table()
    landings.forget({name: stay["id"]}, at=at)


def _unlisted(name: str, listed: pa.ChunkedArray, *, landings: Landings) -> list[str]:
    """Give the ids of the landed resources that a whole read did not list."""
    target = landings.target
    with opened_raw(target, read_only=True) as database:
        database.register("listed", pa.table({"id": listed}))
        found = database.execute(
            UNLISTED.format(landed=target.tables.qualified(name)), {"system": target.system}
        ).fetchall()
    return [str(identity) for (identity,) in found]


def _is_gone(server: FhirServer, name: str, identity: str) -> bool:
    answer = server.get(server.address(f"{name}/{identity}"))
    return isinstance(answer, Refusal) and answer.status in GONE
