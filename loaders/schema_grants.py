"""Who holds a permission set of ours: given to the load user, taken back at the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from loaders.errors import OrgUnavailable
from loaders.ledger import Ledger
from loaders.org_connection import Org, org_calls
from loaders.schema_permissions import PERMISSION_SET

if TYPE_CHECKING:
    from simple_salesforce.api import SFType

HANDED_OFF = "handed_off"


@dataclass(frozen=True, slots=True)
class HandOff:
    """Whether the load user held the permission set, and how many others still do."""

    org: str
    permission_set: str
    held: bool
    others: int


def assign_permission_set(org: Org) -> bool:
    """
    Give the load user the permission set; tell whether that was still to be done.

    Raises:
        OrgUnavailable: the permission set that was just deployed is not there.

    """
    with org_calls(org.alias):
        sets = org.rest.query(f"SELECT Id FROM PermissionSet WHERE Name = '{PERMISSION_SET}'")  # noqa: S608 - a constant
    if not sets["records"]:
        raise OrgUnavailable(
            f"the permission set {PERMISSION_SET} is not in the org",
            hint=f"clinic-load schema deploy --org {org.alias}",
        )
    if any(holder == org.user_id for _, holder in _assignments(org, PERMISSION_SET)):
        return False
    with org_calls(org.alias):
        cast("SFType", org.rest.PermissionSetAssignment).create(
            {"AssigneeId": org.user_id, "PermissionSetId": sets["records"][0]["Id"]}
        )
    return True


def unassign(org: Org, permission_set: str) -> None:
    """Take a permission set from whoever has it: an org keeps one that is assigned."""
    _take_back(org, [assignment for assignment, _ in _assignments(org, permission_set)])


def hand_off(org: Org, ledger: Ledger, *, check_only: bool) -> HandOff:
    """
    Take from the load user what let it see and change everything; a second time does nothing.

    Others who hold the set were given it by somebody else: they are counted, and keep it.
    """
    assigned = _assignments(org, PERMISSION_SET)
    own = [assignment for assignment, holder in assigned if holder == org.user_id]
    if own and not check_only:
        ledger.chain.record(HANDED_OFF, {"org_id": org.org_id, "user_id": org.user_id})
        _take_back(org, own)
    return HandOff(org.alias, PERMISSION_SET, bool(own), len(assigned) - len(own))


def _assignments(org: Org, permission_set: str) -> list[tuple[str, str]]:
    """List the assignments of a set with their holders."""
    where = f"PermissionSet.Name = '{permission_set}'"
    soql = f"SELECT Id, AssigneeId FROM PermissionSetAssignment WHERE {where}"  # noqa: S608 - ours
    with org_calls(org.alias):
        found = org.rest.query_all(soql)["records"]
    return [(each["Id"], each["AssigneeId"]) for each in found]


def _take_back(org: Org, assignments: list[str]) -> None:
    for each in assignments:
        with org_calls(org.alias):
            cast("SFType", org.rest.PermissionSetAssignment).delete(each)
