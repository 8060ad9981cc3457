"""Permission set assignments that clients make themselves."""

from __future__ import annotations

from loaders.stand_in_org.change import IMAGE, Change
from loaders.stand_in_org.store import literal


def check_assignment(change: Change) -> None:
    """Refuse a second assignment of a set to a user."""
    there = (
        'SELECT 1 FROM "PermissionSetAssignment" AS a WHERE NOT a.IsDeleted'  # noqa: S608 - quoted
        f" AND a.AssigneeId = {IMAGE}.AssigneeId AND a.PermissionSetId = {IMAGE}.PermissionSetId"
    )
    change.fail(
        "PermissionSetId IS NULL",
        code="REQUIRED_FIELD_MISSING",
        message=literal("Required fields are missing: [PermissionSetId]"),
        fields=("PermissionSetId",),
    )
    change.fail(
        f"_new AND EXISTS ({there})",
        code="DUPLICATE_VALUE",
        message=literal("Duplicate PermissionSetAssignment. Assignee, Permission Set"),
        fields=("AssigneeId", "PermissionSetId"),
    )


def fill_assignment(change: Change) -> None:
    """Mark an assignment as active."""
    change.fill("IsActive", "true")
