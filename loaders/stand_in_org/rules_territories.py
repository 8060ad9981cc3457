"""Sales territories and what is put in them (from general knowledge: docs/stand-in.md)."""

# ruff: noqa: S608 - names come from the catalogue and are quoted, so are the values
from __future__ import annotations

from loaders.stand_in_org.change import IMAGE, Change
from loaders.stand_in_org.rules_relations import refuse_second
from loaders.stand_in_org.store import literal

_ACCESS_LEVELS = (
    "AccountAccessLevel", "CaseAccessLevel", "ContactAccessLevel", "OpportunityAccessLevel",
)  # fmt: skip


def fill_territory(change: Change) -> None:
    """Give the access that the org's territory settings give to those who ask for none."""
    for name in _ACCESS_LEVELS:
        change.fill(name, literal("Read"), where=f"{name} IS NULL")


def check_territory(change: Change) -> None:
    """Refuse a name taken in the model, a parent of another one, and a model out of use."""
    refuse_second(
        change,
        ("Territory2ModelId", "DeveloperName"),
        code="DUPLICATE_DEVELOPER_NAME",
        message="This Territory Name already exists or has been previously used",
    )
    change.fail(
        'ParentTerritory2Id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "Territory2" AS p'
        f" WHERE p.Id = {IMAGE}.ParentTerritory2Id"
        f" AND p.Territory2ModelId = {IMAGE}.Territory2ModelId)",
        code="FIELD_INTEGRITY_EXCEPTION",
        message=literal("The parent territory must be in the same territory model"),
        fields=("ParentTerritory2Id",),
    )
    change.fail(
        'EXISTS (SELECT 1 FROM "Territory2Model" AS m'
        f" WHERE m.Id = {IMAGE}.Territory2ModelId AND m.State NOT IN ('Active', 'Planning'))",
        code="FIELD_INTEGRITY_EXCEPTION",
        message=literal("The territory model is neither active nor planned"),
        fields=("Territory2ModelId",),
    )


def fill_object(change: Change) -> None:
    """Name the kind of record that is put in a territory."""
    change.fill("SobjectType", "CASE WHEN ObjectId LIKE '001%' THEN 'Account' ELSE 'Lead' END")


def check_object(change: Change) -> None:
    """Refuse a record that is in the territory already; only the org's rules use their cause."""
    refuse_second(
        change,
        ("ObjectId", "Territory2Id", "AssociationCause"),
        message="This record is already assigned to the territory",
    )
    change.fail(
        "_new AND AssociationCause != 'Territory2Manual'",
        code="FIELD_INTEGRITY_EXCEPTION",
        message=literal("Only assignment rules can use this cause"),
        fields=("AssociationCause",),
    )


def check_user(change: Change) -> None:
    """Refuse a user who works in the territory already."""
    refuse_second(
        change,
        ("UserId", "Territory2Id"),
        message="This user is already assigned to the territory",
    )
