"""Fetches the files that documents point at, one by one, where the server cannot search them."""

from __future__ import annotations

import re

from extract.checkpoint import Landings
from extract.raw_tables import raw_database
from extract.sources.fhir_capabilities import Capabilities
from extract.sources.fhir_resources import cut
from extract.sources.fhir_server import FhirServer, Refusal

BINARY = "Binary"
# The origin of what is counted of them, anew in each run.
ATTACHMENTS = "attachments"
FILE_ELSEWHERE = "file_elsewhere"
# The addresses are read as JSON, for a text may write them in several ways (`Binary\/b1`).
NAMED = """
    with attachments as (
        select unnest(json_extract(doc, '$.content[*].attachment')) as attachment
        from raw_fhir.document_reference
        where system = $system
        union all
        select unnest(json_extract(doc, '$.presentedForm[*]'))
        from raw_fhir.diagnostic_report
        where system = $system
    ),
    addresses as (
        select
            trim(attachment ->> '$.url') as url,
            regexp_extract(trim(attachment ->> '$.url'), $pattern, 1) as id
        from attachments
        where coalesce(attachment ->> '$.data', '') = ''
    )
    select id, count(distinct url)
    from addresses
    where
        url != ''
        and (
            $is_full
            or id not in (select id from raw_fhir.binary where system = $system)
        )
    group by id
"""


def read_attachments(
    server: FhirServer, landings: Landings, *, capabilities: Capabilities, is_full: bool
) -> None:
    """
    Read each Binary that a landed document or report names and that is not landed yet.

    Most servers offer Binary by id alone. What the server does not show is counted as refused, and
    files that are no Binary of this server are counted and never asked for: they must not see
    the token.

    Raises:
        SourceUnavailable: the server cannot be read, or not to the end.

    """
    landings.land()
    named = files_named(server, landings, is_full=is_full)
    count_elsewhere(server, landings, files=named.pop("", 0))
    if BINARY in capabilities.searchable or BINARY not in capabilities.readable:
        return
    wanted = sorted(named)
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


def files_named(server: FhirServer, landings: Landings, *, is_full: bool) -> dict[str, int]:
    """
    Return the ids of files that landed records name and that are not landed.

    Each with the number of its addresses; those that are no Binary of this server have no id.
    """
    base = re.escape(str(server.base).rstrip("/") + "/")
    asked = {
        "pattern": rf"^(?:{base})?{BINARY}/([A-Za-z0-9.\-]{{1,64}})(?:/|$)",
        "system": landings.target.system,
        "is_full": is_full,
    }
    with raw_database(landings.target.folder.raw_database, read_only=True) as database:
        return dict(database.execute(NAMED, asked).fetchall())


def count_elsewhere(server: FhirServer, landings: Landings, *, files: int) -> None:
    """Count the files that are not on this server."""
    landings.begin(ATTACHMENTS)
    if files:
        server.narrator.say(f"{files} files of documents are not on this server: not fetched")
        landings.incoming.leave(
            ATTACHMENTS, resource_type=BINARY, count=files, reason=FILE_ELSEWHERE
        )
