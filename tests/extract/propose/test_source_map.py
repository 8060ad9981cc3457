"""A map is proposed as code, nothing of a patient is in it, and what was decided is replayed."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import duckdb
import pytest

from extract.data_folder import DataFolder
from extract.errors import EXIT_INCOMPLETE, MapUnreadable, NothingLanded
from extract.propose.source_map import SourceMap, map_path, propose_source
from extract.propose.source_yaml import paths_of, read_marks
from tests.conftest import ROOT
from tests.extract.propose.invented import SYSTEM, invent, land
from tests.extract.propose.invented_values import FAMILY, GIVEN

# Dear, and left to `make soak` for the time that CI has.
pytestmark = pytest.mark.soak

READ = ("models/intermediate/clinic/_clinic__models.yml", "macros", "seeds/crosswalks")
SOME = ("PTMSTR", "APTSCHD", "PRVDR", "LOCTN", "SYSPARM")
Rows = dict[str, list[dict[str, str]]]


@dataclass(frozen=True, slots=True)
class Desk:
    """A copy of what a proposal reads of the project, and what was landed."""

    project: Path
    data: Path

    def land(self, tables: Rows) -> None:
        """Land an export anew."""
        self.data.mkdir(exist_ok=True)
        (self.data / "raw.duckdb").unlink(missing_ok=True)
        with duckdb.connect() as database:
            database.execute(f"attach '{self.data / 'raw.duckdb'}' as raw")
            land(database, tables)

    def propose(self) -> SourceMap:
        """Propose a map, and write it."""
        made = propose_source(DataFolder(self.data, "1GB"), project=self.project, system=SYSTEM)
        made.write(self.project)
        return made

    def text(self, path: Path) -> str:
        """Read a file of the project."""
        return (self.project / path).read_text("utf-8")

    def change(self, path: Path, old: str, new: str) -> None:
        """Edit a file of the project."""
        assert old in self.text(path)
        (self.project / path).write_text(self.text(path).replace(old, new), "utf-8")

    def confirm(self) -> None:
        """Take every mark out, as whoever reviewed the map does."""
        for path in paths_of(SYSTEM):
            text = re.sub(
                r"      meta:\n        proposed:\n(          - .*\n)+", "", self.text(path)
            )
            (self.project / path).write_text(re.sub(r"    config:\n(?!      )", "", text), "utf-8")


def some(*, share: float = 1.0) -> Rows:
    export = invent("abbreviated", share=share)
    return {table: export[table] for table in SOME}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    project = tmp_path / "project"
    for path in READ:
        place = project / path
        place.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (ROOT / path).is_dir() else shutil.copy)(ROOT / path, place)
    made = Desk(project, tmp_path / "data")
    made.land(some(share=0.6))
    return made


def decided(texts: Mapping[Path, str]) -> dict[tuple[str, str], tuple[str, str, str]]:
    rows = csv.DictReader(StringIO(texts[map_path(SYSTEM)]))
    return {
        (row["table"], row["column"]): (row["entity"], row["field"], row["format"]) for row in rows
    }


def test_a_map_is_code_with_every_decision_its_reasons_and_marks(desk: Desk) -> None:
    made = desk.propose()
    decisions = decided(made.texts)
    assert decisions["PTMSTR", ""] == ("patients", "", "")
    assert decisions["PTMSTR", "PT_DOB"] == ("patients", "birth_date", "%m/%d/%Y")
    assert decisions["SYSPARM", ""] == ("", "", "")
    assert {"PT_ID", "PT_SSN"} <= set(made.proposed["stg_north__ptmstr"])
    assert made.proposed["int_north__patients"] == ("PTMSTR",)
    assert "appointments.status_code" in made.proposed["north_codes"]
    assert read_marks(desk.project, SYSTEM) == dict(made.proposed) | dict.fromkeys(
        set(read_marks(desk.project, SYSTEM)) - set(made.proposed), ()
    )
    assert "'north': [" in desk.text(Path("macros/clinic_sources.sql"))
    assert made.exit_code == 0


def test_the_same_export_gives_the_same_bytes(desk: Desk, tmp_path: Path) -> None:
    first = desk.propose()
    again = Desk(tmp_path / "again", desk.data)
    shutil.copytree(desk.project, again.project)
    shutil.rmtree(again.project / "models/staging")
    shutil.rmtree(again.project / "models/intermediate/north")
    shutil.rmtree(again.project / "seeds/north")
    shutil.copy(ROOT / "macros/clinic_sources.sql", again.project / "macros")
    assert again.propose().texts == first.texts


def test_no_file_holds_a_value_of_a_patient(desk: Desk) -> None:
    tables = some()
    # A small practice: so few first names that each comes often, in a column called a status.
    for number, row in enumerate(tables["APTSCHD"]):
        row["AP_STAT"] = GIVEN[number % 3]
    desk.land(tables)
    written = "".join(desk.propose().texts.values())
    values = {
        value
        for column in ("PT_DOB", "PT_EML", "PT_HM_PH", "PT_ADR1", "PT_SSN", "PT_CHRT_NBR")
        for value in (row[column] for row in tables["PTMSTR"])
    }
    told = [each for each in (*values, *GIVEN, *FAMILY) if each in written]
    assert not told
    assert "appointments.type_code" in written


def test_what_was_confirmed_is_replayed_and_a_new_column_alone_is_proposed(desk: Desk) -> None:
    desk.propose()
    desk.change(map_path(SYSTEM), "PTMSTR,PT_SHOE_SZ,,,", "PTMSTR,PT_SHOE_SZ,patients,name_text,")
    assert (
        "landed.pt_shoe_sz as name_text"
        in desk.propose().texts[Path("models/intermediate/north/int_north__patients.sql")]
    )
    desk.confirm()
    before = decided({map_path(SYSTEM): desk.text(map_path(SYSTEM))})
    assert not desk.propose().texts
    tables = some()
    desk.land(tables | {"PTMSTR": [row | {"PT_CNTRY": "US"} for row in tables["PTMSTR"]]})
    made = desk.propose()
    after = decided(made.texts)
    assert after.pop(("PTMSTR", "PT_CNTRY")) == ("patients", "country", "")
    assert after == before
    assert made.proposed == {"stg_north__ptmstr": ("PT_CNTRY",)}
    assert read_marks(desk.project, SYSTEM)["stg_north__ptmstr"] == ("PT_CNTRY",)


def test_a_model_that_somebody_edited_is_left_alone_and_told(desk: Desk) -> None:
    desk.propose()
    model = Path("models/intermediate/north/int_north__patients.sql")
    desk.change(model, "landed.pt_lnm as family_name", "upper(landed.pt_lnm) as family_name")
    edited = desk.text(model)
    assert desk.propose().exit_code == 0
    tables = some()
    desk.land(tables | {"PTMSTR": [row | {"PT_CNTRY": "US"} for row in tables["PTMSTR"]]})
    made = desk.propose()
    assert made.exit_code == EXIT_INCOMPLETE
    assert made.by_hand == (f"{model} was edited by hand and stays",)
    assert desk.text(model) == edited


def test_marks_are_never_lost_in_yaml_that_somebody_edited(desk: Desk) -> None:
    desk.propose()
    path = paths_of(SYSTEM)[0]
    desk.change(path, "The rows of PTMSTR.", "All people.")
    before = desk.text(path)
    tables = some()
    desk.land(tables | {"PTMSTR": [row | {"PT_CNTRY": "US"} for row in tables["PTMSTR"]]})
    with pytest.raises(MapUnreadable):
        desk.propose()
    assert desk.text(path) == before


def test_a_key_that_holds_other_numbers_of_the_patient_has_no_target(desk: Desk) -> None:
    tables = some()
    charts = {row["PT_ID"]: row["PT_CHRT_NBR"] for row in tables["PTMSTR"]}
    for row in tables["APTSCHD"]:
        row["AP_PT_ID"] = charts[row["AP_PT_ID"]]
    desk.land(tables)
    assert decided(desk.propose().texts)["APTSCHD", "AP_PT_ID"] == ("", "", "")


def test_one_table_fills_an_entity_so_that_ids_of_two_never_meet(desk: Desk) -> None:
    tables = some()
    desk.land(tables | {"PTMSTR_OLD": tables["PTMSTR"][:40]})
    decisions = decided(desk.propose().texts)
    assert [decisions[table, ""][0] for table in ("PTMSTR", "PTMSTR_OLD")].count("patients") == 1


def test_dates_and_numbers_are_read_as_they_are_written(desk: Desk) -> None:
    tables = some()
    for row in tables["PTMSTR"]:
        month, day, year = row["PT_DOB"].split("/")
        row["PT_DOB"] = f"{day}/{month}/{year}"
    desk.land(tables)
    assert decided(desk.propose().texts)["PTMSTR", "PT_DOB"][2] == "%d/%m/%Y"


def test_a_system_of_which_nothing_was_landed_says_how_to_land_it(desk: Desk) -> None:
    desk.land({})
    with pytest.raises(NothingLanded) as error:
        desk.propose()
    assert error.value.hint == "clinic-extract run files --system north --from FOLDER"
