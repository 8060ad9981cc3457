"""Looks at all files of an export before one of them is read: which tables there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from extract.data_folder import DataFolder
from extract.errors import WrongUsage
from extract.incoming import open_memory
from extract.narration import Narrator
from extract.quarantine import Reason
from extract.raw_tables import FILES, RawTables
from extract.sources.files_found import Export
from extract.sources.files_stage import Described, Refused, describe
from extract.sources.files_tables import tables_of

WHAT_TO_DO = {
    Reason.UNSAFE_MEMBER: "its name points out of the archive, or comes twice: pack it again",
    Reason.ENCRYPTED_FILE: "it is locked with a password: unpack it first",
    Reason.UNREADABLE_FILE: "it cannot be opened: export it again",
}


@dataclass(frozen=True, slots=True)
class Looked:
    """An export that was looked at: the table of each file, and what cannot be read of it."""

    described: tuple[Described, ...]
    refused: tuple[Refused, ...]
    others: tuple[str, ...]
    table_of: Mapping[str, str]
    # What tells a table's rows apart, where a person says so.
    keys: Mapping[str, Sequence[str]]

    @property
    def tables(self) -> RawTables:
        """Return the raw tables that the export needs."""
        return RawTables(FILES.schema, {name: name for name in sorted(set(self.table_of.values()))})


def look_at_export(
    export: Export, *, keys: Mapping[str, Sequence[str]], folder: DataFolder, narrator: Narrator
) -> Looked:
    """
    Look at every file once, so that its table is known before anything is landed.

    Raises:
        WrongUsage: a key is given for a table or by columns that the export does not have.

    """
    described: list[Described] = []
    refused = [Refused(origin, reason, WHAT_TO_DO[reason]) for origin, reason in export.refused]
    narrator.begin("files", total=len(export.files))
    with open_memory(folder.duckdb_limits) as database:
        for found in export.files:
            seen = describe(found, database=database)
            if isinstance(seen, Refused):
                refused.append(seen)
            else:
                described.append(seen)
            narrator.advance(1)
    narrator.end("files", count=len(described))
    columns = {each.found.origin: each.columns for each in described}
    looked = Looked(tuple(described), tuple(refused), export.others, tables_of(columns), keys)
    check_keys(looked)
    return looked


def check_keys(looked: Looked) -> None:
    """
    Refuse a key that fits nothing.

    Raises:
        WrongUsage: the export has no such table, or the table no such column.

    """
    for name, columns in looked.keys.items():
        having = set(columns_of_table(looked, name))
        if not having or not set(columns) <= having:
            raise WrongUsage(
                f"--key names the table {name!r}, and the export has no such table or columns",
                hint="run it without --key and with --explain, which names the tables",
            )


def columns_of_table(looked: Looked, name: str) -> tuple[str, ...]:
    """Return the columns of a table, in the order in which its files have them."""
    origins = (each for each in looked.described if looked.table_of[each.found.origin] == name)
    return tuple(dict.fromkeys(column for each in origins for column in each.columns))
