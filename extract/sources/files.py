"""Reads a folder of export files: any tables, any columns, every text as it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import PurePosixPath

import pyarrow as pa
import pyarrow.parquet as pq

from extract.checkpoint import Landings, Tally
from extract.comparison import row_groups
from extract.deletions import counts_landed
from extract.incoming import Incoming
from extract.landing import Target
from extract.narration import Narrator
from extract.quarantine import Broken
from extract.raw_tables import RawTables
from extract.sources.fhir_resources import Cut
from extract.sources.files_catalogue import Known, known, remember
from extract.sources.files_keys import choose_key, identify
from extract.sources.files_look import Looked, columns_of_table
from extract.sources.files_stage import Described, Refused, Staged, stage

OTHER_KIND = "other_kind"
NO_ENDING = "(no ending)"
ROWS_TO_LAND = """
    select
        rows.position,
        identified.id,
        cast(null as timestamp with time zone) as last_updated,
        rows.doc,
        rows.doc_sha256
    from rows
    inner join identified on rows.position = identified.position
    where identified.verdict = 'row' and identified.position between $first and $last
    order by rows.position
"""
ROWS_TO_PUT_ASIDE = """
    select
        rows.origin,
        rows.number as position,
        $name as resource_type,
        identified.verdict as reason,
        'line ' || rows.number as detail,
        rows.doc,
        rows.doc_sha256
    from rows
    inner join identified on rows.position = identified.position
    where identified.verdict != 'row' and identified.position between $first and $last
    order by rows.position
"""


def read_export(
    looked: Looked,
    landings: Landings,
    *,
    is_full: bool,
    narrator: Narrator,
    at: datetime,
) -> None:
    """
    Read every file of an export, and tell its rows apart.

    Rows that were landed and are not in an export that is said to be full are set aside.

    Raises:
        LandingFailed: raw.duckdb cannot be written.

    """
    before = known(landings.target)
    staged = stage_all(looked, landings, narrator=narrator)
    chosen = {
        name: key_for(table, looked, before=before, incoming=landings.incoming)
        for name, table in staged.items()
    }
    for name, table in staged.items():
        if table.writer is not None:
            identify(table, chosen[name], incoming=landings.incoming)
            hand_over(table, incoming=landings.incoming)
    is_judged = is_full and not looked.refused
    landings.incoming.seal()
    for name, table in staged.items():
        if is_rekeyed(before, chosen, name) or (is_judged and table.is_whole):
            forget_missing(table, landings, at=at)
    write_down(looked, staged, landings, keys=chosen, before=before, at=at)
    cut_off = (each for table in staged.values() for each in table.cut_off)
    for refused in [*looked.refused, *cut_off]:
        refuse(refused, landings, narrator=narrator)
    leave_others(looked, landings)
    if is_full:
        replace_earlier(before, staged, landings)


def write_down(  # noqa: PLR0913 - what was looked at, read, chosen and known
    looked: Looked,
    staged: Mapping[str, Staged],
    landings: Landings,
    *,
    keys: Mapping[str, tuple[str, ...]],
    before: Known,
    at: datetime,
) -> None:
    """Write down how each file was read, before a row is landed: a key once used stays."""
    read = [(each, staged[looked.table_of[each.found.origin]]) for each in looked.described]
    remember(landings.target, read, keys=keys, at=at)
    for each, table in read:
        how = told(each, table, key=keys[table.name], before=before)
        landings.tally.asked[each.found.origin] = how


def leave_others(looked: Looked, landings: Landings) -> None:
    """Count the files of other kinds; a name may be a patient's, what is told is the kind."""
    for origin in looked.others:
        landings.begin(origin)
        kind = PurePosixPath(origin).suffix.lower() or NO_ENDING
        landings.incoming.leave(origin, resource_type=kind, count=1, reason=OTHER_KIND)


def replace_earlier(before: Known, staged: Mapping[str, Staged], landings: Landings) -> None:
    """Let a full export replace earlier files: what was put aside of them is out of date."""
    for origin, name in before.table_of.items():
        if name in staged:
            landings.begin(origin)


def stage_all(looked: Looked, landings: Landings, *, narrator: Narrator) -> dict[str, Staged]:
    """Read all files, each table's into one file of its own, in the order of their names."""
    incoming = landings.incoming
    staged = {
        name: Staged(name, incoming.folder / f"staged_{name}.parquet")
        for name in looked.tables.names
    }
    narrator.begin("rows", total=None)
    for described in looked.described:
        origin = described.found.origin
        table = staged[looked.table_of[origin]]
        landings.begin(origin)
        stage(described, table, incoming=incoming)
        narrator.advance(table.rows[origin])
        narrator.say(
            f"{origin}: {table.rows[origin]} rows of {table.name}, {table.damaged[origin]} damaged"
        )
    for table in staged.values():
        if table.writer is not None:
            table.writer.close()
    narrator.end("rows", count=sum(table.total for table in staged.values()))
    return staged


def key_for(
    table: Staged,
    looked: Looked,
    *,
    before: Known,
    incoming: Incoming,
) -> tuple[str, ...]:
    """Return what tells a table's rows apart: as given, as it was before, or as it looks."""
    if table.name in looked.keys:
        return tuple(looked.keys[table.name])
    if table.name in before.keys:
        return before.keys[table.name]
    if table.writer is None:
        return ()
    columns = columns_of_table(looked, table.name)
    return choose_key(table, columns, database=incoming.database)


def hand_over(table: Staged, *, incoming: Incoming) -> None:
    """Give the rows that have an id to be compared and landed, and the others to quarantine."""
    for rows in staged_rows(table):
        bounds = {"first": rows["position"][0].as_py(), "last": rows["position"][-1].as_py()}
        incoming.database.register("rows", rows)
        to_land = incoming.database.execute(ROWS_TO_LAND, bounds).to_arrow_table()
        aside = incoming.database.execute(
            ROWS_TO_PUT_ASIDE, bounds | {"name": table.name}
        ).to_arrow_table()
        incoming.database.unregister("rows")
        if to_land.num_rows:
            incoming.append(table.name, to_land)
            incoming.read[table.name] += to_land.num_rows
        if aside.num_rows:
            incoming.put_aside(table.name, aside)
            table.unidentified += aside.num_rows
    table.path.unlink()


def staged_rows(table: Staged) -> Iterator[pa.Table]:
    """Read a table's staged rows, one batch at a time."""
    with pq.ParquetFile(table.path) as parquet:
        yield from row_groups(parquet)


def is_rekeyed(before: Known, chosen: Mapping[str, tuple[str, ...]], name: str) -> bool:
    """Tell whether rows have other ids than they were landed with, and would be there twice."""
    return name in before.keys and before.keys[name] != chosen[name]


def forget_missing(table: Staged, landings: Landings, *, at: datetime) -> None:
    """
    Set aside the landed rows of a table that the export no longer has.

    A damaged line may hold one of them: who calls has seen that there is none.
    """
    if landings.incoming.read[table.name]:
        path = landings.incoming.file_of(table.name)
        landings.forget({table.name: pq.read_table(path, columns=["id"])["id"]}, at=at)


def rows_not_seen(target: Target, tally: Tally) -> Counter[str]:
    """Count the landed rows of each table that this export does not hold."""
    tables = sorted(known(target).keys)
    landed = replace(target, found=RawTables(target.tables.schema, {name: name for name in tables}))
    there = counts_landed(landed)
    not_seen = {
        name: there[name]
        - sum(counts[name] for counts in (tally.new, tally.changed, tally.unchanged))
        for name in tables
    }
    return Counter({name: count for name, count in not_seen.items() if count})


def told(described: Described, table: Staged, *, key: Sequence[str], before: Known) -> str:
    """Say how a file was read, and whether it is the one that was read before."""
    written = [described.found.kind.value]
    encoding, evidence = described.encoding
    if encoding:
        written.append(f"{encoding} ({evidence})")
    if described.dialect:
        written.append(f"fields between {described.dialect.delimiter!r}")
    rows_by = f"rows by {', '.join(key)}" if key else "rows by all that they say"
    columns = f"{len(described.columns)} columns"
    is_same = before.digests.get(described.found.origin) == described.look.sha256
    again = ["the same file as before"] if is_same else []
    return "; ".join([f"table {table.name}", *written, columns, rows_by, *again])


def refuse(refused: Refused, landings: Landings, *, narrator: Narrator) -> None:
    """
    Put a file that cannot be read into quarantine, by its name and digest.

    The file itself stays where it is; a copy of it in the database would help nobody.
    """
    landings.begin(refused.origin)
    landings.tally.asked[refused.origin] = f"not read: {refused.what_to_do}"
    broken = Broken(
        refused.origin, 0, None, refused.reason, refused.what_to_do, refused.sha256.encode()
    )
    landings.take(Cut({}, [broken]), origin=refused.origin)
    narrator.say(f"{refused.origin}: not read, {refused.what_to_do}")
