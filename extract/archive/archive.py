"""Writes the archive: the originals by patient, what to look them up with, and the seal."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from extract.archive.bundles import write_bundles
from extract.archive.records import Kind, judge
from extract.archive.seal import seal
from extract.audit.workspace import Database, rows, workspace
from extract.data_folder import DataFolder
from extract.errors import ArchiveMisplaced, RowsWentMissing
from extract.incoming import quoted
from extract.narration import Narrator
from extract.page.rendering import render

_RECORDS = """
    select
        patient_key, file, system, table_name, id, state, reasons, unread_fields, sha256
    from archived
    order by file, system, table_name, id
"""
_CHARTS = "select * from chart order by family_name, given_name, birth_date, patient_key"


@dataclass(frozen=True, slots=True)
class Archive:
    """What was written, and the seal that proves it later."""

    folder: Path
    kinds: tuple[Kind, ...]
    patients: int
    without_target: bool
    seal: str

    @property
    def closes(self) -> bool:
        """Tell whether every record of the source is accounted for."""
        return all(kind.closes(without_target=self.without_target) for kind in self.kinds)


def write_archive(
    folder: DataFolder, *, into: Path, manifest: Path, without_target: bool, narrator: Narrator
) -> Archive:
    """
    Write the archive of everything that is landed; equal records give equal bytes.

    It appears under its name when it is whole and sealed. `without_target` leaves out what the
    map takes, were it only in part.

    Raises:
        ArchiveMisplaced: the folder is there already, or in the way of a purge.
        BuildNotCurrent: dbt did not build what is landed now.
        RowsWentMissing: an original was not written, or twice.

    """
    _refuse_place(into, folder)
    unfinished = into.with_name(f"{into.name}.unfinished")
    with workspace(folder) as database:
        kinds = judge(
            database, folder, manifest=manifest, without_target=without_target, narrator=narrator
        )
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        _write_bundles(database, unfinished)
        _copy(database, _RECORDS, unfinished / "records.csv")
        _copy(database, _CHARTS, unfinished / "patients.csv")
        _copy(database, "from equation", unfinished / "equation.csv")
        patients = _write_page(database, unfinished / "index.html", kinds)
    sealed = seal(unfinished)
    unfinished.rename(into)
    return Archive(into, kinds, patients, without_target, sealed)


def _refuse_place(into: Path, folder: DataFolder) -> None:
    """Keep an archive from being written over, and from where working data is deleted later."""
    if into.exists():
        raise ArchiveMisplaced(
            f"{into.name} is there, and an archive is never written over",
            hint="give --into a folder that is not there yet",
        )
    if into.is_relative_to(folder.root):
        raise ArchiveMisplaced(
            "the working data is deleted some day, and the archive must stay",
            hint="give --into a folder outside of the data folder",
        )


def _write_bundles(database: Database, folder: Path) -> None:
    written = write_bundles(database, folder)
    ((wanted,),) = database.execute("select count(*) from archived").fetchall()
    if written != wanted:
        raise RowsWentMissing(
            f"{written} originals were written, and there are {wanted}",
            hint="clinic-extract run with --full, dbt build, then archive again",
        )


def _copy(database: Database, query: str, path: Path) -> None:
    database.execute(f"copy ({query}) to {quoted(path)} (format csv, header)")


def _write_page(database: Database, path: Path, kinds: tuple[Kind, ...]) -> int:
    """Write the page that finds a patient's file, and return how many patients it knows."""
    charts = [list(row.values()) for row in rows(database, _CHARTS)]
    # Inside a script only this could end it.
    told = json.dumps(charts, ensure_ascii=False, default=str).replace("<", "\\u003c")
    page = render("index.html.jinja", package="extract.archive", kinds=kinds, charts=told)
    path.write_text(page, encoding="utf-8")
    return len(charts)
