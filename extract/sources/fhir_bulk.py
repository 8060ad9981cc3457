"""Reads a clinic's FHIR R4 server by Bulk Data `$export`: files instead of thousands of pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from extract.checkpoint import Landings
from extract.comparison import OVERLAP_SECONDS
from extract.raw_tables import FHIR
from extract.sources.bulk_files import Files, Taken
from extract.sources.bulk_job import Job, Manifest, Order, job_of
from extract.sources.fhir import count_others, read_type
from extract.sources.fhir_attachments import read_attachments
from extract.sources.fhir_capabilities import Capabilities, read_capabilities
from extract.sources.fhir_deletions import forget_deleted, forget_named
from extract.sources.fhir_server import FhirServer, Refusal

# What the server could not give: an origin of its own, counted anew by each export.
ORIGIN = "$export"


def read_bulk(
    server: FhirServer, landings: Landings, *, level: str, is_full: bool, memory: Path
) -> None:
    """
    Read by an export every type that has a raw table, and by search what the export leaves out.

    Only an export that is whole moves the time since when the next one asks.

    Raises:
        SourceUnavailable: the server cannot be read, or not to the end.

    """
    capabilities = read_capabilities(server)
    types = tuple(name for name in FHIR.names if name in capabilities.declared)
    if not types:
        raise server.answers_badly("declares no type that is wanted")
    order = Order(str(server.base), level, types, since_of(landings, types))
    asked = "all of it" if order.since is None else f"changed since {order.since}"
    landings.tally.asked.update(dict.fromkeys(types, f"exported, {asked}"))
    before = landings.landed()
    job, manifest, taken = export(server, landings, order, memory=memory)
    exported = {file.type for file in manifest.output}
    for name in types:
        if name not in exported and name in capabilities.searchable:
            is_landed = before[name] > 0
            status = read_type(
                server, name, capabilities=capabilities, landings=landings, is_landed=is_landed
            )
            if status is not None:
                taken.missed[name] += 1
    if taken.is_whole:
        whole = exported & {name for name in types if before[name] and order.since is None}
        forget(server, landings, taken, whole=whole, capabilities=capabilities)
        if (cursor := cursor_of(manifest)) is not None:
            for name in types:
                landings.end_at(name, cursor=cursor)
    tell_of_missing(server, landings, taken)
    landings.land()
    job.end()
    read_attachments(server, landings, capabilities=capabilities, is_full=is_full)
    count_others(server, capabilities=capabilities, landings=landings)


def since_of(landings: Landings, types: tuple[str, ...]) -> str | None:
    """Return since when to ask: the oldest cursor of all, or None where a type has none."""
    cursors = [landings.progress[name].settled for name in types if name in landings.progress]
    known = [cursor for cursor in cursors if cursor is not None]
    return min(known) if len(known) == len(types) else None


def export(
    server: FhirServer, landings: Landings, order: Order, *, memory: Path, is_last: bool = False
) -> tuple[Job, Manifest, Taken]:
    """
    Have an export made and land its files; once more where it has expired before it was read.

    Raises:
        SourceUnavailable: there is none to be had.

    """
    job = job_of(server, order, memory=memory)
    manifest = job.wait()
    if isinstance(manifest, Refusal):
        if is_last:
            raise server.exports_nothing(manifest.status)
    else:
        is_fresh = order.since is None
        taken = Files(server, landings, manifest, is_fresh=is_fresh, is_last=is_last).take()
        if not taken.is_expired:
            return job, manifest, taken
        landings.land()
    server.narrator.say("the export has expired, and another one is begun")
    job.end()
    return export(server, landings, order, memory=memory, is_last=True)


def forget(
    server: FhirServer,
    landings: Landings,
    taken: Taken,
    *,
    whole: set[str],
    capabilities: Capabilities,
) -> None:
    """Set aside what was deleted: what a whole export leaves out, and what a later one names."""
    if whole or taken.gone:
        landings.land()
    for name in sorted(whole):
        listed = pa.chunked_array(taken.listed[name], pa.string())
        forget_deleted(server, name, listed, capabilities=capabilities, landings=landings)
    for name, named in taken.gone.items():
        if name in FHIR:
            there = pa.chunked_array(taken.listed[name], pa.string()).to_pylist()
            forget_named(name, named.difference(there), landings=landings, at=server.clock.now())


def cursor_of(manifest: Manifest) -> str | None:
    """
    Return since when the next export has to ask: transactions may end later than their stamps say.

    None where the manifest does not say it; a time without its zone may be hours off, and what
    changed in these would never be asked for.
    """
    try:
        moment = datetime.fromisoformat(manifest.transactionTime)
        reached = moment.astimezone(UTC) - timedelta(seconds=OVERLAP_SECONDS)
    except (ValueError, OverflowError):
        return None
    return None if moment.tzinfo is None else reached.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def tell_of_missing(server: FhirServer, landings: Landings, taken: Taken) -> None:
    """Count what the export did not give; what was missing before may be there now."""
    landings.begin(ORIGIN)
    for name, files in sorted(taken.missed.items()):
        server.narrator.say(f"{name}: {files} of the export's files are not to be had as promised")
        landings.refuse(ORIGIN, resource_type=name)
    if taken.errors:
        server.narrator.say(f"the server could not export {taken.errors} things")
        landings.refuse(ORIGIN, resource_type="OperationOutcome", count=taken.errors)
