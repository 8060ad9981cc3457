"""Records of one object below one another: no kept one loses the record that it names."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from loaders import rollback_targets
from loaders.errors import INCOMPLETE
from tests.loaders.loading import Loading, loading
from tests.loaders.mini_clinic import MiniClinic, field, mini_clinic, to
from tests.loaders.planning import ALIAS

SEED, COUNT = 4, 14
# By number: the one above, of lower or higher number, so that parts hold them in any order.
ORDER = Random(SEED).sample(range(COUNT), COUNT)  # noqa: S311 - a seed is wanted
ABOVE = {
    number: Random(SEED + place).choice([None, *ORDER[:place]] if place else [None])  # noqa: S311
    for place, number in enumerate(ORDER)
}


def key(number: int) -> str:
    return f"demo:household:t{number:02}"


def forest(folder: Path) -> MiniClinic:
    """Build the small clinic with households below households."""
    clinic = mini_clinic(folder)
    accounts = clinic.marts["sf_account"]
    accounts["columns"].append(field("ParentId", lookup=to("Account", "Parent")))
    accounts["rows"] = [(*row, None) for row in accounts["rows"]] + [
        (key(number), "Patient", None, f"Family {number}", "Patient", None, None,
         None if above is None else key(above))
        for number, above in ABOVE.items()
    ]  # fmt: skip
    return clinic.write()


def households(desk: Loading) -> dict[str, str | None]:
    found = desk.soql("SELECT Id, ParentId FROM Account WHERE Name LIKE 'Family %'")
    return {each["Id"]: each["ParentId"] for each in found}


def with_all_above(numbers: set[int]) -> set[int]:
    above = {ABOVE[number] for number in numbers} - {None} - numbers
    return with_all_above(numbers | above) if above else numbers


def test_what_a_kept_record_of_the_same_object_names_is_kept_through_all_parts(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rollback_targets, "CHUNK", 4)
    lowest = sorted(set(ABOVE) - set(ABOVE.values()))
    with loading(template, tmp_path / "org", forest(tmp_path / "clinic")) as desk:
        plan = desk.plan()
        desk.push(plan)
        before = households(desk)
        assert len(before) == COUNT
        # Of one somebody wrote down the phone, to another somebody added a patient.
        edited, adopted = lowest[0], lowest[-1]
        desk.change("Account", key(edited), Phone="555 0188")
        desk.create("Contact", LastName="Theirs", AccountId=desk.record_id("Account", key(adopted)))
        kept = {desk.record_id("Account", key(each)) for each in with_all_above({edited, adopted})}
        ahead = desk.load("rollback", "latest", "--org", ALIAS, "--plan", "--json").json()
        code, undone = desk.rollback(plan)
        assert households(desk) == {each: before[each] for each in before if each in kept}
    assert 2 < len(kept) < COUNT
    assert (code, undone["Account"].held) == (INCOMPLETE, len(kept))
    foreseen = {each["sobject"]: each["held"] for each in ahead["objects"]}
    assert foreseen["Account"] == len(kept)
