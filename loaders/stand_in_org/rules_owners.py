"""Owners: active standard users, whatever the object."""

# ruff: noqa: S608 - names come from the catalogue and are quoted, so are the values
from __future__ import annotations

from loaders.stand_in_org.change import Change
from loaders.stand_in_org.store import literal


def check(change: Change) -> None:
    """Refuse owners who are inactive, or who are no standard users (contract 4.11)."""
    if not change.sends("OwnerId"):
        return
    sent = change.sent("OwnerId")
    change.fail(
        f"{sent} AND OwnerId IN (SELECT Id FROM \"User\" WHERE UserType != 'Standard')",
        code="OP_WITH_INVALID_USER_TYPE_EXCEPTION",
        message=literal("Operation not valid for this user type"),
        fields=("OwnerId",),
    )
    if "UpdateWithInactiveOwners" in change.world.permissions:
        return
    tail = literal(f"] as owner of {change.sobject.name.lower()}")
    change.fail(
        f'{sent} AND OwnerId IN (SELECT Id FROM "User" WHERE NOT IsActive)',
        code="INACTIVE_OWNER_OR_USER",
        message=f"'operation performed with inactive user [' || OwnerId || {tail}",
        fields=("OwnerId",),
    )
