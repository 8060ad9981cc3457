"""What other people do in the org while a client works there, each act all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from loaders.stand_in_org import acts_merge, acts_recycling
from loaders.stand_in_org.acts_records import Which, add, change, delete
from loaders.stand_in_org.acts_users import user_named
from loaders.stand_in_org.acts_vocabulary import (
    Act,
    Add,
    Deactivate,
    Delete,
    Edit,
    EmptyBin,
    Give,
    Merge,
    Task,
    Undelete,
    invalid_act,
)
from loaders.stand_in_org.model import SObject
from loaders.stand_in_org.org import Org

_MERGED = ("Account", "Contact", "Lead")


def perform(org: Org, task: Task) -> list[str]:
    """
    Do it, all of it or nothing; give the ids of the records it did something to.

    Raises:
        ApiError: 400 when the org refuses, with the first refusal.

    """
    return _DOINGS[type(task.act)](org, task.act, user_named(org, task.user))


def _which(org: Org, act: Edit | Give | Delete | Undelete) -> Which:
    return Which(_sobject(org, act.object), act.where, act.ids)


def _add(org: Org, act: Add, user_id: str) -> list[str]:
    return add(org, _sobject(org, act.object), act.records, user_id=user_id)


def _edit(org: Org, act: Edit, user_id: str) -> list[str]:
    return change(org, _which(org, act), act.fields, user_id=user_id)


def _give(org: Org, act: Give, user_id: str) -> list[str]:
    owner = user_named(org, act.owner)
    return change(org, _which(org, act), {"OwnerId": owner}, user_id=user_id)


def _delete(org: Org, act: Delete, user_id: str) -> list[str]:
    return delete(org, _which(org, act), user_id=user_id)


def _undelete(org: Org, act: Undelete, user_id: str) -> list[str]:
    return acts_recycling.undelete(org, _which(org, act), user_id=user_id)


def _deactivate(org: Org, act: Deactivate, user_id: str) -> list[str]:
    leaver = Which(_sobject(org, "User"), "", (user_named(org, act.user),))
    return change(org, leaver, {"IsActive": False}, user_id=user_id)


def _merge(org: Org, act: Merge, user_id: str) -> list[str]:
    sobject = _sobject(org, act.object)
    if sobject.name not in _MERGED:
        raise invalid_act(f"only {', '.join(_MERGED)} can be merged")
    return acts_merge.merge(org, sobject, act.master, act.losers, user_id=user_id)


def _empty_bin(org: Org, _act: EmptyBin, user_id: str) -> list[str]:
    return acts_recycling.empty_bin(org, user_id=user_id)


_DOINGS: Mapping[type[Act], Callable[[Org, Any, str], list[str]]] = {
    Add: _add,
    Deactivate: _deactivate,
    Delete: _delete,
    Edit: _edit,
    EmptyBin: _empty_bin,
    Give: _give,
    Merge: _merge,
    Undelete: _undelete,
}


def _sobject(org: Org, name: str) -> SObject:
    found = org.sobject(name)
    if found is None:
        raise invalid_act(f"there is no object {name}")
    return found
