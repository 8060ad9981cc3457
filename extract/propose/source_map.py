"""Proposes the map of an export from end to end, and keeps what somebody decided or wrote."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import duckdb

from extract.audit.workspace import workspace
from extract.data_folder import DataFolder
from extract.errors import EXIT_INCOMPLETE, MapUnreadable, NothingLanded, WrongUsage
from extract.propose.asked_model import Endpoint, ask_model
from extract.propose.clinic_targets import Entity, read_targets
from extract.propose.code_values import CodeRow, code_rows
from extract.propose.column_formats import column_formats
from extract.propose.column_profile import ExportProfile, profile_export
from extract.propose.decisions import (
    UNWRITABLE,
    Decision,
    Decisions,
    decide,
    decided_entities,
    decisions_text,
    read_decisions,
)
from extract.propose.hand_edits import digests_text, kept_files, read_digests
from extract.propose.matcher import NO_HINTS, match
from extract.propose.source_sql import STAGING, Source, models
from extract.propose.source_yaml import SEEDS, Marks, read_marks, yaml_files
from extract.raw_tables import FILES, RECORD_TABLES

# Other sources stand in it as well.
SHARED = Path("macros/clinic_sources.sql")
LISTED = re.compile(r"^( *)\}\) \}\}", re.M)
CODE_COLUMNS = ("field", "source_value", "code", "candidates")
KEYWORDS = "select keyword_name from duckdb_keywords()"


@dataclass(frozen=True, slots=True)
class SourceMap:
    """A proposed map: its files, what is new in it, and what a person has to do by hand."""

    before: Mapping[Path, str]
    texts: Mapping[Path, str]
    decisions: tuple[Decision, ...]
    codes: tuple[CodeRow, ...]
    proposed: Marks
    by_hand: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """Return 4 where something was left to a person, else 0."""
        return EXIT_INCOMPLETE if self.by_hand else 0

    def write(self, project: Path) -> None:
        """Write the files that change."""
        for path, text in self.texts.items():
            (project / path).parent.mkdir(parents=True, exist_ok=True)
            (project / path).write_bytes(text.encode("utf-8"))


@dataclass(frozen=True, slots=True)
class _Known:
    """What stands in the project already."""

    decisions: Decisions
    codes: tuple[CodeRow, ...]
    marks: Marks


def propose_source(
    folder: DataFolder, *, project: Path, system: str, endpoint: Endpoint | None = None
) -> SourceMap:
    """
    Propose a map of a system's export; nothing is written, and a model asked only if one is given.

    Raises:
        ExtractError: each leaf says what to do about it.

    """
    targets = read_targets(project)
    known = _known(project, system)
    with workspace(folder) as database:
        export, formats, keywords = _look(database, system)
    hints = (
        ask_model(export, targets, decided=known.decisions, endpoint=endpoint)
        if endpoint
        else NO_HINTS
    )
    matches = match(export, targets, decided=decided_entities(known.decisions), hints=hints)
    decisions = decide(matches, export, targets, remembered=known.decisions, formats=formats)
    columns = {
        (table, column.name): column
        for table, profiled in export.tables.items()
        for column in profiled
    }
    words = {(each.field, each.source_value): each for each in known.codes}
    for row in code_rows(decisions.values(), columns, project=project):
        words.setdefault((row.field, row.source_value), row)
    codes = tuple(words.values())
    marks = _marks(known, decisions, codes, system=system)
    now = _files(project, system, _Known(decisions, codes, marks), targets, keywords)
    there = {path: (project / path).read_text("utf-8") for path in now if (project / path).exists()}
    shared = {SHARED, map_path(system), codes_path(system)}
    written = read_digests(project / digests_path(system))
    kept, by_hand = kept_files(there, now=now, written=written, shared=shared)
    texts = {path: text for path, text in now.items() if path not in kept}
    if texts:
        texts[digests_path(system)] = digests_text(
            {path: text for path, text in now.items() if path not in shared}
        )
    return SourceMap(
        before=there,
        texts=texts,
        decisions=tuple(each for place, each in decisions.items() if place not in known.decisions),
        codes=tuple(each for each in codes if each not in known.codes),
        proposed=marks,
        by_hand=(*by_hand, *_unwritable(decisions)),
    )


def _known(project: Path, system: str) -> _Known:
    if not (project / SHARED).exists():
        raise WrongUsage(f"there is no {SHARED} here", hint="run it in the project's folder")
    decisions = read_decisions(project / map_path(system))
    if not decisions and (project / STAGING / system).exists():
        raise WrongUsage(
            f"{STAGING / system} was not made by a proposal", hint="choose another --system"
        )
    return _Known(
        decisions, tuple(_read_codes(project / codes_path(system))), read_marks(project, system)
    )


def map_path(system: str) -> Path:
    """Name the file of decisions."""
    return STAGING / system / f"_{system}__map.csv"


def digests_path(system: str) -> Path:
    """Name the file that says what was written."""
    return STAGING / system / f"_{system}__written.csv"


def codes_path(system: str) -> Path:
    """Name the seed of codes."""
    return SEEDS / system / f"{system}_codes.csv"


def _look(
    database: duckdb.DuckDBPyConnection, system: str
) -> tuple[ExportProfile, dict[tuple[str, str], str], frozenset[str]]:
    """Profile what was landed of a system."""
    tables = tuple(
        name
        for schema, name in database.execute(RECORD_TABLES).fetchall()
        if schema == FILES.schema and _has_rows(database, name, system)
    )
    if not tables:
        raise NothingLanded(
            f"no export of {system} was landed",
            hint=f"clinic-extract run files --system {system} --from FOLDER",
        )
    export = profile_export(database, system=system, tables=tables)
    keywords = frozenset(name for (name,) in database.execute(KEYWORDS).fetchall())
    return export, column_formats(database, export, system=system), keywords


def _has_rows(database: duckdb.DuckDBPyConnection, table: str, system: str) -> bool:
    found = database.execute(
        f'select 1 from raw.{FILES.schema}."{table}" where system = $system limit 1',  # noqa: S608
        {"system": system},
    )
    return bool(found.fetchall())


def _marks(
    known: _Known, decisions: Decisions, codes: tuple[CodeRow, ...], *, system: str
) -> dict[str, tuple[str, ...]]:
    """Mark what is new beside what was marked before; what was confirmed stays confirmed."""
    made: dict[str, dict[str, None]] = {
        name: dict.fromkeys(names) for name, names in known.marks.items()
    }
    for place, each in decisions.items():
        if place in known.decisions:
            continue
        if each.column:
            made.setdefault(f"stg_{system}__{each.table.lower()}", {})[each.column] = None
        elif each.entity:
            made.setdefault(f"int_{system}__{each.entity}", {})[each.table] = None
    for row in codes:
        if row not in known.codes:
            made.setdefault(f"{system}_codes", {})[row.field] = None
    return {name: tuple(names) for name, names in made.items() if names}


def _files(
    project: Path,
    system: str,
    known: _Known,
    targets: Mapping[str, Entity],
    keywords: frozenset[str],
) -> dict[Path, str]:
    """Write every file of a map; the same decisions give the same bytes."""
    filled = {each.label for each in known.decisions.values()}
    coded = frozenset(row.field for row in known.codes if row.field in filled)
    source = Source(system, known.decisions, targets, coded, keywords)
    return {
        map_path(system): decisions_text(known.decisions),
        codes_path(system): _codes_text(known.codes),
        SHARED: _with_source((project / SHARED).read_text("utf-8"), source),
        **models(source),
        **yaml_files(source, known.marks),
    }


def _with_source(text: str, source: Source) -> str:
    """Add a source to those that fill the clinic contract, or bring what it lacks up to date."""
    filled = set(source.tables.values())
    lacking = sorted({*source.targets, "provider_patients"} - filled)
    names = ", ".join(f"'{name}'" for name in lacking)
    line = f"        '{source.system}': [{names}],\n"
    text = re.sub(rf"^ *'{re.escape(source.system)}': \[.*?\],\n", "", text, flags=re.M)
    found = LISTED.search(text)
    if not found:
        raise MapUnreadable(f"{SHARED} lists no sources", hint="git checkout " + str(SHARED))
    return text[: found.start()] + line + text[found.start() :]


def _codes_text(codes: tuple[CodeRow, ...]) -> str:
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(CODE_COLUMNS)
    writer.writerows((row.field, row.source_value, row.code, row.candidates) for row in codes)
    return text.getvalue()


def _read_codes(path: Path) -> Iterator[CodeRow]:
    if path.exists():
        with path.open(encoding="utf-8", newline="") as opened:
            for row in csv.DictReader(opened):
                yield CodeRow(**{name: row[name] for name in CODE_COLUMNS})


def _unwritable(decisions: Decisions) -> list[str]:
    return [
        f"{each.table}: a column's name holds a quote, a brace or a backslash; rename it to map it"
        for each in decisions.values()
        if UNWRITABLE & set(each.column)
    ]


def told(made: SourceMap, system: str) -> Iterator[str]:
    """Say in lines what is proposed; every candidate stands in the map's file."""
    tables = [each for each in made.decisions if not each.column]
    for table in tables:
        columns = [each for each in made.decisions if each.table == table.table and each.column]
        mapped = sum(bool(each.field) for each in columns)
        yield (
            f"{table.table}: {table.entity or 'no target'},"
            f" {mapped} of {len(columns)} columns have a target"
        )
    named = {each.table for each in tables}
    for column in made.decisions:
        if column.table not in named:
            yield f"{column.table}.{column.column} is new: {column.label or 'no target'}"
    if made.codes:
        yield f"{len(made.codes)} words of {len({each.field for each in made.codes})} fields: codes"
    yield from made.by_hand
    if made.proposed:
        yield (
            f"To confirm: review {map_path(system)}, then delete what `proposed` lists in the YAML"
            f" of {STAGING / system} and of the other folders of {system}."
        )


def as_json(made: SourceMap) -> dict[str, Any]:
    """Give the proposal for programs."""
    return {
        "decisions": [asdict(each) for each in made.decisions],
        "codes": [asdict(each) for each in made.codes],
        "proposed": {name: list(names) for name, names in made.proposed.items()},
        "by_hand": list(made.by_hand),
        "files": [str(path) for path in sorted(made.texts)],
    }
