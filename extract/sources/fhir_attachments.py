"""Fetches the files that documents point at, one by one, where the server cannot search them."""

from __future__ import annotations

import re

from extract.checkpoint import Landings
from extract.raw_tables import raw_database
from extract.sources.fhir_capabilities import Capabilities
from extract.sources.fhir_resources import cut
from extract.sources.fhir_server import FhirServer, Refusal

BINARY = "Binary"
NAMED = """
    select unnest(regexp_extract_all(doc, $pattern, 1)) as id
    from raw_fhir.document_reference
    where system = $system
    except
    select id
    from raw_fhir.binary
    where system = $system and not $is_full
"""


def read_attachments(
    server: FhirServer, landings: Landings, *, capabilities: Capabilities, is_full: bool
) -> None:
    """
    Read each Binary that a landed DocumentReference names and that is not landed yet.

    Most servers offer Binary by id alone. What the server does not show is counted as refused.

    Raises:
        SourceUnavailable: the server cannot be read, or not to the end.

    """
    if BINARY in capabilities.searchable or BINARY not in capabilities.readable:
        return
    landings.land()
    wanted = attachments_named(server, landings, is_full=is_full)
    server.narrator.begin(BINARY, total=len(wanted))
    landings.begin(BINARY, is_fresh=is_full)
    landings.tally.asked[BINARY] = f"{len(wanted)} that documents name, one by one"
    refused = 0
    for position, identity in enumerate(wanted):
        body = server.get(server.address(f"{BINARY}/{identity}"))
        if isinstance(body, Refusal):
            refused += 1
            continue
        payload = cut([body.strip()], origin=BINARY, first_position=position, is_utf8=False)
        landings.take(payload, origin=BINARY)
        server.narrator.advance(1)
    landings.end(BINARY)
    server.narrator.end(BINARY, count=len(wanted) - refused)
    if refused:
        server.narrator.say(f"{BINARY}: the server does not show {refused} of {len(wanted)}")
        landings.refuse(BINARY, count=refused)


def attachments_named(server: FhirServer, landings: Landings, *, is_full: bool) -> list[str]:
    """Return the ids of the files that landed documents name, except those that are landed."""
    base = re.escape(str(server.base).rstrip("/") + "/")
    pattern = rf'"url"\s*:\s*"(?:{base})?{BINARY}/([A-Za-z0-9.\-]{{1,64}})["/]'
    with raw_database(landings.target.folder.raw_database, read_only=True) as database:
        rows = database.execute(
            NAMED,
            {"pattern": pattern, "system": landings.target.system, "is_full": is_full},
        ).fetchall()
    return sorted(str(identity) for (identity,) in rows)
