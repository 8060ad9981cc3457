"""An approval is bound to each part of the map, and a change of one part leaves the others."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from loaders.approve import (
    Confirmation,
    approve,
    is_approved,
    require_approved,
    standing,
    unapproved,
)
from loaders.contract import read_mapping
from loaders.deviation import auto_rollback_allowed
from loaders.errors import MappingRefused, NotApproved, WrongUsage
from loaders.ledger import Ledger
from loaders.ledger_acts import Approval
from loaders.map_changes import APPROVED, CHANGED, NEVER, changes_since_approval
from loaders.map_parts import CORE, SCOPES, map_hash, map_parts, part_hashes
from loaders.mapping import Mapping
from loaders.plan_store import Plan, PlanSettings
from tests.loaders.mini_clinic import MiniClinic, unbuilt_clinic
from tests.loaders.planning import clock

CONTACT = "model.clinic.sf_contact"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger.open(tmp_path / "ledger")
    yield opened
    opened.close()


@pytest.fixture
def clinic(tmp_path: Path) -> MiniClinic:
    return unbuilt_clinic(tmp_path / "clinic")


def plan_of(mapping: Mapping, *, parts: dict[str, str] | None = None) -> Plan:
    return Plan(
        plan="a-plan",
        created_at="",
        alias="UAT",
        org_id="00D",
        is_sandbox=True,
        map_hash=map_hash(mapping),
        parts=parts or part_hashes(map_parts(mapping)),
        data_hash="",
        matches_sha256="",
        deletions_sha256="",
        manifest_sha256="",
        settings=PlanSettings(None, None, "67.0", "whole", "", masked=False),
        objects=(),
        gone=(),
        findings=(),
        changes=(),
    )


def confirm(ledger: Ledger, mapping: Mapping, *scopes: str, by: str = "Ada") -> None:
    parts = map_parts(mapping)
    approve(ledger, plan_of(mapping), Confirmation(by, scopes), parts=parts, clock=clock)


def edit(clinic: MiniClinic, change: Callable[[dict[str, Any]], None]) -> Mapping:
    document = json.loads(clinic.manifest.read_text(encoding="utf-8"))
    change(document)
    clinic.manifest.write_text(json.dumps(document), encoding="utf-8")
    return read_mapping(clinic.manifest)


def said_of_contact(document: dict[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = document["nodes"][CONTACT]["config"]["meta"]["salesforce"]
    return said


def said_of_name(document: dict[str, Any]) -> dict[str, Any]:
    column = document["nodes"][CONTACT]["columns"]["FirstName"]
    said: dict[str, Any] = column["config"]["meta"]["salesforce"]
    return said


def another_lock_parent(document: dict[str, Any]) -> None:
    said_of_contact(document)["lock_parent"] = "FirstName"


def another_record_type(document: dict[str, Any]) -> None:
    said_of_contact(document)["record_types"] = ["Patient"]


def another_length(document: dict[str, Any]) -> None:
    said_of_name(document)["length"] = 40


def no_patient_data(document: dict[str, Any]) -> None:
    said_of_name(document)["phi"] = False


def another_row_of_a_seed(document: dict[str, Any]) -> None:
    document["nodes"]["seed.clinic.salesforce_picklists"]["checksum"]["checksum"] = "other"


def another_sql(document: dict[str, Any]) -> None:
    document["nodes"][CONTACT]["checksum"]["checksum"] = "other"


def another_macro(document: dict[str, Any]) -> None:
    document["macros"]["macro.clinic.clinic_key"]["macro_sql"] = "other"


@pytest.mark.parametrize(
    ("change", "scope"),
    [
        (another_lock_parent, "objects"),
        (another_record_type, "objects"),
        (another_length, "fields"),
        (no_patient_data, "fields"),
        (another_row_of_a_seed, "values"),
        (another_sql, "rules"),
        (another_macro, "rules"),
    ],
)
def test_a_change_makes_only_its_own_part_unapproved(
    ledger: Ledger, clinic: MiniClinic, change: Callable[[dict[str, Any]], None], scope: str
) -> None:
    before = read_mapping(clinic.manifest)
    confirm(ledger, before, *SCOPES)
    after = edit(clinic, change)
    assert unapproved(ledger, part_hashes(map_parts(after)), SCOPES) == (scope,)
    assert map_hash(after) != map_hash(before)
    confirm(ledger, after, scope, by="Ben")
    assert unapproved(ledger, part_hashes(map_parts(after)), SCOPES) == ()
    assert unapproved(ledger, part_hashes(map_parts(before)), SCOPES) == ()


def test_descriptions_and_places_are_in_no_hash(tmp_path: Path) -> None:
    one, two = (unbuilt_clinic(tmp_path / name) for name in ("one", "two"))
    text = two.manifest.read_text(encoding="utf-8")
    two.manifest.write_text(text.replace('"description": ""', '"description": "x"'), "utf-8")
    assert map_hash(read_mapping(one.manifest)) == map_hash(read_mapping(two.manifest))


def test_without_a_flag_what_changes_the_org_of_others_is_not_confirmed(
    ledger: Ledger, clinic: MiniClinic
) -> None:
    mapping = read_mapping(clinic.manifest)
    confirm(ledger, mapping)
    parts = part_hashes(map_parts(mapping))
    assert unapproved(ledger, parts, SCOPES) == ("settings", "related_lists")
    assert unapproved(ledger, parts, CORE) == ()


def test_a_command_is_refused_with_the_command_that_approves(
    ledger: Ledger, clinic: MiniClinic
) -> None:
    mapping = read_mapping(clinic.manifest)
    with pytest.raises(NotApproved) as refused:
        require_approved(ledger, mapping, "related_lists", org="UAT")
    assert refused.value.exit_code == 3
    assert 'clinic-load approve latest --by "A. Name" --related-lists' in refused.value.hint
    confirm(ledger, mapping, "related_lists")
    require_approved(ledger, mapping, "related_lists", org="UAT")
    assert not is_approved(ledger, mapping, "settings")


def test_an_approval_names_somebody(ledger: Ledger, clinic: MiniClinic) -> None:
    mapping = read_mapping(clinic.manifest)
    with pytest.raises(WrongUsage):
        confirm(ledger, mapping, by="  ")
    confirm(ledger, mapping, by=" Ada ")
    assert [each.approved_by for each in ledger.approvals()] == ["Ada"]


def test_the_hash_of_one_part_confirms_no_other_part(ledger: Ledger) -> None:
    given = Approval("a-plan", "map", {"objects": "one hash"}, "Ada", False, False, "now")
    ledger.record_approval(given)
    same = dict.fromkeys(SCOPES, "one hash")
    assert unapproved(ledger, same, SCOPES) == SCOPES[1:]


def test_a_map_that_was_edited_within_its_plan_is_not_confirmed(
    ledger: Ledger, clinic: MiniClinic
) -> None:
    mapping = read_mapping(clinic.manifest)
    parts = map_parts(mapping)
    parts["fields"]["Contact.FirstName"]["length"] = 1
    with pytest.raises(WrongUsage):
        approve(ledger, plan_of(mapping), Confirmation("Ada"), parts=parts, clock=clock)
    assert ledger.approvals() == []


def test_what_changed_since_the_last_approval_is_told_by_name(
    ledger: Ledger, clinic: MiniClinic
) -> None:
    before = read_mapping(clinic.manifest)
    assert {each.state for each in changes_since_approval(ledger, map_parts(before))} == {NEVER}
    confirm(ledger, before)
    confirm(ledger, before, "rules", by="Ben")

    def other(document: dict[str, Any]) -> None:
        another_length(document)
        another_row_of_a_seed(document)
        columns = document["nodes"][CONTACT]["columns"]
        columns["Nickname__c"] = {
            **columns.pop("Birthdate"),
            "name": "Nickname__c",
            "config": {"meta": {"salesforce": {"custom": True}}},
        }

    found = {
        each.scope: each for each in changes_since_approval(ledger, map_parts(edit(clinic, other)))
    }
    assert found["objects"].state == found["rules"].state == APPROVED
    assert (found["objects"].approved_by, found["rules"].approved_by) == ("Ada", "Ben")
    fields = found["fields"]
    assert (fields.state, fields.approved_by) == (CHANGED, "Ada")
    assert (fields.added, fields.removed) == (("Contact.Nickname__c",), ("Contact.Birthdate",))
    assert fields.changed == ("Contact.FirstName (length)",)
    assert found["values"].changed == ("seed salesforce_picklists",)
    assert found["settings"].state == NEVER


def test_a_seed_that_dbt_hashes_by_its_path_is_refused(clinic: MiniClinic) -> None:
    def by_path(document: dict[str, Any]) -> None:
        document["nodes"]["seed.clinic.salesforce_picklists"]["checksum"]["name"] = "path"

    with pytest.raises(MappingRefused, match="salesforce_picklists"):
        edit(clinic, by_path)


def test_a_plan_stands_on_the_newest_approval_of_each_of_its_parts(
    ledger: Ledger, clinic: MiniClinic
) -> None:
    first = read_mapping(clinic.manifest)
    confirm(ledger, first, by="Ada")
    changed = edit(clinic, another_row_of_a_seed)
    assert [each.approved_by for each in standing(ledger, plan_of(changed))] == ["Ada"]
    confirm(ledger, changed, "values", by="Bea")
    confirm(ledger, changed, "fields", by="Cleo")
    told = {each.approved_by: set(each.parts) for each in standing(ledger, plan_of(changed))}
    assert told == {"Ada": {"objects", "rules"}, "Bea": {"values"}, "Cleo": {"fields"}}
    # The plan of the first map stands on its own values still.
    older = {each.approved_by: set(each.parts) for each in standing(ledger, plan_of(first))}
    assert older == {"Ada": {"objects", "rules", "values"}, "Cleo": {"fields"}}


def test_an_automatic_rollback_is_allowed_until_the_map_is_approved_without_it(
    ledger: Ledger, clinic: MiniClinic
) -> None:
    mapping = read_mapping(clinic.manifest)
    plan, parts = plan_of(mapping), map_parts(mapping)
    assert not auto_rollback_allowed(ledger, plan.map_hash)
    allowing = Confirmation("Ada", auto_rollback=True)
    approve(ledger, plan, allowing, parts=parts, clock=clock)
    confirm(ledger, mapping, "values")
    assert auto_rollback_allowed(ledger, plan.map_hash)
    assert not auto_rollback_allowed(ledger, "another map")
    confirm(ledger, mapping)
    assert not auto_rollback_allowed(ledger, plan.map_hash)
