"""Explains a run: what was asked for, what came of it, and what was not taken, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.table import Table

from extract.checkpoint import Tally
from extract.report import UNKNOWN_TYPE, counts_by_type

# What an operator makes of a reason; a closed list, as the reasons are.
MEANINGS = {
    "ambiguous_quotes": "one value over several lines, or several lines with lost quotes",
    "deleted_in_source": "listed as deleted, and never landed",
    "encrypted_file": "locked with a password: unpack it first",
    "file_elsewhere": "a document names it at an address that is no Binary of this server",
    "misplaced_quote": "a quoted value goes on behind its closing quote",
    "missing_file": "named by a record, and not there",
    "no_clinic_entity": "no clinic entity is made of it",
    "no_header": "the first line holds values: write the columns' names above it",
    "no_id": "no id, or an empty key",
    "no_resource": "an entry without a resource",
    "no_resource_type": "does not say what it is",
    "no_table": "no table, or not one alone",
    "not_listed": "counted by the server, and not in its list; the next run reads it again",
    "not_utf8": "bytes that are not UTF-8",
    "nul_byte": "a NUL byte in the line",
    "other_kind": "no kind of file that is read as a table",
    "refused_by_server": "the server declares it and does not show it",
    "repeated_header": "the columns' names again, between the rows",
    "repeated_key": "another row has this key; --key TABLE=COLUMN names a better one",
    "stray_carriage_return": "a line ends in the middle of it",
    "too_few_fields": "fewer fields than columns",
    "too_many_fields": "more fields than columns",
    "unclosed_quote": "a value's quote is never closed",
    "undecodable_bytes": "bytes that the file's encoding does not have",
    "unreadable_file": "cannot be opened or unpacked",
    "unreadable_json": "no JSON, or no JSON object",
    "unsafe_member": "its name points out of the archive, or comes twice",
}


def explained(tally: Tally) -> dict[str, object]:
    """Return the explanation, for programs."""
    return {
        "requested": [{"what": what, "how": how} for what, how in tally.asked.items()],
        "landed": {
            name: {"new": counts["new"], "changed": counts["changed"]}
            for name, counts in counts_by_type(tally).items()
        },
        "unchanged": {name: count for name, count in sorted(tally.unchanged.items()) if count},
        "quarantined": list(reasons(tally.why_quarantined)),
        "not_taken": list(reasons(tally.why_not_taken)),
        "set_aside": {name: count for name, count in sorted(tally.deleted.items()) if count},
        "deletions_unseen_since": tally.deletions_unseen_since,
        "not_seen": dict(sorted(tally.not_seen.items())),
    }


def reasons(counts: Mapping[tuple[str, str], int]) -> Iterator[dict[str, object]]:
    """Yield each reason with how often it came, and what it means."""
    for (name, reason), count in sorted(counts.items()):
        yield {
            "type": name or UNKNOWN_TYPE,
            "reason": str(reason),
            "count": count,
            "meaning": MEANINGS[reason],
        }


def tables(tally: Tally) -> Iterator[Table]:
    """Yield the explanation, for people: what was asked for, and what was left, and why."""
    asked = Table("requested", "how", box=None, pad_edge=False)
    for what, how in tally.asked.items():
        asked.add_row(what, how)
    yield asked
    for title, counts in (
        ("quarantined", tally.why_quarantined),
        ("not taken", tally.why_not_taken),
    ):
        left = Table(title, "reason", "count", "why", box=None, pad_edge=False)
        for each in reasons(counts):
            left.add_row(*(str(each[name]) for name in ("type", "reason", "count", "meaning")))
        if left.row_count:
            yield left
