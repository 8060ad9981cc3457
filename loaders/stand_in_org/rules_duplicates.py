"""
The standard duplicate rules of a fresh org: they alert, and an alert refuses unless allowed.

Two records match when their names are equal after normalisation (case, blanks, punctuation) and
they share an e-mail address, a phone number or a street address. A new record is compared with
what is stored and with rows of earlier chunks of 200, never with rows of its own chunk: the org
compares what is saved together with the database only. Edits are not compared.
"""

# ruff: noqa: S608 - names come from the catalogue and are quoted, so are the values
from __future__ import annotations

from collections.abc import Mapping

import duckdb

from loaders.stand_in_org.change import IMAGE, Change
from loaders.stand_in_org.dml_types import error_struct
from loaders.stand_in_org.store import literal, quoted

# Object -> (name parts, e-mail, phones, address) that its matching rule reads.
_PERSON = ("FirstName", "LastName")
_MATCHED: Mapping[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], str]] = {
    "Account": (("Name",), (), ("Phone",), "Billing"),
    "Contact": (_PERSON, ("Email",), ("Phone", "MobilePhone", "HomePhone"), "Mailing"),
    "Lead": (_PERSON, ("Email",), ("Phone", "MobilePhone"), ""),
}
# Against which objects a new record is compared.
COMPARED = {"Account": ("Account",), "Contact": ("Contact", "Lead"), "Lead": ("Lead", "Contact")}


def _plain(expression: str) -> str:
    return f"regexp_replace(lower({expression}), '[^\\p{{L}}\\p{{N}}]', '', 'g')"


def _traits(sobject: str) -> str:
    """Give the SQL list of what a record can be recognised by, each with the name in front."""
    names, mails, phones, address = _MATCHED[sobject]
    name = _plain(f"concat_ws('|', {', '.join(quoted(part) for part in names)})")
    traits = [f"'m' || lower({quoted(mail)})" for mail in mails]
    traits += [
        f"'p' || nullif(regexp_replace({quoted(phone)}, '\\D', '', 'g'), '')" for phone in phones
    ]
    street = quoted(f"{address}Street")
    where = f"concat_ws('|', {quoted(f'{address}City')}, {quoted(f'{address}PostalCode')})"
    traits.append(f"'a' || {_plain(street)} || {_plain(where)}")
    known = f"[{', '.join(traits)}]"
    return f"[md5_number_lower({name} || '/' || one) FOR one IN {known} IF one IS NOT NULL]"


def check(change: Change) -> None:
    """Refuse new records that a stored or earlier one matches, unless the client allows it."""
    name = change.sobject.name
    blocks = name in change.world.settings.duplicate_rules_block
    if (change.allow_duplicates and not blocks) or not change.world.one(
        'SELECT count(*) FROM "DuplicateRule" WHERE IsActive AND SobjectType = ?', [name]
    ):
        return
    change.run(
        "CREATE OR REPLACE TEMP TABLE _traits AS SELECT _n, _chunk, unnest("
        f"{_traits(name)}) AS trait FROM {IMAGE} WHERE _e IS NULL AND _new"
    )
    for other in COMPARED[name]:
        known = (
            'SELECT t._n FROM _traits AS t INNER JOIN "_trait" AS s ON s.trait = t.trait'
            f" INNER JOIN {quoted(other)} AS o ON o.Id = s.id"
            f" WHERE s.sobject = {literal(other)} AND NOT o.IsDeleted"
        )
        change.fail(
            f"_new AND _n IN ({known})",
            code="DUPLICATES_DETECTED",
            message=literal("Use one of these records?"),
            fields=(),
        )
    _check_within(change)


def activate(connection: duckdb.DuckDBPyConnection, *, active: bool) -> None:
    """Switch the standard rules on or off; their records tell (contract 11)."""
    connection.execute(
        'UPDATE "DuplicateRule" SET IsActive = ?'
        " WHERE regexp_full_match(DeveloperName, 'Standard_(Account|Contact|Lead)_Duplicate_Rule')",
        [active],
    )


def remember(change: Change) -> None:
    """Keep what the written records can be recognised by."""
    name = change.sobject.name
    if change.key is not None:
        written = f"SELECT Id FROM {IMAGE} WHERE _e IS NULL AND NOT _new"
        change.run(f'DELETE FROM "_trait" WHERE sobject = {literal(name)} AND id IN ({written})')
    change.run(
        f'INSERT INTO "_trait" SELECT {literal(name)}, Id, unnest({_traits(name)})'
        f" FROM {IMAGE} WHERE _e IS NULL"
    )


def _check_within(change: Change) -> None:
    """Refuse rows that match a row of an earlier chunk which is itself kept."""
    change.run(
        "CREATE OR REPLACE TEMP TABLE _pairs AS SELECT DISTINCT early._n AS early, late._n AS late"
        " FROM _traits AS early JOIN _traits AS late ON late.trait = early.trait"
        " AND late._chunk > early._chunk"
        f" WHERE early._n IN (SELECT _n FROM {IMAGE} WHERE _e IS NULL)"
        f" AND late._n IN (SELECT _n FROM {IMAGE} WHERE _e IS NULL)"
    )
    error = error_struct("DUPLICATES_DETECTED", literal("Use one of these records?"), ())
    # A row is decided when no undecided row precedes it: each turn settles at least one chunk.
    while change.world.one("SELECT count(*) FROM _pairs"):
        change.run(
            "CREATE OR REPLACE TEMP TABLE _settled AS SELECT DISTINCT early AS _n FROM _pairs"
            " WHERE early NOT IN (SELECT late FROM _pairs)"
        )
        change.run(
            f"UPDATE {IMAGE} SET _e = {error} WHERE _e IS NULL AND _n IN"
            " (SELECT late FROM _pairs WHERE early IN (SELECT _n FROM _settled))"
        )
        change.run(
            "DELETE FROM _pairs WHERE early IN (SELECT _n FROM _settled)"
            f" OR early IN (SELECT _n FROM {IMAGE} WHERE _e IS NOT NULL)"
            f" OR late IN (SELECT _n FROM {IMAGE} WHERE _e IS NOT NULL)"
        )
