"""Validation rules: a formula that is true refuses the record (contract 2.10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC
from zoneinfo import ZoneInfo

from loaders.stand_in_org.change import BEFORE, IMAGE, Change, World
from loaders.stand_in_org.deploy_elements import flag, text
from loaders.stand_in_org.formula_pieces import FormulaRefused, Surroundings
from loaders.stand_in_org.formulas import check_formula, condition
from loaders.stand_in_org.metadata_kept import every
from loaders.stand_in_org.model import SObject
from loaders.stand_in_org.set_up import ValidationRule
from loaders.stand_in_org.settings import SettingRefused
from loaders.stand_in_org.store import literal


def check(change: Change) -> None:
    """Refuse the records that a rule of their object refuses; the first rule by name speaks."""
    world = change.world
    name = change.sobject.name.lower()
    mine = [rule for rule in world.settings.validation_rules if rule.object.lower() == name]
    mine += _deployed(world, change.sobject)
    for rule in sorted(mine, key=lambda rule: rule.name):
        try:
            broken = condition(rule.formula, _around(change))
        except FormulaRefused:
            # Nobody refused it when it was set, so its fields are not deployed yet.
            continue
        change.fail(
            broken,
            code=rule.code,
            message=literal(rule.message),
            fields=(rule.field,) if rule.field else (),
        )


def _deployed(world: World, sobject: SObject) -> list[ValidationRule]:
    """Read the object's active rules out of what was deployed."""
    found = []
    for kept in every(world.connection, "ValidationRule"):
        owner, _, name = kept.full_name.partition(".")
        if owner.lower() != sobject.name.lower():
            continue
        rule = kept.element
        if flag(rule, "active"):
            formula = text(rule, "errorConditionFormula") or ""
            message = text(rule, "errorMessage") or ""
            field = text(rule, "errorDisplayField") or ""
            found.append(ValidationRule(owner, name, formula, message, field))
    return found


def _around(change: Change) -> Surroundings:
    """Show the formula the whole record, whatever the user may see of it."""
    world = change.world
    zone = ZoneInfo(world.settings.time_zone)
    return Surroundings(
        fields=change.sobject.fields,
        now=world.now,
        today=world.now.replace(tzinfo=UTC).astimezone(zone).date(),
        image=IMAGE,
        before=None if change.key is None else BEFORE,
    )


def check_rules(catalogue: Mapping[str, SObject], rules: Sequence[ValidationRule]) -> None:
    """
    Refuse rules whose object, field or formula is not there.

    Raises:
        SettingRefused: with the rule's name.

    """
    for rule in rules:
        sobject = catalogue.get(rule.object.lower())
        if sobject is None or (rule.field and rule.field.lower() not in sobject.fields):
            raise SettingRefused(f"{rule.name}: there is no {rule.object}.{rule.field}")
        try:
            check_formula(rule.formula, sobject.fields)
        except FormulaRefused as problem:
            raise SettingRefused(f"{rule.name}: {problem}") from problem
