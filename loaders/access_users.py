"""Whom the org is asked about: a user of each group, one outside, and who sees all data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from loaders.contract import Mart
from loaders.errors import WrongUsage
from loaders.org_line import OrgLine
from loaders.rest_query import rest_query
from loaders.schema_permissions import PERMISSION_SET
from loaders.schema_readers import READERS
from loaders.soql import id_filters, soql_literal

OUTSIDE = "outside"
_OURS = {**READERS, "load user": PERMISSION_SET}
_ALL_DATA = ("ViewAllData", "ModifyAllData")


@dataclass(frozen=True, slots=True)
class Person:
    """One existing user, and the permission sets that decide what they see."""

    # A group of readers, or `outside`.
    who: str
    user_id: str
    sets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class People:
    """Who is asked about, and why nobody is for the rest."""

    found: tuple[Person, ...]
    missing: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who sees (or changes) every record, whatever is shared."""

    user_id: str
    permissions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Org:
    """Who is there and which of our sets each holds, as the org says now."""

    # Active users of the clinic, with their profile.
    users: Mapping[str, str]
    names: Mapping[str, str]
    groups: Mapping[str, frozenset[str]]


def find_people(line: OrgLine, readers: Sequence[str], wanted: Mapping[str, str]) -> People:
    """
    Take whom `wanted` names by user name or id, else find somebody, group by group.

    A found user holds the one set alone: what two groups see together proves nothing of one.

    Raises:
        WrongUsage: somebody who is named is not there, or not of the group.

    """
    if unknown := sorted(set(wanted) - {*readers, OUTSIDE}):
        raise WrongUsage(
            f"there is no group {', '.join(unknown)}",
            hint=f"--user GROUP=USER, a group being one of {', '.join((*readers, OUTSIDE))}",
        )
    org = _read_org(line)
    all_data = {holder.user_id for holder in all_data_holders(line)}
    owners = _owners(line)
    found, missing = [], []
    for who in (*readers, OUTSIDE):
        groups = frozenset() if who == OUTSIDE else frozenset({who})
        if who in wanted:
            user = _named(org, who, wanted[who], groups)
        else:
            apart = all_data | (owners if who == OUTSIDE else set())
            user = next(
                (each for each in sorted(org.users) if org.groups[each] == groups
                 and each not in apart),
                "",
            )  # fmt: skip
        if user:
            found.append(Person(who, user, _sets_of(line, user, org.users[user])))
        else:
            missing.append((who, _why_nobody(who)))
    return People(tuple(found), tuple(missing))


def _why_nobody(who: str) -> str:
    if who == OUTSIDE:
        return (
            "no active user without our sets who owns no household; name one: --user outside=USER"
        )
    return f"no active user holds {READERS[who]} alone; assign it, or name one: --user {who}=USER"


def _named(org: _Org, who: str, name: str, groups: frozenset[str]) -> str:
    user = name if name in org.users else org.names.get(name.lower(), "")
    if not user or not (groups <= org.groups[user] if groups else not org.groups[user]):
        held = f"holds {READERS[who]}" if groups else "holds none of our sets"
        raise WrongUsage(
            f"the user named for {who} is no active user who {held}",
            hint=f"clinic-load access RUN --org ALIAS --user {who}=USERNAME",
        )
    return user


def _read_org(line: OrgLine) -> _Org:
    users = rest_query(
        line,
        ["Id", "Username", "ProfileId"],
        "User",
        where="IsActive = true AND UserType = 'Standard'",
    )
    groups: dict[str, set[str]] = {str(row["Id"]): set() for row in users}
    names = {name: group for group, name in _OURS.items()}
    for row in rest_query(
        line,
        ["AssigneeId", "PermissionSet.Name"],
        "PermissionSetAssignment",
        where=f"PermissionSet.Name IN ({','.join(map(soql_literal, names))})",
    ):
        if row["AssigneeId"] in groups:
            groups[row["AssigneeId"]].add(names[row["PermissionSet"]["Name"]])
    return _Org(
        users={row["Id"]: row["ProfileId"] for row in users},
        names={row["Username"].lower(): row["Id"] for row in users},
        groups={user: frozenset(held) for user, held in groups.items()},
    )


def _owners(line: OrgLine) -> set[str]:
    """List who owns households: what they see of them is no matter of sharing."""
    found = rest_query(line, ["OwnerId"], "Account", where="Clinic_Id__c != null GROUP BY OwnerId")
    return {str(row["OwnerId"]) for row in found}


def _sets_of(line: OrgLine, user: str, profile: str) -> tuple[str, ...]:
    """Name the sets that are assigned to a user, and the one that their profile is."""
    assigned = rest_query(
        line,
        ["PermissionSetId"],
        "PermissionSetAssignment",
        where=f"AssigneeId = {soql_literal(user)}",
    )
    owned = rest_query(line, ["Id"], "PermissionSet", where=f"ProfileId = {soql_literal(profile)}")
    ids = {str(row["PermissionSetId"]) for row in assigned} | {str(row["Id"]) for row in owned}
    return tuple(sorted(ids))


def all_data_holders(line: OrgLine) -> tuple[Holder, ...]:
    """List the active users who see or change all data, by a set or by their profile."""
    either = " OR ".join(f"Permissions{name} = true" for name in _ALL_DATA)
    fields = ["Id", "ProfileId", *(f"Permissions{name}" for name in _ALL_DATA)]
    held: dict[str, set[str]] = {}
    for row in rest_query(line, fields, "PermissionSet", where=f"({either})"):
        gives = {name for name in _ALL_DATA if row[f"Permissions{name}"]}
        for user in _holders_of(line, row):
            held.setdefault(user, set()).update(gives)
    return tuple(Holder(user, tuple(sorted(gives))) for user, gives in sorted(held.items()))


def _holders_of(line: OrgLine, permission_set: Mapping[str, str | None]) -> Iterable[str]:
    if profile := permission_set["ProfileId"]:
        where = f"IsActive = true AND ProfileId = {soql_literal(profile)}"
        return [str(row["Id"]) for row in rest_query(line, ["Id"], "User", where=where)]
    where = (
        f"PermissionSetId = {soql_literal(str(permission_set['Id']))} AND Assignee.IsActive = true"
    )
    rows = rest_query(line, ["AssigneeId"], "PermissionSetAssignment", where=where)
    return [str(row["AssigneeId"]) for row in rows]


def fields_of(line: OrgLine, person: Person, marts: Sequence[Mart]) -> frozenset[str]:
    """Name the fields of these objects that some set lets a user read: `Contact.Consent__c`."""
    objects = ",".join(soql_literal(mart.sobject) for mart in marts)
    fields: set[str] = set()
    for parents in id_filters("ParentId", person.sets, characters=4_000):
        rows = rest_query(
            line,
            ["Field"],
            "FieldPermissions",
            where=f"PermissionsRead = true AND SobjectType IN ({objects}) AND {parents}",
        )
        fields.update(str(row["Field"]) for row in rows)
    return frozenset(fields)
