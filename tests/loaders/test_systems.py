"""Two systems with the same ids in one org: no key meets another, and either leaves by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from loaders.errors import DONE, INCOMPLETE, RecordUnknown
from loaders.rollback_part import Wanted
from loaders.sample import Sample
from tests.conftest import Ran
from tests.loaders.loading import loading
from tests.loaders.mini_clinic import MiniClinic
from tests.loaders.planning import ALIAS, counts
from tests.loaders.wide_clinic import wide_clinic

SOUTH = Wanted(system="south")
# Whoever works in both systems is one user, whose key names neither.
USER = "*:user:ada@clinic.example"


def clinic_of(folder: Path, *systems: str) -> MiniClinic:
    """Build the wide clinic as if each of these systems had all of it, with the same ids."""
    clinic = wide_clinic(folder)
    for mart in clinic.marts.values():
        rows = {told(row, system) for system in systems for row in mart["rows"]}
        mart["rows"] = sorted(rows, key=str)
    return clinic.write()


def told(row: tuple[Any, ...], system: str) -> tuple[Any, ...]:
    """Give what a record of the first system says where another one has it."""
    return tuple(
        cell.replace("demo:user:1", USER).replace("demo:", f"{system}:")
        if isinstance(cell, str)
        else cell
        for cell in row
    )


def test_of_one_push_of_two_systems_either_goes_by_itself(
    wide_template: Path, tmp_path: Path
) -> None:
    clinic = clinic_of(tmp_path / "clinic", "demo", "south")
    with loading(wide_template, tmp_path / "org", clinic) as desk:
        before, plan = desk.objects(), desk.plan()
        assert desk.push(plan) == DONE
        assert desk.verify(plan).differences == 0
        # The org's own relation of a patient to the household names both.
        alone = [each for each in desk.objects() if "south:" not in str(each)]
        with pytest.raises(RecordUnknown) as unknown:
            desk.rollback(plan, wanted=Wanted(system="nowhere"))
        assert unknown.value.hint == "give one of these: demo, south"
        code, undone = desk.rollback(plan, wanted=SOUTH)
        assert (code, "User" in undone, desk.run().state) == (DONE, False, "partly_rolled_back")
        assert desk.objects() == alone
        code, undone = desk.rollback(plan)
        assert (code, undone["User"].retired, desk.run().state) == (DONE, 1, "rolled_back")
        assert [each for each in desk.objects() if ".retired-" not in str(each)] == before


@pytest.mark.soak
def test_of_two_pushes_the_first_goes_and_leaves_the_user_to_the_other(
    wide_template: Path, tmp_path: Path
) -> None:
    clinic = clinic_of(tmp_path / "clinic", "demo")
    rows = {mart["salesforce"]["sobject"]: len(mart["rows"]) for mart in clinic.marts.values()}
    with loading(wide_template, tmp_path / "org", clinic) as desk:
        before = desk.objects()
        assert desk.push(desk.plan()) == DONE
        back = ("rollback", desk.run().run, "--org", ALIAS, "--json")
        clinic_of(clinic.folder, "demo", "south")
        plan = desk.plan()
        # The user is there already.
        new = rows | {"User": 0}
        assert {each.sobject: counts(each) for each in plan.objects} == {
            name: (rows[name] + new[name], new[name], 0, rows[name], 0) for name in rows
        }
        assert desk.push(plan) == DONE
        assert desk.verify(plan).differences == 0
        south = [each for each in desk.objects() if "demo:" not in str(each)]

        first = desk.load(*back)
        assert (first.code, held_of(first)) == (INCOMPLETE, {"User": 1}), first.stderr
        assert [each["code"] for each in first.json()["held"]] == ["later_push"]
        assert desk.objects() == south
        assert desk.rollback(plan)[0] == DONE
        again = desk.load(*back)
        assert (again.code, held_of(again)) == (DONE, {}), again.stderr
        assert [each for each in desk.objects() if ".retired-" not in str(each)] == before


def held_of(done: Ran) -> dict[str, int]:
    """Count what a rollback held, by object."""
    return {each["sobject"]: each["held"] for each in done.json()["objects"] if each["held"]}


@pytest.mark.soak
def test_what_somebody_edited_of_a_system_is_held_when_the_rest_of_it_goes(
    wide_template: Path, tmp_path: Path
) -> None:
    clinic = clinic_of(tmp_path / "clinic", "demo", "south")
    with loading(wide_template, tmp_path / "org", clinic) as desk:
        plan = desk.plan()
        assert desk.push(plan) == DONE
        alone = [each for each in desk.objects() if "south:" not in str(each)]
        desk.change("Contact", "south:patient:A", Phone="555 0199")
        back = ("rollback", "latest", "--org", ALIAS, "--system", "south", "--json")
        done = desk.load(*back)
        assert done.code == INCOMPLETE, done.stderr
        # The patient's household, and the one that stands above it.
        assert held_of(done) == {"Contact": 1, "Account": 2}
        assert done.json()["part"]["system"] == "south"
        assert "south:patient:A" in str(desk.objects())
        assert desk.load(*back, "--force", "Contact").code == DONE
        assert desk.objects() == alone


@pytest.mark.soak
def test_a_sample_of_one_record_shows_every_object_of_every_system(
    wide_template: Path, tmp_path: Path
) -> None:
    clinic = clinic_of(tmp_path / "clinic", "demo", "south")
    with loading(wide_template, tmp_path / "org", clinic) as desk:
        plan = desk.plan(sample=Sample(records=1, seed=1))
        for each in plan.objects:
            keys = str([row["_key"] for row in desk.rows(plan, each.sobject)])
            assert ("'south:" in keys and "'demo:" in keys) or each.sobject == "User"
